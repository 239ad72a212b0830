"""A network's layers and certificate as HTML."""

from __future__ import annotations

from html import escape

from mlpl.backend.mlp.algebra.wires import Kind
from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.network import Network

_BLOCKS = 3
"""Blocks of a layer that are named: the largest."""

_HEADINGS = ("layer", "neurons", "non-zeros", "weight", "sum", "blocks")


def layers_section(network: Network) -> str:
    """Returns a table of the layers: sizes, largest weight and partial sum, main blocks."""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in _HEADINGS)
    rows = "".join(
        _row(number, layer, most.weight, most.partial_sum)
        for number, (layer, most) in enumerate(
            zip(network.layers, network.certificate.layers, strict=True), 1
        )
    )
    return (
        "<section><h2>Layers</h2>"
        f'<div class="wide"><table class="layers"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        "<p><i>weight</i> and <i>sum</i>: the largest magnitude of a weight or bias, and of any "
        "partial sum, that the certificate allows.</p></section>"
    )


def _row(number: int, layer: Layer, weight: int, partial_sum: int) -> str:
    figures = "".join(
        f"<td>{figure:,}</td>"
        for figure in (number, layer.size, layer.nonzeros, weight, partial_sum)
    )
    own = [group for group in layer.groups if group.kind is not Kind.CARRY]
    largest = sorted(own, key=lambda group: -group.size)[:_BLOCKS]
    names = ", ".join(f"<code>{_name(group.name)}</code> ({group.size:,})" for group in largest)
    carried = sum(group.size for group in layer.groups if group.kind is Kind.CARRY)
    names += f"{', ' if names else ''}carried ({carried:,})" if carried else ""
    return f'<tr>{figures}<td class="blocks">{names}</td></tr>'


def _name(block: str) -> str:
    """Returns the name of a block, whose `{}` stands for several, as HTML."""
    return escape(block.replace("{}", "*"))


def certificate_section(network: Network) -> str:
    """Returns what is proved about the magnitudes in the network."""
    certificate = network.certificate
    given = "".join(
        f"<li><code>{_name(i.block)}</code> is at most {i.at_most}: {escape(i.reason)}</li>"
        for i in certificate.invariants
    )
    forever = "in every pass" if certificate.holds_forever else "in one pass"
    return (
        "<section><h2>Certificate</h2>"
        f"<p>No number in the network exceeds {certificate.largest:,} {forever}; the smallest "
        f"format that holds all of them exactly is {certificate.format or 'none'}.</p>"
        + (f"<p>Given by the construction:</p><ul>{given}</ul>" if given else "")
        + "</section>"
    )
