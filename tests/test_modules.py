"""Imports: where modules are found, what they show, and how they fail (L3.6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpl.base.diagnostics import CompileError
from mlpl.lang.check import Checked, check
from mlpl.lang.interpreter import run
from mlpl.lang.load import read_source


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.mlpl").write_text(text)
    return folder / "main.mlpl"


def compiled(path: Path, *paths: Path, extra: tuple[str, ...] = ()) -> Checked:
    return check(read_source(path), paths=paths, extra_modules=extra)


def rules(path: Path, *paths: Path) -> list[str]:
    with pytest.raises(CompileError) as caught:
        compiled(path, *paths)
    return [diagnostic.rule for diagnostic in caught.value.diagnostics]


def output(checked: Checked) -> str:
    return run(checked.program).output.decode()


def test_search_order(tmp_path: Path) -> None:
    main = write(tmp_path / "a", main="import m; fn main() { print(m.f()); }")
    write(tmp_path / "b", m="fn f() -> int { return 2; }")
    write(tmp_path / "c", m="fn f() -> int { return 3; }")
    assert output(compiled(main, tmp_path / "b", tmp_path / "c")) == "2\n"
    assert output(compiled(main, tmp_path / "c", tmp_path / "b")) == "3\n"
    write(tmp_path / "a", m="fn f() -> int { return 1; }")
    assert output(compiled(main, tmp_path / "b")) == "1\n"


def test_a_module_shows_everything_but_what_is_private(tmp_path: Path) -> None:
    module = """import math;
    const N = 3; const T = [1, 2]; struct P { x: int } var g: int[N]; fn _f() { }
    fn make(p: P) { p.x = math.max(N, 7); }"""
    main = """import m as k;
    var s: k.P;
    fn main() { k.make(s); var t = k.P { x: k.N }; k.g[2] = t.x; print(s.x, k.g[2], k.T[1]); }"""
    path = write(tmp_path, m=module, main=main)
    checked = compiled(path)
    assert output(checked) == "7 3 2\n"
    assert checked.warnings == ()
    assert {"m.make", "m._f", "math.max", "main"} <= set(checked.program.functions)
    write(tmp_path, main="import m; fn main() { m._f(); m.math; }")
    assert rules(path) == ["private-name", "unknown-name"]


def test_only_the_given_file_is_warned_about(tmp_path: Path) -> None:
    module = """import sort; var total = 0;
    fn f(unused: int) -> int { let x = 1; return 2 / 0; }"""
    path = write(tmp_path, m=module, main="import m; fn main() { let y = m.f(1); }")
    assert [w.message for w in compiled(path).warnings] == ["variable `y` is never used"]
    alone = [w.rule for w in compiled(tmp_path / "m.mlpl").warnings]
    assert alone == ["unused-import", "unused-parameter", "unused-variable", "known-trap"]


def test_the_library_keeps_its_names(tmp_path: Path) -> None:
    main = "import math; fn main() { print(math.mul(2, 3)); }"
    path = write(tmp_path, main=main, math="fn mul(a: int, b: int) -> int { return a - b; }")
    checked = compiled(path, extra=("math", "bits", "text"))
    assert output(checked) == "-1\n"
    assert {"math#2.mul", "math.mul", "bits.and", "text.write_int"} <= set(
        checked.program.functions
    )
    assert checked.program.functions["math.mul"].span.source.path == "<stdlib>/math.mlpl"


def test_cycles(tmp_path: Path) -> None:
    path = write(tmp_path, main="import a; fn main() { }", a="import b;", b="import a;")
    assert rules(path) == ["import-cycle"]
    assert rules(write(tmp_path, main="import main;")) == ["import-cycle"]


def test_what_cannot_be_loaded(tmp_path: Path) -> None:
    path = write(tmp_path, main="import a; import b; import c; fn main() { }", c="fn (")
    (tmp_path / "a.mlpl").mkdir()
    (tmp_path / "b.mlpl").write_bytes(b"\xff\xfe")
    assert rules(path)[:2] == ["unreadable-module", "unreadable-module"]
    assert "unexpected-token" in rules(path)


def test_errors_in_modules_name_their_file(tmp_path: Path) -> None:
    path = write(tmp_path, main="import m; fn main() { m.f(); }", m="fn f() { print(x); }")
    with pytest.raises(CompileError) as caught:
        compiled(path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.mark is not None
    assert diagnostic.mark.span.location.path == str(tmp_path / "m.mlpl")


def test_a_chain_of_modules(tmp_path: Path) -> None:
    files = {
        f"m{i}": f"import m{i + 1}; fn f() -> int {{ return m{i + 1}.f(); }}" for i in range(60)
    }
    files["m60"] = "fn f() -> int { return 60; }"
    path = write(tmp_path, **files, main="import m0; fn main() { print(m0.f()); }")
    assert output(compiled(path)) == "60\n"
