"""Pictures of networks and of runs, and a page about a run (`pip install 'mlpl-compiler[viz]'`).

from mlpl import viz

viz.plot_weights(program.network).savefig("weights.png")
run = viz.record(program, 1071, 462)
viz.plot_memory(run)
viz.plot_activity(run)
Path("run.html").write_text(viz.report(run))
"""

from __future__ import annotations

from mlpl.extras import optional

with optional("viz"):
    from mlpl.viz.activity import plot_activity
    from mlpl.viz.memory import plot_memory
    from mlpl.viz.weights import plot_weights

from mlpl.viz.recording import Recording, record
from mlpl.viz.report import report

__all__ = ["Recording", "plot_activity", "plot_memory", "plot_weights", "record", "report"]
