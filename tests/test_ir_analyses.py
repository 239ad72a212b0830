"""Dominance, liveness and the call graph against plain definitions and networkx."""

from __future__ import annotations

import random

import networkx as nx
import pytest

from mlpl.ir.callgraph import call_graph
from mlpl.ir.dominance import dominance, frontiers
from mlpl.ir.graph import graph
from mlpl.ir.liveness import liveness
from mlpl.ir.module import (
    Block,
    Branch,
    Const,
    Edge,
    Function,
    Halt,
    Instruction,
    Jump,
    Kind,
    Module,
    Op,
    Terminator,
    Value,
)
from mlpl.ir.passes.simplify import simplify
from mlpl.ir.remembered import remembered
from mlpl.ir.verify import verify

CONDITION = Const(1, Kind.BOOL)
SEEDS = range(60)


def random_function(seed: int, values: bool = False) -> Function:
    """A control-flow graph of any shape; with `values`, each block defines and uses some."""
    random_ = random.Random(seed)
    names = ["entry"] + [f"b{number}" for number in range(random_.randrange(1, 12))]

    def edge() -> Edge:
        return Edge(random_.choice(names[1:]))

    blocks = []
    for number, name in enumerate(names):
        instructions: tuple[Instruction, ...] = ()
        if values:
            used = Value(random_.randrange(len(names)), Kind.INT)
            defined = Instruction(Op.NEG, (Const(1),), Value(number, Kind.INT))
            instructions = (defined, Instruction(Op.PUTC, (used,)))
        kind = random_.randrange(4)
        terminator: Terminator = Halt() if kind == 0 and number else Jump(edge())
        if kind > 1:
            terminator = Branch(CONDITION, edge(), edge())
        blocks.append(Block(name, (), instructions, terminator))
    return Function("f", (), None, (), tuple(blocks))


def digraph(function: Function) -> nx.DiGraph[str]:
    flow = graph(function)
    made: nx.DiGraph[str] = nx.DiGraph()
    made.add_nodes_from(flow.order)
    made.add_edges_from((name, s) for name in flow.order for s in flow.successors[name])
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_dominance(seed: int) -> None:
    function = random_function(seed)
    flow = graph(function)
    oracle = dict(nx.immediate_dominators(digraph(function), "entry"))
    oracle.pop("entry", None)
    found = dominance(flow)
    assert dict(found.immediate) == oracle
    for block in flow.order:
        above = {block}
        while block in oracle:
            block = oracle[block]
            above.add(block)
        below = next(b for b in above if b not in {oracle.get(a) for a in above})
        assert {b for b in flow.order if found.dominates(b, below)} == above


@pytest.mark.parametrize("seed", SEEDS)
def test_frontiers(seed: int) -> None:
    function = random_function(seed)
    flow = graph(function)
    found = dominance(flow)
    for block, frontier in frontiers(flow, found).items():
        expected = {
            join
            for join in flow.order
            if any(found.dominates(block, p) for p in flow.predecessors[join])
            and not (found.dominates(block, join) and block != join)
        }
        assert set(frontier) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_order_is_reverse_postorder(seed: int) -> None:
    flow = graph(random_function(seed))
    assert set(flow.order) == {"entry"} | nx.descendants(digraph(random_function(seed)), "entry")
    found = dominance(flow)
    at = {name: index for index, name in enumerate(flow.order)}
    assert all(at[above] < at[below] for below, above in found.immediate.items())


@pytest.mark.parametrize("seed", SEEDS)
def test_liveness(seed: int) -> None:
    function = random_function(seed, values=True)
    flow = graph(function)
    found = liveness(flow)
    for name in flow.order:
        for number in range(len(function.blocks)):
            assert (number in found.live_in[name]) == is_live(function, name, number)
        out = {v for s in flow.successors[name] for v in found.live_in[s]}
        assert found.live_out[name] == out


def is_live(function: Function, start: str, number: int) -> bool:
    """Whether a walk from the block's beginning meets a use before a definition."""
    flow = graph(function)
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for instruction in flow.blocks[name].instructions:
            if Value(number, Kind.INT) in instruction.operands:
                return True
            if instruction.result == Value(number, Kind.INT):
                break
        else:
            waiting += flow.successors[name]
    return False


@pytest.mark.parametrize("seed", SEEDS)
def test_call_graph(seed: int) -> None:
    random_ = random.Random(seed)
    names = [f"f{number}" for number in range(random_.randrange(1, 10))]
    functions = {}
    for name in names:
        callees = random_.choices(names, k=random_.randrange(3))
        calls = tuple(Instruction(Op.CALL, (), None, callee) for callee in callees)
        functions[name] = Function(name, (), None, (), (Block("entry", (), calls, Halt()),))
    found = call_graph(Module(functions, (), "f0", 16))
    calls_ = nx.DiGraph([(name, c) for name in names for c in found.callees[name]])
    calls_.add_nodes_from(names)
    expected = {frozenset(c) for c in nx.strongly_connected_components(calls_)}
    assert {frozenset(c) for c in found.components} == expected
    place = {name: index for index, c in enumerate(found.components) for name in c}
    assert all(place[callee] <= place[name] for name, callee in calls_.edges)
    cyclic = {n for n in names if any(n in nx.descendants(calls_, s) or s == n for s in calls_[n])}
    assert found.recursive == cyclic
    assert found.reachable(["f0"]) == {"f0"} | nx.descendants(calls_, "f0")


def test_ten_thousand_blocks() -> None:
    last = 10_000
    blocks = [Block("entry", (), (), Jump(Edge("b0")))]
    for number in range(last):
        following = Edge(f"b{number + 1}")
        blocks.append(Block(f"b{number}", (), (), Branch(CONDITION, following, Edge("end"))))
    blocks += [Block(f"b{last}", (), (), Jump(Edge("end"))), Block("end", (), (), Halt())]
    function = Function("f", (), None, (), tuple(blocks))
    module = Module({"f": function}, (), "f", 16)
    assert verify(module) == ()
    assert liveness(graph(function)).live_in["end"] == frozenset()
    assert [b.terminator for b in simplify(function, module).blocks] == [Halt()]


def test_analyses_are_remembered_for_the_same_object_only() -> None:
    made: list[int] = []

    def analysis(function: Function) -> int:
        made.append(len(function.blocks))
        return made[-1]

    look_up = remembered(analysis)
    first, second = random_function(1), random_function(1)
    assert first == second
    assert [look_up(first), look_up(first), look_up(second)] == [made[0]] * 3
    assert len(made) == 2
    del first
    look_up(random_function(2))
    assert len(made) == 3
