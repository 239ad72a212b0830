"""What every module keeps to, before and after every pass.

Module
 1. The entry exists and has neither parameters nor result; functions stand under their names.
 2. 4 <= word_bits <= 32; constants and initial words are words, of kind bool 0 or 1. (`putc`
    also takes bytes that are no words, where w < 9.)
 3. Objects are named once, `@x` in the module and `$x` in functions; 1 <= size, and no more
    initial words than cells, which only objects of the module have.
 4. Objects of arguments, result and `returned` exist; routines exist and map two ints to one.
Function
 5. There is a first block, without parameters and predecessors; blocks are named once.
 6. An edge leads to a block and hands it one argument of its kind for each parameter.
 7. A value is defined once.
 8. A use is dominated by its definition, and of its kind.
 9. An instruction has the operands and the result that its op states (`signatures`).
10. An address is that of an object of the module or the function.
11. A call has arguments for the callee's parameters; a result only if the callee has one.
12. A branch's condition is a bool; a return has a value exactly if the function has a result.
13. `copy` and `zero` have a constant, positive number of cells; constant objects are not
    written by their address.
14. A trap has the values of its kind: index-out-of-bounds two, negative-shift and
    division-by-zero one, others none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
from mlpl.ir.text import Position, module_lines
from mlpl.ir.uses import terminator_operands

_WRITES = {Op.STORE, Op.COPY, Op.ZERO}
_TRAP_VALUES = {
    TrapKind.INDEX_OUT_OF_BOUNDS: 2,
    TrapKind.NEGATIVE_SHIFT: 1,
    TrapKind.DIVISION_BY_ZERO: 1,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold.

    Attributes:
        invariant: its number above.
        position: the line of the module's text at fault.
        message: what is wrong.
    """

    invariant: int
    position: Position
    message: str


class InvalidModuleError(Exception):
    """A module breaks invariants: a bug of whoever made it. The text has the IR with marks."""


def require_valid(module: Module, maker: str) -> Module:
    """Returns the module itself if it is valid.

    Raises:
        InvalidModuleError: it is not; `maker` names the pass to blame.
    """
    violations = verify(module)
    if violations:
        raise InvalidModuleError(f"invalid IR after `{maker}`\n{marked(module, violations)}")
    return module


def marked(module: Module, violations: tuple[Violation, ...]) -> str:
    """Returns the text of the module, each violation in a line below what it is about."""
    below: dict[Position, list[str]] = {}
    for violation in violations:
        note = f"    ^^^ [{violation.invariant}] {violation.message}"
        below.setdefault(violation.position, []).append(note)
    lines: list[str] = []
    for position, line in module_lines(module):
        lines += [line, *below.pop(position, [])]
    return "\n".join(lines + [note for notes in below.values() for note in notes])


def verify(module: Module) -> tuple[Violation, ...]:
    """Returns every violation of the invariants, in the order of the text."""
    found = list(_module(module))
    for function in module.functions.values():
        found += _FunctionVerifier(module, function).run()
    return tuple(found)


def _module(module: Module) -> Iterator[Violation]:
    def violation(invariant: int, message: str) -> Violation:
        return Violation(invariant, Position(), message)

    entry = module.functions.get(module.entry)
    if entry is None:
        yield violation(1, f"there is no entry @{module.entry}")
    elif entry.parameters or entry.result:
        yield violation(1, "the entry has parameters or a result")
    for name, function in module.functions.items():
        if name != function.name:
            yield violation(1, f"@{function.name} stands under the name @{name}")
    if not 4 <= module.word_bits <= 32:
        yield violation(2, f"{module.word_bits} bits are no word")
    for problem in _objects(module.objects, "@"):
        yield violation(3, problem)
    low, high = smallest(module.word_bits), largest(module.word_bits)
    for object_ in module.objects:
        if not all(low <= word <= high for word in object_.initial):
            yield violation(2, f"{object_.name} begins with something that is no word")
    names = {object_.name for object_ in module.objects}
    needed = [argument.object for argument in module.arguments]
    needed += [module.result[0]] if module.result else []
    needed += [module.returned] if module.returned else []
    for name in needed:
        if name not in names:
            yield violation(4, f"there is no object {name}")
    for op, name in module.routines.items():
        routine = module.functions.get(name)
        kinds = [p.kind for p in routine.parameters] if routine else []
        if routine is None or kinds != [Kind.INT] * 2 or routine.result is not Kind.INT:
            yield violation(4, f"@{name} is no routine for {op.value}")


def _objects(objects: tuple[Object, ...], sigil: str) -> Iterator[str]:
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


class _FunctionVerifier:
    """Finds the violations of one function, in `_found`."""

    def __init__(self, module: Module, function: Function) -> None:
        self._module = module
        self._function = function
        self._constant = {o.name: o.constant for o in (*module.objects, *function.objects)}
        self._blocks = {block.name: block for block in function.blocks}
        self._range = (smallest(module.word_bits), largest(module.word_bits))
        self._found: list[Violation] = []

    def run(self) -> list[Violation]:
        """Returns the violations in the order of the text."""
        head = Position(self._function.name)
        for problem in _objects(self._function.objects, "$"):
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
        flow = graph(self._function)
        dominators = dominance(flow)
        places: dict[int, tuple[Value, Position]] = {}
        for value, position in self._definitions():
            if value.id in places:
                self._report(7, position, f"{value} is defined again")
            else:
                places[value.id] = (value, position)
        for operand, position in self._uses():
            definition = places.get(operand.id)
            if definition is None:
                self._report(8, position, f"{operand} is not defined")
            elif definition[0].kind is not operand.kind:
                self._report(8, position, f"{operand} is of kind {definition[0].kind.value}")
            elif not _before(dominators, definition[1], position):
                self._report(8, position, f"the definition of {operand} does not dominate this")

    def _definitions(self) -> Iterator[tuple[Value, Position]]:
        name = self._function.name
        for value in self._function.parameters:
            yield value, Position(name)
        for block in self._function.blocks:
            for value in block.parameters:
                yield value, Position(name, block.name)
            for index, instruction in enumerate(block.instructions):
                if instruction.result is not None:
                    yield instruction.result, Position(name, block.name, index)

    def _uses(self) -> Iterator[tuple[Value, Position]]:
        name = self._function.name
        for block in self._function.blocks:
            for index, instruction in enumerate(block.instructions):
                for operand in instruction.operands:
                    if isinstance(operand, Value):
                        yield operand, Position(name, block.name, index)
            for operand in terminator_operands(block.terminator):
                if isinstance(operand, Value):
                    yield operand, Position(name, block.name, len(block.instructions))

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
        if len(kinds) != len(expected) or any(
            k not in e for k, e in zip(kinds, expected, strict=True)
        ):
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


def _before(dominators: Dominance, definition: Position, use: Position) -> bool:
    """Whether the definition's line comes before the use on every way to it."""
    if not definition.block or use.block not in dominators.interval:
        return True  # a parameter of the function, or a use that is never reached
    if definition.block == use.block:
        return definition.step < use.step
    return definition.block in dominators.interval and dominators.dominates(
        definition.block, use.block
    )
