"""Value numbering: what a dominating block has computed or found out is not computed again."""

from __future__ import annotations

from mlpl.ir.dominance import dominance
from mlpl.ir.facts import Key, consequences, key
from mlpl.ir.graph import Graph, graph
from mlpl.ir.module import (
    Block,
    Branch,
    Const,
    Function,
    Instruction,
    Jump,
    Kind,
    Module,
    Op,
    Operand,
    Value,
)
from mlpl.ir.rewrite import map_instruction, map_terminator, with_blocks, with_contents
from mlpl.ir.scoped import ScopedTable


def number(function: Function, module: Module) -> Function:
    """Returns the function with repeated computations and known conditions replaced.

    Before::

        %2 = within %i.0, 8
        branch %2, ok, bad
        ok:
          %3 = add %i.0, 1
          %4 = add 1, %i.0
          %5 = within %i.0, 8
          branch %5, fine, worse

    After::

        %2 = within %i.0, 8
        branch %2, ok, bad
        ok:
          %3 = add %i.0, 1
          jump fine

    A pure instruction is replaced by an equal one that dominates it. Where only one way leads
    into a block, or into a loop, by a branch, its condition is known from there on, with its
    opposite, what it implies, and the value of what was found equal to a constant. Loads are left
    alone, and so are comparisons of unknown outcome: to branch on one again is cheaper than to
    keep its result.

    Source: Briggs, Cooper, Simpson, "Value Numbering" (1997), dominator-based technique.
    """
    flow = graph(function)
    blocks = _Numbering(flow).run()
    return with_blocks(function, (blocks[b.name] for b in function.blocks if b.name in blocks))


class _Numbering:
    """Walks the dominator tree with two scoped tables.

    Attributes:
        _known: what stands for a computation.
        _stands: what stands for a value, by id.
    """

    def __init__(self, flow: Graph) -> None:
        self._flow = flow
        self._dominators = dominance(flow)
        self._known: ScopedTable[Key, Operand] = ScopedTable()
        self._stands: ScopedTable[int, Operand] = ScopedTable()
        self._definitions: dict[int, Instruction] = {}

    def run(self) -> dict[str, Block]:
        """Returns the new blocks by name."""
        children = self._dominators.children
        blocks: dict[str, Block] = {}
        stack: list[str | tuple[int, int]] = [self._flow.order[0]]
        while stack:
            item = stack.pop()
            if isinstance(item, tuple):
                self._known.leave(item[0])
                self._stands.leave(item[1])
                continue
            stack.append((self._known.enter(), self._stands.enter()))
            self._enter(item)
            blocks[item] = self._block(self._flow.blocks[item])
            stack += reversed(children[item])
        return blocks

    def _enter(self, name: str) -> None:
        """Learns from the branch by which alone a block is entered."""
        before = self._dominators.entry(self._flow, name)
        if before is None:
            return
        match self._flow.blocks[before].terminator:
            case Branch(condition, then, otherwise) if then.block != otherwise.block:
                self._learn(condition, then.block == name)
            case _:
                pass

    def _learn(self, condition: Operand, holds: bool) -> None:
        condition = self._operand(condition)
        if not isinstance(condition, Value):
            return
        self._stands.set(condition.id, Const(int(holds), Kind.BOOL))
        definition = self._definitions.get(condition.id)
        if definition is None:
            return
        if definition.op is Op.NOT:
            self._learn(definition.operands[0], not holds)
            return
        for computation, truth in consequences(definition.op, definition.operands, holds):
            self._known.set(computation, Const(int(truth), Kind.BOOL))
            match computation:
                case (Op.EQ, (Value(number_), Const() as constant)) if truth:
                    self._stands.set(number_, constant)
                case _:
                    pass

    def _operand(self, operand: Operand) -> Operand:
        while isinstance(operand, Value):
            other = self._stands.get(operand.id)
            if other is None:
                break
            operand = other
        return operand

    def _block(self, block: Block) -> Block:
        changed = (self._instruction(instruction) for instruction in block.instructions)
        instructions = [instruction for instruction in changed if instruction is not None]
        terminator = map_terminator(block.terminator, self._operand)
        match terminator:
            case Branch(Const(value), then, otherwise, location):
                terminator = Jump(then if value else otherwise, location)
            case _:
                pass
        return with_contents(block, instructions, terminator)

    def _instruction(self, instruction: Instruction) -> Instruction | None:
        """Returns the instruction, or None if something stands for its result."""
        instruction = map_instruction(instruction, self._operand)
        result = instruction.result
        if result is None or not instruction.op.pure:
            return instruction
        computation = key(instruction.op, instruction.operands)
        known = self._known.get(computation)
        if known is not None:
            self._stands.set(result.id, known)
            return None
        if result.kind is not Kind.BOOL:
            self._known.set(computation, result)
        self._definitions[result.id] = instruction
        return instruction
