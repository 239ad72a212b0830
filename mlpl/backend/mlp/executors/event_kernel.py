"""The event-driven loop in Numba: only differences of changed activations are propagated."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.wiring import Ints, Longs

Function = TypeVar("Function", bound=Callable[..., object])

HALTED, STARVED, FULL, LIMIT = range(4)
"""Why `run` came back."""

UPDATES, STEPS, LOGGED, COUNTERS = range(4)
"""The counters: weight updates; steps; how many entries of the log belong to the last step (or
to a word that was put into place for the next). And how many counters there are."""


class Edges(NamedTuple):
    """The weights, by the node that they leave; see `Wiring`."""

    first: Longs
    layer: NDArray[np.int16]
    starts: Longs
    edges: Longs
    fan_out: Ints


class Activity(NamedTuple):
    """What an executor keeps between passes.

    Attributes:
        raw: the pre-activation of each node; for an entry of the state, the entry.
        sent: the activation that the nodes behind it have received.
        waiting: whether a node stands in `queue`; not kept for the state.
        queue: for each layer, from its first node's number on, nodes that may have changed.
            Those of the last layer stay there until the state follows them.
        queued: how many stand there, by layer.
        log: for each entry that the last step changed: its index, what it held before; shape
            (entries, 2).
        counters: see above.
    """

    raw: Longs
    sent: Longs
    waiting: NDArray[np.uint8]
    queue: Ints
    queued: Longs
    log: Longs
    counters: Longs


class Places(NamedTuple):
    """Where the machine's parts stand in the state; `halt` is -1 where there is no machine."""

    halt: int
    input: int
    taken: int
    output: int
    valid: int
    word_bits: int
    steps_per_pass: int


def _inner(function: Function) -> Function:
    """Compiles a function that only compiled functions call: it needs no entry from Python."""
    options: dict[str, bool] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: Function = njit(cache=True, **options)(function)  # type: ignore[call-overload]
    return compiled


@_inner
def _propagate(wiring: Edges, activity: Activity) -> None:
    """Brings all layers up to date with the state."""
    first, starts, edges = wiring.first, wiring.starts, wiring.edges
    raw, sent, waiting = activity.raw, activity.sent, activity.waiting
    queue, queued = activity.queue, activity.queued
    updates = 0
    for layer in range(len(first) - 2):
        for place in range(first[layer], first[layer] + queued[layer]):
            node = queue[place]
            waiting[node] = 0
            value = max(raw[node], 0)
            change = value - sent[node]
            if change == 0:
                continue
            sent[node] = value
            updates += wiring.fan_out[node]
            for position in range(starts[node], starts[node + 1]):
                edge = edges[np.uint64(position)]
                target = np.uint64(edge) >> np.uint64(32)
                before = raw[target]
                after = before + np.int64(np.int32(edge)) * change
                raw[target] = after
                # What is inactive before and after every update of a pass has not changed.
                if (before > 0 or after > 0) and waiting[target] == 0:
                    waiting[target] = 1
                    at = wiring.layer[target]
                    queue[first[at] + queued[at]] = target
                    queued[at] += 1
        queued[layer] = 0
    activity.counters[UPDATES] += updates


@_inner
def _await(activity: Activity, node: int, end: int, last: int) -> None:
    """Notes that a node of the last layer, which begins at `end`, may differ from its entry."""
    if activity.waiting[node] == 0:
        activity.waiting[node] = 1
        activity.queue[end + activity.queued[last]] = node
        activity.queued[last] += 1


@_inner
def _follow(wiring: Edges, activity: Activity, places: Places, word: int) -> None:
    """Alters the state: to the last layer, or where `word` is not -1, that word into the input.

    The input word goes into the state from which the pass is then repeated.
    """
    queue, counters, log = activity.queue, activity.counters, activity.log
    last = len(wiring.first) - 2
    end = wiring.first[last]
    count = activity.queued[last] if word < 0 else places.word_bits
    for place in range(count):
        if word < 0:
            node = np.int64(queue[end + place])
            activity.waiting[node] = 0
            entry = node - end
            value = max(activity.raw[node], 0)
        else:
            entry = places.input + place
            value = word >> place & 1
            _await(activity, end + entry, end, last)
        before = activity.raw[entry]
        if value != before:
            log[counters[LOGGED], 0] = entry
            log[counters[LOGGED], 1] = before
            counters[LOGGED] += 1
            activity.raw[entry] = value
            queue[activity.queued[0]] = entry
            activity.queued[0] += 1
    if word < 0:
        activity.queued[last] = 0


@njit(cache=True, nogil=True)
def settle(wiring: Edges, activity: Activity, state: Longs) -> None:
    """Makes `state` the current one, brings all layers up to date, and counts from 0.

    What the last layer put out for the state before is put aside; its nodes may differ from the
    entries that have changed now.
    """
    raw, queue, queued = activity.raw, activity.queue, activity.queued
    last = len(wiring.first) - 2
    end = wiring.first[last]
    queued[0] = 0
    for entry in range(len(state)):
        value = state[entry]
        if value != raw[entry]:
            raw[entry] = value
            _await(activity, end + entry, end, last)
        if value != activity.sent[entry]:
            queue[queued[0]] = entry
            queued[0] += 1
    _propagate(wiring, activity)
    activity.counters[:] = 0


@njit(cache=True, nogil=True)
def run(
    wiring: Edges,
    activity: Activity,
    places: Places,
    inputs: Longs,
    outputs: Longs,
    counts: Longs,
    ended: bool,
    limit: int,
) -> int:
    """Makes at most `limit` steps and says why it stopped.

    `inputs`, `outputs` and `counts` (words taken, words put out) are those of `Ports`.
    """
    raw, counters = activity.raw, activity.counters
    last = counters[STEPS] + limit
    end = wiring.first[len(wiring.first) - 2]
    placed = False
    while places.halt < 0 or raw[places.halt] <= 0:
        if counters[STEPS] >= last:
            return LIMIT
        if counts[1] == len(outputs):
            return FULL
        _propagate(wiring, activity)
        word = -1
        if places.halt >= 0 and raw[end + places.taken] > 0 and not placed:
            if counts[0] < len(inputs):
                word = int(inputs[counts[0]])
                counts[0] += 1
            elif ended:
                word = (1 << places.word_bits) - 1
            else:
                return STARVED
        if not placed:
            counters[LOGGED] = 0
        placed = word >= 0
        _follow(wiring, activity, places, word)
        if placed:
            continue
        counters[STEPS] += places.steps_per_pass
        if places.halt >= 0 and raw[places.valid] > 0:
            outputs[counts[1]] = 0
            for bit in range(places.word_bits):
                if raw[places.output + bit] > 0:
                    outputs[counts[1]] += np.int64(1) << bit
            counts[1] += 1
    return HALTED
