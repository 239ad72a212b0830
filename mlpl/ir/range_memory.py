"""What value ranges know of memory: one range for each object, and one for all that is shared."""

from __future__ import annotations

from collections.abc import Iterator

from mlpl.base.words import wrap
from mlpl.ir.alias import escaped
from mlpl.ir.module import Address, Const, Module, Object, Op, Operand

SHARED = ""
"""Stands for all objects whose addresses are handed on, and for what an address may lead to."""
ANYTHING = Address("?")
"""An operand that may be any word."""


class RangeMemory:
    """The objects of a module, as far as loads are told apart."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._shared = {name: escaped(function) for name, function in module.functions.items()}
        self._everywhere = frozenset[str]().union(*self._shared.values())
        self._own = {
            name: {o.name for o in function.objects} for name, function in module.functions.items()
        }
        self._named = {o.name for o in module.objects}

    def object(self, function: str, ref: Operand) -> str:
        """Returns what an address in a function leads to: a name that is unique in the module."""
        if not isinstance(ref, Address):
            return SHARED
        name = ref.object
        if name in self._own[function]:
            return SHARED if name in self._shared[function] else function + name
        return SHARED if name in self._everywhere else name

    def contents(self) -> Iterator[tuple[str, Operand]]:
        """Yields the objects and what they may hold at the beginning."""
        for object_ in self._module.objects:
            name = SHARED if object_.name in self._everywhere else object_.name
            for word in _ends(object_, self._module.word_bits):
                yield name, Const(word)
        for argument in self._module.arguments:
            name = SHARED if argument.object in self._everywhere else argument.object
            yield name, ANYTHING
        yield from dict.fromkeys(self._foreign())

    def _foreign(self) -> Iterator[tuple[str, Operand]]:
        """Yields what a function without its program cannot know."""
        for name, function in self._module.functions.items():
            for i in function.instructions():
                if i.op is Op.CALL and i.symbol not in self._module.functions:
                    yield SHARED, ANYTHING
                for operand in i.operands:
                    if isinstance(operand, Address):
                        object_ = self.object(name, operand)
                        if operand.object not in self._own[name] | self._named:
                            yield object_, ANYTHING


def _ends(object_: Object, w: int) -> tuple[int, ...]:
    """Returns the least and the greatest word of an object at the beginning."""
    words = {wrap(word, w) for word in object_.initial}
    if len(object_.initial) < object_.size:
        words.add(0)
    return min(words), max(words)
