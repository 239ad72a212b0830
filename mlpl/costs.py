"""What functions and operators cost when they are compiled, for editors: cells and steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source, Span
from mlpl.base.words import largest
from mlpl.driver import LINKED, Compilation
from mlpl.errors import UsageError
from mlpl.lang import typed
from mlpl.lang.check import examine
from mlpl.lang.datatypes import BOOL, INT, ArrayType, SliceType
from mlpl.lang.modules import Reader, load_partially
from mlpl.options import Options

if TYPE_CHECKING:
    from mlpl.backend.subleq.selected import SelectedFunction
    from mlpl.ir.module import Module

_PROBE = "probe#"
"""A function that no source can declare; it calls the one whose cost is asked for."""

_BETWEEN_FUNCTIONS = frozenset({"inline", "propagate_arguments", "remove_unused"})
"""Passes that fit functions to their callers."""

_PARAMETER = typed.Storage.PARAMETER


@dataclass(frozen=True, slots=True)
class Cost:
    """What a function adds to a program that calls it, at O2 but for inlining.

    Attributes:
        cells: of its code and its own variables.
        linked: cells of the functions that it calls, routines of operators included.
        fewest: steps of a call at least; None if it never returns.
        most: steps of a call at most; None where there is no bound.
    """

    cells: int
    linked: int
    fewest: int | None
    most: int | None


def program_of(
    source: Source,
    read: Reader,
    options: Options = Options(),  # noqa: B008 - frozen
) -> typed.Program | None:
    """Returns the program that a file heads, with what operators need; None if it is wrong."""
    modules, errors = load_partially(source, paths=options.paths, extra_modules=LINKED, read=read)
    return None if errors else examine(modules, word_bits=options.word_bits).program


def function_cost(program: typed.Program, declared: Span) -> Cost | None:
    """Returns the cost of the function that is declared at a span; None where there is none."""
    from mlpl.backend.subleq.compile import allocate, select_module
    from mlpl.backend.subleq.step_bounds import step_bounds
    from mlpl.ir.build import build

    found = [f for f in program.functions.values() if f.span == declared]
    if not found:
        return None
    function = found[0]
    probe = _probe(function, program.word_bits)
    functions = {**program.functions, _PROBE: probe}
    module = _optimized(build(replace(program, functions=functions), _PROBE))
    allocation = allocate(select_module(module))
    sizes = {
        name: 3 * sum(1 for item in code if hasattr(item, "target"))
        + allocation.coloring.own(name)
        + sum(array.size for array in allocation.selected.functions[name].arrays)
        for name, code in allocation.codes.items()
    }
    linked = sum(sizes[name] for name in _called(allocation.selected.functions, function.name))
    bounds = step_bounds(allocation)[function.name]
    return Cost(sizes[function.name], linked, bounds.fewest, bounds.most)


def _called(functions: Mapping[str, SelectedFunction], name: str) -> set[str]:
    """Returns the other functions that may run while one does."""
    seen, waiting = {name}, [name]
    while waiting:
        new = set(functions[waiting.pop()].callees) - seen
        seen |= new
        waiting += new
    return seen - {name}


def _optimized(module: Module) -> Module:
    """Returns a module after the passes of O2 that keep functions what they are for any caller."""
    from mlpl.ir.pipeline import LEVELS, PASSES

    for entry in LEVELS["O2"]:
        if entry.name not in _BETWEEN_FUNCTIONS:
            module = PASSES[entry.name](module)
    return module


def _probe(function: typed.Function, word_bits: int) -> typed.Function:
    """Returns an entry that calls a function with what it is given, of which nothing is known.

    There are two calls, with short slices and with long ones: passes follow lengths, too.
    """
    span = function.span
    calls: list[typed.Statement] = []
    parameters: dict[str, typed.Variable] = {}
    for length in (1, largest(word_bits)):
        arguments: list[typed.Expression | typed.Place] = []
        for number, parameter in enumerate(function.parameters):
            type_, name = parameter.type, f"a{number}"
            if isinstance(type_, SliceType):
                type_, name = ArrayType(type_.element, length), f"{name}_{length}"
            variable = parameters.setdefault(
                name,
                typed.Variable(-1 - len(parameters), name, type_, _PARAMETER, True, span),
            )
            whole = typed.Whole(variable, type_, span)
            arguments.append(typed.Read(whole, type_, span) if type_ in (INT, BOOL) else whole)
        call = typed.Call(function.name, tuple(arguments), function.result, span, span)
        if function.result is None:
            calls.append(typed.Evaluate(call, span))
        else:
            calls.append(typed.Print((call,), True, span))
    body = typed.Block(tuple(calls), span)
    return typed.Function(_PROBE, tuple(parameters.values()), None, body, span)


# Operators ----------------------------------------------------------------------------------

_SAMPLES = ((7, 3), (0, 1), (1234, 56), (-5, 9), (20000, -123), (1, 12), (-321, -2), (255, 4))
"""Pairs of operands with which operators are tried."""

_LOGICAL = frozenset({"&&", "||", "!"})
_BRANCHES = "? c + int(b) : d + int(b)"
_COMPARING = frozenset({"==", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class OperatorCost:
    """What an operator between two variables adds to an expression.

    Attributes:
        steps: for each of some pairs of operands, ascending.
        cells: of code and constants, a routine included.
    """

    steps: tuple[int, ...]
    cells: int


@cache
def operator_cost(
    sign: str, constant: int | None, word_bits: int, *, unary: bool
) -> OperatorCost | None:
    """Returns what an operator costs, measured on the machine; None where it cannot be compiled.

    Operators on numbers stand between two additions, so that they take and leave a number that
    nobody else needs. Conditions choose one of two numbers, in the place of a known `bool`. What
    is compared uses the same variables, since one that is not used costs nothing.

    Args:
        sign: the operator.
        constant: its right operand where that is a literal.
        word_bits: w.
        unary: whether it has one operand.
    """
    right = "b" if constant is None else str(constant)
    left = "a" if sign in _LOGICAL | _COMPARING else "(a + c)"
    expression = f"{sign}{left}" if unary else f"{left} {sign} {right}"
    if sign in _LOGICAL:
        heads = ("a: bool, b: bool, c: int, d: int",) * 2
        bodies = (f"{expression} {_BRANCHES}", f"a {_BRANCHES}")
    elif sign in _COMPARING:
        heads = ("a: int, b: int, c: int, d: int", "a: bool, b: int, c: int, d: int")
        bodies = (f"{expression} ? c + b : d + b", "a ? c + b : d + b")
    else:
        heads = ("a: int, b: int, c: int, d: int",) * 2
        bodies = (f"({expression}) + d + b", f"{left} + d + b")
    if constant is not None and sign in _LOGICAL:
        return None
    try:
        counted, plain = (
            _trials(head, body, word_bits) for head, body in zip(heads, bodies, strict=True)
        )
    except (CompileError, UsageError):
        return None
    pairs = [(x, y) for x, y in zip(counted, plain, strict=True) if x is not None and y is not None]
    if not pairs:
        return None
    steps = sorted(max(x.steps - y.steps, 0) for x, y in pairs)
    return OperatorCost(tuple(steps), max(pairs[0][0].cells - pairs[0][1].cells, 0))


@dataclass(frozen=True, slots=True)
class _Trial:
    steps: int
    cells: int


def _trials(head: str, body: str, word_bits: int) -> list[_Trial | None]:
    """Returns what a function of a, b, c and d takes for each sample; None where it traps."""
    from mlpl.backend.subleq.plain import PlainMachine
    from mlpl.session import MachineSession

    text = f"fn main({head}) -> int {{ return {body}; }}"
    image = Compilation(Source("<text>", text), Options(word_bits=word_bits)).image
    kinds = [part.split(": ")[1] for part in head.split(", ")]
    found: list[_Trial | None] = []
    for sample in _SAMPLES:
        given = [
            _fitting(v, kind, word_bits) for v, kind in zip((*sample, 9, 5), kinds, strict=True)
        ]
        session = MachineSession(image, PlainMachine(word_bits, image.memory), given)
        session.run(lambda: b"", lambda _: None, 100_000)
        done = session.result()
        ended = done.finished and done.trap is None
        found.append(_Trial(done.steps, len(image)) if ended else None)
    return found


def _fitting(value: int, kind: str, word_bits: int) -> list[int]:
    if kind == "bool":
        return [value & 1]
    half = 1 << (word_bits - 1)
    return [(value + half) % (2 * half) - half]
