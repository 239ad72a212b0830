"""Pictures of networks and of runs, and a page about a run (`pip install 'mlpl-compiler[viz]'`).

from mlpl import viz

viz.plot_weights(program.network).savefig("weights.png")
run = viz.record(program, 1071, 462)
viz.plot_memory(run)
viz.plot_activity(run)
Path("run.html").write_text(viz.report(run))

Names are imported when they are first used: recording a run needs no matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mlpl.extras import optional

if TYPE_CHECKING:
    from mlpl.viz.activity import plot_activity
    from mlpl.viz.memory import plot_memory
    from mlpl.viz.page import report
    from mlpl.viz.recording import Recording, record
    from mlpl.viz.weights import plot_weights

__all__ = ["Recording", "plot_activity", "plot_memory", "plot_weights", "record", "report"]

_HOMES = {
    "Recording": "recording",
    "plot_activity": "activity",
    "plot_memory": "memory",
    "plot_weights": "weights",
    "record": "recording",
    "report": "page",
}


def __getattr__(name: str) -> object:
    """Returns a public name, from where it is defined.

    Raises:
        UsageError: it needs matplotlib, which is not installed.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with optional("viz"):
        return getattr(import_module(f"mlpl.viz.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
