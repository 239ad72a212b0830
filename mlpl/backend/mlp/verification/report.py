"""What a verification found."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlpl.backend.mlp.network import Parameters


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first difference that a check found.

    Attributes:
        neuron: the name of the neuron that differs first, or "" where it is none.
        layer: its layer, 1 to L, or 0.
        message: what differs, in one line.
        state: the state before the step in which it shows, for people, or "".
    """

    neuron: str
    layer: int
    message: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check did.

    Attributes:
        name: "weights", "certificate", "steps", "exhaustive" or "proof".
        summary: what it established, or how far it came, in one line.
        counts: of what it looked at, by name.
        mismatch: the first difference, None if there is none.
    """

    name: str
    summary: str
    counts: dict[str, int] = field(default_factory=dict)
    mismatch: Mismatch | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found.

    Attributes:
        parameters: of the machine that the network was compared with.
        checks: in the order in which they were made.
    """

    parameters: Parameters
    checks: tuple[Check, ...]

    @property
    def mismatch(self) -> Mismatch | None:
        """The first difference, None if there is none."""
        return next((check.mismatch for check in self.checks if check.mismatch), None)

    @property
    def ok(self) -> bool:
        """Whether no check found a difference."""
        return self.mismatch is None

    @property
    def steps(self) -> int:
        """Steps of the machine that were compared at random."""
        return sum(check.counts.get("steps", 0) for check in self.checks if check.name == "steps")
