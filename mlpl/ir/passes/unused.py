"""Removal of parameters and results that nobody needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mlpl.ir.module import Function, Kind, Module, Op, Operand, Return, Value
from mlpl.ir.passes.arguments import Place, calls_of, without_arguments
from mlpl.ir.rewrite import Substitution, map_function
from mlpl.ir.settings import DEFAULT, Settings
from mlpl.ir.signatures import zero
from mlpl.ir.uses import terminator_operands

Node = tuple[str, int]
"""A value: its function and its id."""


def remove_unused(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module without parameters that no effect needs, and without unused results.

    Before::

        fn @f(%n.0: int, %depth.1: int) -> int {
        entry:
          putc %n.0
          %2 = add %depth.1, 1
          call @f(%n.0, %2)
          halt

    After, if no call uses the result, and after `eliminate`::

        fn @f(%n.0: int) {
        entry:
          putc %n.0
          call @f(%n.0)
          halt

    A parameter that only serves for parameters that are not needed is not needed either, so
    recursion keeps none alive; what is left of its uses gets 0. The entry and the routines of
    ops stay as they are. Values that only served for what is removed are left to `eliminate`.
    """
    fixed = {module.entry, *module.routines.values()}
    needed = _needed(module, fixed)
    places = {
        (f.name, index)
        for f in module.functions.values()
        for index in range(len(f.parameters))
        if (f.name, index) not in needed
    }
    silent = _silent(module, fixed)
    for name, index in sorted(places):
        parameter = module.functions[name].parameters[index]
        settings.did(name, f"removed the parameter `{parameter.name}`, which is not needed")
    for name in sorted(silent):
        settings.did(name, "removed the result, which is not used")
    if not places and not silent:
        return module
    functions = {n: _without(f, places, silent) for n, f in module.functions.items()}
    return replace(module, functions=functions)


def _needed(module: Module, fixed: Iterable[str]) -> set[Place]:
    """Returns the parameters that something needs: marks backwards from effects and ends."""
    sources: dict[Node, list[Node]] = {}
    waiting: list[Node] = []
    for function in module.functions.values():
        waiting += _connect(function, sources)
        if function.name in fixed:
            waiting += [(function.name, p.id) for p in function.parameters]
    for function in module.functions.values():
        for call in calls_of(function):
            parameters = module.functions[call.symbol].parameters
            for parameter, operand in zip(parameters, call.operands, strict=True):
                given = sources.setdefault((call.symbol, parameter.id), [])
                given += _nodes(function, (operand,))
    needed: set[Node] = set()
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting += sources.get(node, ())
    return {
        (f.name, index)
        for f in module.functions.values()
        for index, parameter in enumerate(f.parameters)
        if (f.name, parameter.id) in needed
    }


def _connect(function: Function, sources: dict[Node, list[Node]]) -> list[Node]:
    """Adds what each value is made of, and returns the values that are needed for themselves."""
    needed: list[Node] = []
    parameters = {block.name: block.parameters for block in function.blocks}
    for block in function.blocks:
        for i in block.instructions:
            if i.result is not None and i.op.pure:
                sources[function.name, i.result.id] = _nodes(function, i.operands)
                # A reference has no constant to stand for it, so all its uses count.
                needed += _nodes(function, (o for o in i.operands if o.kind is Kind.REF))
            elif i.op is not Op.CALL:
                needed += _nodes(function, i.operands)
        for edge in block.edges:
            for parameter, argument in zip(parameters[edge.block], edge.arguments, strict=True):
                given = sources.setdefault((function.name, parameter.id), [])
                given += _nodes(function, (argument,))
        passed = sum(len(edge.arguments) for edge in block.edges)
        operands = terminator_operands(block.terminator)
        needed += _nodes(function, operands[: len(operands) - passed])
    return needed


def _nodes(function: Function, operands: Iterable[Operand]) -> list[Node]:
    return [(function.name, o.id) for o in operands if isinstance(o, Value)]


def _silent(module: Module, fixed: Iterable[str]) -> set[str]:
    """Returns the functions with a result that no call takes."""
    silent = {f.name for f in module.functions.values() if f.result is not None} - set(fixed)
    for function in module.functions.values():
        silent -= {c.symbol for c in calls_of(function) if c.result is not None}
    return silent


def _without(function: Function, places: set[Place], silent: set[str]) -> Function:
    kept: list[Value] = []
    gone = Substitution()
    for index, parameter in enumerate(function.parameters):
        if (function.name, index) not in places:
            kept.append(parameter)
        elif parameter.kind is not Kind.REF:
            gone.add(parameter, zero(parameter.kind))
    function = replace(without_arguments(function, places), parameters=tuple(kept))
    function = map_function(function, gone) if gone else function
    if function.name not in silent:
        return function
    blocks = tuple(
        replace(block, terminator=replace(block.terminator, value=None))
        if isinstance(block.terminator, Return)
        else block
        for block in function.blocks
    )
    return replace(function, result=None, blocks=blocks)
