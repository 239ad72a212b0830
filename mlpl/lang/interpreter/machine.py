"""What a running program has: ports, a budget of steps, a depth of calls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mlpl.base.source import Location, Span
from mlpl.base.traps import Call, Trap, TrapKind
from mlpl.lang.interpreter.ports import Ports

Cells = list[int]
"""Words of one variable."""

Reference = tuple[Cells, int, int]
"""An array or struct: the cells it is in, where it begins in them, and its number of elements
(0 for a struct)."""


class Trapped(Exception):  # noqa: N818 - what L7.3 calls a trap
    """The program trapped.

    Attributes:
        trap: without its calls.
        path: each active call that the exception has left, with its callee's name, innermost
            first.
    """

    def __init__(self, trap: Trap) -> None:
        super().__init__(trap.describe())
        self.trap = trap
        self.path: list[tuple[str, Span]] = []

    def traced(self, entry: str) -> Trap:
        """Returns the trap with its calls, the outermost of them in `entry`."""
        names = [*(name for name, _ in self.path), entry]
        calls = (
            Call(caller, span.location)
            for caller, (_, span) in zip(names[1:], self.path, strict=True)
        )
        return replace(self.trap, function=names[0], calls=tuple(calls))


class Halted(Exception):  # noqa: N818 - the normal end by `halt()`
    """The program called `halt()`."""


class OutOfSteps(Exception):  # noqa: N818 - a limit that the caller has set
    """The program used up its budget of steps."""


class Undefined(Exception):  # noqa: N818 - the program's error, not ours
    """An unchecked program indexed outside an array or shifted by a negative count.

    Attributes:
        location: the index or operator.
    """

    def __init__(self, message: str, location: Location) -> None:
        super().__init__(f"{location}: {message}")
        self.location = location


@dataclass(slots=True)
class Machine:
    """The state of a run, but for the variables.

    Attributes:
        word_bits: w.
        checked: whether indices and shifts are checked.
        ports: input and output.
        budget: steps that are left: iterations of loops and calls.
        calls: calls that may still be made inside the active ones.
        globals: the cells of each global variable, by its id.
    """

    word_bits: int
    checked: bool
    ports: Ports
    budget: int
    calls: int
    globals: dict[int, Cells] = field(default_factory=dict)

    def step(self) -> None:
        """Takes one step from the budget."""
        self.budget -= 1
        if self.budget < 0:
            raise OutOfSteps


def trap(kind: TrapKind, span: Span, *values: int, message: str = "") -> Trapped:
    """Returns the exception for a trap at the beginning of a span."""
    return Trapped(Trap(kind, span.location, message, values))
