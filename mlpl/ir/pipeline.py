"""The passes of each level, in order, and their driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from mlpl.ir.module import Function, Module
from mlpl.ir.passes.eliminate import eliminate
from mlpl.ir.passes.fold import fold
from mlpl.ir.passes.number import number
from mlpl.ir.passes.promote import promote
from mlpl.ir.passes.prune import prune
from mlpl.ir.passes.routines import call_routines
from mlpl.ir.passes.simplify import simplify
from mlpl.ir.verify import require_valid

Pass = Callable[[Module], Module]
FunctionPass = Callable[[Function, Module], Function]
Observer = Callable[[str, Module, Module], None]
"""Is told the pass's name, the module before and the module after it."""


class Entry(NamedTuple):
    """A pass in a pipeline, and why it stands there."""

    name: str
    reason: str


def per_function(run: FunctionPass) -> Pass:
    """Returns the pass that runs a function's pass on each function of a module."""

    def lifted(module: Module) -> Module:
        functions = {name: run(function, module) for name, function in module.functions.items()}
        return replace(module, functions=functions)

    return lifted


PASSES: dict[str, Pass] = {
    "promote": per_function(promote),
    "fold": per_function(fold),
    "simplify": per_function(simplify),
    "number": per_function(number),
    "eliminate": per_function(eliminate),
    "prune": prune,
    "call_routines": call_routines,
}
"""Every pass by its name."""


_READABLE = (
    Entry("promote", "scalars become values: what the back end colours"),
    Entry("call_routines", "the target has no other way for these ops"),
    Entry("prune", "functions and objects nothing reaches cost cells"),
)

_OPTIMIZED = (
    Entry("promote", "the other passes look at values, not at memory"),
    Entry("fold", "checks with known outcomes and constant conditions become jumps"),
    Entry("simplify", "drops what these jumps pass by; constants reach more uses"),
    Entry("number", "repeated checks of one index, conditions tested twice"),
    Entry("fold", "uses these constants"),
    Entry("eliminate", "what folding left unused; arrays only written"),
    Entry("simplify", "blocks that became empty"),
    Entry("prune", "so that no routine is kept by a function that is gone"),
    Entry("call_routines", "the target has no other way for these ops; last, for ops fold better"),
    Entry("prune", "routines of ops that were folded"),
)

LEVELS: dict[str, tuple[Entry, ...]] = {
    "O0": _READABLE,
    "O1": _OPTIMIZED,
    "O2": _OPTIMIZED,
    "Os": _OPTIMIZED,
}


def optimize(module: Module, level: str = "O2", observers: Sequence[Observer] = ()) -> Module:
    """Returns the module after the passes of a level, verified before and after each of them.

    Raises:
        InvalidModuleError: a pass, or the builder, broke an invariant.
    """
    require_valid(module, "build")
    for entry in LEVELS[level]:
        after = require_valid(PASSES[entry.name](module), entry.name)
        for observer in observers:
            observer(entry.name, module, after)
        module = after
    return module
