"""Names of examples and library: definitions, references and renaming."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpl.editor.analysis import Analysis
from mlpl.editor.destination import destination
from mlpl.editor.lexical import lexical, start_of
from mlpl.editor.names import Key, Kind
from mlpl.editor.rename import RenameError, apply, rename, renameable
from mlpl.editor.workspace import Workspace
from tests.editor_cases import EXAMPLES, LIBRARY, SHORT_EXAMPLES, opened, rename_and_compare

SOURCES = [*EXAMPLES, *LIBRARY]


def analysis_of(path: Path, workspace: Workspace | None = None) -> Analysis:
    analysis = (workspace or Workspace()).analysis(str(path.resolve()))
    assert analysis is not None
    return analysis


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_every_name_has_a_definition_and_its_references_agree(path: Path) -> None:
    workspace = Workspace()
    analysis = analysis_of(path, workspace)
    seen: dict[Key, list[tuple[str, int]]] = {}
    for token in lexical(analysis.source).tokens:
        if token.type != "NAME":
            continue
        offset = start_of(token)
        found = analysis.names.at(analysis.path, offset)
        if found is None:
            aliased = analysis.source.text[offset:].startswith(f"{token} as ")
            assert aliased, f"{token} at {analysis.source.position(offset)}"
            continue
        definition = found.definition
        assert definition.kind is not Kind.BROKEN
        assert (definition.kind is Kind.BUILTIN) == (destination(analysis, offset) is None)
        seen.setdefault(definition.key, []).append((analysis.path, offset))
    for key, places in seen.items():
        found = analysis.names.at(*places[0])
        assert found is not None
        named = [(analysis.path, o.span.start) for o in analysis.names.of(key, analysis.path)]
        assert named == places


@pytest.mark.parametrize("path", SHORT_EXAMPLES, ids=lambda p: p.stem)
def test_other_names_give_the_same_image_and_the_old_ones_the_same_text(
    path: Path, tmp_path: Path
) -> None:
    rename_and_compare(path, tmp_path)


REFUSED = {
    "keyword": ("fn main() { let ¦x = 1; print(x); }", "while", "keyword"),
    "no name": ("fn main() { let ¦x = 1; print(x); }", "1x", "no name"),
    "twice in a block": ("fn main() { let ¦x = 1; let y = 2; print(x, y); }", "y", "`y`"),
    "captured": (
        "fn main() { let ¦x = 1; { let y = 2; print(x, y); } }",
        "y",
        "would change what is meant",
    ),
    "captures": ("var g = 1; fn main() { let ¦x = 1; print(x, g); }", "g", "would change"),
    "built-in is called": (
        "fn f(¦x: int) { print(x); } fn main() { f(1); }",
        "print",
        "would change",
    ),
    "parameter and local": ("fn f(a: int, ¦b: int) -> int { return a + b; }", "a", "would change"),
    "field": ("struct P { ¦x: int, y: int } fn main() { var p: P; print(p.x, p.y); }", "y", "y"),
    "built-in": ("fn main() { ¦print(1); }", "show", "built-in function"),
    "library": ("import sort; fn main() { var a: int[2]; sort.¦heap(a); }", "h", "library"),
    "no name here": ("fn main() { print(¦1); }", "y", "no name here"),
    "module": ("import sort as s; fn main() { var a: int[2]; ¦s.heap(a); }", "main", "main"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_name_that_would_mean_something_else_is_refused(case: str) -> None:
    text, name, reason = REFUSED[case]
    workspace, analysis, offset = opened(text)
    with pytest.raises(RenameError) as error:
        rename(workspace, analysis, offset, name)
    assert reason in str(error.value)


def test_a_name_of_a_module_changes_in_every_file_that_uses_it() -> None:
    main = "import shapes; import other;\nfn main() { shapes.area(shapes.SIDE, other.f()); }"
    shapes = "const SIDE = 2; fn ¦area(a: int, b: int) { print(a * b); }"
    other = "import shapes as s; fn f() -> int { s.area(1, 2); return s.SIDE; }"
    workspace, analysis, offset = opened(
        shapes, path="/nowhere/shapes.mlpl", main=main, other=other
    )
    edits = rename(workspace, analysis, offset, "show")
    texts = {p: apply(workspace.source(p).text, e) for p, e in edits.items()}  # type: ignore[union-attr]
    assert texts["/nowhere/main.mlpl"] == main.replace("area", "show")
    assert texts["/nowhere/other.mlpl"] == other.replace("area", "show")
    assert "fn show(" in texts["/nowhere/shapes.mlpl"]
    with pytest.raises(RenameError, match="own file only"):
        rename(workspace, analysis, offset, "_area")


def test_a_module_gets_another_name_in_one_file() -> None:
    text = "import sort;\nfn main() { var a: int[2]; ¦sort.heap(a); sort.quick(a); }"
    workspace, analysis, offset = opened(text)
    edits = rename(workspace, analysis, offset, "s")[analysis.path]
    renamed = apply(analysis.source.text, edits)
    assert renamed == ("import sort as s;\nfn main() { var a: int[2]; s.heap(a); s.quick(a); }")
    workspace, analysis, offset = opened(renamed.replace("as s", "as ¦s"))
    edits = rename(workspace, analysis, offset, "sort")[analysis.path]
    assert apply(analysis.source.text, edits) == text.replace("¦", "")
    workspace, analysis, offset = opened(renamed.replace("import sort", "import so¦rt"))
    with pytest.raises(RenameError, match="name of its file"):
        renameable(analysis, offset)


def test_names_are_found_where_the_text_is_wrong() -> None:
    text = """
    struct P { x: int }
    fn f(a: int) -> bool { return a + ; }
    fn main() {
        let good = 1
        var p: P;
        p.x = good + tru;
        print(good, undefined, f(good)
    }
    """
    _, analysis, _ = opened(text)
    for name, times in (("good", 4), ("p", 2), ("x", 2), ("f", 2), ("P", 2)):
        found = [o for o in analysis.names.files[analysis.path] if o.definition.name == name]
        assert len(found) >= times - 1, name
