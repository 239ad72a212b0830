"""Pictures and reports have the right data and labels."""

from __future__ import annotations

import io
import itertools
import re
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import mlpl
from mlpl import viz
from mlpl.backend.mlp.forward import activations
from mlpl.cli.main import main
from mlpl.session import start_state
from mlpl.viz.lines import line_counts
from mlpl.viz.recording import Recording, signed
from mlpl.viz.style import short
from mlpl.viz.variables import rows
from mlpl.viz.weights import density

TEXT = """fn main(n: int) -> int {
    var total = 0;
    for i in 0..n { total += i; }
    return total;
}
"""
SQUARES = """fn main(n: int) -> int {
    var squares: int[40];
    for i in 0..n { squares[i] = i * i - 3; }
    var total = 0;
    for i in 0..n { total += squares[i]; }
    return total;
}
"""


@pytest.fixture(scope="module")
def run() -> Recording:
    return viz.record(mlpl.compile(TEXT), 6)


def words_in(figure: Figure) -> str:
    """Returns every text of a figure."""
    figure.canvas.draw()
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [axes.get_title("left"), axes.get_xlabel(), axes.get_ylabel()]
        found += [label.get_text() for label in axes.get_yticklabels()]
        found += [text.get_text() for text in axes.texts]
    return "\n".join(found)


def test_changed_neurons_are_those_of_full_passes(run: Recording) -> None:
    network, layout = run.program.network, run.program.network.layout
    assert layout is not None
    state, passes = layout.encode(start_state(run.program.image, run.words)), []
    for _ in run.steps:
        values = [state]
        for layer in network.layers:
            values.append(activations(layer, values[-1]))
        passes.append(values)
        state = values[-1]
    expected = [
        [np.count_nonzero(a != b) for a, b in zip(one, two, strict=True)]
        for one, two in itertools.pairwise(passes)
    ]
    assert run.changed[1:].tolist() == expected
    assert not run.changed[0].any()


def test_a_recording_follows_the_machine(run: Recording) -> None:
    assert run.steps.tolist() == list(range(1, run.result.steps + 1))
    total = next(v for v in run.program.image.facts.variables if "total" in v.name)
    assert run.result.value == 15 and 10 in run.memory[:, total.address]
    assert sum(run.counts.values()) == run.result.steps
    counts = line_counts(run)
    assert sum(counts.values()) == run.result.steps
    assert max(counts, key=lambda place: counts[place]) == ("<text>", 3)


def test_long_runs_are_sampled_evenly() -> None:
    long = viz.record(mlpl.compile(TEXT), 250)
    assert long.result.steps > 512 >= len(long.steps) >= 256
    assert long.steps[0] == 1 and len(set(np.diff(long.steps))) == 1
    assert sum(long.counts.values()) == long.result.steps
    limited = viz.record(mlpl.compile(TEXT), 250, max_steps=0)
    assert not len(limited.steps) and "Stopped after 0 steps" in viz.report(limited)


def test_density_counts_every_weight_once() -> None:
    for layer in mlpl.compile(TEXT).network.layers[:4]:
        shares = density(layer, 7)
        heights = np.bincount(np.arange(layer.size) * 7 // layer.size)
        widths = np.bincount(np.arange(layer.inputs) * 7 // layer.inputs)
        assert round((shares * np.outer(heights, widths)).sum()) == layer.nonzeros
        dense = density(layer, max(layer.size, layer.inputs))
        assert np.count_nonzero(dense) == layer.nonzeros


def test_figures_say_what_they_show(run: Recording) -> None:
    network = run.program.network
    weights = words_in(viz.plot_weights(network))
    assert f"{network.depth} layers" in weights and "memory.next" in weights
    assert f"{network.layers[3].size:,}" in weights
    memory = words_in(viz.plot_memory(run))
    assert "total" in memory and "source line" in memory and "after every step" in memory
    activity = words_in(viz.plot_activity(run))
    assert "0  the state" in activity and f"of {network.layers[0].size:,}" in activity


def test_rows_of_memory() -> None:
    found = viz.record(mlpl.compile(SQUARES), 5)
    shown, total = rows(found, 100)
    labels = [row.label for row in shown]
    assert total == len(shown) and "main.squares[40]: first 5" in labels
    few, _ = rows(found, 2)
    assert len(few) == 2 and set(few) <= set(shown)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "iframe")
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_report_needs_no_other_file(run: Recording) -> None:
    text = viz.report(run)
    page = _Page()
    page.feed(text)
    assert len(page.sources) == 3
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert "url(" not in text and "@import" not in text
    plain = unescape(re.sub("<[^>]*>", "", text))
    assert "for i in 0..n { total += i; }" in plain
    assert f"exceeds {run.program.network.certificate.largest}" in plain
    assert "ended by itself, with halt code -1" in plain


def test_reports_of_the_command_line(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    source, page = tmp_path / "a<b.mlpl", tmp_path / "run.html"
    source.write_text('fn main(n: int) -> int { print("<b>&"); return 7 / n; }\n')
    assert main(["run", str(source), "0", "--report", str(page)]) == 3
    assert capsysbinary.readouterr().out == b"<b>&\n"
    text = page.read_text()
    assert "a&lt;b.mlpl" in text and "&lt;b&gt;&amp;" in text and "<b>" not in text
    assert "division-by-zero" in text
    assert main(["run", str(source), "7", "--report", str(page), "--engine", "machine"]) == 2
    capsysbinary.readouterr()
    for place in (tmp_path / "no" / "x.html", tmp_path):
        assert main(["run", str(source), "7", "--report", str(place)]) == 2
        said = capsysbinary.readouterr()
        assert not said.out and b"cannot be written" in said.err, "before the run"


def test_a_report_of_a_run_with_input_a_limit_and_json(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, page = tmp_path / "echo.mlpl", tmp_path / "run.html"
    source.write_text(
        "fn main() { while true { let c = getc(); if c < 0 { return; } putc(c); } }\n"
    )
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("a<\xe9>".encode())))
    assert main(["run", str(source), "--report", str(page), "--json"]) == 0
    assert b'"output": "a<\xc3\xa9>"' in capsysbinary.readouterr().out
    assert page.read_text().count("<pre>a&lt;\xe9&gt;</pre>") == 2, "input and output"
    source.write_text("fn main() { while true {} }\n")
    assert main(["run", str(source), "--report", str(page), "--max-steps", "7"]) == 4
    assert "Stopped after 7 steps" in page.read_text()


def test_a_report_without_matplotlib_is_refused_before_the_run(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "hello.mlpl"
    source.write_text('fn main() { print("hello\\n"); }\n')
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["run", str(source), "--report", str(tmp_path / "run.html")]) == 2
    said = capsysbinary.readouterr()
    assert not said.out and b"mlpl-compiler[viz]" in said.err


def test_samples_of_long_runs_are_of_their_steps() -> None:
    long = viz.record(mlpl.compile(TEXT), 250)
    stride = int(long.steps[1] - long.steps[0])
    assert f"once in {stride} steps" in words_in(viz.plot_memory(long))
    last = viz.record(mlpl.compile(TEXT), 250, max_steps=int(long.steps[-1]))
    assert last.result.state is not None
    assert (long.memory[-1] == signed(last.result.state.memory, 16)).all()


def test_a_run_that_changes_nothing(tmp_path: Path) -> None:
    image = tmp_path / "out.dec"
    image.write_text("-1 -1 -1 0")
    found = viz.record(mlpl.load_image(image, 4, 4), max_steps=1)
    assert "no cell changes in this run" in words_in(viz.plot_memory(found))


def test_labels_keep_both_ends() -> None:
    assert short("main.n") == "main.n"
    label = short("function_with_a_long_name.variable_with_another_long_name[7]")
    assert len(label) == 40 and label.startswith("function_with") and label.endswith("name[7]")


def test_images_made_elsewhere(tmp_path: Path) -> None:
    image = tmp_path / "loop.dec"
    image.write_text("9 10 3  9 11 6  12 12 -1  1 5 5 0\n")
    found = viz.record(mlpl.load_image(image))
    memory = words_in(viz.plot_memory(found))
    assert "cell 10" in memory and "cells that change" in memory and "address" in memory
    page = viz.report(found)
    assert "Steps by instruction" in page and "3 instructions were executed" in page
    assert "<code>9 11 6</code>" in page and "Steps by source line" not in page
