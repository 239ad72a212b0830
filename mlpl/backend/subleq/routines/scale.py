"""A word times a constant, by a chain of subtractions (`scaling`).

Cost: 8 steps for 10 x, 13 for 100 x, 25 for 12345 x, the clears of both cells included; one less
where x need not survive.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.routines.scaling import Chain, Step, chain
from mlpl.backend.subleq.selected import Operand


def scale(name: str, word_bits: int, c: int, *, dead: bool) -> Routine:
    """Returns the routine (x) -> c x modulo 2^w.

    Args:
        name: of the routine.
        word_bits: w.
        c: not 0.
        dead: nothing needs x any more.
    """
    out = Builder(name, word_bits)
    steps = shortest(c, dead=dead)
    x = out.cell("x")
    product = x if steps.starts else out.cell("product")
    other = out.kept()
    if not steps.starts:
        out.clear(product)
    subtractions(out, steps, x, product, other)
    out.leave(other)
    return out.routine((x,), (1,), (product,))


def subtractions(out: Builder, steps: Chain, x: Operand, p: Operand, n: Operand) -> None:
    """Writes the steps of a chain; p and n stand for the cells of p x and n x."""
    for step in steps.steps:
        what = n if step is Step.P_N else p if step is Step.N_P else x
        out.sub(what, p if step in (Step.P_N, Step.P_X) else n)


def shortest(c: int, *, dead: bool) -> Chain:
    """Returns the chain that takes the fewest steps."""
    kept = chain(c, overwritten=False)
    if not dead:
        return kept
    return min(chain(c, overwritten=True), kept, key=cost)


def cost(steps: Chain) -> int:
    """Returns the steps of a chain with the clears of its cells."""
    return len(steps.steps) + (not steps.starts) + bool(steps.left)
