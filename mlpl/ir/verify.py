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

from mlpl.base.words import largest, smallest
from mlpl.ir.module import Function, Kind, Module
from mlpl.ir.text import Position, module_lines
from mlpl.ir.verify_function import FunctionVerifier, Violation, object_problems


class InvalidModuleError(Exception):
    """A module breaks invariants: a bug of whoever made it. The text has the IR with marks."""


def require_valid(module: Module, maker: str, since: Module | None = None) -> Module:
    """Returns the module itself if it is valid.

    Args:
        module: of any kind.
        maker: the pass to blame.
        since: a valid module that it was made from.

    Raises:
        InvalidModuleError: it is not.
    """
    violations = verify(module, since)
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


def verify(module: Module, since: Module | None = None) -> tuple[Violation, ...]:
    """Returns every violation of the invariants, in the order of the text.

    Functions and blocks that are the same objects as in `since`, a valid module, are not looked
    at again where nothing changed that they refer to: objects of the module, and how functions
    are called.
    """
    found = list(_module(module))
    before = since.functions if since is not None and _same_context(module, since) else {}
    for function in module.functions.values():
        old = before.get(function.name)
        if old is not function:
            found += FunctionVerifier(module, function, old).run()
    return tuple(found)


def _same_context(module: Module, since: Module) -> bool:
    """Whether all that functions refer to outside of themselves is as in another module."""
    if module.objects is not since.objects or module.word_bits != since.word_bits:
        return False
    return all(
        (new := module.functions.get(name)) is not None and _called_alike(old, new)
        for name, old in since.functions.items()
    )


def _called_alike(function: Function, other: Function) -> bool:
    """Whether a function can be called as another one can."""
    return function is other or (
        function.result is other.result
        and [p.kind for p in function.parameters] == [p.kind for p in other.parameters]
    )


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
    for problem in object_problems(module.objects, "@"):
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
