"""`mlpl fmt`: files, folders, standard input, and what must not happen to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command import write

UGLY = "fn main(){print(1);}"
PRETTY = "fn main() {\n    print(1);\n}\n"
BROKEN = "fn main( {"


def test_files_are_rewritten_in_place(mlpl):
    ran = mlpl("fmt", write("a.mlpl", UGLY), write("b.mlpl", PRETTY))
    assert (ran.code, ran.out, ran.err) == (0, b"", "1 file changed, 1 file left as it is\n")
    assert Path("a.mlpl").read_text() == PRETTY


def test_what_is_formatted_is_not_written(mlpl):
    before = Path(write("a.mlpl", PRETTY)).stat()
    assert mlpl("fmt", "a.mlpl").code == 0
    after = Path("a.mlpl").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_permissions_and_links_stay(mlpl):
    Path(write("a.mlpl", UGLY)).chmod(0o640)
    Path("link.mlpl").symlink_to("a.mlpl")
    assert mlpl("fmt", "link.mlpl").code == 0
    assert Path("link.mlpl").is_symlink()
    assert Path("a.mlpl").read_text() == PRETTY
    assert Path("a.mlpl").stat().st_mode & 0o777 == 0o640
    assert sorted(map(str, Path().iterdir())) == ["a.mlpl", "link.mlpl"]


def test_folders_are_walked(mlpl):
    for folder in ("src/deep", "src/.hidden"):
        Path(folder).mkdir(parents=True)
    names = ["src/b.mlpl", "src/deep/c.mlpl", "src/.hidden/d.mlpl", "src/e.txt"]
    for name in names:
        write(name, UGLY)
    ran = mlpl("fmt", "src", "src/b.mlpl", "--check")
    assert (ran.code, ran.out) == (1, b"src/b.mlpl\nsrc/deep/c.mlpl\n")
    assert ran.err == "2 files would change\n"
    assert mlpl("fmt", "src").code == 0
    assert [Path(name).read_text() == PRETTY for name in names] == [True, True, False, False]


def test_a_folder_without_sources(mlpl):
    Path("empty").mkdir()
    ran = mlpl("fmt", "empty", write("a.mlpl", UGLY))
    assert (ran.code, "there are no sources in `empty`" in ran.err) == (2, True)
    assert Path("a.mlpl").read_text() == PRETTY


def test_check(mlpl):
    assert mlpl("fmt", "--check", write("a.mlpl", PRETTY)).code == 0
    ran = mlpl("fmt", "--check", write("b.mlpl", UGLY), "a.mlpl")
    assert (ran.code, ran.out) == (1, b"b.mlpl\n")
    assert Path("b.mlpl").read_text() == UGLY


def test_diff(mlpl):
    expected = "".join(
        [
            "--- a.mlpl\n+++ a.mlpl (formatted)\n@@ -1 +1,3 @@\n",
            f"-{UGLY}\n\\ No newline at end of file\n",
            *(f"+{line}\n" for line in PRETTY.splitlines()),
        ]
    )
    ran = mlpl("fmt", "--diff", write("a.mlpl", UGLY), write("b.mlpl", PRETTY))
    assert (ran.code, ran.out.decode()) == (0, expected)
    assert Path("a.mlpl").read_text() == UGLY
    assert mlpl("fmt", "--diff", "--check", "a.mlpl").code == 1


def test_diff_in_colours(mlpl, monkeypatch):
    from mlpl.cli import streams

    monkeypatch.setattr(streams, "wants_color", lambda stream: True)
    ran = mlpl("fmt", "--diff", write("a.mlpl", UGLY))
    assert b"\x1b[31m-fn main(){print(1);}\x1b[0m\n" in ran.out
    assert b"\x1b[32m+}\x1b[0m\n" in ran.out


def test_standard_input(mlpl):
    ran = mlpl("fmt", "-", stdin=UGLY.encode())
    assert (ran.code, ran.out.decode(), ran.err) == (0, PRETTY, "")
    assert mlpl("fmt", "-", "--check", stdin=UGLY.encode()).out == b"<stdin>\n"
    ran = mlpl("fmt", "-", stdin=BROKEN.encode())
    assert (ran.code, ran.out, "--> <stdin>:1:9" in ran.err) == (1, b"", True)


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + PRETTY.encode(), PRETTY.encode() + b"\n"])
def test_marks_and_lines_at_the_ends_go(mlpl, content):
    assert mlpl("fmt", write("a.mlpl", content)).code == 0
    assert Path("a.mlpl").read_bytes() == PRETTY.encode()


@pytest.mark.parametrize("content", [BROKEN.encode(), b"\xff\xfe", b"fn main() { /* "])
def test_errors_leave_the_file_alone_and_others_go_on(mlpl, content):
    ran = mlpl("fmt", write("bad.mlpl", content), write("good.mlpl", UGLY))
    assert ran.code == 1
    assert "bad.mlpl" in ran.err
    assert Path("bad.mlpl").read_bytes() == content
    assert Path("good.mlpl").read_text() == PRETTY


def test_missing_files_and_images(mlpl):
    ran = mlpl("fmt", "missing.mlpl", write("good.mlpl", UGLY), write("image.dec", "3 3 -1"))
    assert ran.code == 2
    assert "this file does not exist" in ran.err
    assert "`image.dec` is an image" in ran.err
    assert Path("good.mlpl").read_text() == PRETTY


def test_files_that_cannot_be_written(mlpl, monkeypatch):
    def refuse(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    ran = mlpl("fmt", write("a.mlpl", UGLY))
    assert (ran.code, "`a.mlpl` cannot be written: no space left" in ran.err) == (2, True)
    assert Path("a.mlpl").read_text() == UGLY
    assert [*map(str, Path().iterdir())] == ["a.mlpl"]


def test_a_damaged_result_is_a_bug_and_never_written(mlpl, monkeypatch):
    from mlpl.lang.format import source

    monkeypatch.setattr(source, "print_document", lambda document: "fn main() { }")
    ran = mlpl("fmt", write("a.mlpl", UGLY))
    assert (ran.code, "a bug in mlpl" in ran.err) == (70, True)
    assert Path("a.mlpl").read_text() == UGLY


def test_errors_as_json(mlpl):
    ran = mlpl("fmt", "--error-format=json", write("bad.mlpl", BROKEN), write("a.mlpl", UGLY))
    assert ran.code == 1
    assert all(line.startswith('{"severity": "error"') for line in ran.err.splitlines())


def test_no_file_is_a_mistake(mlpl):
    assert mlpl("fmt").code == 2
