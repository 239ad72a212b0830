"""Calls of library routines instead of ops that the target has no instruction for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlpl.ir.module import Block, Function, Instruction, Module, Op
from mlpl.ir.rewrite import with_blocks
from mlpl.ir.signatures import ROUTINE_OPS


class MissingRoutineError(Exception):
    """The module uses an op that it has no routine for."""


def call_routines(module: Module) -> Module:
    """Returns the module with a call in place of every op of `ROUTINE_OPS`.

    Before::

        routine mul @math.mul
        ...
          %2 = mul %x.0, %y.1

    After::

          %2 = call @math.mul(%x.0, %y.1)

    Then no op needs a routine, and `routines` is empty; `prune` drops those that nothing calls.

    Raises:
        MissingRoutineError: the module has no routine for an op in it.
    """
    functions = {
        name: _function(function, module.routines) for name, function in module.functions.items()
    }
    return replace(module, functions=functions, routines={})


def _function(function: Function, routines: Mapping[Op, str]) -> Function:
    return with_blocks(function, (_block(block, routines) for block in function.blocks))


def _block(block: Block, routines: Mapping[Op, str]) -> Block:
    if not any(instruction.op in ROUTINE_OPS for instruction in block.instructions):
        return block
    return replace(block, instructions=tuple(_call(i, routines) for i in block.instructions))


def _call(instruction: Instruction, routines: Mapping[Op, str]) -> Instruction:
    if instruction.op not in ROUTINE_OPS:
        return instruction
    routine = routines.get(instruction.op)
    if routine is None:
        raise MissingRoutineError(f"there is no routine for `{instruction.op.value}`")
    return replace(instruction, op=Op.CALL, symbol=routine)
