"""Instruction selection: an SSA function to SUBLEQ over virtual cells.

Every value of the function that needs one has a virtual cell of its own; block parameters get
their arguments by moves on the edges. A comparison that only its block's branch uses becomes the
branch itself, and a branch to a trap goes straight to a halt address.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlpl.backend.subleq import calls, memory_access
from mlpl.backend.subleq.accesses import Accesses
from mlpl.backend.subleq.arithmetic import combine, negate
from mlpl.backend.subleq.compare import Condition
from mlpl.backend.subleq.conditions import Conditions
from mlpl.backend.subleq.emitter import Emitter, to
from mlpl.backend.subleq.fuse import definitions, fused
from mlpl.backend.subleq.linkage import Linkage, cell_of
from mlpl.backend.subleq.loop_depth import loop_depths
from mlpl.backend.subleq.moves import sequence
from mlpl.backend.subleq.operator_code import do
from mlpl.backend.subleq.preserved import preserved
from mlpl.backend.subleq.saving import beginnings
from mlpl.backend.subleq.selected import (
    PORT,
    At,
    Call,
    Cell,
    Expression,
    Leave,
    Move,
    Operand,
    Pool,
    Restore,
    Save,
    SelectedFunction,
)
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

ENDED = Expression(-1)
"""Where a program goes that ends without a trap (M2.11)."""


def select(function: Function, linkage: Linkage) -> SelectedFunction:
    """Returns the function as SUBLEQ over virtual cells.

    `function` must be verified and its values' ids unique.
    """
    return _Selection(function, linkage).run()


def block_label(function: str, block: str) -> str:
    """Returns the label of a block of a function, where scratch cells hold 0."""
    return f"{function}/{block}"


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
        self.accesses = Accesses(
            function, linkage, self.out, self.definitions, self.operand, self.place
        )
        self.uses = self.accesses.uses
        self.fused = fused(function, self.definitions, self.uses)
        cycle = linkage.cycles[function.name]
        self.preserved = preserved(function, cycle, self.definitions, self.uses)
        ranges = linkage.ranges(function)
        self.conditions = Conditions(self.operand, ranges, self.definitions, self.fused)
        self.block = function.blocks[0].name
        self.bases: dict[str, Cell] = {}
        self.pending: list[tuple[str, Edge]] = []
        self.done: set[int] = set()

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
            begins = beginnings(block, self.linkage.cycles[self.function.name], self.uses)
            for number, instruction in enumerate(block.instructions):
                self.accesses.pointers.advance(name, number)
                for call in begins.get(number, ()):
                    self._save(call)
                self.out.location = instruction.location
                self._instruction(instruction, number)
            self.accesses.pointers.advance(name, len(block.instructions))
            self.out.location = block.terminator.location
            self._terminator(block)
            self._edges()
        if self.linkage.returns(self.function.name):
            self.out.depth = 0
            self.out.label(f"{self.function.name}#leave")
            kept = (self.cell(self.function.parameters[n]) for n in self.preserved.changes)
            results = (*self.linkage.results(self.function.name), *kept)
            self.out.emit(Leave(self.function.name, results))
        return SelectedFunction(
            self.function.name,
            tuple(self.out.items),
            tuple(self.cell(p) for p in self.function.parameters),
            self.linkage.static(self.function),
            tuple(self.out.depths),
        )

    def cell(self, value: Value) -> Cell:
        """Returns the virtual cell of a value."""
        return cell_of(value, self.function.name)

    # Operands ------------------------------------------------------------------------------

    def _label(self, block: str) -> str:
        return block_label(self.function.name, block)

    def operand(self, argument: Argument) -> Operand:
        """Returns a cell that holds the argument's value."""
        match argument:
            case Value():
                return self.cell(argument)
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

    def _instruction(self, i: Instruction, number: int) -> None:
        out = self.out
        if i.result is not None and (self._idle(i, i.result) or i.result.id in self.done):
            return
        target = self.cell(i.result) if i.result is not None else None
        match i.op:
            case Op.ADD | Op.OFFSET | Op.SUB:
                assert target is not None
                self._sum(i, target)
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
                self.accesses.load((self.block, number), i, target)
            case Op.STORE:
                self.accesses.store((self.block, number), i)
            case Op.ZERO:
                memory_access.zero(out, self.place(i.operands[0]), _count(i.operands[1]))
            case Op.COPY:
                goal, source, size = i.operands
                memory_access.copy(out, self.place(goal), self.place(source), _count(size))
            case Op.CALL:
                self._call(i, target)
            case Op.GETC:
                cell = target if target is not None else out.cell()
                out.clear(cell)
                out.sub(PORT, cell)
            case Op.PUTC:
                out.output(self.operand(i.operands[0]))
            case _:
                self._routine(i)

    def _sum(self, i: Instruction, target: Cell) -> None:
        x, y = i.operands
        for one, other in ((x, y), (y, x)):
            negative = self.accesses.pointers.negative(self.block, other)
            if i.op is Op.ADD and negative is not None:
                combine(self.out, True, target, self._term(one), negative)
                return
        combine(self.out, i.op is Op.SUB, target, self._term(x), self._term(y))

    def _idle(self, i: Instruction, result: Value) -> bool:
        """Whether nothing needs the result as a word, and there is nothing else to it."""
        unneeded = (
            result.id in self.fused | self.accesses.displaced.keys() | self.preserved.displaced
            or not self.uses[result.id]
        )
        return unneeded and (i.op.pure or i.op is Op.LOAD)

    def _term(self, argument: Argument) -> Operand | int:
        """Like `operand`, but constants stay ints."""
        return argument.value if isinstance(argument, Const) else self.operand(argument)

    def _move(self, target: Operand, argument: Argument, sign: int = 1) -> None:
        match argument:
            case Const(value):
                self.out.load(target, Expression(sign * value))
            case Address(name) if name not in self.bases:
                self.out.load(target, Expression(symbol=self._object(name)))
            case _:
                assert sign > 0
                self.out.move(target, self.operand(argument))

    def _materialize(self, i: Instruction, target: Cell) -> None:
        """A bool that is stored: 1 on one way, 0 on the other."""
        yes, no, end = (self.out.fresh("b") for _ in range(3))
        self.conditions.compare(i, Condition(self.out, to(yes), to(no)), self.block)
        self.out.label(no)
        self.out.clear(target, to(end))
        self.out.label(yes)
        self.out.load(target, Expression(1))
        self.out.label(end)

    # Calls ---------------------------------------------------------------------------------

    def _save(self, call: Instruction) -> None:
        self.out.location = call.location
        overflow = calls.overflow(self.out, call.location)
        self.out.emit(Save(call.symbol, (), overflow, call.location))

    def _call(self, i: Instruction, target: Cell | None) -> None:
        out, callee = self.out, i.symbol
        choice = self.linkage.plan.choice(i)
        if choice is not None:
            do(out, self.linkage.plan, choice, self._arguments)
            return
        recursive = callee in self.linkage.cycles[self.function.name]
        parameters, results = self.linkage.parameters(callee), self.linkage.results(callee)
        changes = self.preserved.at(i) if callee == self.function.name else {}
        pairs = enumerate(zip(parameters, i.operands, strict=True))
        self._arguments(tuple((p, o, 1) for number, (p, o) in pairs if number not in changes))
        altered = [(parameters[number], change) for number, change in changes.items()]
        for parameter, change in altered:
            out.increase(parameter, change)
        stacked = recursive or self.linkage.frame(callee)
        overflow = calls.overflow(out, i.location) if stacked else Expression(-1)
        written = (*results, *(parameter for parameter, _ in altered))
        out.emit(Call(callee, parameters, written, overflow, recursive, i.location))
        if recursive:
            out.emit(Restore(callee, (), i.location))
        for parameter, change in altered:
            out.increase(parameter, -change)
        if target is not None and self.uses[target.id]:
            out.move(target, results[0])

    def _arguments(self, arguments: Sequence[tuple[Cell, Argument, int]]) -> None:
        """Emits what puts arguments into parameters, negated where the sign is -1."""
        copies = [
            (p, self.operand(o)) for p, o, sign in arguments if isinstance(o, Value) and sign > 0
        ]
        for target, source in sequence(copies, self.out.cell):
            self.out.move(target, source)
        for parameter, argument, sign in arguments:
            if not isinstance(argument, Value):
                self._move(parameter, argument, sign)
            elif sign < 0:
                self.out.emit(
                    Move(parameter, self.operand(argument), self.out.location, negated=True)
                )

    def _routine(self, i: Instruction) -> None:
        """Does an op by a routine; a division's other result too, if the block asks for it."""
        choice = self.linkage.plan.choice(i)
        assert choice is not None, "every operator has a routine"
        results = do(self.out, self.linkage.plan, choice, self._arguments)
        wanted = {i.op: i}
        if choice.partner is not None:
            wanted[choice.partner.op] = choice.partner
        made = choice.form.ops if len(choice.form.ops) > 1 else (i.op,)
        for op, result in zip(made, results, strict=True):
            if op in wanted:
                value = wanted[op].result
                assert value is not None, "operators have results"
                self.done.add(value.id)
                self.out.move(self.cell(value), result)

    # Terminators ---------------------------------------------------------------------------

    def _terminator(self, block: Block) -> None:
        out = self.out
        match block.terminator:
            case Jump(edge):
                self._enter_edge(edge)
            case Branch(condition, then, otherwise):
                keeps = tuple(k for e in (then, otherwise) for k in self._kept(e))
                yes, no = self._goal(then), self._goal(otherwise)
                self.conditions.test(condition, Condition(out, yes, no, keeps), self.block)
            case Return(value):
                if value is not None:
                    self._move(self.linkage.results(self.function.name)[0], value)
                out.jump(to(f"{self.function.name}#leave"))
            case Halt():
                out.jump(ENDED)
            case Trap() as trap:
                out.jump(self._trap(trap), _shown(trap, self.function.name))

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
        return _shown(block.terminator, self.function.name)

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
        self.accesses.pointers.enter(edge.block, self.block)
        pairs = zip(block.parameters, edge.arguments, strict=True)
        self._arguments(tuple((self.cell(p), a, 1) for p, a in pairs if self.uses[p.id]))
        self.out.jump(self._goal(Edge(edge.block)), self._kept(edge))


def _shown(trap: Trap, function: str) -> tuple[Cell, ...]:
    """Returns the cells that show a trap's values."""
    return tuple(cell_of(v, function) for v in trap.values if isinstance(v, Value))


def _count(argument: Argument) -> int:
    assert isinstance(argument, Const) and argument.kind is Kind.INT
    return argument.value


def _only_trap(block: Block) -> bool:
    return isinstance(block.terminator, Trap) and not block.instructions and not block.parameters
