"""Modules, folders and sizes that nobody writes: one clear answer each, in bounds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source
from mlpl.cli.main import main
from mlpl.lang.check import check
from mlpl.lang.load import decode_source
from mlpl.lang.modules import load_modules


def rules(text: str, folder: Path | None = None, word_bits: int = 16) -> list[str]:
    try:
        check(Source("test.mlpl", text), base_directory=folder, word_bits=word_bits)
    except CompileError as error:
        return [diagnostic.rule for diagnostic in error.diagnostics]
    return []


IMPORT = "import odd;\nfn main() { print(odd.ONE); }"


def make(path: Path, kind: str) -> None:
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link to nothing":
            path.symlink_to(path.with_name("nothing"))
        case "link to itself":
            path.symlink_to(path)
        case "latin-1":
            path.write_bytes("// caf\xe9\nconst ONE = 1;".encode("latin-1"))
        case "large":
            path.write_bytes(b" " * 5_000_000)


KINDS = ["folder", "pipe", "link to nothing", "link to itself", "latin-1", "large"]


@pytest.mark.parametrize("kind", KINDS)
def test_modules_that_are_no_texts(tmp_path: Path, kind: str) -> None:
    make(tmp_path / "odd.mlpl", kind)
    assert rules(IMPORT, tmp_path) == ["unreadable-module"]


def test_names_of_modules_that_are_too_long_for_files(tmp_path: Path) -> None:
    assert rules(f"import {'m' * 5000};\nfn main() {{ }}", tmp_path) == ["unreadable-module"]


def test_cycles_and_chains_of_imports(tmp_path: Path) -> None:
    (tmp_path / "odd.mlpl").write_text("import odd; const ONE = 1;")
    assert rules(IMPORT, tmp_path) == ["import-cycle"]
    for number in range(700):
        text = f"import m{(number + 1) % 300}; const ONE = 1;"
        (tmp_path / f"m{number}.mlpl").write_text(text)
    assert rules("import m0 as odd; fn main() { print(odd.ONE); }", tmp_path) == ["import-cycle"]
    for number in range(700):
        following = f"import m{number + 1};" if number < 699 else ""
        (tmp_path / f"m{number}.mlpl").write_text(f"{following} const ONE = 1;")
    assert rules("import m0; fn main() { }", tmp_path) == ["nesting-too-deep"]
    loaded, _ = load_modules(Source("t", "import m300; fn main() { }"), base_directory=tmp_path)
    assert len(loaded) == 401


def test_folders_of_the_command_line(tmp_path, monkeypatch, capfdbinary) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.mlpl").write_text("fn main() { }")
    assert main(["check", "p.mlpl", "-I", "nowhere"]) == 2
    assert main(["check", "p.mlpl", "-I", "p.mlpl"]) == 2
    assert main(["check", "p.mlpl", "-I", "."]) == 0
    for name in ("\udcff", "\udcff.mlpl", "x" * 5000, "", "/", "p.mlpl/q.mlpl", "loop"):
        if name == "loop":
            Path("loop").symlink_to("loop")
        assert main(["check", name]) == 2
        assert main(["run", name, "--error-format=json"]) == 2
    assert b"Traceback" not in capfdbinary.readouterr().err


def test_line_ends(tmp_path: Path) -> None:
    lines = ["// a comment", "fn main() {", "    print(x);", "}"]
    for end in ("\n", "\r\n", "\r"):
        source = decode_source("t", b"\xef\xbb\xbf" + end.join(lines).encode())
        with pytest.raises(CompileError) as caught:
            check(source)
        (error,) = caught.value.diagnostics
        assert error.mark is not None
        assert (error.mark.span.location.line, error.mark.span.location.column) == (3, 11)


def test_structs_and_globals_do_not_explode() -> None:
    doubled = "".join(f"struct S{i + 1} {{ x: S{i}, y: S{i} }}\n" for i in range(20))
    assert rules("struct S0 { x: int }\n" + doubled + "fn main() { var s: S20; s.x = s.y; }") == []
    doubled = "".join(f"struct S{i + 1} {{ x: S{i}, y: S{i} }}\n" for i in range(60))
    found = rules("struct S0 { x: int }\n" + doubled + "fn main() { var s: S60; }")
    assert set(found) == {"type-too-large"}
    many = "".join(f"struct S{i + 1} {{ x: S{i}[1000] }}\n" for i in range(60))
    found = rules("struct S0 { x: int[1000] }\n" + many + "fn main() { }")
    assert set(found) == {"type-too-large"}
    large = "".join(f"var g{i}: int[4000000];\n" for i in range(1000))
    assert rules(large + "fn main() { }", word_bits=32) == ["type-too-large"]
    deep = f"fn main() {{ var x: int{'[30000]' * 100}; }}"
    assert rules(deep) == ["type-too-large"]
    assert rules("fn main() { var x: int[2000000000]; }", word_bits=32) == ["type-too-large"]


def test_many_errors_are_found_and_few_explained() -> None:
    unknown = "".join(f"print(h{i});" for i in range(1000))
    declared = "".join(f"var g{i} = 1;" for i in range(1000))
    assert rules(declared + "fn main() {" + unknown + "}") == ["unknown-name"] * 1000
    assert rules("x " * 50_000) == ["unexpected-token"]


def test_the_command_line_shows_a_hundred_errors(tmp_path, monkeypatch, capfdbinary) -> None:
    monkeypatch.chdir(tmp_path)
    unknown = "".join(f"print(h{i});" for i in range(250))
    Path("p.mlpl").write_text("fn main() {" + unknown + "}")
    assert main(["check", "p.mlpl"]) == 1
    err = capfdbinary.readouterr().err
    assert err.count(b"error[unknown-name]") == 100 and b"and 150 errors more" in err
    assert main(["check", "p.mlpl", "--error-format=json"]) == 1
    assert capfdbinary.readouterr().err.count(b"\n") == 250
