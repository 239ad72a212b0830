"""Diagnostics as text for people and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mlpl.base.columns import columns
from mlpl.base.diagnostics import Diagnostic, Mark, Severity

_TAB = "    "
_LONGEST = 160
"""Columns of a source line that are shown at most; a longer line is cut around its mark."""

_COLORS = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "remark": "\x1b[1;36m",
    "note": "\x1b[1;34m",
}
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"


def render(diagnostic: Diagnostic, *, color: bool = False) -> str:
    """Returns the diagnostic as a block of lines, without a newline at its end."""
    paint = _Paint(color)
    kind = diagnostic.severity.value
    message = _printable(diagnostic.message)
    head = paint(kind, f"{kind}[{diagnostic.rule}]") + paint.bold(f": {message}")
    lines = [head]
    if diagnostic.mark is None:
        if diagnostic.path:
            lines.append(f"  --> {diagnostic.path}")
        lines += [f"   = {text}" for text in _last_lines(diagnostic)]
        return "\n".join(lines)
    marks = (diagnostic.mark, *diagnostic.others)
    width = max(len(str(m.span.location.line)) for m in marks) + 1
    gutter = " " * (width + 1) + paint("note", "|")
    for index, mark in enumerate(marks):
        arrow = "-->" if index == 0 else ":::"
        lines.append(" " * width + paint("note", arrow) + f" {mark.span.location}")
        lines += [gutter, *_excerpt(mark, width, paint, kind if index == 0 else "note")]
    rest = [" " * (width + 1) + paint("note", "=") + f" {text}" for text in _last_lines(diagnostic)]
    return "\n".join([*lines, gutter, *rest] if rest else lines)


def _last_lines(diagnostic: Diagnostic) -> tuple[str, ...]:
    remedy = (f"help: {diagnostic.help}",) if diagnostic.help else ()
    return (*diagnostic.notes, *remedy)


def _excerpt(mark: Mark, width: int, paint: _Paint, kind: str) -> list[str]:
    span = mark.span
    line, column = span.source.position(span.start)
    text = span.source.line(line)
    length = max(1, min(span.end - span.start, len(text) - column + 1))
    before, rest = text[: column - 1], text[column - 1 :]
    marked, after = rest[:length], rest[length:]
    if len(before) > _LONGEST // 2:
        before = "…" + before[-(_LONGEST // 2) :]
    marked = _cut(marked, _LONGEST)
    after = _cut(after, max(0, _LONGEST - len(before) - len(marked)))
    before, marked = _printable(before), _printable(marked)
    underline = "^" * max(1, columns(marked))
    note = f" {mark.text}" if mark.text else ""
    indent = " " * columns(before)
    return [
        paint("note", f"{line:>{width}} | ") + before + marked + _printable(after),
        " " * (width + 1) + paint("note", "| ") + indent + paint(kind, underline + note),
    ]


def _cut(text: str, length: int) -> str:
    """Returns the beginning of a text that is longer than that."""
    return text if len(text) <= length else text[:length] + "…"


def _printable(text: str) -> str:
    """Returns `text` with tabs as spaces and other control characters visible."""
    text = text.replace("\t", _TAB)
    return "".join(c if c.isprintable() else "�" for c in text)


class _Paint:
    """Wraps text in terminal colours, or leaves it alone."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled

    def __call__(self, kind: str, text: str) -> str:
        return f"{_COLORS[kind]}{text}{_RESET}" if self.enabled else text

    def bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_RESET}" if self.enabled else text


def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Returns the diagnostic as a JSON-able dictionary, with spans, labels and help."""
    mark = diagnostic.mark
    return {
        "severity": diagnostic.severity.value,
        "rule": diagnostic.rule,
        "message": diagnostic.message,
        "file": mark.span.source.path if mark else diagnostic.path or None,
        "mark": _mark_json(mark) if mark else None,
        "others": [_mark_json(m) for m in diagnostic.others],
        "help": diagnostic.help or None,
        "notes": list(diagnostic.notes),
    }


def _mark_json(mark: Mark) -> dict[str, Any]:
    start, end = mark.span.start, mark.span.end
    line, column = mark.span.source.position(start)
    end_line, end_column = mark.span.source.position(end)
    return {
        "file": mark.span.source.path,
        "start": start,
        "end": end,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "label": mark.text,
    }


def json_line(diagnostic: Diagnostic) -> str:
    """Returns the diagnostic as one line of JSON."""
    return json.dumps(to_json(diagnostic), ensure_ascii=False)


def count(diagnostics: Sequence[Diagnostic]) -> str:
    """Returns `2 errors, 1 warning`, or "" where there is nothing to count."""
    parts = []
    for severity in Severity:
        number = sum(d.severity is severity for d in diagnostics)
        if number:
            parts.append(f"{number} {severity.value}{'s' if number > 1 else ''}")
    return ", ".join(parts)
