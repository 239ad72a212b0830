"""A page about a run: one HTML file that needs no other."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from mlpl import __version__
from mlpl.base.render import render
from mlpl.cli.trap_report import trap_diagnostic
from mlpl.extras import optional
from mlpl.values import spell
from mlpl.viz.instruction_table import instruction_section
from mlpl.viz.lines import line_counts
from mlpl.viz.network_tables import certificate_section, layers_section
from mlpl.viz.recording import Recording
from mlpl.viz.source_table import source_section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_BYTES = 20_000
"""Of input and output that are shown."""
_MOST_WORDS = 64
"""Of an argument that are shown."""


def report(recording: Recording) -> str:
    """Returns a page about a run as HTML: one file, pictures and style in it.

    It has the run's end, input and output, the sources with the steps that each line took, the
    memory, the network's layers with their activity and weights, and the certificate.

    Raises:
        UsageError: matplotlib is not installed.
    """
    name = escape(next(iter(recording.program.sources)))
    style = files("mlpl.viz").joinpath("page.css").read_text(encoding="utf-8")
    body = "\n".join(_sections(recording))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}: a run</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<h1>{name}</h1>\n{body}\n<footer>mlpl {__version__}</footer>\n</body>\n</html>\n"
    )


def _sections(recording: Recording) -> Iterator[str]:
    with optional("viz"):
        from mlpl.viz.activity import plot_activity
        from mlpl.viz.memory import plot_memory
        from mlpl.viz.weights import plot_weights
    network = recording.program.network
    yield _summary(recording)
    yield _end(recording)
    yield _streams(recording)
    yield _steps(recording)
    yield _picture("Memory", plot_memory(recording), "words of the memory over the steps")
    yield _picture("Activity", plot_activity(recording), "neurons that change, layer by layer")
    yield layers_section(network)
    yield _picture("Weights", plot_weights(network), "density of the weights of each layer")
    yield certificate_section(network)


def _summary(recording: Recording) -> str:
    result, image = recording.result, recording.program.image
    network = recording.program.network
    facts = {
        "steps": f"{result.steps:,}",
        "result": _value(recording),
        "machine": f"{image.memory:,} cells of {image.word_bits} bits",
        "image": f"{len(image):,} words",
        "network": f"{network.depth} layers, {network.neurons:,} neurons",
        "weights": f"{network.nonzeros:,} not 0",
    }
    cells = "".join(f"<div><dt>{key}</dt><dd>{text}</dd></div>" for key, text in facts.items())
    return f'<dl class="facts">{cells}</dl>'


def _value(recording: Recording) -> str:
    value = recording.result.value
    return "none" if value is None else escape(spell(value))


def _end(recording: Recording) -> str:
    """Returns how the run ended."""
    result = recording.result
    if result.trap is not None:
        diagnostic = trap_diagnostic(result.trap, recording.program.sources)
        told = escape(render(diagnostic, color=False))
        return f'<section class="trap"><h2>Trap</h2><pre>{told}</pre></section>'
    if not result.finished:
        return f'<p class="trap">Stopped after {result.steps:,} steps, before its end.</p>'
    return f"<p>It ended by itself, with halt code {result.halt}.</p>"


def _steps(recording: Recording) -> str:
    """Returns what took the steps: lines of the sources or, where there are none, instructions."""
    program = recording.program
    if not program.image.facts.lines:
        return instruction_section(program.image, recording.counts)
    return source_section(program.sources, line_counts(recording), recording.result.steps)


def _streams(recording: Recording) -> str:
    blocks = []
    image = recording.program.image
    for variable, words in zip(image.facts.arguments, recording.words, strict=True):
        blocks.append(_block(f"argument <code>{escape(variable.name)}</code>", _spelled(words)))
    if recording.input:
        blocks.append(_block("input", _text(recording.input)))
    blocks.append(_block("output", _text(recording.result.output) or "(nothing)"))
    for name, values in recording.result.arrays.items():
        blocks.append(_block(f"<code>{escape(name)}</code> afterwards", escape(str(values))))
    return (
        f'<section><h2>Input and output</h2><div class="streams">{"".join(blocks)}</div></section>'
    )


def _block(heading: str, text: str) -> str:
    return f"<div><h3>{heading}</h3><pre>{text}</pre></div>"


def _spelled(words: object) -> str:
    assert isinstance(words, list | tuple)
    rest = f", … {len(words) - _MOST_WORDS:,} more" if len(words) > _MOST_WORDS else ""
    return escape(", ".join(str(word) for word in words[:_MOST_WORDS]) + rest)


def _text(data: bytes) -> str:
    rest = f"\n… {len(data) - _MOST_BYTES:,} more bytes" if len(data) > _MOST_BYTES else ""
    text = data[:_MOST_BYTES].decode("utf-8", "replace")
    return escape("".join(c if c.isprintable() or c in "\n\t" else "�" for c in text) + rest)


def _picture(heading: str, figure: Figure, explanation: str) -> str:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150, metadata={"Software": None})
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return (
        f'<section class="picture"><h2>{heading}</h2>'
        f'<img alt="{heading}: {explanation}" src="data:image/png;base64,{data}"></section>'
    )
