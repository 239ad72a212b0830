"""Trees of dataclasses as indented text: the text form of the stages `syntax` and `typed`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from mlpl.base.operators import BinaryOp
from mlpl.base.recursion import deep_recursion
from mlpl.base.source import Source, Span
from mlpl.lang import datatypes, typed
from mlpl.lang.modules import LIBRARY

_STEP = "  "
_TYPES = (
    datatypes.IntType,
    datatypes.BoolType,
    datatypes.ArrayType,
    datatypes.SliceType,
    datatypes.StructType,
)


def outline(node: object) -> str:
    """Returns a tree, one node a line: its class, its scalar fields, where it begins.

        Assign op=+  @4:5
          place: Whole total#3: int  @4:5
          value: Literal value=1 type=int  @4:14

    Nodes that are held in a field stand under it; a variable is named where it is used and spelled
    out where it is declared; lines and columns are those of the file that holds the node.
    """
    with deep_recursion():
        return "".join(line + "\n" for line in _lines("", node, ""))


def typed_outline(program: typed.Program) -> str:
    """Returns globals and functions of a typed program, those of the library only counted."""
    own = [f for f in program.functions.values() if not _in_library(f.span)]
    variables = [v for v in program.globals if not _in_library(v.span)]
    lines = [f"{outline(variable).rstrip()}{_initial(variable)}\n" for variable in variables]
    lines += [outline(function) for function in own]
    rest = len(program.functions) - len(own)
    return "".join(lines) + f"# and {rest} functions of the standard library\n"


def _in_library(span: Span) -> bool:
    return span.source.path.startswith(LIBRARY)


def _initial(variable: typed.Variable) -> str:
    words = variable.initial
    return f" = {' '.join(map(str, words))}" if any(words) else ""


def _lines(label: str, node: object, indent: str) -> Iterator[str]:
    head = f"{indent}{label}: " if label else indent
    if isinstance(node, tuple):
        yield f"{indent}{label}:"
        for item in node:
            yield from _lines("", item, indent + _STEP)
        return
    if isinstance(node, Mapping):
        yield f"{indent}{label}:"
        for item in node.values():
            yield from _lines("", item, indent + _STEP)
        return
    if _inline(node):
        yield head + _scalar(node)
        return
    words, children = [type(node).__name__], []
    place = ""
    for name, value in _fields(node):
        if isinstance(value, Source):
            words.append(value.path)
        elif isinstance(value, Span):
            place = place or _position(value) if name == "span" else place
        elif _inline(value):
            words.append(f"{name}={_scalar(value)}")
        elif value != ():
            children.append((name, value))
    yield head + " ".join(words) + place
    for name, value in children:
        yield from _lines(name, value, indent + _STEP)


def _fields(node: object) -> Iterator[tuple[str, Any]]:
    if is_dataclass(node):
        for field in fields(node):
            yield field.name, getattr(node, field.name)


def _inline(value: object) -> bool:
    """Whether a value stands in the line of the node that holds it."""
    if isinstance(value, tuple):
        return bool(value) and all(_inline(item) for item in value)
    if isinstance(value, (typed.Variable, *_TYPES)):
        return True
    return not is_dataclass(value) and not isinstance(value, Mapping)


def _scalar(value: object) -> str:
    match value:
        case tuple():
            return "(" + ", ".join(map(_scalar, value)) + ")"
        case BinaryOp():
            return value.symbol
        case Enum():
            return str(value.value)
        case typed.Variable():
            return f"{value.name}#{value.id}: {value.type}"
        case str():
            return repr(value) if not value.isidentifier() else value
        case _:
            return str(value)


def _position(span: Span) -> str:
    location = span.location
    return f"  @{location.line}:{location.column}"
