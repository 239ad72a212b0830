"""The invariants of one function: 5 to 14 in the list of `mlpl.ir.verify`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import contains

from mlpl.base.traps import TrapKind
from mlpl.base.words import largest, smallest
from mlpl.ir.dominance import Dominance, dominance
from mlpl.ir.graph import graph
from mlpl.ir.module import (
    Address,
    Block,
    Branch,
    Const,
    Edge,
    Function,
    Instruction,
    Kind,
    Module,
    Object,
    Op,
    Operand,
    Return,
    Trap,
    Value,
)
from mlpl.ir.signatures import NO_RESULT, OPERANDS, result_kind
from mlpl.ir.text import Position
from mlpl.ir.uses import terminator_operands

_WRITES = {Op.STORE, Op.COPY, Op.ZERO}
_TRAP_VALUES = {
    TrapKind.INDEX_OUT_OF_BOUNDS: 2,
    TrapKind.NEGATIVE_SHIFT: 1,
    TrapKind.DIVISION_BY_ZERO: 1,
}


_Place = tuple[Value, str, int]
"""Where a value is defined: block ("" for a parameter of the function) and step (-1: parameter)."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold.

    Attributes:
        invariant: its number in the list of `mlpl.ir.verify`.
        position: the line of the module's text at fault.
        message: what is wrong.
    """

    invariant: int
    position: Position
    message: str


class FunctionVerifier:
    """Finds the violations of one function, in `_found`.

    `old` is a valid version of it, whose blocks need not be checked again by themselves; those
    are in `_checked`, by identity.
    """

    def __init__(self, module: Module, function: Function, old: Function | None) -> None:
        self._module = module
        self._function = function
        self._constant = {o.name: o.constant for o in (*module.objects, *function.objects)}
        self._blocks = {block.name: block for block in function.blocks}
        self._range = (smallest(module.word_bits), largest(module.word_bits))
        self._found: list[Violation] = []
        alike = old is not None and (old.objects, old.result) == (function.objects, function.result)
        self._checked = {id(block) for block in old.blocks} if old is not None and alike else set()

    def run(self) -> list[Violation]:
        """Returns the violations in the order of the text."""
        head = Position(self._function.name)
        for problem in object_problems(self._function.objects, "$"):
            self._report(3, head, problem)
        if not self._function.blocks:
            self._report(5, head, "there is no block")
            return self._found
        if len(self._blocks) != len(self._function.blocks):
            self._report(5, head, "two blocks have one name")
            return self._found
        if self._function.blocks[0].parameters:
            self._report(5, head, "the first block has parameters")
        if self._check_edges():
            self._check_values()
        for block in self._function.blocks:
            if id(block) not in self._checked:
                self._check_block(block)
        return self._found

    def _report(self, invariant: int, position: Position, message: str) -> None:
        self._found.append(Violation(invariant, position, message))

    def _check_edges(self) -> bool:
        """Checks 5 and 6; returns whether all edges lead to blocks."""
        known = True
        for block in self._function.blocks:
            end = Position(self._function.name, block.name, len(block.instructions))
            for edge in block.edges:
                target = self._blocks.get(edge.block)
                if target is None:
                    self._report(6, end, f"there is no block {edge.block}")
                    known = False
                    continue
                if target is self._function.blocks[0]:
                    self._report(5, end, "an edge leads to the first block")
                    known = False
                self._check_arguments(end, edge, target)
        return known

    def _check_arguments(self, end: Position, edge: Edge, target: Block) -> None:
        expected = [parameter.kind for parameter in target.parameters]
        if [argument.kind for argument in edge.arguments] != expected:
            kinds = ", ".join(kind.value for kind in expected)
            self._report(6, end, f"{edge.block} takes ({kinds})")

    def _check_values(self) -> None:
        """Checks 7 and 8."""
        dominators = dominance(graph(self._function))
        places: dict[int, _Place] = {}
        for value, block, step in self._definitions():
            if value.id in places:
                position = Position(self._function.name, block, step)
                self._report(7, position, f"{value} is defined again")
            else:
                places[value.id] = value, block, step
        for here in self._function.blocks:
            for step, instruction in enumerate(here.instructions):
                for operand in instruction.operands:
                    if isinstance(operand, Value):
                        self._check_use(operand, here.name, step, places, dominators)
            for operand in terminator_operands(here.terminator):
                if isinstance(operand, Value):
                    end = len(here.instructions)
                    self._check_use(operand, here.name, end, places, dominators)

    def _check_use(
        self,
        value: Value,
        block: str,
        step: int,
        places: Mapping[int, _Place],
        dominators: Dominance,
    ) -> None:
        place = places.get(value.id)
        if place is None:
            problem = f"{value} is not defined"
        elif place[0].kind is not value.kind:
            problem = f"{value} is of kind {place[0].kind.value}"
        elif _before(dominators, place, block, step):
            return
        else:
            problem = f"the definition of {value} does not dominate this"
        self._report(8, Position(self._function.name, block, step), problem)

    def _definitions(self) -> Iterator[_Place]:
        for value in self._function.parameters:
            yield value, "", -1
        for block in self._function.blocks:
            for value in block.parameters:
                yield value, block.name, -1
            for step, instruction in enumerate(block.instructions):
                if instruction.result is not None:
                    yield instruction.result, block.name, step

    def _check_block(self, block: Block) -> None:
        for index, instruction in enumerate(block.instructions):
            position = Position(self._function.name, block.name, index)
            if instruction.op is not Op.PUTC or not _is_byte(instruction.operands):
                self._check_operands(position, instruction.operands)
            if instruction.op is Op.CALL:
                self._check_call(position, instruction)
            else:
                self._check_instruction(position, instruction)
        end = Position(self._function.name, block.name, len(block.instructions))
        self._check_operands(end, terminator_operands(block.terminator))
        self._check_terminator(end, block)

    def _check_operands(self, position: Position, operands: tuple[Operand, ...]) -> None:
        """Checks 2 and 10."""
        for operand in operands:
            match operand:
                case Address(name) if name not in self._constant:
                    self._report(10, position, f"there is no object {name}")
                case Const(value, kind):
                    low, high = (0, 1) if kind is Kind.BOOL else self._range
                    if kind is Kind.REF or not low <= value <= high:
                        self._report(2, position, f"{value} is no {kind.value}")

    def _check_instruction(self, position: Position, instruction: Instruction) -> None:
        """Checks 9 and 13."""
        op, operands, result = instruction.op, instruction.operands, instruction.result
        expected = OPERANDS[op]
        kinds = [operand.kind for operand in operands]
        if len(kinds) != len(expected) or not all(map(contains, expected, kinds)):
            self._report(9, position, f"{op.value} does not take these operands")
            return
        if op in (Op.EQ, Op.NE) and kinds[0] is not kinds[1]:
            self._report(9, position, "an int is compared with a bool")
        if instruction.symbol:
            self._report(9, position, "only calls name a function")
        if not _has_right_result(op, result):
            self._report(9, position, f"{op.value} does not define this")
        if op in (Op.COPY, Op.ZERO) and not _is_positive(operands[-1]):
            self._report(13, position, "the number of cells is no positive constant")
        target = operands[0] if op in _WRITES else None
        if isinstance(target, Address) and self._constant.get(target.object):
            self._report(13, position, f"{target} is constant")

    def _check_call(self, position: Position, call: Instruction) -> None:
        """Checks 11."""
        callee = self._module.functions.get(call.symbol)
        if callee is None:
            self._report(11, position, f"there is no function @{call.symbol}")
            return
        if [o.kind for o in call.operands] != [p.kind for p in callee.parameters]:
            self._report(11, position, f"@{callee.name} takes other arguments")
        if call.result is not None and call.result.kind is not callee.result:
            self._report(11, position, f"@{callee.name} does not return this")

    def _check_terminator(self, end: Position, block: Block) -> None:
        """Checks 12 and 14."""
        match block.terminator:
            case Branch(condition) if condition.kind is not Kind.BOOL:
                self._report(12, end, "the condition is no bool")
            case Return(value):
                kind = None if value is None else value.kind
                if kind is not self._function.result:
                    self._report(12, end, "this is not what the function returns")
            case Trap(kind, values, message):
                ints = all(value.kind is Kind.INT for value in values)
                if len(values) != _TRAP_VALUES.get(kind, 0) or not ints:
                    self._report(14, end, f"these are not the values of {kind.value}")
                if message and kind is not TrapKind.ASSERTION_FAILED:
                    self._report(14, end, f"{kind.value} has no message")
            case _:
                pass


def _has_right_result(op: Op, result: Value | None) -> bool:
    if op in NO_RESULT:
        return result is None
    if op is Op.GETC and result is None:
        return True
    if op is Op.LOAD:
        return result is not None and result.kind is not Kind.REF
    return result is not None and result.kind is result_kind(op)


def _is_byte(operands: tuple[Operand, ...]) -> bool:
    return all(isinstance(o, Const) and 0 <= o.value <= 255 for o in operands)


def _is_positive(operand: Operand) -> bool:
    return isinstance(operand, Const) and operand.value >= 1


def _before(dominators: Dominance, place: _Place, block: str, step: int) -> bool:
    """Whether a definition comes before a use on every way to it."""
    _, home, defined = place
    if not home or block not in dominators.interval:
        return True  # a parameter of the function, or a use that is never reached
    if home == block:
        return defined < step
    return home in dominators.interval and dominators.dominates(home, block)


def object_problems(objects: tuple[Object, ...], sigil: str) -> Iterator[str]:
    """Yields what is wrong with the objects of a module (sigil `@`) or a function (`$`)."""
    seen: set[str] = set()
    for object_ in objects:
        if object_.name in seen:
            yield f"{object_.name} is declared twice"
        seen.add(object_.name)
        if not object_.name.startswith(sigil):
            yield f"{object_.name} does not begin with {sigil}"
        if object_.size < 1 or len(object_.initial) > object_.size:
            yield f"{object_.name} has a size that does not fit"
        if object_.initial and sigil == "$":
            yield f"{object_.name} is of a function and has initial words"
