"""Marks in sources for places of which only line and column are known."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mlpl.base.diagnostics import Mark
from mlpl.base.source import Location, Source, Span

_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*|[-+*/%<>=!&|^~]+|\[[^\[\]\n]*\]|.", re.DOTALL)


def mark_at(location: Location | None, sources: Mapping[str, Source]) -> Mark | None:
    """Returns a mark on the name, operator or index at a location; None if it is not known."""
    source = sources.get(location.path) if location is not None else None
    if source is None or location is None:
        return None
    start = source.offset(location.line, location.column)
    token = _TOKEN.match(source.text, start)
    return Mark(Span(source, start, token.end() if token else start))
