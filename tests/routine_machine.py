"""Runs a routine on many operands at once, on a machine whose addresses do not wrap.

The rules are those of M2; only data wraps at the routine's width, so that code which does not fit
below 2^(w-1) can still be tried with every pair of narrow words.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mlpl.backend.subleq.routines.builder import KEPT
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import PORT, ZERO, Expression, Label, Leave, Pool, Slot, Sub

Words = NDArray[np.int64]


class RoutineMachine:
    """A routine in memory: code, then constants and cells."""

    def __init__(self, routine: Routine, word_bits: int) -> None:
        self.w = word_bits
        self.routine = routine
        code = [_plain(i) for i in routine.function.items if isinstance(i, Sub | Leave)]
        self.labels = _labels(routine)
        self.end = 3 * len(code)
        self.places: dict[object, int] = {ZERO: self.end}
        words = [0] * (self.end + 1)
        for cell in (*KEPT, *routine.function.cells()):
            self.places[cell] = len(words)
            words.append(0)
        for item in code:
            for operand in (item.a, item.b):
                if isinstance(operand, Pool) and operand not in self.places:
                    value = operand.value
                    base = self.labels[value.symbol] if value.symbol else 0
                    self.places[operand] = len(words)
                    words.append(value.constant + value.sign * base)
        for index, item in enumerate(code):
            words[3 * index] = self._address(item.a)
            words[3 * index + 1] = self._address(item.b)
            target = item.target
            words[3 * index + 2] = 3 * index + 3
            if target is not None:
                words[3 * index + 2] = self.labels[target.symbol] if target.symbol else -1
        self.words = np.array(words, dtype=np.int64)

    def _address(self, operand: object) -> int:
        if operand is PORT:
            return -1
        if isinstance(operand, Slot):
            return self.labels[operand.label] + operand.field
        return self.places[operand]

    def run(self, *operands: Words) -> tuple[list[Words], Words, list[bytes]]:
        """Returns results and steps for each tuple of operands; checks that kept cells are 0."""
        parameters = np.array([self.places[p] for p in self.routine.function.parameters])
        signs = np.array(self.routine.signs)
        results = np.array([self.places[r] for r in self.routine.results], dtype=np.int64)
        kept = np.array([self.places[k] for k in KEPT])
        rows = np.stack(operands, axis=1).astype(np.int64)
        junk = np.ones(len(self.words), dtype=np.bool_)
        junk[: self.end + 1] = False
        for operand, place in self.places.items():
            if isinstance(operand, Pool) or operand in KEPT:
                junk[place] = False
        values, steps, output = _run_all(
            self.words, self.end, self.w, parameters, signs, results, kept, rows, junk
        )
        said = [bytes(int(b) for b in row if b >= 0) for row in output]
        return [values[:, i] for i in range(len(results))], steps, said


def _labels(routine: Routine) -> dict[str, int]:
    found: dict[str, int] = {}
    address = 0
    for item in routine.function.items:
        if isinstance(item, Label):
            found[item.name] = address
        elif isinstance(item, Sub | Leave):
            if isinstance(item, Sub) and item.label:
                found[item.label] = address
            address += 3
    return found


def _plain(item: Sub | Leave) -> Sub:
    """Returns the instruction; the way out halts."""
    if isinstance(item, Leave):
        return Sub(item.cleared, item.cleared, Expression(-1))
    return item


@njit(cache=True)
def _run_all(words, end, w, parameters, signs, results, kept, rows, junk):
    half = 1 << (w - 1)
    full = 1 << w
    values = np.zeros((len(rows), len(results)), dtype=np.int64)
    steps = np.zeros(len(rows), dtype=np.int64)
    output = np.full((len(rows), 12), -1, dtype=np.int64)
    memory = words.copy()
    for number in range(len(rows)):
        for cell in range(len(words)):
            if junk[cell]:
                memory[cell] = (37 * number + 11 * cell) % full
        for i in range(len(parameters)):
            memory[parameters[i]] = (signs[i] * rows[number, i]) % full
        pc, count, said = 0, 0, 0
        while pc >= 0 and count < 10000:
            a, b, c = memory[pc], memory[pc + 1], memory[pc + 2]
            count += 1
            if b < 0:
                output[number, said] = memory[a] % 256
                said += 1
                pc += 3
                continue
            r = memory[b] - memory[a]
            if b > end:
                r %= full
                memory[b] = r
                pc = c if r == 0 or r >= half else pc + 3
            else:
                memory[b] = r
                pc = c if r <= 0 else pc + 3
        for i in range(len(results)):
            r = memory[results[i]]
            values[number, i] = r - full if r >= half else r
        steps[number] = count
        for cell in kept:
            if memory[cell] != 0:
                steps[number] = -1
        for cell in range(end):
            if memory[cell] != words[cell]:
                steps[number] = -2
    return values, steps, output
