"""Instruction selection: an SSA function to SUBLEQ over virtual cells.

Every value of the function that needs one has a virtual cell of its own; block parameters get
their arguments by moves on the edges. A comparison that only its block's branch uses becomes the
branch itself, and a branch to a trap goes straight to a halt address.
"""

from __future__ import annotations

from mlpl.backend.subleq import calls, memory_access
from mlpl.backend.subleq.arithmetic import combine, negate
from mlpl.backend.subleq.compare import Condition
from mlpl.backend.subleq.emitter import Emitter, to
from mlpl.backend.subleq.fuse import definitions, fused, uses
from mlpl.backend.subleq.linkage import Linkage, exit_of, result_of
from mlpl.backend.subleq.loop_depth import loop_depths
from mlpl.backend.subleq.moves import sequence
from mlpl.backend.subleq.selected import (
    PORT,
    At,
    Call,
    Cell,
    Expression,
    Operand,
    Parameter,
    Pool,
    SelectedFunction,
)
from mlpl.base.words import largest, smallest
from mlpl.ir.graph import graph
from mlpl.ir.module import (
    Address,
    Block,
    Branch,
    Const,
    Edge,
    Function,
    Halt,
    Instruction,
    Jump,
    Kind,
    Op,
    Return,
    Trap,
    Value,
)
from mlpl.ir.module import Operand as Argument
from mlpl.ir.ranges import Ranges

ENDED = Expression(-1)
"""Where a program goes that ends without a trap (M2.11)."""


def select(function: Function, linkage: Linkage) -> SelectedFunction:
    """Returns the function as SUBLEQ over virtual cells.

    `function` must be verified, free of ops that have routines, and its values' ids unique.
    """
    return _Selection(function, linkage).run()


class _Selection:
    def __init__(self, function: Function, linkage: Linkage) -> None:
        self.function = function
        self.linkage = linkage
        top = max(
            [v.id for v in function.parameters]
            + [v.id for b in function.blocks for v in b.parameters]
            + [i.result.id for i in function.instructions() if i.result is not None],
            default=0,
        )
        self.out = Emitter(function.name, linkage.module.word_bits, linkage.exits, top)
        self.blocks = {b.name: b for b in function.blocks}
        self.definitions = definitions(function)
        self.uses = uses(function)
        self.fused = fused(function, self.definitions, self.uses)
        self.ranges = Ranges(function, linkage.module.word_bits)
        self.block = function.blocks[0].name
        self.bases: dict[str, Cell] = {}
        self.pending: list[tuple[str, Edge]] = []

    def run(self) -> SelectedFunction:
        flow = graph(self.function)
        depths = loop_depths(flow)
        entry = self.function.blocks[0].name
        for name in flow.order:
            block = self.blocks[name]
            if name != entry and _only_trap(block):
                continue
            self.block = name
            self.out.depth = depths[name]
            self.out.label(self._label(name))
            if name == entry:
                self.bases = calls.enter(self.out, self.linkage, self.function)
            for instruction in block.instructions:
                self.out.location = instruction.location
                self._instruction(instruction)
            self.out.location = block.terminator.location
            self._terminator(block)
            self._edges()
        calls.leave(self.out, self.linkage, self.function.name)
        return SelectedFunction(
            self.function.name,
            tuple(self.out.items),
            tuple(_cell(p) for p in self.function.parameters),
            self.linkage.static(self.function),
            tuple(self.out.depths),
        )

    # Operands ------------------------------------------------------------------------------

    def _label(self, block: str) -> str:
        return f"{self.function.name}/{block}"

    def operand(self, argument: Argument) -> Operand:
        """Returns a cell that holds the argument's value."""
        match argument:
            case Value():
                return _cell(argument)
            case Const(value):
                return self.out.pool(value)
            case Address(name):
                if name in self.bases:
                    return self.bases[name]
                return Pool(Expression(symbol=self._object(name)))

    def _object(self, name: str) -> str:
        return name if name.startswith("@") else f"{self.function.name}{name}"

    def place(self, argument: Argument) -> At | Cell:
        """Returns where a reference points: a known object, or a cell that holds the address."""
        match argument:
            case Address(name) if name not in self.bases:
                return At(self._object(name))
            case _:
                cell = self.operand(argument)
                assert isinstance(cell, Cell)
                return cell

    # Instructions --------------------------------------------------------------------------

    def _instruction(self, i: Instruction) -> None:
        out = self.out
        if i.result is not None and self._idle(i, i.result):
            return
        target = _cell(i.result) if i.result is not None else None
        match i.op:
            case Op.ADD | Op.OFFSET | Op.SUB:
                assert target is not None
                combine(out, i.op is Op.SUB, target, *(self._term(o) for o in i.operands))
            case Op.NEG | Op.INVERT | Op.NOT:
                assert target is not None
                offset = {Op.NEG: 0, Op.INVERT: -1, Op.NOT: 1}[i.op]
                negate(out, target, self.operand(i.operands[0]), offset)
            case Op.INT:
                assert target is not None
                self._move(target, i.operands[0])
            case Op.EQ | Op.NE | Op.LT | Op.LE | Op.GT | Op.GE | Op.WITHIN:
                assert target is not None
                self._materialize(i, target)
            case Op.LOAD:
                assert target is not None
                memory_access.load(
                    out, target, self.place(i.operands[0]), self._term(i.operands[1])
                )
            case Op.STORE:
                ref, index, value = i.operands
                memory_access.store(out, self.place(ref), self._term(index), self._term(value))
            case Op.ZERO:
                memory_access.zero(out, self.place(i.operands[0]), _count(i.operands[1]))
            case Op.COPY:
                goal, source, number = i.operands
                memory_access.copy(out, self.place(goal), self.place(source), _count(number))
            case Op.CALL:
                self._call(i, target)
            case Op.GETC:
                cell = target if target is not None else out.cell()
                out.clear(cell)
                out.sub(PORT, cell)
            case Op.PUTC:
                out.output(self.operand(i.operands[0]))
            case _:
                raise AssertionError(f"no SUBLEQ for {i.op.value}: `call_routines` comes first")

    def _idle(self, i: Instruction, result: Value) -> bool:
        """Whether nothing needs the result as a word, and there is nothing else to it."""
        unneeded = result.id in self.fused or not self.uses[result.id]
        return unneeded and (i.op.pure or i.op is Op.LOAD)

    def _term(self, argument: Argument) -> Operand | int:
        """Like `operand`, but constants stay ints."""
        return argument.value if isinstance(argument, Const) else self.operand(argument)

    def _move(self, target: Operand, argument: Argument) -> None:
        match argument:
            case Const(value):
                self.out.load(target, Expression(value))
            case Address(name) if name not in self.bases:
                self.out.load(target, Expression(symbol=self._object(name)))
            case _:
                self.out.move(target, self.operand(argument))

    def _materialize(self, i: Instruction, target: Cell) -> None:
        """A bool that is stored: 1 on one way, 0 on the other."""
        yes, no, end = (self.out.fresh("b") for _ in range(3))
        self._condition(i, Condition(self.out, to(yes), to(no)))
        self.out.label(no)
        self.out.clear(target, to(end))
        self.out.label(yes)
        self.out.load(target, Expression(1))
        self.out.label(end)

    def _condition(self, i: Instruction, condition: Condition) -> None:
        x, y = (*i.operands, Const(0))[:2]
        match i.op:
            case Op.NOT:
                self._test(x, condition.swapped())
            case Op.WITHIN:
                natural = self.ranges.at(x, self.block).low >= 0
                condition.within(self.operand(x), self._term(y), natural=natural)
            case Op.EQ | Op.NE:
                condition = condition if i.op is Op.EQ else condition.swapped()
                if isinstance(x, Const):
                    x, y = y, x
                if isinstance(y, Const):
                    condition.equals(self.operand(x), y.value)
                else:
                    condition.same(self.operand(x), self.operand(y))
            case Op.LT:
                self._less(x, y, condition)
            case Op.GT:
                self._less(y, x, condition)
            case Op.LE:
                self._less(y, x, condition.swapped())
            case Op.GE:
                self._less(x, y, condition.swapped())
            case _:
                raise AssertionError(i.op)

    def _less(self, x: Argument, y: Argument, condition: Condition) -> None:
        """Emits x < y in the shortest form that is right for the ranges of both."""
        w = self.linkage.module.word_bits
        left, right = self.ranges.at(x, self.block), self.ranges.at(y, self.block)
        low, high = right.low - left.high, right.high - left.low
        close = smallest(w) <= low and high <= largest(w)
        match x, y:
            case _, Const(c) if c == smallest(w):
                condition.always(False)
            case _, Const(c):
                condition.at_most(self.operand(x), c - 1, close=close)
            case Const(c), _:
                close = smallest(w) <= c + 1 - right.high and c + 1 - right.low <= largest(w)
                condition.swapped().at_most(self.operand(y), c, close=close)
            case _ if close:
                condition.less_close(self.operand(x), self.operand(y))
            case _ if left.low >= 0 or right.low > 0:
                condition.less_signed(self.operand(x), self.operand(y), left.low >= 0)
            case _:
                condition.less(self.operand(x), self.operand(y))

    def _test(self, x: Argument, condition: Condition) -> None:
        """Branches on a bool."""
        if isinstance(x, Const):
            condition.always(bool(x.value))
            return
        assert isinstance(x, Value)
        if x.id in self.fused:
            self._condition(self.definitions[x.id], condition)
        else:
            condition.positive(self.operand(x))

    # Calls ---------------------------------------------------------------------------------

    def _call(self, i: Instruction, target: Cell | None) -> None:
        out, callee = self.out, i.symbol
        if callee in self.linkage.cycles[self.function.name]:
            overflow = calls.overflow(out, i.location)
            arguments = tuple(self.operand(o) for o in i.operands)
            out.emit(Call(callee, arguments, overflow, i.location))
        else:
            for index, argument in enumerate(i.operands):
                self._move(Parameter(callee, index), argument)
            calls.call(out, self.linkage, callee)
        if target is not None and self.uses[target.id]:
            out.move(target, result_of(callee))

    # Terminators ---------------------------------------------------------------------------

    def _terminator(self, block: Block) -> None:
        out = self.out
        match block.terminator:
            case Jump(edge):
                self._enter_edge(edge)
            case Branch(condition, then, otherwise):
                keeps = tuple(k for e in (then, otherwise) for k in self._kept(e))
                yes, no = self._goal(then), self._goal(otherwise)
                self._test(condition, Condition(out, yes, no, keeps))
            case Return(value):
                if value is not None:
                    self._move(result_of(self.function.name), value)
                out.jump(to(exit_of(self.function.name).label))
            case Halt():
                out.jump(ENDED)
            case Trap() as trap:
                out.jump(self._trap(trap), _shown(trap))

    def _trap(self, trap: Trap) -> Expression:
        values = tuple(self._term(v) for v in trap.values)
        return self.linkage.exits.trap(
            self.function.name, trap.kind, trap.location, trap.message, values
        )

    def _kept(self, edge: Edge) -> tuple[Cell, ...]:
        block = self.blocks[edge.block]
        if not _only_trap(block):
            return ()
        assert isinstance(block.terminator, Trap)
        return _shown(block.terminator)

    def _goal(self, edge: Edge) -> Expression:
        """Where a branch goes: a halt address, a block, or the moves of an edge."""
        block = self.blocks[edge.block]
        if _only_trap(block):
            assert isinstance(block.terminator, Trap)
            return self._trap(block.terminator)
        if not edge.arguments:
            return to(self._label(edge.block))
        name = self.out.fresh("e")
        self.pending.append((name, edge))
        return to(name)

    def _edges(self) -> None:
        """Emits the edges with moves that the last branch asked for."""
        for name, edge in self.pending:
            self.out.label(name)
            self._enter_edge(edge)
        self.pending.clear()

    def _enter_edge(self, edge: Edge) -> None:
        block = self.blocks[edge.block]
        pairs = [(_cell(p), a) for p, a in zip(block.parameters, edge.arguments, strict=True)]
        copies = [(p, self.operand(a)) for p, a in pairs if isinstance(a, Value)]
        for target, source in sequence(copies, self.out.cell):
            self.out.move(target, source)
        for target, argument in pairs:
            if not isinstance(argument, Value):
                self._move(target, argument)
        self.out.jump(self._goal(Edge(edge.block)), self._kept(edge))


def _cell(value: Value) -> Cell:
    return Cell(value.id, value.name, value.kind.value)


def _shown(trap: Trap) -> tuple[Cell, ...]:
    """Returns the cells that show a trap's values."""
    return tuple(_cell(v) for v in trap.values if isinstance(v, Value))


def _count(argument: Argument) -> int:
    assert isinstance(argument, Const) and argument.kind is Kind.INT
    return argument.value


def _only_trap(block: Block) -> bool:
    return isinstance(block.terminator, Trap) and not block.instructions and not block.parameters
