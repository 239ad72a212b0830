"""The table of rewrites as a tree: rows that begin alike are followed together.

A row's steps are spelled without its letters: cells are numbered in the order in which they appear,
in each step b before a. So are the instructions of a program, and one walk down the tree finds
every row that fits. (A trie; Fredkin, 1960.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mlpl.backend.subleq.rewrite_table import REWRITES, Rewrite

ZERO_OPERAND = -1
"""In a key: the cell that is always 0."""
CONSTANT = -2
"""In a key: a cell of the constant pool that is no letter of a cell."""

Key = tuple[bool, int, int]
"""A step: whether it is a branch, and what b and a are; cells by number."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its letters in order.

    Attributes:
        rewrite: the row.
        rank: rows that save most have the lowest.
        cells: letters of cells in the order of their numbers.
        zeros: numbers of the cells that hold 0 before.
    """

    rewrite: Rewrite
    rank: int
    cells: tuple[str, ...]
    zeros: tuple[int, ...]


@dataclass(slots=True)
class Node:
    """The rows that begin with the same steps.

    Attributes:
        following: by the next step.
        rows: that have no other step.
    """

    following: dict[Key, Node] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


def tree_of(rewrites: Iterable[Rewrite]) -> Node:
    """Returns the tree of some rows."""
    root = Node()
    ranked = sorted(rewrites, key=lambda row: len(row.after) - len(row.before))
    for rank, rewrite in enumerate(ranked):
        node = root
        cells: list[str] = []
        for step in rewrite.before:
            b, a = _number(step.b, cells), _number(step.a, cells)
            node = node.following.setdefault((bool(step.target), b, a), Node())
        zeros = tuple(cells.index(letter) for letter in sorted(rewrite.zeros))
        node.rows.append(Row(rewrite, rank, tuple(cells), zeros))
    return root


def _number(name: str, cells: list[str]) -> int:
    """Returns what stands for an operand in a key; takes new letters up."""
    if name == "0":
        return ZERO_OPERAND
    if name.startswith("#"):
        return CONSTANT
    if name not in cells:
        cells.append(name)
    return cells.index(name)


ROOT = tree_of(REWRITES)
"""All rows of the table."""
