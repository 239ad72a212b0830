"""What neurons are for, in words, by the two parts of their blocks' names."""

from __future__ import annotations

import re

PARTS = {
    "fetch": "finding the instruction at pc",
    "fetch_a": "fetching operand A of the instruction",
    "fetch_b": "fetching operand B of the instruction",
    "fetch_c": "fetching operand C of the instruction",
    "read": "reading the cells that A and B name",
    "read_a": "reading the cell that A names",
    "read_b": "reading the cell that B names",
    "subtract": "subtracting the word of A from that of B",
    "write": "writing the result to the cell that B names",
    "branch": "deciding whether the step branches",
    "next": "making the next pc",
    "memory": "the memory",
    "pc": "the program counter",
    "input": "the input word",
    "taken": "the flag that the step takes the input word",
    "output": "the output word",
    "valid": "the flag that the step writes the output word",
}
"""What a part of the machine does, or what it holds."""

ROLES = {
    "state": "an entry of the state before the step",
    "carry": "the same value as in the layer before, kept for a later one",
    "next": "an entry of the state after the step",
    "line": "1 where the address is that of this cell, else 0",
    "gate": "the bit if its line is 1, else 0",
    "bit": "a bit of the word",
    "bits": "a bit of the word",
    "run": "1 where pc names an instruction that is executed, else 0",
    "stopped": "above 0 where the machine is halted or pc names no instruction",
    "port": "1 where the operand is the PORT, else 0",
    "invalid": "1 where the operand names no cell and is not the PORT, else 0",
    "valid": "1 where the operands name cells or the PORT, else 0",
    "beyond": "above 0 where the address lies beyond the memory",
    "digit": "1 where this digit of the address has this value, else 0",
    "prefix": "1 where the first digits of the address are these, else 0",
    "routed": "1 where the first digits of the address are these and a later one has this value",
    "group": "1 where the cell that is written lies in this group, else 0",
    "sign": "the sign bit of the result, where it goes to this group of cells",
    "word": "a bit of the result, on its way to this group of cells",
    "line_positive": "1 where this cell is written with a result that is not negative, else 0",
    "line_negative": "1 where this cell is written with a negative result, else 0",
    "kept": "the old bit of the cell, 0 where the cell is written",
    "positive": "the bit of a result that is not negative, where this cell is written",
    "negative": "the sign bit of a result, where this cell is written",
    "low": "a threshold of the lower half",
    "high": "a threshold of the upper half without borrow",
    "high_borrowed": "a threshold of the upper half with borrow",
    "zero": "1 where the result is 0, else 0",
    "taken": "1 where the step branches to C, else 0",
    "no_port": "1 where neither operand is the PORT, else 0",
    "jump": "a bit of C, where the step branches",
    "onward": "a bit of pc + 3, where the step does not branch",
    "onward_at_port": "a bit of pc + 3, where an operand is the PORT",
    "halted": "a bit of pc, where the machine is halted",
    "fault": "1 where the step is a fault, else 0",
    "pc_plus_3": "a bit of pc + 3",
}
"""What one neuron is, by the last part of the name of its block."""

_STEP = "a step of the arithmetic, limb by limb"


def role_text(role: str) -> str:
    """Returns what a neuron is that has a role; numbers at the end of it count digits or levels."""
    plain = re.sub(r"(_\d+)+$", "", role)
    return ROLES.get(plain, _STEP)


def part_text(part: str) -> str:
    """Returns what a part of the machine does."""
    return PARTS.get(part, part)
