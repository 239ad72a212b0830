"""The paper's construction: a step in 23 layers, in the six groups of arXiv 2410.09375.

| layers | group | what stands at its border |
|---|---|---|
| 1 to 2 | instruction addresses | `fetch_a.bit`, `fetch_b.bit`, `fetch_c.bit` |
| 3 to 4 | operand read | `read_a.bit`, `read_b.bit` |
| 5 to 11 | subtraction | `subtract.bit` |
| 12 to 13 | write back | `write.bit` |
| 14 to 19 | next program counter | `next.pc_plus_3` |
| 20 to 23 | conditional branch | `pc.next`, and the rest of the state |

The gadgets are ours, and so are ports, faults and halting, which the paper does not have: whether
the machine runs is known in layer 2, ports in 3, invalid addresses in 4 and 5; what is read from
the port replaces the difference in 11.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlpl.backend.mlp.algebra.wires import Kind, Wires, relu
from mlpl.backend.mlp.constructions.limbs import add_3, subtract_limbs
from mlpl.backend.mlp.constructions.machine import MachineWires, Semantics
from mlpl.backend.mlp.constructions.matching import match

ADDRESSES, READ, SUBTRACTED, WRITTEN, ADVANCED, BRANCHED = 2, 4, 11, 13, 19, 23
"""The last layer of each group."""

_WORDS = ("a", "b", "c")


@dataclass(frozen=True, slots=True, eq=False)
class _Access:
    """What the operands name.

    Attributes:
        value: the bits of v and of memory[B], 0 where B is PORT; layer 4, shape (2, w).
        subtrahend: what is subtracted from memory[B]; layer 4, shape (w,).
        line: one-hot for B's cell, none if the step is a fault; layer 6, shape (count,).
        port: whether A and B are PORT; layer 3, shape (2,).
        valid: 1 where the step is neither halted nor a fault; layer 5, shape ().
    """

    value: Wires
    subtrahend: Wires
    line: Wires
    port: Wires
    valid: Wires


def paper(before: MachineWires, semantics: Semantics) -> MachineWires:
    """Returns the state after one step (M2), from the state before it."""
    accumulate = semantics.accumulate
    operands, run = _fetch(before)
    access = _access(before, operands[:2], run, semantics)
    port_a, port_b = access.port[0], access.port[1]
    result = _subtract(access, accumulate)
    memory = _write(before.memory, access.line, result)
    onward = relu(
        add_3(before.pc, WRITTEN + 1), "next.pc_plus_3", ("bit",), kind=Kind.SUM, layer=ADVANCED
    )
    branch = _branch(result, access.valid, port_b if accumulate else port_a + port_b)
    shown = relu(
        access.value[0] + port_b + access.valid - 2, "output.gate", ("bit",), layer=READ + 2
    )
    return MachineWires(
        relu(memory, "memory.next", ("cell", "bit"), kind=Kind.SUM, layer=BRANCHED),
        _next_pc(before, access.valid, branch, operands[2], onward),
        relu(before.input, "input.next", ("bit",), kind=Kind.SUM, layer=BRANCHED),
        relu(port_a + access.valid - 1, "taken.next", layer=BRANCHED),
        relu(shown, "output.next", ("bit",), kind=Kind.SUM, layer=BRANCHED),
        relu(port_b + access.valid - 1, "valid.next", layer=BRANCHED),
    )


def _fetch(before: MachineWires) -> tuple[Wires, Wires]:
    """Returns the bits of A, B and C at pc, shape (3, w), and whether the machine runs."""
    cells, bits = before.memory.shape
    count = min(cells - 2, 1 << bits - 1)
    here = match(before.pc[None], count)
    line = relu(here[0], "fetch.line", ("cell",), layer=1)
    place = np.arange(count) + np.arange(3)[:, None]
    gates = relu(
        here[:, :, None] + before.memory[place] - 1,
        "fetch_{}.gate",
        (_WORDS, "cell", "bit"),
        layer=1,
    )
    operands = relu(gates.sum(1), "fetch_{}.bit", (_WORDS, "bit"), kind=Kind.SUM, layer=ADDRESSES)
    return operands, relu(line.sum(0), "fetch.run", kind=Kind.SUM, layer=ADDRESSES)


def _access(before: MachineWires, operands: Wires, run: Wires, semantics: Semantics) -> _Access:
    """Reads what A and B name (M2.4, M2.6); finds ports and faults (M2.7)."""
    cells, bits = before.memory.shape
    count = min(cells, (1 << bits) - 1)  # the last word is PORT (M1.2)
    first, names = ADDRESSES + 1, _WORDS[:2]
    named = match(operands, count) + run - 1
    line = semantics.reached(relu(named, "read_{}.line", (names, "cell"), layer=first))
    gates = semantics.reached(
        relu(
            named[:, :, None] + before.memory[:count] - 1,
            "read_{}.gate",
            (names, "cell", "bit"),
            layer=first,
        )
    )
    is_port = operands.sum(1) - (bits - 1)
    port = relu(is_port, "read_{}.port", (names,), layer=first)
    received = relu(before.input + is_port[0] - 1, "input.gate", ("bit",), layer=first)
    stored, is_a = gates.sum(1), np.array([[1], [0]])
    value = relu(
        stored + received[None] * is_a, "read_{}.bit", (names, "bit"), kind=Kind.SUM, layer=READ
    )
    subtrahend = value[0]
    if semantics.accumulate:
        # b + x = b - (-1 - x) - 1, and the bits of -1 - x are those of x inverted.
        inverted = relu(is_port[0] - before.input, "input.inverted", ("bit",), layer=first)
        subtrahend = relu(
            stored[0] + inverted, "read_a.subtrahend", ("bit",), kind=Kind.SUM, layer=READ
        )
    known = relu(line.sum(1) + port, "read_{}.valid", (names,), kind=Kind.SUM, layer=READ)
    valid = relu(known.sum(0) - 1, "read.valid", layer=READ + 1)
    written = relu(line[1] + valid - 1, "write.line", ("cell",), layer=READ + 2)
    return _Access(value, subtrahend, written, port, valid)


def _subtract(access: _Access, accumulate: bool) -> Wires:
    """Returns the bits of what M2.5, M2.6 and M2.8 write."""
    difference, port = access.value[1] - access.subtrahend, access.port[0]
    if accumulate:
        bits = subtract_limbs(difference, port, None, READ + 1)
    else:
        bits = subtract_limbs(difference, None, port, READ + 1)
        bits = bits + relu(
            access.value[0] + port - 1, "subtract.input", ("bit",), layer=SUBTRACTED - 1
        )
    return relu(bits, "subtract.bit", ("bit",), kind=Kind.SUM, layer=SUBTRACTED)


def _write(memory: Wires, line: Wires, word: Wires) -> Wires:
    """Returns the memory after the cell whose line is 1 got the word."""
    cells, count, first = memory.shape[0], line.shape[0], SUBTRACTED + 1
    new = relu(line[:, None] + word - 1, "write.gate", ("cell", "bit"), layer=first)
    place = np.minimum(np.arange(cells), count - 1)
    known = (np.arange(cells) < count).astype(np.int32)[:, None]
    kept = relu(memory - line[place][:, None] * known, "write.kept", ("cell", "bit"), layer=first)
    after = kept + new[place] * known
    return relu(after, "write.bit", ("cell", "bit"), kind=Kind.SUM, layer=WRITTEN)


def _branch(result: Wires, valid: Wires, no_branch: Wires) -> Wires:
    """Returns whether pc becomes C: the result is zero or negative (M2.6)."""
    zero = relu(1 - result.sum(0), "branch.zero", layer=ADVANCED + 1)
    sign = result[result.shape[0] - 1]
    return relu(sign + zero + valid - 1 - no_branch, "branch.taken", layer=ADVANCED + 2)


def _next_pc(
    before: MachineWires, valid: Wires, branch: Wires, target: Wires, onward: Wires
) -> Wires:
    """Returns C, pc + 3, the smallest word after a fault, or pc itself when halted."""
    bits, layer = before.pc.shape[0], BRANCHED - 1
    sign = before.pc[bits - 1]
    jump = relu(target + branch - 1, "next.jump", ("bit",), layer=layer)
    step = relu(onward + valid - 1 - branch, "next.onward", ("bit",), layer=layer)
    halted = relu(before.pc + sign - 1, "next.halted", ("bit",), layer=layer)
    fault = relu(1 - sign - valid, "next.fault", layer=layer)
    highest = (np.arange(bits) == bits - 1).astype(np.int32)
    after = jump + step + halted + fault * highest
    return relu(after, "pc.next", ("bit",), kind=Kind.SUM, layer=BRANCHED)
