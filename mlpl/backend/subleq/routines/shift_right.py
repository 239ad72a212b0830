"""x >> k for a constant k: the bits from k on, on a rising `Ladder`, the sign moving in.

Let v be x without its sign; the ladder's cell begins with x + 1, as in `mask`. Ones are added to
-(all ones) - 2^(w-1-k) for negative x, or to -(all ones), so that the total is never positive and
each addition is a jump.

Cost: one step for each bit that stays, one for each that is 1, and 3 to 6.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.ladder import Ladder, Level, enter_signed
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import ZERO
from mlpl.ir.interval import Interval


def shift_right(name: str, word_bits: int, k: int, x: Interval) -> Routine:
    """Returns the routine (x) -> x >> k.

    Args:
        name: of the routine.
        word_bits: w.
        k: at least 1.
        x: what the operand is within; it may be negative.
    """
    out = Builder(name, word_bits)
    top = word_bits - 1
    cell, total = out.cell("x"), out.cell("result")
    k = min(k, top)
    ones = (1 << (top - k)) - 1
    out.clear(total)
    out.add(-ones, total)
    levels = [Level(1 << j, one=1 << (j - k)) for j in reversed(range(k, top))]
    ladder = Ladder(out, "bit", cell, levels, total=total)
    enter_signed(ladder, x.high, -(1 << (top - k)))
    out.label("end")
    out.add(ones, total)
    out.leave(ZERO)
    return out.routine((cell,), (1,), (total,))
