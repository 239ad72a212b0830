"""Links a module: the entry and everything it reaches, library routines included."""

from __future__ import annotations

from collections.abc import Iterator

from mlpl.base.recursion import deep_recursion
from mlpl.ir.builder.start import START, build_start
from mlpl.ir.builder.statements import build_function
from mlpl.ir.module import Address, Function, Halt, Module, Object, Op
from mlpl.ir.signatures import ROUTINE_OPS
from mlpl.ir.uses import block_operands
from mlpl.lang import typed
from mlpl.lang.datatypes import size

ROUTINES = {
    Op.MUL: "math.mul",
    Op.DIV: "math.div",
    Op.REM: "math.rem",
    Op.SHL: "bits.shl",
    Op.SHR: "bits.shr",
    Op.AND: "bits.and",
    Op.OR: "bits.or",
    Op.XOR: "bits.xor",
}
"""The library function that does each op which SUBLEQ has no short way for."""


def build(program: typed.Program, entry: str = "main") -> Module:
    """Returns the unoptimised SSA of all that the function `entry` can reach.

    The program must hold the library's `math`, `bits` and `text` where it uses what these do.
    """
    with deep_recursion():
        functions, routines = _reachable(program, entry)
    may_halt = any(
        isinstance(block.terminator, Halt)
        for function in functions.values()
        for block in function.blocks
    )
    start = build_start(program.functions[entry], may_halt)
    linked = {START: start.function} | {
        name: functions[name] for name in program.functions if name in functions
    }
    return Module(
        linked,
        (*start.objects, *_globals(program, functions)),
        START,
        program.word_bits,
        start.arguments,
        start.result,
        start.returned,
        routines,
    )


def _reachable(program: typed.Program, entry: str) -> tuple[dict[str, Function], dict[Op, str]]:
    """Returns the functions that `entry` can reach, and the routines of the ops in them."""
    functions: dict[str, Function] = {}
    ops: set[Op] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in functions:
            continue
        functions[name] = function = build_function(program.functions[name], program)
        for instruction in function.instructions():
            if instruction.op is Op.CALL:
                waiting.append(instruction.symbol)
            elif instruction.op in ROUTINES and instruction.op not in ops:
                ops.add(instruction.op)
                waiting.append(ROUTINES[instruction.op])
    return functions, {op: ROUTINES[op] for op in ROUTINE_OPS if op in ops}


def _globals(program: typed.Program, functions: dict[str, Function]) -> Iterator[Object]:
    """Yields the globals that the functions refer to, in order of declaration."""
    used = {
        operand.object
        for function in functions.values()
        for block in function.blocks
        for operand in block_operands(block)
        if isinstance(operand, Address)
    }
    for variable in program.globals:
        name = f"@{variable.name}"
        if name in used:
            cells, type_ = size(variable.type), str(variable.type)
            yield Object(name, max(cells, 1), variable.initial, type_, not variable.mutable)
