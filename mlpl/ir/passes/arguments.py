"""Interprocedural propagation of constants and addresses through parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mlpl.ir.callgraph import call_graph
from mlpl.ir.module import Address, Const, Function, Instruction, Module, Op, Operand, Value
from mlpl.ir.names import Names
from mlpl.ir.rewrite import map_function
from mlpl.ir.settings import DEFAULT, Settings

Place = tuple[str, int]
"""A parameter: its function and its number."""
Known = Mapping[Place, Operand | None]
"""What each parameter always is: absent if nothing is given, None if it differs."""


def propagate_arguments(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module without parameters that are the same constant or object in every call.

    Before::

        fn @main() {
          object $xs[9]: int[9]
        entry:
          call @sort(0, $xs, 9)
        ...
        fn @sort(%first.0: int, %xs.1: ref, %n.2: int) {
          ...
          call @sort(%4, %xs.1, %n.2)

    After::

        object @main.xs[9]: int[9]

        fn @main() {
        entry:
          call @sort(0)
        ...
        fn @sort(%first.0: int) {
          ...
          call @sort(%4)

    A parameter that a call hands on is what it is itself, so recursion does not hide it. An
    object of a function that is never active twice becomes one of the module, so that other
    functions can name it; on the target an access to a named object is much cheaper than one
    through an address. Arguments that are computed are not looked into.

    Source: Callahan, Cooper, Kennedy, Torczon, "Interprocedural constant propagation" (1986), with
    pass-through jump functions.
    """
    known = _solve(module)
    if any(_local_addresses(known)):
        module = _with_shared_objects(module, known)
        known = _solve(module)
    drop = {place: operand for place, operand in known.items() if _can_stand(operand)}
    if not drop:
        return module
    functions = {name: _without(f, drop, settings) for name, f in module.functions.items()}
    return replace(module, functions=functions)


def calls_of(function: Function) -> Iterator[Instruction]:
    """Yields the calls of a function."""
    return (i for i in function.instructions() if i.op is Op.CALL)


def _solve(module: Module) -> dict[Place, Operand | None]:
    """Returns what every parameter of a called function is, as far as it is one thing.

    A local object is written as its function's name and its own, `main$xs`.
    """
    recursive = call_graph(module).recursive
    fixed = {module.entry, *module.routines.values()}
    known: dict[Place, Operand | None] = {
        (name, index): None for name in fixed for index in range(_arity(module, name))
    }
    waiting = list(module.functions)
    while waiting:
        name = waiting.pop()
        function = module.functions[name]
        own = {parameter.id: (name, index) for index, parameter in enumerate(function.parameters)}
        for call in calls_of(function):
            for index, operand in enumerate(call.operands):
                place = (call.symbol, index)
                before = known.get(place, _UNSEEN)
                after = _meet(before, _given(operand, own, known, name, name in recursive))
                if after is not _UNSEEN and (place not in known or after != before):
                    known[place] = after
                    waiting.append(call.symbol)
    return known


_UNSEEN = Address("")
"""Stands for an argument that no call has given yet."""


def _arity(module: Module, name: str) -> int:
    return len(module.functions[name].parameters)


def _given(
    operand: Operand, own: Mapping[int, Place], known: Known, name: str, recursive: bool
) -> Operand | None:
    match operand:
        case Const():
            return operand
        case Address(object) if object.startswith("@"):
            return operand
        case Address(object):
            return None if recursive else Address(name + object)
        case Value(id) if id in own:
            return known.get(own[id], _UNSEEN)
        case _:
            return None


def _meet(x: Operand | None, y: Operand | None) -> Operand | None:
    if x is _UNSEEN:
        return y
    if y is _UNSEEN or x == y:
        return x
    return None


def _can_stand(operand: Operand | None) -> bool:
    return isinstance(operand, Const) or (
        isinstance(operand, Address) and operand.object.startswith("@")
    )


def _local_addresses(known: Known) -> Iterator[tuple[str, Address]]:
    """Yields the function and the address of each local object that a parameter always is."""
    for operand in known.values():
        if isinstance(operand, Address) and "$" in operand.object:
            name, _, object_ = operand.object.partition("$")
            yield name, Address("$" + object_)


def _with_shared_objects(module: Module, known: Known) -> Module:
    """Returns the module with the local objects that parameters stand for as its own."""
    names = Names(o.name for o in module.objects)
    functions = dict(module.functions)
    objects = list(module.objects)
    for name, address in dict.fromkeys(_local_addresses(known)):
        function = functions[name]
        local = next(o for o in function.objects if o.name == address.object)
        shared = replace(local, name=names.fresh(f"@{local.scope or name}.{local.name[1:]}"))
        objects.append(shared)

        def moved(operand: Operand, address: Address = address, to: str = shared.name) -> Operand:
            return Address(to) if operand == address else operand

        rest = tuple(o for o in function.objects if o is not local)
        functions[name] = replace(map_function(function, moved), objects=rest)
    return replace(module, functions=functions, objects=tuple(objects))


def _without(
    function: Function, known: Mapping[Place, Operand | None], settings: Settings
) -> Function:
    """Returns the function with what is known in place of parameters, here and in its calls."""
    stands: dict[int, Operand] = {}
    kept: list[Value] = []
    for index, parameter in enumerate(function.parameters):
        operand = known.get((function.name, index))
        if operand is None:
            kept.append(parameter)
        else:
            stands[parameter.id] = operand
            settings.did(function.name, f"`{parameter.name}` is always {operand}")

    def replaced(operand: Operand) -> Operand:
        return stands.get(operand.id, operand) if isinstance(operand, Value) else operand

    if stands:
        function = map_function(replace(function, parameters=tuple(kept)), replaced)
    return without_arguments(function, set(known))


def without_arguments(function: Function, places: set[Place]) -> Function:
    """Returns the function with calls that do not give certain parameters."""

    def shorter(call: Instruction) -> Instruction:
        if call.op is not Op.CALL:
            return call
        kept = [o for n, o in enumerate(call.operands) if (call.symbol, n) not in places]
        return replace(call, operands=tuple(kept))

    if not any((c.symbol, n) in places for c in calls_of(function) for n in range(len(c.operands))):
        return function
    blocks = tuple(
        replace(block, instructions=tuple(map(shorter, block.instructions)))
        for block in function.blocks
    )
    return replace(function, blocks=blocks)
