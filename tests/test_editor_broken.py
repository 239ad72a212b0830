"""No question about any place of any text ends in an exception."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from mlpl.editor.analysis import Analysis
from mlpl.editor.completion import complete
from mlpl.editor.destination import destination
from mlpl.editor.highlight import highlights
from mlpl.editor.hover import hover
from mlpl.editor.outline import folds, outline
from mlpl.editor.remedies import remedies
from mlpl.editor.rename import RenameError, rename
from mlpl.editor.signatures import signature
from mlpl.editor.workspace import Workspace
from tests.editor_cases import EXAMPLES, LIBRARY, opened

PIECES = (
    *("{", "}", "(", ")", "[", "]", ";", ",", ".", ":", "..", "->", "=", "+", "'", '"', "/*", "//"),
    *("fn", "let", "var", "struct", "import", "for", "in", "if", "else", "const", "return", "as"),
    *("x", "sort", "Point { x: 1", "🙂", "\x00", "\u2028", "\ud800", "\r", "0x", "99999999"),
)

TEXTS = (
    "",
    " ",
    "\ufeff",
    "\ud800",
    "fn",
    "fn main() { sort.",
    "import ;",
    "import a as ;",
    "import main; fn main() { main.main(); }",
    "struct P { p: P } fn f(a: P) { a.p.p.",
    "struct P { x: int } struct P { y: bool } fn main() { var p: P; p.y = p.x; }",
    "fn f(a: int, a: int) { let a = a; a(a); a.a; a[a] = a; }",
    "fn f() { f(f(f(, , (), [, {",
    "const A = B; const B = A; fn main() { print(A); }",
    "fn f() -> { } fn f(: int) { } fn (a) { }",
    "var x: int[x]; var y: Q[1][2]; fn main() { y[0][1].z = 1; }",
    "fn main() { let p = P { x: , y: 1 }; }",
    "a.b.c.d.e()[1].f",
    ")" * 50 + "}" * 50,
    "(" * 300,
    "fn main() { print(" + "-" * 1000 + "1); }",
    "x\r\ny\rz\u2028w\x0b\x0c",
)


def ask_everything(workspace: Workspace, analysis: Analysis, offset: int) -> None:
    hover(analysis, offset, 16)
    complete(workspace, analysis, offset)
    signature(analysis, offset)
    destination(analysis, offset)
    occurrence = analysis.names.at(analysis.path, offset)
    if occurrence is not None:
        workspace.references(occurrence.definition)


def ask_about_all(workspace: Workspace, analysis: Analysis) -> None:
    length = len(analysis.source.text)
    list(highlights(analysis))
    outline(analysis.tree)
    folds(analysis.source)
    remedies(workspace, analysis, 0, length)


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_every_place_of_a_strange_text(number: int) -> None:
    workspace, analysis, _ = opened(TEXTS[number])
    ask_about_all(workspace, analysis)
    for offset in range(min(len(TEXTS[number]), 200) + 1):
        ask_everything(workspace, analysis, offset)
        with suppress(RenameError):
            rename(workspace, analysis, offset, "fresh")


@pytest.mark.parametrize("path", [*EXAMPLES[::3], *LIBRARY[::3]], ids=lambda p: p.stem)
def test_places_of_a_text_that_is_being_changed(path: Path) -> None:
    random = Random(str(path))
    text = path.read_text()
    for _ in range(6):
        begin = random.randrange(len(text))
        end = min(len(text), begin + random.choice((0, 0, 1, 3, 20, 200)))
        text = text[:begin] + random.choice(PIECES) + text[end:]
        workspace, analysis, _ = opened(text)
        ask_about_all(workspace, analysis)
        for offset in [begin, begin + 1, *(random.randrange(len(text)) for _ in range(5))]:
            ask_everything(workspace, analysis, min(offset, len(text)))


@pytest.mark.parametrize("path", EXAMPLES[::4], ids=lambda p: p.stem)
def test_what_is_before_an_unfinished_function_stays_known(path: Path) -> None:
    text = path.read_text()
    _, whole, _ = opened(text)
    for entry in outline(whole.tree)[1:]:
        begin = entry.name_span.end
        _, part, _ = opened(text[:begin] + "(a: int, ")
        names = [e.name for e in outline(part.tree)]
        assert names == [e.name for e in outline(whole.tree) if e.span.end <= begin]
