"""What passes are to achieve, and whom they tell about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from mlpl.base.source import Location
from mlpl.ir.costs import Costs, NeutralCosts
from mlpl.ir.remarks import Listener, Remark, ignore


class Aim(Enum):
    """What is to be little."""

    STEPS = "steps"
    CELLS = "cells"


@dataclass(frozen=True, slots=True)
class Settings:
    """What passes are to achieve, and whom they tell about it.

    Attributes:
        aim: steps, even if that takes some more cells; or cells.
        costs: of the target.
        listen: is told every remark.
    """

    aim: Aim = Aim.STEPS
    costs: Costs = field(default_factory=NeutralCosts)
    listen: Listener = ignore

    def did(self, function: str, message: str, location: Location | None = None) -> None:
        """Tells what was done."""
        self.listen(Remark(True, function, message, location))

    def missed(self, function: str, message: str, location: Location | None = None) -> None:
        """Tells what was not done, and why."""
        self.listen(Remark(False, function, message, location))


DEFAULT = Settings()
"""Few steps on a neutral target, and nobody listens."""
