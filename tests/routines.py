"""Library routines against Python: tables of meanings, and programs that call whole tables.

A table says for each routine what it does, as a Python function of the word's bits and of the
routine's arguments. Their names are their kinds: `a`, `b`, `c` are arrays of ints (lists, changed
in place), `flags` an array of bools, `x`, `y`, `z` ints.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

from mlpl.base.source import Source
from mlpl.base.traps import Trap, TrapKind
from mlpl.base.words import smallest, wrap
from mlpl.driver import Compilation
from mlpl.ir import interpreter as ir_interpreter
from mlpl.lang.interpreter import load
from mlpl.lang.interpreter.machine import Machine, Trapped
from mlpl.lang.interpreter.ports import Ports
from mlpl.lang.interpreter.values import Callee, Frame
from mlpl.options import Options
from mlpl.program import Program
from tests.ladder import by_engine, compiled, flat

Meaning = Callable[..., "int | bool | None"]
Arguments = Mapping[str, "int | list[int]"]

ENGINES = ("interpreter", "ir", "machine", "network")
ARRAYS = {"a": "int", "b": "int", "c": "int", "flags": "bool"}
SCALARS = ("x", "y", "z")
FREE = object()
"""Stands in a list for what a routine leaves behind without promising anything."""


class Outside(Exception):  # noqa: N818 - not an error
    """The arguments are outside the routine's contract."""


def outside() -> NoReturn:
    """Says so, in an expression."""
    raise Outside


def parameters(meaning: Meaning) -> list[str]:
    return list(inspect.signature(meaning).parameters)[1:]


@dataclass(frozen=True)
class Expected:
    """What a call leaves behind: its result, and its arguments afterwards."""

    result: int
    after: Arguments

    def check(self, result: int, after: Mapping[str, Sequence[int]], what: object) -> None:
        assert self.result == result, what
        for name, value in self.after.items():
            if isinstance(value, list):
                found = [v if v is FREE else f for v, f in zip(value, after[name], strict=True)]
                assert found == value, what


def expected(meaning: Meaning, arguments: Arguments, w: int) -> Expected | None:
    """Returns what Python says; None outside the contract."""
    names = parameters(meaning)
    mine = {n: list(v) if isinstance(v, list) else v for n, v in arguments.items() if n in names}
    try:
        result = meaning(w, *(mine[n] for n in names))
    except Outside:
        return None
    for value in mine.values():
        if isinstance(value, list):
            value[:] = [v if v is FREE else wrap(v, w) for v in value]
    return Expected(wrap(int(result or 0), w), mine)


class Interpreted:
    """Calls routines one by one in the interpreter, at any word of 4 bits or more."""

    def __init__(self, modules: Sequence[str], w: int) -> None:
        text = "".join(f"import {module};" for module in modules) + "fn main() { }"
        self.program = compiled(text, w).typed
        machine = Machine(w, True, Ports(b"", None), 1 << 60, 1000)
        self.callees: dict[str, Callee] = load(self.program, machine)
        self.w = w

    def call(self, name: str, arguments: Sequence[int | list[int]]) -> int | Trap:
        callee = self.callees[name]
        frame: Frame = [0, *(v if isinstance(v, int) else (v, 0, len(v)) for v in arguments)]
        frame += [0] * (callee.slots - len(frame))
        try:
            callee.body(frame)
        except Trapped as trapped:
            return trapped.trap
        return int(frame[0])

    def check(self, name: str, meaning: Meaning, arguments: Arguments) -> None:
        """Calls a routine and compares; outside its contract it must say so."""
        right = expected(meaning, arguments, self.w)
        names = parameters(meaning)
        mine = [list(v) if isinstance(v := arguments[n], list) else v for n in names]
        found = self.call(name, mine)
        if right is None:
            assert isinstance(found, Trap), (name, arguments)
            check_trap(found, name)
        else:
            assert not isinstance(found, Trap), (name, arguments, found)
            after = {n: v for n, v in zip(names, mine, strict=True) if isinstance(v, list)}
            right.check(found, after, (name, arguments))


def check_trap(trap: Trap, name: str) -> None:
    """Checks that a contract's violation is named: `heap.push: the heap is full`."""
    assert trap.kind == TrapKind.ASSERTION_FAILED, (name, trap)
    assert trap.message.split(": ")[0].split(".")[0] == name.split(".")[0], (name, trap)


@dataclass(frozen=True)
class Table:
    """A program that calls any routine of a table with any arguments, `rows` of them in a run.

    Attributes:
        routines: meanings by name.
        w: bits of a word.
        rows: calls in a run at most.
        length: of each kind of array.
    """

    routines: Mapping[str, Meaning]
    w: int
    rows: int
    length: int = 1

    @cached_property
    def kinds(self) -> list[str]:
        used = {name for meaning in self.routines.values() for name in parameters(meaning)}
        return [name for name in (*ARRAYS, *SCALARS) if name in used]

    @cached_property
    def program(self) -> Program:
        options = Options(word_bits=self.w)
        return Program(Compilation(Source("test.mlpl", self.text), options))

    @property
    def text(self) -> str:
        """The program: `one` makes one call, `main` those of all rows."""
        modules = sorted({name.split(".")[0] for name in self.routines})
        imports = "".join(f"import {module};\n" for module in modules)
        functions = compiled(imports + "fn main() { }", self.w).typed.functions
        calls = ""
        for number, (name, meaning) in enumerate(self.routines.items()):
            call = f"{name}({', '.join(parameters(meaning))})"
            match str(functions[name].result):
                case "int":
                    body = f"return {call};"
                case "bool":
                    body = f"return int({call});"
                case _:
                    body = f"{call}; return 0;"
            calls += f"    if which == {number} {{ {body} }}\n"
        inner = "".join(
            f", {kind}: {ARRAYS[kind]}[]" if kind in ARRAYS else f", {kind}: int"
            for kind in self.kinds
        )
        outer = "".join(
            f", {kind}: {ARRAYS[kind]}[{self.rows}][{self.length}]"
            if kind in ARRAYS
            else f", {kind}: int[{self.rows}]"
            for kind in self.kinds
        )
        given = "".join(f", {kind}[i]" for kind in self.kinds)
        return f"""{imports}
fn one(which: int{inner}) -> int {{
{calls}    return 0;
}}
fn main(count: int, which: int[{self.rows}], result: int[{self.rows}]{outer}) {{
    for i in 0..count {{ result[i] = one(which[i]{given}); }}
}}
"""

    def words(self, calls: Sequence[tuple[str, Arguments]]) -> list[list[int]]:
        numbers = {name: number for number, name in enumerate(self.routines)}
        empty: list[tuple[str, Arguments]] = [(calls[0][0], {})] * (self.rows - len(calls))
        rows = [*calls, *empty]
        assert len(rows) == self.rows
        words = [[len(calls)], [numbers[name] for name, _ in rows], [0] * self.rows]
        for kind in self.kinds:
            absent: int | list[int] = [0] * self.length if kind in ARRAYS else 0
            values = [arguments.get(kind, absent) for _, arguments in rows]
            words.append([x for v in values for x in ([v] if isinstance(v, int) else v)])
        return words

    def run(
        self, engine: str, calls: Sequence[tuple[str, Arguments]]
    ) -> tuple[Mapping[str, Sequence[int]], Trap | None]:
        """Returns all arrays afterwards, flattened, and how the run trapped."""
        words = self.words(calls)
        if engine == "ir":
            compilation = self.program.compilation
            assert compilation is not None
            outcome = ir_interpreter.run(compilation.optimized, words)
            return outcome.arguments, outcome.trap
        result = by_engine(self.program, words, b"", engine)
        assert result.finished, (engine, calls[0])
        return {name: flat(value) for name, value in result.arrays.items()}, result.trap

    def check(self, engine: str, calls: Sequence[tuple[str, Arguments]]) -> None:
        """Runs calls within their contracts and compares all that they leave behind."""
        found, trap = self.run(engine, calls)
        assert trap is None, (engine, self.w, trap)
        for row, (name, arguments) in enumerate(calls):
            right = expected(self.routines[name], arguments, self.w)
            assert right is not None
            cells = slice(row * self.length, (row + 1) * self.length)
            after = {kind: found[kind][cells] for kind in ARRAYS if kind in self.kinds}
            right.check(found["result"][row], after, (engine, self.w, name, arguments))

    def check_violation(self, engine: str, name: str, arguments: Arguments) -> None:
        """Runs a call outside its contract; it must say so."""
        _, trap = self.run(engine, [(name, arguments)])
        assert trap is not None, (engine, self.w, name, arguments)
        check_trap(trap, name)


def number(rng: random.Random, w: int) -> int:
    """Returns an int of any size; the edges are frequent."""
    low = smallest(w)
    edges = (low, low + 1, -1 - low, -2 - low, -1, 0, 1, 2)
    if rng.random() < 0.3:
        return rng.choice(edges)
    return rng.randrange(low, -low) >> rng.randrange(w)


def sort_out(
    routines: Mapping[str, Meaning], tries: Iterator[Arguments], w: int, most: int
) -> tuple[dict[str, list[Arguments]], dict[str, list[Arguments]]]:
    """Returns up to `most` arguments of each routine within its contract, and outside."""
    inside: dict[str, list[Arguments]] = {name: [] for name in routines}
    beyond: dict[str, list[Arguments]] = {name: [] for name in routines}
    for arguments in tries:
        for name, meaning in routines.items():
            kept = beyond if expected(meaning, arguments, w) is None else inside
            if len(kept[name]) < most:
                kept[name].append(arguments)
    return inside, beyond


def climb_table(
    table: Table,
    tries: Iterator[Arguments],
    *,
    most: int = 6,
    batches: int = 1,
    engines: Sequence[str] = ENGINES,
) -> None:
    """Checks a table on every rung, and its violations; more batches are the machine's alone."""
    inside, beyond = sort_out(table.routines, tries, table.w, most * batches)
    for batch in range(batches):
        begin = batch * most
        calls = [(n, given) for n, rows in inside.items() for given in rows[begin : begin + most]]
        for engine in engines if batch == 0 else ["machine"]:
            for first in range(0, len(calls), table.rows):
                table.check(engine, calls[first : first + table.rows])
    violations = [(name, given) for name, rows in beyond.items() for given in rows[:3]]
    for name, given in violations:
        table.check_violation("machine", name, given)
    for engine in engines if table.w == 16 else ():  # networks of wide words take long to set up
        for name, given in violations[-1:]:
            table.check_violation(engine, name, given)
