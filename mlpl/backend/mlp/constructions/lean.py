"""The lean construction: the least work a step, whatever layers that takes.

What changes from step to step reaches few neurons: addresses are decoded digit by digit, the
result goes to its cell through a tree, and what seldom changes (faults, ports) may reach all.
All weights and pre-activations stay within 127 at every w.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlpl.backend.mlp.algebra.wires import Kind, Wires, relu
from mlpl.backend.mlp.constructions.decoding import decode, digit_widths
from mlpl.backend.mlp.constructions.machine import MachineWires, Semantics
from mlpl.backend.mlp.constructions.subtraction import Difference, Override, subtract
from mlpl.backend.mlp.constructions.writing import write

_OPERANDS = ("a", "b")


@dataclass(frozen=True, slots=True, eq=False)
class _Fetch:
    """The instruction at pc.

    Attributes:
        line: one-hot, for each cell that may hold an instruction's A; shape (cells,).
        run: 1 where there is a line: pc is neither negative nor too high (M2.1, M2.2).
        operands: the bits of A and B, shape (2, w); 0 unless `run`.
    """

    line: Wires
    run: Wires
    operands: Wires


@dataclass(frozen=True, slots=True, eq=False)
class _Access:
    """The operands' cells.

    Attributes:
        line: one-hot for A's and B's cell, shape (2, cells); none for PORT.
        port: whether A and B are PORT, shape (2,).
        valid: 1 where the step is neither halted nor a fault, shape ().
        value: the bits of the two cells, shape (2, w); 0 for PORT.
    """

    line: Wires
    port: Wires
    valid: Wires
    value: Wires


def lean(before: MachineWires, semantics: Semantics) -> MachineWires:
    """Returns the state after one step (M2), from the state before it."""
    accumulate = semantics.accumulate
    fetch = _fetch(before)
    access = _access(before, fetch, semantics)
    result, received = _result(before, access, accumulate)
    port_a, port_b = access.port[0], access.port[1]

    line = relu(access.line[1] + access.valid - 1, "write.line", ("cell",))
    memory = write(before.memory, line, result)
    no_branch = port_b if accumulate else port_a + port_b
    branch = _branch(result, access.valid, no_branch)
    shown = access.value[0] + received
    output = relu(shown + port_b - 1, "output.gate", ("bit",), early=True)
    return MachineWires(
        memory,
        _next_pc(before, fetch, access.valid, branch),
        relu(before.input, "input.next", ("bit",), kind=Kind.SUM),
        relu(port_a + access.valid - 1, "taken.next"),
        relu(output, "output.next", ("bit",), kind=Kind.SUM),
        relu(port_b + access.valid - 1, "valid.next"),
    )


def _fetch(before: MachineWires) -> _Fetch:
    """Reads A and B at pc (M2.2, M2.3)."""
    cells, bits = before.memory.shape
    count = min(cells - 2, 1 << bits - 1)
    line = decode(before.pc[None], count, 1, digit_widths(count), ("fetch",))[0]
    place = np.arange(count) + np.array([[0], [1]])
    gates = relu(
        line[:, None] + before.memory[place] - 1, "fetch_{}.gate", (_OPERANDS, "cell", "bit")
    )
    run = relu(line.sum(0), "fetch.run", kind=Kind.SUM, early=True)
    operands = relu(gates.sum(1), "fetch_{}.bit", (_OPERANDS, "bit"), kind=Kind.SUM)
    return _Fetch(line, run, operands)


def _access(before: MachineWires, fetch: _Fetch, semantics: Semantics) -> _Access:
    """Decodes A and B and reads their cells (M2.4, M2.6); finds ports and faults (M2.7)."""
    cells, bits = before.memory.shape
    count = min(cells, (1 << bits) - 1)  # the last word is PORT (M1.2)
    port = relu(fetch.operands.sum(1) - (bits - 1), "read_{}.port", (_OPERANDS,), early=True)
    words = tuple(f"read_{word}" for word in _OPERANDS)
    line = semantics.reached(
        decode(fetch.operands, count, fetch.run[None], digit_widths(count), words)
    )
    wrong = relu(fetch.run - port - line.sum(1), "read_{}.invalid", (_OPERANDS,), early=True)
    valid = relu(fetch.run - wrong.sum(0), "read.valid", early=True)
    gates = relu(
        line[:, :, None] + before.memory[:count] - 1, "read_{}.gate", (_OPERANDS, "cell", "bit")
    )
    return _Access(line, port, valid, gates.sum(1))


def _result(before: MachineWires, access: _Access, accumulate: bool) -> tuple[Difference, Wires]:
    """Returns what M2.5, M2.6 and M2.8 write, and the input word if A is PORT, else 0."""
    port = access.port[0]
    received = relu(before.input + port - 1, "input.gate", ("bit",))
    difference = access.value[1] - access.value[0]
    if not accumulate:
        return subtract(difference, None, Override(port, received)), received
    # b + x = b - (-1 - x) - 1, and the bits of -1 - x are those of x inverted.
    inverted = relu(port - before.input, "input.inverted", ("bit",))
    return subtract(difference - inverted, port, None), received


def _branch(result: Difference, valid: Wires, no_branch: Wires) -> Wires:
    """Returns whether pc becomes C: the result is zero or negative (M2.6)."""
    zero = relu(1 - result.limbs.sum(0) - result.sign, "branch.zero", early=True)
    return relu(result.sign + zero + valid - 1 - no_branch, "branch.taken", early=True)


def _next_pc(before: MachineWires, fetch: _Fetch, valid: Wires, branch: Wires) -> Wires:
    """Returns C, pc + 3, the smallest word after a fault, or pc itself when halted."""
    bits, count = before.pc.shape[0], fetch.line.shape[0]
    place = np.arange(count)
    gates = relu(
        fetch.line[:, None] + before.memory[place + 2] - 1, "fetch_c.gate", ("cell", "bit")
    )
    jump = relu(gates.sum(0) + branch - 1, "next.jump", ("bit",))
    onward = (place + 3) >> np.arange(bits)[:, None] & 1
    step = (fetch.line[None, :] * onward).sum(1)
    step = relu(step + valid - 1 - branch, "next.onward", ("bit",))
    sign = before.pc[bits - 1]
    halted = relu(before.pc + sign - 1, "next.halted", ("bit",), early=True)
    fault = relu(1 - sign - valid, "next.fault")
    highest = (np.arange(bits) == bits - 1).astype(np.int32)
    after = jump + step + halted + fault * highest
    return relu(after, "pc.next", ("bit",), kind=Kind.SUM)
