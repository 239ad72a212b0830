"""Removal of functions, objects and routines that the program does not reach."""

from __future__ import annotations

from dataclasses import replace

from mlpl.ir.callgraph import call_graph
from mlpl.ir.module import Address, Module
from mlpl.ir.uses import block_operands


def prune(module: Module) -> Module:
    """Returns the module without what the entry cannot reach.

    Before::

        module word_bits=16 entry=@.start
        object @unused[8]: int[8]
        routine mul @math.mul

        fn @.start() {
        entry:
          halt
        }

        fn @math.mul(%x.0: int, %y.1: int) -> int {
        ...

    After::

        module word_bits=16 entry=@.start

        fn @.start() {
        entry:
          halt
        }

    Functions stay that are called, directly or not, or that are the routine of an op in such a
    function; objects that such a function names, that hold arguments or the result.
    """
    calls = call_graph(module)
    reached = calls.reachable([module.entry])
    functions = {name: f for name, f in module.functions.items() if name in reached}
    ops = {instruction.op for f in functions.values() for instruction in f.instructions()}
    needed = {argument.object for argument in module.arguments}
    needed |= {module.result[0]} if module.result else set()
    needed |= {module.returned} if module.returned else set()
    for function in functions.values():
        for block in function.blocks:
            needed |= {o.object for o in block_operands(block) if isinstance(o, Address)}
    objects = tuple(o for o in module.objects if o.name in needed)
    return replace(
        module,
        functions=functions,
        objects=module.objects if objects == module.objects else objects,
        routines={op: name for op, name in module.routines.items() if op in ops},
    )
