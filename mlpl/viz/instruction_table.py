"""Instructions as HTML, with the steps that each took: for images of which no source is known."""

from __future__ import annotations

from collections.abc import Mapping

from mlpl.backend.subleq.image import Image
from mlpl.base.words import wrap

_MOST_ROWS = 400


def instruction_section(image: Image, counts: Mapping[int, int]) -> str:
    """Returns the instructions that were executed, by address: the 400 that took most steps.

    Args:
        image: what ran.
        counts: steps by address.
    """
    chosen = sorted(counts, key=lambda address: (-counts[address], address))[:_MOST_ROWS]
    most = max(counts.values(), default=1)
    rows = "".join(_row(image, address, counts[address], most) for address in sorted(chosen))
    limited = f", of which {len(chosen):,} are shown" if len(chosen) < len(counts) else ""
    return (
        "<section><h2>Steps by instruction</h2>"
        f"<p>{len(counts):,} instructions were executed{limited}; their operands are those that "
        "the image begins with.</p>"
        f'<div class="wide"><table class="source">{rows}</table></div></section>'
    )


def _row(image: Image, address: int, count: int, most: int) -> str:
    cells = range(address, address + 3)
    operands = " ".join(str(wrap(_word(image, cell), image.word_bits)) for cell in cells)
    return (
        f'<tr><td class="steps">{count:,}</td>'
        f'<td class="bar"><span style="width:{100 * count / most:.1f}%"></span></td>'
        f'<td class="number">{address}</td><td><code>{operands}</code></td></tr>'
    )


def _word(image: Image, cell: int) -> int:
    return image.words[cell] if cell < len(image.words) else 0
