"""What the neurons at the borders of gadgets stand for, as formulas over the machine's state."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import z3

from mlpl.backend.mlp.constructions.decoding import digit_widths
from mlpl.backend.mlp.verification.proof.ladders import Ladders
from mlpl.backend.mlp.verification.proof.machine import SymbolicMachine

Meaning: TypeAlias = "z3.BoolRef | z3.BitVecRef"
Coordinates: TypeAlias = tuple[int, ...]


def bit(word: z3.BitVecRef, index: int) -> z3.BoolRef:
    """Returns one bit of a word."""
    return z3.Extract(index, index, word) == 1


class Borders:
    """Meanings of neurons, by name and coordinates.

    Of *exclusive* blocks at most one neuron along the cells is not 0, since a word equals one
    number at most; `total` is the sum over all of them, which is what the machine reads.
    """

    def __init__(self, machine: SymbolicMachine, construction: str) -> None:
        self.machine = machine
        self.ladders = Ladders(machine)
        self._shallow = construction == "shallow"
        self._paper = construction == "paper"
        self._meanings = {**self._reading(), **self._computing(), **self._writing()}
        if construction == "lean":
            self._meanings |= self._routing()

    def meaning(self, name: str, at: Coordinates) -> Meaning | None:
        """Returns what a neuron stands for, or None where it is inside a gadget."""
        found = self._meanings.get((name, len(at)))
        return None if found is None else found(*at)

    def exclusive(self, name: str, at: Coordinates) -> tuple[str, Coordinates, int] | None:
        """Returns the set of exclusive neurons that one is in, and its cell; None if in none."""
        part, _, role = name.rpartition(".")
        if role == "line" and part in ("fetch", "read_a", "read_b", "write") and len(at) == 1:
            return name, (), at[0]
        if role == "gate" and part[:-1] in ("fetch_", "read_") and len(at) == 2:
            return name, at[1:], at[0]
        return None

    def total(self, name: str, rest: Coordinates) -> tuple[int, z3.BoolRef]:
        """Returns how many cells an exclusive set has, and the sum over all, 0 or 1."""
        m = self.machine
        part, _, role = name.rpartition(".")
        count = m.starts if part.startswith("fetch") else m.names
        if role == "gate":
            words = m.operands if part.startswith("fetch") else m.contents
            return count, bit(words[part[-1]], rest[0])
        if part == "fetch":
            return count, m.runs
        if part == "write":
            return count, z3.And(m.valid, m.is_cell("b"))
        return count, m.is_cell(part[-1])

    def _reading(self) -> dict[tuple[str, int], Callable[..., Meaning]]:
        m = self.machine
        found: dict[tuple[str, int], Callable[..., Meaning]] = {
            ("fetch.line", 1): lambda cell: m.pc == cell,
            ("fetch.run", 0): lambda: m.runs,
            ("read.valid", 0): lambda: m.valid,
            ("read_a.bit", 1): lambda i: bit(m.source, i),
            ("read_b.bit", 1): lambda i: bit(m.contents["b"], i),
            ("input.gate", 1): lambda i: z3.And(m.is_port("a"), bit(m.input, i)),
            ("input.inverted", 1): lambda i: z3.And(m.is_port("a"), z3.Not(bit(m.input, i))),
            ("read_a.subtrahend", 1): lambda i: z3.If(
                m.is_port("a"), z3.Not(bit(m.input, i)), bit(m.contents["a"], i)
            ),
        }
        for offset, x in enumerate("abc"):
            found |= self._instruction(x, offset)
        for x in "ab":
            found |= self._operand(x)
        return found

    def _instruction(self, x: str, offset: int) -> dict[tuple[str, int], Callable[..., Meaning]]:
        m = self.machine
        stopped = z3.And(z3.Not(m.runs), self._shallow and x != "c")
        return {
            (f"fetch_{x}.gate", 2): lambda cell, i: z3.And(
                m.pc == cell, bit(m.memory[cell + offset], i)
            ),
            (f"fetch_{x}.bit", 1): lambda i: z3.Or(stopped, bit(m.operands[x], i)),
        }

    def _operand(self, x: str) -> dict[tuple[str, int], Callable[..., Meaning]]:
        m = self.machine
        known = z3.Or(m.is_port(x), m.is_cell(x))
        return {
            (f"read_{x}.line", 1): lambda cell: z3.And(m.runs, m.operands[x] == cell),
            (f"read_{x}.gate", 2): lambda cell, i: z3.And(
                m.runs, m.operands[x] == cell, bit(m.memory[cell], i)
            ),
            (f"read_{x}.port", 0): lambda: m.is_port(x),
            (f"read_{x}.valid", 0): lambda: known,
            (f"read_{x}.invalid", 0): lambda: z3.And(m.runs, z3.Not(known)),
        }

    def _computing(self) -> dict[tuple[str, int], Callable[..., Meaning]]:
        m = self.machine
        last = m.word_bits - 1
        word = m.result if self._paper else self._reflected()
        onward = z3.And(m.valid, z3.Not(m.jumps))
        always = z3.Or(m.runs, self._paper)
        return {
            ("subtract.order", 1): self._order,
            ("subtract.generate", 1): lambda k: m.difference.generates(k),
            ("subtract.propagate", 1): lambda k: m.difference.propagates(k),
            ("subtract.borrow", 1): lambda k: m.difference.borrows[k],
            ("subtract.sign", 0): lambda: bit(m.result, last),
            ("subtract.bit", 1): lambda i: bit(word, i),
            ("subtract.positive", 1): lambda k: self._limb(z3.Not(bit(m.result, last)), k),
            ("subtract.negative", 1): lambda k: self._limb(bit(m.result, last), k),
            ("branch.zero", 0): lambda: m.result == 0,
            ("branch.taken", 0): lambda: m.jumps,
            ("next.pc_plus_3", 1): lambda i: z3.And(always, bit(m.pc + 3, i)),
            ("next.onward", 1): lambda i: z3.And(onward, bit(m.pc + 3, i)),
            ("next.jump", 1): lambda i: z3.And(m.jumps, bit(m.operands["c"], i)),
            ("next.halted", 1): lambda i: z3.And(m.pc < 0, bit(m.pc, i)),
            ("next.fault", 0): lambda: z3.And(m.pc >= 0, z3.Not(m.valid)),
        }

    def _reflected(self) -> z3.BitVecRef:
        """Returns what differs from the sign; `lean` has the result as its sign and this."""
        m = self.machine
        return m.result ^ z3.If(m.result < 0, z3.BitVecVal(-1, m.word_bits), 0)

    def _order(self, number: int) -> z3.BitVecRef:
        """Returns 0 where a limb of b is below that of v, 1 where they are equal, else 2."""
        m = self.machine
        below = m.difference.generates(number)
        if not m.accumulate:  # the input word replaces the difference
            below = z3.Or(below, m.is_port("a"))
        two = [z3.BitVecVal(value, 2) for value in range(3)]
        return z3.If(below, two[0], z3.If(m.difference.propagates(number), two[1], two[2]))

    def _limb(self, shown: z3.BoolRef, number: int) -> z3.BitVecRef:
        """Returns 3 bits of the word below the sign, inverted where that is set; 0 if not shown."""
        m = self.machine
        low = 3 * number
        high = min(low + 2, m.word_bits - 2)
        word = z3.If(m.result < 0, ~m.result, m.result)
        return z3.If(shown, z3.Extract(high, low, word), z3.BitVecVal(0, high - low + 1))

    def _writing(self) -> dict[tuple[str, int], Callable[..., Meaning]]:
        m = self.machine
        shown = z3.And(m.valid, m.is_port("b"))
        return {
            ("write.line", 1): m.writes,
            ("write.kept", 2): lambda cell, i: z3.And(
                bit(m.memory[cell], i),
                z3.Not(m.writes(cell)) if cell < m.names else True,
            ),
            ("write.bit", 2): lambda cell, i: bit(m.memory_after(cell), i),
            ("output.gate", 1): lambda i: z3.And(shown, bit(m.source, i)),
            ("memory.next", 2): lambda cell, i: bit(m.memory_after(cell), i),
            ("pc.next", 1): lambda i: bit(m.pc_after, i),
            ("input.next", 1): lambda i: bit(m.input, i),
            ("taken.next", 0): lambda: z3.And(m.valid, m.is_port("a")),
            ("output.next", 1): lambda i: z3.And(shown, bit(m.source, i)),
            ("valid.next", 0): lambda: shown,
        }

    def _routing(self) -> dict[tuple[str, int], Callable[..., Meaning]]:
        """Returns the tree of groups of cells through which `lean` writes."""
        m = self.machine
        negative, word = bit(m.result, m.word_bits - 1), self._reflected()
        positive = z3.Not(negative)
        found: dict[tuple[str, int], Callable[..., Meaning]] = {
            ("write.line_positive", 1): lambda cell: z3.And(m.writes(cell), positive),
            ("write.line_negative", 1): lambda cell: z3.And(m.writes(cell), negative),
            ("write.positive", 2): lambda cell, i: z3.And(m.writes(cell), positive, bit(word, i)),
            ("write.negative", 2): lambda cell, i: z3.And(
                m.writes(cell), negative, z3.Not(bit(word, i))
            ),
        }
        widths = digit_widths(m.names, wide_first=True)
        for level in range(1, len(widths)):
            chosen = self._group(sum(widths[level:]))
            found |= self._level(level, chosen, negative, word)
        return found

    def _group(self, below: int) -> Callable[[int], z3.BoolRef]:
        """Returns whether a step writes into a group of 2^below cells, by the group."""
        m = self.machine
        written = z3.And(m.valid, m.is_cell("b"))
        group = z3.LShR(m.operands["b"], below)
        return lambda number: z3.And(written, group == number)

    def _level(
        self,
        level: int,
        chosen: Callable[[int], z3.BoolRef],
        negative: z3.BoolRef,
        word: z3.BitVecRef,
    ) -> dict[tuple[str, int], Callable[..., Meaning]]:
        return {
            (f"write.group_{level}", 1): chosen,
            (f"write.sign_{level}", 1): lambda g: z3.And(chosen(g), negative),
            (f"write.word_{level}", 2): lambda g, i: z3.And(chosen(g), bit(word, i)),
        }
