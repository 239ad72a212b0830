"""The shallow construction: a step in six layers.

Whole addresses are compared in one neuron, which looks at a bit of memory as well, so that each
of the two reads takes two layers; the subtraction is one layer of thresholds over all that was
read; writing and branching are conjunctions with its cases. It takes about w^2 weights a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlpl.backend.mlp.algebra.wires import Kind, Wires, concatenate, relu
from mlpl.backend.mlp.constructions.machine import MachineWires, Semantics
from mlpl.backend.mlp.constructions.matching import at_least, match
from mlpl.backend.mlp.constructions.shallow_difference import (
    Case,
    CasewiseDifference,
    subtract_in_cases,
)

_OPERANDS = ("a", "b")


@dataclass(frozen=True, slots=True, eq=False)
class _Fetch:
    """The instruction at pc.

    Attributes:
        operands: the bits of A and B, all 1 if the machine does not run; layer 2, shape (2, w).
        target: the bits of C, 0 if it does not run; layer 3, shape (w,).
        onward: pc + 3, 0 if it does not run; layer 2, shape (w,).
        run: whether pc is neither negative nor too high (M2.1, M2.2); layer 2, shape ().
    """

    operands: Wires
    target: Wires
    onward: Wires
    run: Wires


def shallow(before: MachineWires, semantics: Semantics) -> MachineWires:
    """Returns the state after one step (M2), from the state before it."""
    accumulate = semantics.accumulate
    cells, bits = before.memory.shape
    fetch = _fetch(before)
    count = min(cells, (1 << bits) - 1)  # the last word is PORT (M1.2)
    named = match(fetch.operands, count)
    gates = semantics.reached(
        relu(
            named[:, :, None] + before.memory[:count] - 1,
            "read_{}.gate",
            (_OPERANDS, "cell", "bit"),
        )
    )
    writable = semantics.writable[:count].astype(np.int32)
    line = relu(named[1], "read_b.line", ("cell",)) * writable
    is_port = fetch.operands.sum(1) + fetch.run - bits  # 1 or less
    port = relu(is_port, "read_{}.port", (_OPERANDS,))
    received = relu(before.input + is_port[0] - 1, "input.gate", ("bit",))
    beyond = at_least(fetch.operands, count, "read_{}.beyond", _OPERANDS)
    wrong = beyond - port - (1 - fetch.run)
    if not writable.all():
        wrong = concatenate([wrong[:1], (fetch.run - port[1] - line.sum(0))[None]])
    valid = relu(fetch.run - wrong.sum(0), "read.valid")

    difference = (gates[1] - gates[0]).sum(0)
    if accumulate:
        # b + x = b - (-1 - x) - 1, and the bits of -1 - x are those of x inverted.
        inverted = relu(is_port[0] - before.input, "input.inverted", ("bit",))
        result, off = subtract_in_cases(difference - inverted, port[1], port[0]), port[1]
    else:
        off = port[0] + port[1]
        result = subtract_in_cases(difference, off, None)
    shown = gates[0].sum(0) + received + port[1] - 1
    output = relu(shown, "output.gate", ("bit",), early=True)
    write_line = relu(line - wrong[0], "write.line", ("cell",))
    return MachineWires(
        _write(before.memory, write_line, result, None if accumulate else received),
        _next_pc(before, fetch, valid, off, result.cases),
        relu(before.input, "input.next", ("bit",), kind=Kind.SUM),
        relu(port[0] + valid - 1, "taken.next"),
        relu(output, "output.next", ("bit",), kind=Kind.SUM),
        relu(port[1] + valid - 1, "valid.next"),
    )


def _fetch(before: MachineWires) -> _Fetch:
    """Reads A, B and C at pc (M2.2, M2.3)."""
    cells, bits = before.memory.shape
    count = min(cells - 2, 1 << bits - 1)
    place = np.arange(count)
    here = match(before.pc[None], count)
    line = relu(here[0], "fetch.line", ("cell",), early=True)
    gates = relu(
        here[:, :, None] + before.memory[place + np.array([[0], [1]])] - 1,
        "fetch_{}.gate",
        (_OPERANDS, "cell", "bit"),
    )
    stopped = at_least(before.pc[None], count, "fetch.{}", ("stopped",))[0]
    operands = relu(gates.sum(1) + stopped, "fetch_{}.bit", (_OPERANDS, "bit"), kind=Kind.SUM)
    targets = relu(
        line[:, None] + before.memory[place + 2] - 1, "fetch_c.gate", ("cell", "bit"), early=True
    )
    after = (place + 3) >> np.arange(bits)[:, None] & 1
    return _Fetch(
        operands,
        relu(targets.sum(0), "fetch_c.bit", ("bit",), kind=Kind.SUM, early=True),
        relu((line[None] * after).sum(1), "next.pc_plus_3", ("bit",), kind=Kind.SUM, early=True),
        relu(1 - stopped, "fetch.run", kind=Kind.SUM, early=True),
    )


def _write(memory: Wires, line: Wires, result: CasewiseDifference, instead: Wires | None) -> Wires:
    """Returns the memory after the result, or `instead` where that is not 0, was written.

    Args:
        memory: the bits, shape (n, w).
        line: one-hot or all 0, for the first `count` cells; shape (count,).
        result: 0 while `instead` is not.
        instead: another word, shape (w,).
    """
    (cells, bits), count, half = memory.shape, line.shape[0], result.low.shape[0]
    low = result.low if instead is None else result.low + instead[:half]
    unborrowed = result.high[0] + result.borrow[0]
    if instead is not None:
        unborrowed = unborrowed + 2 * instead[half:]
    parts = [
        relu(line[:, None] + low - 1, "write.low", ("cell", "bit")),
        relu(line[:, None] + unborrowed - 2, "write.high", ("cell", "bit")),
        relu(
            line[:, None] + result.high[1] + result.borrow[1] - 2,
            "write.high_borrowed",
            ("cell", "bit"),
        ),
    ]
    place = np.minimum(np.arange(cells), count - 1)
    known = (np.arange(cells) < count).astype(np.int32)[:, None]
    kept = relu(memory - line[place][:, None] * known, "write.kept", ("cell", "bit"))
    is_low = (np.arange(bits) < half).astype(np.int32)
    low_bit = np.minimum(np.arange(bits), half - 1)
    high_bit = np.maximum(np.arange(bits) - half, 0)
    new = parts[0][:, low_bit] * is_low + (parts[1] + parts[2])[:, high_bit] * (1 - is_low)
    return relu(kept + new[place] * known, "memory.next", ("cell", "bit"), kind=Kind.SUM)


def _next_pc(
    before: MachineWires, fetch: _Fetch, valid: Wires, off: Wires, cases: tuple[Case, ...]
) -> Wires:
    """Returns C, pc + 3, the smallest word after a fault, or pc itself when halted."""
    bits = before.pc.shape[0]
    no_port = relu(1 - off, "branch.no_port")
    taken = concatenate([(c.holds + c.not_positive)[None] for c in cases])
    missed = concatenate([(c.holds - c.not_positive)[None] for c in cases])
    axes = ("case", "bit")
    jump = relu(fetch.target + taken[:, None] + valid - 3, "next.jump", axes)
    step = relu(fetch.onward + missed[:, None] + valid - 2, "next.onward", axes)
    passed = relu(fetch.onward + valid - no_port - 1, "next.onward_at_port", ("bit",))
    sign = before.pc[bits - 1]
    halted = relu(before.pc + sign - 1, "next.halted", ("bit",), early=True)
    fault = relu(1 - sign - valid, "next.fault")
    highest = (np.arange(bits) == bits - 1).astype(np.int32)
    after = jump.sum(0) + step.sum(0) + passed + halted + fault * highest
    return relu(after, "pc.next", ("bit",), kind=Kind.SUM)
