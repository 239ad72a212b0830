"""What functions and operators cost when they are compiled, for editors: cells and steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from mlpl.base.diagnostics import CompileError
from mlpl.base.operators import BinaryOp
from mlpl.base.source import Source, Span
from mlpl.driver import LINKED, Compilation
from mlpl.errors import UsageError
from mlpl.lang import typed
from mlpl.lang.check import examine
from mlpl.lang.datatypes import BOOL, INT, ArrayType, SliceType, Type
from mlpl.lang.modules import Reader, load_partially
from mlpl.options import Options

if TYPE_CHECKING:
    from mlpl.ir.module import Module

_PROBE = "probe#"
"""A function that no source can declare; it calls the one whose cost is asked for."""

_ELEMENTS = 8
"""Elements of the array that stands for a slice: the code does not depend on their number."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a function adds to a program that calls it, at O2.

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
    """Returns the cost of the function that is declared at a span; None where there is none.

    A function that the optimiser puts into its callers has no cost of its own.
    """
    from mlpl.backend.subleq.compile import allocate, select_module
    from mlpl.backend.subleq.step_bounds import step_bounds
    from mlpl.ir.build import build
    from mlpl.ir.pipeline import optimize

    found = [f for f in program.functions.values() if f.span == declared]
    if not found:
        return None
    function = found[0]
    probe = _probe(function)
    functions = {**program.functions, _PROBE: probe}
    module = optimize(build(replace(program, functions=functions), _PROBE), "O2")
    if function.name not in module.functions:
        return None
    allocation = allocate(select_module(module))
    sizes = {
        name: 3 * sum(1 for item in code if hasattr(item, "target"))
        + allocation.colorings[name].size
        + sum(array.size for array in allocation.selected.functions[name].arrays)
        for name, code in allocation.codes.items()
    }
    called = _called(module, function.name) - {function.name}
    linked = sum(sizes[name] for name in called)
    bounds = step_bounds(allocation)[function.name]
    return Cost(sizes[function.name], linked, bounds.fewest, bounds.most)


def _called(module: Module, name: str) -> set[str]:
    """Returns the functions that one calls, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        function = module.functions[waiting.pop()]
        called = {i.symbol for i in function.instructions() if i.symbol in module.functions}
        waiting += called - found
        found |= called
    return found


def _probe(function: typed.Function) -> typed.Function:
    """Returns a function that calls another with arguments that nobody knows."""
    span = function.span
    statements: list[typed.Statement] = []
    arguments: list[typed.Expression | typed.Place] = []
    for number, parameter in enumerate(function.parameters):
        argument = _argument(parameter.type, number, span)
        arguments.append(argument)
        if isinstance(argument, typed.Whole):
            statements.append(typed.Declare(argument.variable, None, span))
    call = typed.Call(function.name, tuple(arguments), function.result, span, span)
    match function.result:
        case None:
            statements.append(typed.Evaluate(call, span))
        case _:
            statements.append(typed.Print((call,), True, span))
    return typed.Function(_PROBE, (), None, typed.Block(tuple(statements), span), span)


def _argument(type_: Type, number: int, span: Span) -> typed.Expression | typed.Place:
    unknown = typed.Input(typed.Port.GETC, INT, span)
    if type_ == INT:
        return unknown
    if type_ == BOOL:
        zero = typed.Literal(0, INT, span)
        return typed.Binary(BinaryOp.EQ, unknown, zero, BOOL, span, span)
    if isinstance(type_, SliceType):
        type_ = ArrayType(type_.element, _ELEMENTS)
    variable = typed.Variable(-1 - number, f"a{number}", type_, typed.Storage.LOCAL, True, span)
    return typed.Whole(variable, type_, span)


# Operators ----------------------------------------------------------------------------------

_SAMPLES = ((7, 3), (0, 1), (1234, 56), (-5, 9), (20000, -123), (1, 12), (-321, -2), (255, 4))
"""Pairs of operands with which operators are tried."""

_BOOLEAN = {"&&", "||", "!"}


@dataclass(frozen=True, slots=True)
class OperatorCost:
    """What an operator between two variables costs.

    Attributes:
        steps: that it takes, for each of some pairs of operands, ascending.
        cells: that it adds to a program, a routine included.
    """

    steps: tuple[int, ...]
    cells: int


@cache
def operator_cost(
    sign: str, constant: int | None, word_bits: int, *, unary: bool
) -> OperatorCost | None:
    """Returns what an operator costs, measured on the machine; None where it cannot be compiled.

    Args:
        sign: the operator.
        constant: its right operand where that is a literal.
        word_bits: w.
        unary: whether it has one operand.
    """
    boolean = sign in _BOOLEAN
    type_ = "bool" if boolean else "int"
    result = "bool" if boolean or sign in ("==", "!=", "<", "<=", ">", ">=") else "int"
    right = "b" if constant is None else str(constant)
    expression = f"{sign}a" if unary else f"a {sign} {right}"
    if constant is not None and boolean:
        return None
    try:
        counted = [*_trials(type_, result, expression, word_bits)]
        plain = [*_trials(type_, type_, "a", word_bits)]
    except (CompileError, UsageError):
        return None
    steps = sorted(s - p for (s, _), (p, _) in zip(counted, plain, strict=False))
    return OperatorCost(tuple(steps), counted[0][1] - plain[0][1]) if steps else None


def _trials(type_: str, result: str, expression: str, word_bits: int) -> Iterator[tuple[int, int]]:
    """Yields the steps and cells of a program that evaluates an expression of `a` and `b`."""
    from mlpl.backend.subleq.plain import PlainMachine
    from mlpl.session import MachineSession

    text = f"fn main(a: {type_}, b: {type_}) -> {result} {{ return {expression}; }}"
    image = Compilation(Source("<text>", text), Options(word_bits=word_bits)).image
    limit = 1 << (word_bits - 1)
    for a, b in _SAMPLES:
        words = (a & 1, b & 1) if type_ == "bool" else (a, b)
        if not all(-limit <= word < limit for word in words):
            continue
        session = MachineSession(image, PlainMachine(word_bits, image.memory), [[w] for w in words])
        session.run(lambda: b"", lambda _: None, 100_000)
        done = session.result()
        if done.finished and done.trap is None:
            yield done.steps, len(image)
