"""Recursion in tail position, and behind a sum or a product, as a loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mlpl.ir.module import (
    Block,
    Const,
    Edge,
    Function,
    Halt,
    Instruction,
    Jump,
    Kind,
    Module,
    Op,
    Operand,
    Return,
    Trap,
    Value,
)
from mlpl.ir.names import Names
from mlpl.ir.settings import DEFAULT, Settings
from mlpl.ir.uses import fresh_id, use_counts

UNITS = {Op.ADD: 0, Op.MUL: 1}
"""Ops that associate and commute modulo 2^w, and the constant that leaves a word as it is."""


def accumulate(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module with recursive calls turned into loops where they come last.

    Before::

        fn @f(%n.0: int) -> int {
        entry:
          ...
        more:
          %2 = sub %n.0, 1
          %3: int = call @f(%2)
          %4 = sub %n.0, 2
          %5: int = call @f(%4)
          %6 = add %3, %5
          return %6
        one:
          return %n.0
        }

    After::

        fn @f(%n.7: int, %8: int) -> int {
        start:
          jump entry(%n.7, %8)
        entry(%n.0: int, %9: int):
          ...
        more:
          %2 = sub %n.0, 1
          %3: int = call @f(%2, %9)
          %4 = sub %n.0, 2
          jump entry(%4, %3)
        one:
          %10 = add %9, %n.0
          return %10
        }

    The sum, or product, of what enclosing activations add is handed down as a parameter; callers
    from outside give 0, or 1. Functions that can trap, call others or have arrays stay as they are:
    a trap tells all the calls that led to it.

    Source: Liu and Stoller, "From recursion to iteration: what are the optimizations?" (2000).
    """
    taken = frozenset(module.routines.values()) | {module.entry}
    for name, function in module.functions.items():
        plan = None if name in taken else _plan(function)
        if plan is not None:
            settings.did(name, "turned recursion into a loop")
            module = _with(module, name, _Rewriting(function, plan).run(), plan)
    return module


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to do with a function.

    Attributes:
        op: what combines the results of recursive calls; None if calls are returned as they are.
        terms: for each block that returns a value what `op` combines there.
        dropped: ids of values that only combine.
    """

    op: Op | None
    terms: Mapping[str, tuple[Operand, ...]]
    dropped: frozenset[int]


def _plan(function: Function) -> _Plan | None:
    """Returns how to rewrite a function, or None."""
    if function.objects or any(p.kind is Kind.REF for p in function.parameters):
        return None
    if any(isinstance(b.terminator, Trap | Halt) for b in function.blocks):
        return None
    if any(i.op is Op.CALL and i.symbol != function.name for i in function.instructions()):
        return None
    calling = [b for b in function.blocks if any(i.op is Op.CALL for i in b.instructions)]
    if not calling or not all(isinstance(b.terminator, Return) for b in calling):
        return None
    for op in (None, *UNITS) if function.result is Kind.INT else (None,):
        plan = _plan_with(function, op)
        if plan is not None:
            return plan
    return None


def _plan_with(function: Function, op: Op | None) -> _Plan | None:
    """Returns the plan with a certain op, if all calls fit it and one of them comes last."""
    uses = use_counts(function)
    terms: dict[str, tuple[Operand, ...]] = {}
    dropped: set[int] = set()
    last = False
    for block in function.blocks:
        if not isinstance(block.terminator, Return):
            continue
        found, combining = _terms(block, op, uses)
        calls = [i.result for i in block.instructions if i.op is Op.CALL]
        wanted = [r for r in calls if r is not None and r in found and uses[r.id] == 1]
        if function.result is not None and len(wanted) != len(calls):
            return None
        if calls and op is None and function.result is not None and len(calls) > 1:
            return None
        terms[block.name] = found
        dropped |= combining
        rest = [i for i in block.instructions if i.result is None or i.result.id not in combining]
        last |= bool(rest) and rest[-1].op is Op.CALL
    return _Plan(op, terms, frozenset(dropped)) if last else None


def _terms(
    block: Block, op: Op | None, uses: Counter[int]
) -> tuple[tuple[Operand, ...], frozenset[int]]:
    """Returns what `op` combines to the block's result, and the ids of what combines it."""
    assert isinstance(block.terminator, Return)
    here = {i.result.id: i for i in block.instructions if i.result is not None}
    if block.terminator.value is None:
        return (), frozenset()
    found: list[Operand] = []
    combining: set[int] = set()
    waiting = [block.terminator.value]
    while waiting:
        operand = waiting.pop()
        definition = here.get(operand.id) if isinstance(operand, Value) else None
        if definition is not None and definition.op is op and uses[operand.id] == 1:  # type: ignore[union-attr]
            assert isinstance(operand, Value)
            combining.add(operand.id)
            waiting += reversed(definition.operands)
        else:
            found.append(operand)
    return tuple(found), frozenset(combining)


class _Rewriting:
    """Rewrites one function by its plan."""

    def __init__(self, function: Function, plan: _Plan) -> None:
        self.function = function
        self.plan = plan
        self._next = fresh_id(function)
        self.total = self._fresh(Kind.INT) if plan.op else None

    def _fresh(self, kind: Kind, name: str = "", scope: str = "") -> Value:
        self._next += 1
        return Value(self._next - 1, kind, name, scope)

    def run(self) -> Function:
        """Returns the function with a loop around its body."""
        function = self.function
        inner = function.parameters + ((self.total,) if self.total else ())
        outer = tuple(self._fresh(p.kind, p.name, p.scope) for p in inner)
        first = function.blocks[0]
        start = Names(b.name for b in function.blocks).fresh("start")
        blocks = [Block(start, (), (), Jump(Edge(first.name, outer)))]
        for block in function.blocks:
            made = self._block(block) if isinstance(block.terminator, Return) else block
            blocks.append(replace(made, parameters=inner) if block is first else made)
        return replace(function, parameters=outer, blocks=tuple(blocks))

    def _block(self, block: Block) -> Block:
        """Returns a block that returns, with its terms taken into the total one by one."""
        kept = [
            i
            for i in block.instructions
            if i.result is None or i.result.id not in self.plan.dropped
        ]
        made: list[Instruction] = []
        waiting = Counter(self.plan.terms[block.name])
        here = {i.result for i in kept if i.result is not None}
        total: Operand | None = self.total
        for term in list(waiting):
            if term not in here:
                total = self._take(made, total, term, waiting.pop(term), block)
        for number, i in enumerate(kept):
            if i.op is Op.CALL:
                arguments = i.operands + ((total,) if total is not None else ())
                if number == len(kept) - 1:
                    edge = Edge(self.function.blocks[0].name, arguments)
                    return replace(
                        block, instructions=tuple(made), terminator=Jump(edge, i.location)
                    )
                made.append(replace(i, operands=arguments))
                total = i.result if total is not None else None
            else:
                made.append(i)
                if i.result is not None and i.result in waiting:
                    total = self._take(made, total, i.result, waiting.pop(i.result), block)
        assert isinstance(block.terminator, Return)
        value = total if total is not None else block.terminator.value
        return replace(
            block, instructions=tuple(made), terminator=replace(block.terminator, value=value)
        )

    def _take(
        self,
        made: list[Instruction],
        total: Operand | None,
        term: Operand,
        times: int,
        block: Block,
    ) -> Operand | None:
        """Appends what takes a term into the total; returns the new total."""
        op = self.plan.op
        if op is None or total is None or term == Const(UNITS[op]):
            return total
        for _ in range(times):
            result = self._fresh(Kind.INT)
            made.append(Instruction(op, (total, term), result, location=block.terminator.location))
            total = result
        return total


def _with(module: Module, name: str, function: Function, plan: _Plan) -> Module:
    """Returns the module with a rewritten function, and the total at calls from outside."""
    functions = {**module.functions, name: function}
    if plan.op is not None:
        unit = Const(UNITS[plan.op])
        for other in functions.values():
            if other.name != name and any(i.symbol == name for i in other.instructions()):
                blocks = tuple(_calling(block, name, unit) for block in other.blocks)
                functions[other.name] = replace(other, blocks=blocks)
    return replace(module, functions=functions)


def _calling(block: Block, name: str, unit: Const) -> Block:
    def changed() -> Iterator[Instruction]:
        for i in block.instructions:
            if i.op is Op.CALL and i.symbol == name:
                yield replace(i, operands=(*i.operands, unit))
            else:
                yield i

    return replace(block, instructions=tuple(changed()))
