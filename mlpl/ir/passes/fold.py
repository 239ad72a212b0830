"""Constant folding and algebraic identities."""

from __future__ import annotations

from mlpl.ir.graph import graph
from mlpl.ir.identities import Identities
from mlpl.ir.module import (
    Block,
    Branch,
    Const,
    Function,
    Instruction,
    Jump,
    Module,
    Op,
    Operand,
    Terminator,
    Value,
)
from mlpl.ir.rewrite import (
    Substitution,
    map_instruction,
    map_terminator,
    with_blocks,
    with_contents,
)
from mlpl.ir.uses import use_counts


def fold(function: Function, module: Module) -> Function:
    """Returns the function with every instruction in the simplest form that is known for it.

    Before::

        %1 = add 2, 3
        %2 = mul %x.0, 1
        %3 = lt %1, 4
        branch %3, then(%2), else(%1)

    After::

        jump else(5)

    One walk in reverse postorder, so that operands are simple before what uses them; blocks that
    cannot be reached are dropped. Constants do not pass through block parameters: `simplify`
    removes those that are always the same. Results that are not used any more are left to
    `eliminate`.
    """
    flow = graph(function)
    folder = _Folder(function, module.word_bits)
    blocks = {name: folder.block(flow.blocks[name]) for name in flow.order}
    return with_blocks(function, (blocks[b.name] for b in function.blocks if b.name in blocks))


class _Folder:
    """Folds block by block; definitions come before uses."""

    def __init__(self, function: Function, word_bits: int) -> None:
        self._definitions: dict[int, Instruction] = {}
        self._replaced = Substitution()
        self._identities = Identities(word_bits, self._definitions, use_counts(function))

    def block(self, block: Block) -> Block:
        """Returns the block, folded."""
        folded = (self._instruction(instruction) for instruction in block.instructions)
        instructions = [instruction for instruction in folded if instruction is not None]
        return with_contents(block, instructions, self._terminator(block.terminator))

    def _instruction(self, instruction: Instruction) -> Instruction | None:
        """Returns the folded instruction, or None if an operand stands for its result."""
        instruction = map_instruction(instruction, self._replaced)
        simpler = self._identities.simplify(instruction)
        result = instruction.result
        if not isinstance(simpler, Instruction):
            assert result is not None, "only a result can be replaced"
            self._replaced.add(result, simpler)
            return None
        if result is not None:
            self._definitions[result.id] = simpler
        return simpler

    def _terminator(self, terminator: Terminator) -> Terminator:
        terminator = map_terminator(terminator, self._replaced)
        match terminator:
            case Branch(Const(value), then, otherwise, location):
                return Jump(then if value else otherwise, location)
            case Branch(Value() as condition):
                return self._straight(terminator, condition)
            case _:
                return terminator

    def _straight(self, branch: Branch, condition: Operand) -> Branch:
        """Returns the branch without a `not` before it."""
        match isinstance(condition, Value) and self._definitions.get(condition.id):
            case Instruction(Op.NOT, (inner,)):
                return Branch(inner, branch.otherwise, branch.then, branch.location)
            case _:
                return branch
