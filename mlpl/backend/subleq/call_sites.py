"""The calls of a program, as a backtrace needs them."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlpl.base.source import Location


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call.

    Attributes:
        function: that it stands in.
        location: where in the source, if known.
        pushed: words of the stack that it takes while the callee is active.
        kept: which of these words, from 0, holds the negative of what the callee's own return
            address was before the call; None where the callee was not active.
    """

    function: str
    location: Location | None
    pushed: int = 0
    kept: int | None = None


@dataclass(slots=True)
class CallSites:
    """Collects calls while code is made.

    Attributes:
        by_label: each call by the label that is its return address, its own and no other's.
    """

    by_label: dict[str, CallSite] = field(default_factory=dict)

    def add(self, label: str, site: CallSite) -> None:
        """Makes the call known that returns to `label`."""
        self.by_label[label] = site
