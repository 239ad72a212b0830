"""The passes of each level, in order, and their driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from mlpl.ir.costs import Costs, NeutralCosts
from mlpl.ir.module import Function, Module
from mlpl.ir.passes.accumulate import accumulate
from mlpl.ir.passes.arguments import propagate_arguments
from mlpl.ir.passes.count import count
from mlpl.ir.passes.dead_stores import eliminate_dead_stores
from mlpl.ir.passes.eliminate import eliminate
from mlpl.ir.passes.expand_variables import expand_variables
from mlpl.ir.passes.fold import fold
from mlpl.ir.passes.forward import forward
from mlpl.ir.passes.hoist import hoist
from mlpl.ir.passes.inline import inline
from mlpl.ir.passes.multiply import multiply
from mlpl.ir.passes.narrow import narrow
from mlpl.ir.passes.number import number
from mlpl.ir.passes.preset import preset
from mlpl.ir.passes.promote import promote
from mlpl.ir.passes.prune import prune
from mlpl.ir.passes.reduce import reduce
from mlpl.ir.passes.rematerialize import rematerialize
from mlpl.ir.passes.rotate import rotate
from mlpl.ir.passes.routines import call_routines
from mlpl.ir.passes.signs import signs
from mlpl.ir.passes.simplify import simplify
from mlpl.ir.passes.thread import thread
from mlpl.ir.passes.undo import undo
from mlpl.ir.passes.unroll import unroll
from mlpl.ir.passes.unused import remove_unused
from mlpl.ir.remarks import Listener, ignore
from mlpl.ir.rewrite import with_functions
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.verify import require_valid

FunctionPass = Callable[[Function, Module], Function]
ModulePass = Callable[[Module], Module]
Observer = Callable[[str, Module, Module], None]
"""Is told the pass's name, the module before and the module after it."""


class Pass(Protocol):
    """A pass: valid module in, valid module out, which does the same."""

    def __call__(self, module: Module, settings: Settings = DEFAULT) -> Module:
        """Returns the module after the pass."""
        ...


class Entry(NamedTuple):
    """A pass in a pipeline, and why it stands there."""

    name: str
    reason: str


def per_function(run: FunctionPass) -> Pass:
    """Returns the pass that runs a function's pass on each function of a module."""

    def lifted(module: Module, settings: Settings = DEFAULT) -> Module:
        functions = {name: run(function, module) for name, function in module.functions.items()}
        return with_functions(module, functions)

    return lifted


def weighed(run: Callable[[Function, Module, Settings], Function]) -> Pass:
    """Returns the same for a function's pass that weighs costs or makes remarks."""

    def lifted(module: Module, settings: Settings = DEFAULT) -> Module:
        functions = {n: run(function, module, settings) for n, function in module.functions.items()}
        return with_functions(module, functions)

    return lifted


def unconditional(run: ModulePass) -> Pass:
    """Returns the pass that runs a module's pass whatever the settings."""

    def lifted(module: Module, settings: Settings = DEFAULT) -> Module:
        return run(module)

    return lifted


PASSES: dict[str, Pass] = {
    "promote": per_function(promote),
    "fold": per_function(fold),
    "simplify": per_function(simplify),
    "number": per_function(number),
    "narrow": narrow,
    "forward": forward,
    "eliminate_dead_stores": eliminate_dead_stores,
    "thread": thread,
    "rotate": weighed(rotate),
    "unroll": weighed(unroll),
    "hoist": weighed(hoist),
    "reduce": weighed(reduce),
    "count": count,
    "multiply": weighed(multiply),
    "eliminate": per_function(eliminate),
    "expand_variables": weighed(expand_variables),
    "accumulate": accumulate,
    "inline": inline,
    "rematerialize": rematerialize,
    "preset": preset,
    "propagate_arguments": propagate_arguments,
    "remove_unused": remove_unused,
    "signs": weighed(signs),
    "undo": weighed(undo),
    "prune": unconditional(prune),
    "call_routines": unconditional(call_routines),
}
"""Every pass by its name."""


_READABLE = (
    Entry("promote", "scalars become values: what the back end colours"),
    Entry("call_routines", "the target has no other way for these ops"),
    Entry("prune", "functions and objects nothing reaches cost cells"),
)

_QUICK = (
    Entry("prune", "what nothing reaches need not be looked at"),
    Entry("promote", "the other passes look at values, not at memory"),
    Entry("fold", "checks with known outcomes and constant conditions become jumps"),
    Entry("number", "repeated checks of one index, conditions tested twice"),
    Entry("simplify", "drops what these jumps pass by"),
    Entry("rotate", "a jump less a round, and guards that say more"),
    Entry("narrow", "checks that ranges decide: most of those of indices"),
    Entry("fold", "uses what they decide"),
    Entry("simplify", "drops what is passed by; tests join the ends of their loops"),
    Entry("hoist", "what loops would compute again in every round"),
    Entry("eliminate", "what is unused now"),
    Entry("multiply", "products by constants"),
    Entry("rematerialize", "values that would be kept over calls"),
    Entry("undo", "steps of variables where loops end; no pass puts them together again"),
)
"""What gains most within a function, once. Nothing is inlined, so that functions stay small and the
code of each is its own: a level to build often with, and to look at."""

_OPTIMIZED = (
    Entry("promote", "the other passes look at values, not at memory"),
    Entry("fold", "checks with known outcomes and constant conditions become jumps"),
    Entry("simplify", "drops what these jumps pass by; constants reach more uses"),
    Entry("number", "repeated checks of one index, conditions tested twice"),
    Entry("fold", "uses these constants"),
    Entry("eliminate", "what folding left unused; arrays only written"),
    Entry("simplify", "blocks that became empty"),
    Entry("accumulate", "what is a loop need not be called, and can be inlined"),
    Entry("inline", "bodies are small now"),
    Entry("prune", "functions that have moved to their only call"),
    Entry("propagate_arguments", "for the functions that stay: objects instead of addresses"),
    Entry("fold", "what is known about the arguments"),
    Entry("simplify", "joins bodies with what surrounds them"),
    Entry("narrow", "checks that ranges decide, now that lengths are known"),
    Entry("number", "checks that the caller has made"),
    Entry("forward", "loads of what is in a value already"),
    Entry("fold", "uses these constants"),
    Entry("simplify", "drops what is passed by"),
    Entry("eliminate_dead_stores", "loads between stores are gone"),
    Entry("eliminate", "what is unused now"),
    Entry("remove_unused", "parameters and results cost moves"),
    Entry("eliminate", "what was computed for them"),
    Entry("rotate", "bodies that always run once the loop is entered; a jump less a round"),
    Entry("fold", "guards of constant bounds"),
    Entry("simplify", "tests join the ends of their loops"),
    Entry("unroll", "indices that become constants, tests and jumps that are gone"),
    Entry("fold", "uses these constants"),
    Entry("simplify", "drops the loops; rounds join"),
    Entry("forward", "a test and its body read the same cells, and now share a block"),
    Entry("hoist", "what loops would compute again in every round"),
    Entry("narrow", "the guards say more"),
    Entry("fold", "uses what they decide"),
    Entry("number", "what loops compute alike is outside of them now"),
    Entry("thread", "tests whose outcome is known by how one comes to them; no more ranges"),
    Entry("simplify", "copies join what leads to them"),
    Entry("reduce", "products that are running sums; ranges are not needed any more"),
    Entry("count", "exit tests for nothing: they are part of the counting"),
    Entry("fold", "starts of counters"),
    Entry("eliminate", "variables that only served for tests"),
    Entry("simplify", "preheaders that stay empty"),
    Entry("multiply", "products by constants that are left"),
    Entry("expand_variables", "moves that no other pass can remove"),
    Entry("simplify", "rounds join"),
    Entry("signs", "sums that are differences; loops have their last form"),
    Entry("rematerialize", "values that would be kept over calls; no pass merges them again"),
    Entry("undo", "steps of variables where loops end; no pass puts them together again"),
    Entry("preset", "what is known of arrays at the beginning need not be computed"),
    Entry("prune", "so that no routine is kept by a function that is gone"),
)

LEVELS: dict[str, tuple[Entry, ...]] = {
    "O0": _READABLE,
    "O1": _QUICK,
    "O2": _OPTIMIZED,
    "Os": _OPTIMIZED,
}


def optimize(
    module: Module,
    level: str = "O2",
    observers: Sequence[Observer] = (),
    *,
    costs: Costs | None = None,
    listen: Listener = ignore,
) -> Module:
    """Returns the module after the passes of a level, verified before and after each of them.

    Args:
        module: as it was built.
        level: a key of `LEVELS`.
        observers: are told about every pass.
        costs: of the target; without, those of a neutral one.
        listen: is told the remarks of the passes.

    Raises:
        InvalidModuleError: a pass, or the builder, broke an invariant.
    """
    require_valid(module, "build")
    for entry in LEVELS[level]:
        settings = Settings(
            Aim.CELLS if level == "Os" else Aim.STEPS,
            costs or NeutralCosts(),
            lambda remark, name=entry.name: listen(replace(remark, by=name)),  # type: ignore[misc]
        )
        after = require_valid(PASSES[entry.name](module, settings), entry.name, module)
        for observer in observers:
            observer(entry.name, module, after)
        module = after
    return module
