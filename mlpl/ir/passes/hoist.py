"""Loop-invariant code motion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlpl.ir.dominance import Dominance, dominance
from mlpl.ir.graph import graph
from mlpl.ir.induction import invariant, places
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import (
    Address,
    Block,
    Const,
    Function,
    Instruction,
    Kind,
    Module,
    Op,
)
from mlpl.ir.preheaders import preheader, with_preheaders
from mlpl.ir.settings import DEFAULT, Settings

_PARTIAL = frozenset({Op.DIV, Op.REM, Op.SHL, Op.SHR})
"""Ops that need a check before them."""
_WRITES = frozenset({Op.STORE, Op.COPY, Op.ZERO, Op.CALL})


def hoist(function: Function, module: Module, settings: Settings = DEFAULT) -> Function:
    """Returns the function with what is the same in every round of a loop before the loop.

    Before::

        before:
          jump do(0)
        do(%1: int):
          %2 = sub %n.0, 1
          %3 = load @total, 0
          %4 = add %1, 1
          %5 = lt %4, %2
          branch %5, do(%4), done

    After::

        before:
          %2 = sub %n.0, 1
          %3 = load @total, 0
          jump do(0)
        do(%1: int):
          %4 = add %1, 1
          %5 = lt %4, %2
          branch %5, do(%4), done

    Only what every round does anyway is moved, so nothing is computed that was not (`rotate`
    makes most loops such that their bodies always run). Loads move if they name their cell and
    the loop writes nothing and calls nothing. Comparisons stay: a branch on one is cheaper than
    a bool that is kept. Divisions and shifts stay unless a constant says that they cannot fail:
    their checks have to come first.

    Source: Aho, Lam, Sethi, Ullman (2006), section 9.5, for values instead of variables.
    """
    flow = graph(function)
    found = loops(flow, dominance(flow))
    if not found:
        return function
    prepared = with_preheaders(function, flow, found.values())
    flow = graph(prepared)
    dominators = dominance(flow)
    blocks = dict(flow.blocks)
    where = places(flow)
    # Inner loops first: what leaves them may leave the next one too.
    for loop in reversed(loops(flow, dominators).values()):
        goal = preheader(flow, loop)
        moved = list(_movable(blocks, loop, dominators, where))
        for instruction in moved:
            assert instruction.result is not None
            where[instruction.result.id] = goal
            settings.did(
                function.name,
                f"moved `{instruction.op.value}` out of a loop",
                instruction.location,
            )
        if moved:
            _move(blocks, loop, goal, moved)
    if all(blocks[name] is block for name, block in flow.blocks.items()):
        return function
    return replace(prepared, blocks=tuple(blocks[block.name] for block in prepared.blocks))


def _movable(
    blocks: dict[str, Block], loop: Loop, dominators: Dominance, where: dict[int, str]
) -> Iterator[Instruction]:
    """Yields what can go, in an order in which operands come first."""
    writes = any(i.op in _WRITES for name in loop.blocks for i in blocks[name].instructions)
    outside = dict(where)
    for name in loop.blocks:
        if not all(dominators.dominates(name, latch) for latch in loop.latches):
            continue
        for instruction in blocks[name].instructions:
            if _can_move(instruction, writes) and all(
                invariant(operand, outside, loop) for operand in instruction.operands
            ):
                assert instruction.result is not None
                outside[instruction.result.id] = ""
                yield instruction


def _can_move(instruction: Instruction, writes: bool) -> bool:
    op, operands = instruction.op, instruction.operands
    if instruction.result is None or instruction.result.kind is Kind.BOOL:
        return False
    if op is Op.LOAD:
        return not writes and isinstance(operands[0], Address) and isinstance(operands[1], Const)
    if op in _PARTIAL:
        return isinstance(operands[1], Const) and operands[1].value > 0
    return op.pure


def _move(blocks: dict[str, Block], loop: Loop, goal: str, moved: list[Instruction]) -> None:
    gone = {i.result for i in moved}
    for name in loop.blocks:
        block = blocks[name]
        kept = tuple(i for i in block.instructions if i.result is None or i.result not in gone)
        if len(kept) < len(block.instructions):
            blocks[name] = replace(block, instructions=kept)
    before = blocks[goal]
    blocks[goal] = replace(before, instructions=(*before.instructions, *moved))
