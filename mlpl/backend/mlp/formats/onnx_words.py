"""Words and bits in ONNX graphs."""

from __future__ import annotations

import numpy as np

from mlpl.backend.mlp.formats.onnx_graph import Graph


def bits_of(graph: Graph, words: str, word_bits: int, dtype: type[np.floating]) -> str:
    """Returns the bits of int64 words modulo 2^w, low ones first: shape (k,) to (1, k * w)."""
    unsigned = graph.add("Mod", words, graph.integers(1 << word_bits))
    column = graph.add("Unsqueeze", unsigned, graph.integers(1))
    shifted = graph.add("Div", column, _powers(graph, word_bits))
    bits = graph.add("Mod", shifted, graph.integers(2))
    return graph.cast(graph.add("Reshape", bits, graph.integers(1, -1)), dtype)


def words_of(graph: Graph, bits: str, word_bits: int) -> str:
    """Returns unsigned int64 words of bits, where what is above 0 is a 1: (1, k * w) to (k,)."""
    rows = graph.add("Reshape", bits, graph.integers(-1, word_bits))
    ones = graph.cast(graph.cast(rows, np.bool_), np.int64)
    terms = graph.add("Mul", ones, _powers(graph, word_bits))
    return graph.add("ReduceSum", terms, graph.integers(1), keepdims=0)


def signed(graph: Graph, words: str, word_bits: int) -> str:
    """Returns the ints that unsigned words stand for."""
    half = graph.integers(1 << word_bits - 1)
    moved = graph.add("Mod", graph.add("Add", words, half), graph.integers(1 << word_bits))
    return graph.add("Sub", moved, half)


def _powers(graph: Graph, word_bits: int) -> str:
    return graph.integers(*(1 << bit for bit in range(word_bits)))
