"""What passes say about their work: what they did, and what kept them from more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlpl.base.source import Location


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a pass did, or could not do.

    Attributes:
        done: whether it was done.
        function: where; "" for the program as a whole.
        message: what, or why not; lower case, names in backticks.
        location: of the code it is about, if known.
        by: the name of the pass, which the pipeline fills in, or of the stage.
    """

    done: bool
    function: str
    message: str
    location: Location | None = None
    by: str = ""


Listener = Callable[[Remark], None]


def ignore(remark: Remark) -> None:
    """Does nothing with a remark."""
