"""Sources as HTML, with the steps that each line took."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from mlpl.base.source import Source
from mlpl.viz.lines import Place


def source_section(
    sources: Mapping[str, Source], counts: Mapping[Place | None, int], steps: int
) -> str:
    """Returns the sources, the first one open; of the others those that took steps.

    Args:
        sources: by path, the program's own first.
        counts: steps by line.
        steps: of the whole run.
    """
    parts = []
    for position, (path, source) in enumerate(sources.items()):
        own = {place[1]: count for place, count in counts.items() if place and place[0] == path}
        if position == 0 or own:
            parts.append(_table(path, source, own, steps, is_open=position == 0))
    known = sum(count for place, count in counts.items() if place and place[0] in sources)
    if known < steps:
        parts.append(f"<p>{steps - known:,} steps were of no line of these sources.</p>")
    return f"<section><h2>Steps by source line</h2>{''.join(parts)}</section>"


def _table(
    path: str, source: Source, counts: Mapping[int, int], steps: int, *, is_open: bool
) -> str:
    most = max(counts.values(), default=1)
    lines = source.text.rstrip("\n").split("\n")
    rows = "".join(_row(n, line, counts.get(n, 0), most) for n, line in enumerate(lines, 1))
    share = sum(counts.values()) / steps if steps else 0.0
    return (
        f"<details{' open' if is_open else ''}><summary><code>{escape(path)}</code> "
        f"{sum(counts.values()):,} steps ({share:.0%})</summary>"
        f'<div class="wide"><table class="source">{rows}</table></div></details>'
    )


def _row(number: int, line: str, count: int, most: int) -> str:
    steps = f"{count:,}" if count else ""
    width = f'<span style="width:{100 * count / most:.1f}%"></span>' if count else ""
    return (
        f'<tr><td class="steps">{steps}</td><td class="bar">{width}</td>'
        f'<td class="number">{number}</td><td><code>{escape(line) or " "}</code></td></tr>'
    )
