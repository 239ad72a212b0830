"""The calls that are active in a stopped machine, read from its memory."""

from __future__ import annotations

from collections.abc import Iterator

from mlpl.backend.subleq.call_sites import CallSite
from mlpl.backend.subleq.image import Facts
from mlpl.backend.subleq.state import Words
from mlpl.base.source import Location
from mlpl.base.traps import Call, Held


def unwind(
    facts: Facts, memory: Words, word_bits: int, function: str, location: Location | None
) -> Iterator[Call]:
    """Yields where each active function is, innermost first, as far as the facts tell.

    The return address of the function says which call made it active. If the function was active
    already, that call has put its former return address on the stack: it holds for the function's
    next activation outwards. Activations by a single recursive call are counted instead.

    Args:
        facts: of the image.
        memory: of shape (n,), unsigned words, between two instructions of `function`.
        word_bits: w.
        function: the innermost function.
        location: where it is.
    """
    yield Call(function, location)
    stack = _Stack(facts, memory, word_bits)
    former: dict[str, int] = {}
    counts = {name: int(memory[cell]) for name, (cell, _) in facts.depths.items()}
    for _ in range(len(memory)):  # a damaged memory may lead in circles
        known = facts.returns.get(function)
        if known is None:
            return
        here = int(memory[known.cell]) if isinstance(known, Held) else known
        here = former.get(function, here)
        if counts.get(function, 1) > 1:
            counts[function] -= 1
            here = facts.depths[function][1]
        site = facts.calls.get(here)
        if site is None:
            return
        if site.pushed:
            word = stack.pop(site)
            if site.kept is not None:
                former[function] = word
        function = site.function
        yield Call(function, site.location)


class _Stack:
    """The stack, from its top on.

    Attributes:
        room: one more than the words that are free.
    """

    def __init__(self, facts: Facts, memory: Words, word_bits: int) -> None:
        self.memory = memory
        self.mask = (1 << word_bits) - 1
        self.end = 0 if facts.stack is None else sum(facts.stack)
        self.room = 0 if facts.room is None else int(memory[facts.room])

    def pop(self, site: CallSite) -> int:
        """Takes the words of a call off; returns the former return address, 0 where none is."""
        word = 0
        if site.kept is not None:
            address = self.end + 1 - site.pushed + site.kept - self.room
            if 0 <= address < len(self.memory):
                word = -int(self.memory[address]) & self.mask
        self.room += site.pushed
        return word
