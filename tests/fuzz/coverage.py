"""What of the language and the IR a program has: node kinds, operators, forms, traps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from types import ModuleType
from typing import Any

from mlpl.base.operators import BinaryOp, UnaryOp
from mlpl.base.source import Source, Span
from mlpl.base.traps import TrapKind
from mlpl.driver import Compilation
from mlpl.ir import module as ir
from mlpl.lang import syntax, syntax_expressions, typed, typed_expressions
from mlpl.lang.modules import LIBRARY

_OUTSIDE = (Span, Source)
_UPDATES = [op for op in BinaryOp if not op.compares]
_TRAPS = [k for k in TrapKind if k not in (TrapKind.FAULT, TrapKind.STACK_OVERFLOW)]
"""All but those that depend on the memory."""
_TERMINATORS = (ir.Jump, ir.Branch, ir.Return, ir.Halt, ir.Trap)
_FORMS = (
    *("var", "let", "without value", "typed", "alias", "module type", "slice", "array of arrays"),
    *("step", "else", "else if", "message", "return value", "return nothing", "string value"),
    *("hexadecimal", "binary literal", "decimal", "private", "module member", "several files"),
)


def everything() -> set[str]:
    """Returns every feature that there is."""
    found = {f"syntax {name}" for name in _classes(syntax, syntax_expressions)}
    found |= {f"typed {name}" for name in _classes(typed, typed_expressions)}
    found |= {f"operator {op.name}" for op in (*BinaryOp, *UnaryOp)}
    found |= {f"update {op.name}" for op in _UPDATES}
    found |= {f"op {op.name}" for op in ir.Op} | {f"end {t.__name__}" for t in _TERMINATORS}
    found |= {f"storage {s.name}" for s in typed.Storage} | {f"port {p.name}" for p in typed.Port}
    found |= {f"trap {kind.name}" for kind in _TRAPS}
    return found | {f"form {form}" for form in _FORMS}


def features(compilation: Compilation, trap: TrapKind | None) -> set[str]:
    """Returns the features of a program, and how it ended."""
    functions = compilation.typed.functions.values()
    own = [f for f in functions if not f.span.source.path.startswith(LIBRARY)]
    found = set(_syntax(compilation.syntax)) | set(_typed(own))
    found |= {f"storage {v.storage.name}" for v in compilation.typed.globals}
    for function in compilation.ir.functions.values():
        found |= {f"op {i.op.name}" for i in function.instructions()}
        found |= {f"end {type(b.terminator).__name__}" for b in function.blocks}
    if len({f.span.source.path for f in own}) > 1:
        found.add("form several files")
    return found | ({f"trap {trap.name}"} if trap is not None else set())


def _classes(*modules: ModuleType) -> set[str]:
    """Returns the names of the node classes that modules define."""
    return {
        name
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__
    } - {"Program"}


def _nodes(node: Any) -> Iterator[Any]:
    """Yields the nodes of a tree."""
    if isinstance(node, tuple | list):
        for item in node:
            yield from _nodes(item)
    elif is_dataclass(node) and not isinstance(node, _OUTSIDE) and not isinstance(node, Enum):
        yield node
        for field in fields(node):
            yield from _nodes(getattr(node, field.name))


def _syntax(tree: syntax.Module) -> Iterator[str]:
    for node in _nodes(tree):
        yield f"syntax {type(node).__name__}"
        yield from (f"form {form}" for form in _forms(node))


def _forms(node: Any) -> Iterable[str]:
    """Returns the forms that a node of the syntax tree shows."""
    match node:
        case syntax.Local():
            typed_ = ("typed",) if node.type is not None else ()
            bare = ("without value",) if node.value is None else ()
            return ("var" if node.mutable else "let", *typed_, *bare)
        case syntax.Import(alias=alias):
            return ("alias",) if alias is not None else ()
        case syntax.TypeName(base, extents):
            lengths = [extent.length for extent in extents]
            return (
                *(("module type",) if not isinstance(base, str) and base.module else ()),
                *(("slice",) if None in lengths else ()),
                *(("array of arrays",) if len(lengths) > 1 else ()),
            )
        case syntax.ForRange(step=step):
            return ("step",) if step is not None else ()
        case syntax.If(otherwise=otherwise):
            return (
                ("else if",) if isinstance(otherwise, syntax.If) else ("else",)[: bool(otherwise)]
            )
        case syntax.Assert(message=message):
            return ("message",) if message is not None else ()
        case syntax.Return(value):
            return ("return value",) if value is not None else ("return nothing",)
        case syntax.String():
            return ("string value",)
        case syntax.Number(_, decimal, span):
            text = span.source.text[span.start : span.start + 2]
            return ("decimal" if decimal else {"0x": "hexadecimal"}.get(text, "binary literal"),)
        case syntax.Member(syntax.Reference(), name):
            return ("module member",) if name.text[:1] in "gKft" else ()
        case syntax.Function(name=name):
            return ("private",) if name.text.startswith("_") else ()
        case _:
            return ()


def _typed(functions: Iterable[typed.Function]) -> Iterator[str]:
    for function in functions:
        for node in _nodes(function):
            yield f"typed {type(node).__name__}"
            match node:
                case typed.Binary(op) | typed.Unary(op):
                    yield f"operator {op.name}"
                case typed.Assign(_, BinaryOp() as op):
                    yield f"update {op.name}"
                case typed.Variable(storage=storage):
                    yield f"storage {storage.name}"
                case typed.Input(port):
                    yield f"port {port.name}"
