"""One step of the machine as formulas over bit-vectors."""

from __future__ import annotations

from functools import cached_property

import z3

from mlpl.backend.mlp.network import Parameters
from mlpl.backend.mlp.verification.proof.subtraction import LimbwiseSubtraction
from mlpl.backend.subleq.state import ACCUMULATE


class SymbolicMachine:
    """Any state of a machine, and the step from it (M2).

    What is read gets symbols of its own: `operands` are A, B and C, 0 unless the machine runs;
    `contents` are memory[A] and memory[B], 0 unless the operand names a cell; `result` is what is
    written to memory[B]. Nothing else is supposed of them (`facts`, `definition`), so that what
    is proved holds for any memory.

    Attributes:
        word_bits: w.
        cells: n.
        starts: cells that can hold an instruction's A: those from 0 to `starts` - 1.
        names: cells that an operand can name: those from 0 to `names` - 1 (M1.2).
        memory: the words.
        pc: the program counter.
        input: the input word.
        operands: A, B and C by "a", "b" and "c".
        contents: by "a" and "b".
        result: where something is written (M2.5, M2.6, M2.8).
        difference: what is written where no word is replaced: b - v, or with `accumulate` and A
            = PORT b - (-1 - x) - 1, which is b + x.
    """

    def __init__(self, parameters: Parameters) -> None:
        self.word_bits = w = parameters.word_bits
        self.cells = n = parameters.memory
        self.accumulate = parameters.mode == ACCUMULATE
        self.starts = min(n - 2, 1 << w - 1)
        self.names = min(n, (1 << w) - 1)
        self.memory = [self._word(f"memory[{cell}]") for cell in range(n)]
        self.pc = self._word("pc")
        self.input = self._word("input")
        self.operands = {name: self._word(name) for name in "abc"}
        self.contents = {name: self._word(f"memory[{name}]") for name in "ab"}
        self.result = self._word("result")
        self.difference = LimbwiseSubtraction(
            self.contents["b"],
            self._subtrahend(parameters.construction),
            self.is_port("a") if self.accumulate else z3.BoolVal(False),
            limbs(parameters),
        )

    def _subtrahend(self, construction: str) -> z3.BitVecRef:
        """What is taken from memory[B], also where a word replaces the difference."""
        port, v = self.is_port("a"), self.contents["a"]
        if self.accumulate:
            return z3.If(port, ~self.input, v)
        return z3.If(port, self.input, v) if construction == "paper" else v

    def _word(self, name: str) -> z3.BitVecRef:
        return z3.BitVec(name, self.word_bits)

    @cached_property
    def runs(self) -> z3.BoolRef:
        """Whether there is an instruction at pc (M2.1, M2.2)."""
        return z3.ULT(self.pc, self.starts)

    def is_port(self, name: str) -> z3.BoolRef:
        """Whether A or B is PORT."""
        return z3.And(self.runs, self.operands[name] == (1 << self.word_bits) - 1)

    def is_cell(self, name: str) -> z3.BoolRef:
        """Whether A or B names a cell."""
        return z3.And(self.runs, z3.ULT(self.operands[name], self.names))

    @cached_property
    def valid(self) -> z3.BoolRef:
        """Whether the step is neither halted nor a fault (M2.7)."""
        known = [z3.Or(self.is_port(name), self.is_cell(name)) for name in "ab"]
        return z3.And(self.runs, *known)

    @cached_property
    def facts(self) -> list[z3.BoolRef]:
        """What holds of A, B, C, memory[A] and memory[B] by their definition."""
        found = [z3.Implies(z3.Not(self.runs), x == 0) for x in self.operands.values()]
        for name, word in self.contents.items():
            found.append(z3.Implies(z3.Not(self.is_cell(name)), word == 0))
        return found

    @cached_property
    def definition(self) -> list[z3.BoolRef]:
        """What defines the result."""
        result = self.difference.result
        if not self.accumulate:
            result = z3.If(self.is_port("a"), self.input, result)
        return [*self.difference.facts, self.result == result]

    @cached_property
    def theorem(self) -> z3.BoolRef:
        """That `result` is what the rules say."""
        b, v = self.contents["b"], self.source
        received = b + v if self.accumulate else v
        return self.result == z3.If(self.is_port("a"), received, b - v)

    @cached_property
    def source(self) -> z3.BitVecRef:
        """The source value v (M2.4)."""
        return z3.If(self.is_port("a"), self.input, self.contents["a"])

    @cached_property
    def jumps(self) -> z3.BoolRef:
        """Whether pc becomes C (M2.6)."""
        port = z3.Not(self.is_port("b"))
        if not self.accumulate:
            port = z3.And(port, z3.Not(self.is_port("a")))
        return z3.And(self.valid, port, self.result <= 0)

    @cached_property
    def pc_after(self) -> z3.BitVecRef:
        """The program counter after the step."""
        onward = z3.If(self.jumps, self.operands["c"], self.pc + 3)
        return z3.If(self.pc < 0, self.pc, z3.If(self.valid, onward, 1 << self.word_bits - 1))

    def memory_after(self, cell: int) -> z3.BitVecRef:
        """The word of a cell after the step."""
        if cell >= self.names:
            return self.memory[cell]
        return z3.If(self.writes(cell), self.result, self.memory[cell])

    def writes(self, cell: int) -> z3.BoolRef:
        """Whether the step writes a cell."""
        return z3.And(self.valid, self.operands["b"] == cell)


def limbs(parameters: Parameters) -> tuple[int, ...]:
    """Returns the bits of each limb of the subtraction, the lowest first."""
    w = parameters.word_bits
    match parameters.construction:
        case "lean":  # the highest bit is treated apart
            return (*_threes(w - 1), 1)
        case "paper":
            return _threes(w)
        case "shallow":
            return w // 2, w - w // 2
        case other:
            raise ValueError(f"nothing is known of the subtraction of {other}")


def _threes(bits: int) -> tuple[int, ...]:
    return tuple(min(3, bits - low) for low in range(0, bits, 3))
