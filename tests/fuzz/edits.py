"""Ways to make a text smaller: edits of its syntax tree's spans, coarse ones first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import Any

from mlpl.base.source import Source, Span
from mlpl.lang import syntax
from mlpl.lang.parse import parse

Edit = tuple[tuple[int, int, str], ...]
"""Replacements (start, end, text) of one text, which do not overlap."""

_EXPRESSIONS = (
    *(syntax.Unary, syntax.Binary, syntax.Conditional, syntax.Call, syntax.ToInt, syntax.Index),
    *(syntax.Member, syntax.Group, syntax.Reference, syntax.Number),
)


def apply(text: str, edit: Edit) -> str:
    """Returns the text after an edit."""
    for start, end, new in sorted(edit, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def edits(text: str) -> list[Edit]:
    """Returns what may make the text smaller, in the order to try; many break the program."""
    tree = parse(Source("<text>", text))
    nodes = list(_nodes(tree))
    found: list[Edit] = []
    found += _runs([_extent(item) for item in tree.items])
    blocks = [node for node in nodes if isinstance(node, syntax.Block)]
    for block in sorted(blocks, key=lambda b: b.span.start - b.span.end):
        found += _runs([_extent(statement) for statement in block.statements])
    for node in nodes:
        found += _unwrapped(node, text)
    for node in nodes:
        if isinstance(node, syntax.Function):
            found += _without_parameters(node, nodes, text)
    for node in nodes:
        if isinstance(node, _EXPRESSIONS):
            found += _simpler(node, text)
    return found


def _nodes(node: Any) -> Iterator[Any]:
    """Yields every node of a tree, outer ones first."""
    if isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)
    elif is_dataclass(node) and not isinstance(node, Span | Source):
        yield node
        for field in fields(node):
            yield from _nodes(getattr(node, field.name))


def _extent(node: Any) -> tuple[int, int]:
    """Returns where a node begins and ends; spans of compound statements are their heads only."""
    span: Span = node.span
    match node:
        case syntax.If(otherwise=None):
            return span.start, node.then.span.end
        case syntax.If():
            return span.start, _extent(node.otherwise)[1]
        case syntax.While() | syntax.ForRange() | syntax.ForEach():
            return span.start, node.body.span.end
        case syntax.Assert():
            return span.start, span.source.text.index(";", span.end) + 1
        case _:
            return span.start, span.end


def _runs(extents: Sequence[tuple[int, int]]) -> Iterator[Edit]:
    """Yields deletions of all, of halves, of quarters, and at last of each one by itself."""
    size = len(extents)
    while size >= 1:
        for at in range(0, len(extents), size):
            run = extents[at : at + size]
            yield tuple((start, end, "") for start, end in run)
        size //= 2


def _unwrapped(node: Any, text: str) -> Iterator[Edit]:
    """Yields a compound statement's parts in its place."""
    if not isinstance(
        node, syntax.If | syntax.While | syntax.ForRange | syntax.ForEach | syntax.Block
    ):
        return
    start, end = _extent(node)
    inner: list[syntax.Block | syntax.If] = []
    match node:
        case syntax.If():
            inner = [node.then, *([node.otherwise] if node.otherwise else [])]
            if node.otherwise is not None:
                yield ((node.then.span.end, end, ""),)
        case syntax.Block():
            yield ((start, start + 1, ""), (end - 1, end, ""))
        case _:
            inner = [node.body]
    for part in inner:
        first, last = _extent(part)
        yield ((start, end, text[first:last]),)
        if isinstance(part, syntax.Block):
            yield ((start, end, text[first + 1 : last - 1]),)


def _without_parameters(
    function: syntax.Function, nodes: Sequence[Any], text: str
) -> Iterator[Edit]:
    """Yields deletions of one parameter, with its argument in every call of that name."""
    for at, parameter in enumerate(function.parameters):
        extent = (parameter.name.span.start, parameter.type.span.end)
        edit = [(*_with_comma(text, *extent), "")]
        for node in nodes:
            if not isinstance(node, syntax.Call) or at >= len(node.arguments):
                continue
            if _callee(node) == function.name.text:
                edit.append((*_with_comma(text, *_extent(node.arguments[at])), ""))
        ordered = sorted(edit)
        if all(one[1] <= two[0] for one, two in pairwise(ordered)):
            yield tuple(edit)


def _callee(call: syntax.Call) -> str:
    match call.callee:
        case syntax.Reference(name):
            return name
        case syntax.Member(_, name):
            return name.text
        case _:
            return ""


def _with_comma(text: str, start: int, end: int) -> tuple[int, int]:
    """Returns the extent with the comma behind it, or else with that before it."""
    behind = re.compile(r"\s*,\s*").match(text, end)
    if behind:
        return start, behind.end()
    before = re.compile(r",\s*$").search(text, 0, start)
    return (before.start() if before else start), end


def _simpler(node: Any, text: str) -> Iterator[Edit]:
    """Yields simpler expressions in the place of one."""
    start, end = _extent(node)
    spelled = text[start:end]
    for literal in ("0", "1", "false", "true"):
        if literal != spelled and not (spelled in "01" and literal == "1"):
            yield ((start, end, literal),)
    for field in fields(node):
        inner = getattr(node, field.name)
        for part in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(part, (*_EXPRESSIONS, syntax.Boolean)):
                first, last = _extent(part)
                yield ((start, end, text[first:last]),)
