"""States of a machine at random, with every corner case likely."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from mlpl.backend.subleq.batch import States
from mlpl.backend.subleq.state import Words


def random_states(rng: Generator, word_bits: int, memory: int, count: int) -> States:
    """Returns `count` states, of three kinds in equal parts.

    Garbage: any word anywhere, operands mostly valid. Coincidences: garbage, but A, B and C are
    drawn from pc to pc + 3, both ends of the memory and of the words, and PORT. Programs: they do
    input and output, write to their own instructions, and tend to run for long.
    """
    kind = rng.integers(3, size=count)
    cells = _operands(rng, word_bits, memory, (count, memory))
    pc = _program_counters(rng, word_bits, memory, count)
    _place_coincidences(rng, word_bits, cells, pc, np.flatnonzero(kind == 1))
    programs = np.flatnonzero(kind == 2)
    cells[programs] = _programs(rng, word_bits, memory, len(programs))
    pc[programs] = 0
    flags = rng.random((2, count)) < 0.5
    ports = random_words(rng, word_bits, (2, count))
    return States(cells, pc, ports[0], flags[0], ports[1], flags[1])


def random_words(rng: Generator, word_bits: int, shape: tuple[int, ...]) -> Words:
    """Returns unsigned words: half of them any, half near 0 or near a power of two."""
    mask = (1 << word_bits) - 1
    power = np.int64(1) << rng.integers(word_bits + 1, size=shape)
    near = power * rng.integers(-1, 2, size=shape) + rng.integers(-2, 3, size=shape)
    return np.where(rng.random(shape) < 0.5, rng.integers(mask + 1, size=shape), near) & mask


def _operands(rng: Generator, word_bits: int, memory: int, shape: tuple[int, ...]) -> Words:
    """Returns the addresses of cells in most cases, else PORT or any word."""
    kind = rng.random(shape)
    found = rng.integers(memory, size=shape)
    found[kind >= 0.75] = (1 << word_bits) - 1
    return np.where(kind < 0.85, found, random_words(rng, word_bits, shape))


def _program_counters(rng: Generator, word_bits: int, memory: int, count: int) -> Words:
    """Returns mostly cells that can hold instructions, else the borders of that, or any word."""
    half, mask = 1 << word_bits - 1, (1 << word_bits) - 1
    inside = rng.integers(max(1, min(memory - 2, half)), size=count)
    borders = np.array([0, memory - 3, memory - 2, memory - 1, memory, half - 1, half, mask])
    kind = rng.integers(8, size=count)
    found = np.where(kind < 6, inside, rng.choice(borders, size=count) & mask)
    return np.where(kind == 7, random_words(rng, word_bits, (count,)), found)


def _place_coincidences(
    rng: Generator, word_bits: int, cells: Words, pc: Words, chosen: Words
) -> None:
    """Puts special addresses into the instructions of the chosen machines."""
    n, mask = cells.shape[1], (1 << word_bits) - 1
    fixed = np.array([0, n - 1, n, mask, mask - 1, 1 << word_bits - 1])
    for offset in range(3):
        at = (pc[chosen] + offset) & mask
        near = pc[chosen] + rng.integers(4, size=len(chosen))
        special = np.where(rng.random(len(chosen)) < 0.5, near, rng.choice(fixed, len(chosen)))
        inside = at < n
        cells[chosen[inside], at[inside]] = special[inside] & mask


def _programs(rng: Generator, word_bits: int, memory: int, count: int) -> Words:
    """Returns memories whose first two thirds are instructions, the rest mostly small numbers."""
    half, port = 1 << word_bits - 1, (1 << word_bits) - 1
    end = max(3, min(memory * 2 // 3, half) // 3 * 3)
    shape = (count, end // 3)
    data = rng.integers(end, memory, size=(2, *shape))
    operands = np.where(rng.random((2, *shape)) < 0.83, data, rng.integers(memory, size=data.shape))
    operands[rng.random(operands.shape) < 0.05] = port
    target = rng.integers(end // 3, size=shape) * 3
    target = np.where(rng.random(shape) < 0.02, random_words(rng, word_bits, shape), target)
    small = rng.integers(-3, 4, size=(count, memory)) & port
    wild = random_words(rng, word_bits, (count, memory))
    cells = np.where(rng.random((count, memory)) < 0.8, small, wild)
    cells[:, :end] = np.stack([*operands, target], axis=2).reshape(count, end)
    return cells
