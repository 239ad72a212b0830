"""Image files that are none: one clear answer each, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import write

LONG = "9" * 100_000


@pytest.mark.parametrize(
    ("name", "content", "rule", "message"),
    [
        ("a.dec", "", "empty-image", "no words"),
        ("a.asq", "", "empty-image", "no words"),
        ("a.dec", "# only a comment\n", "empty-image", "no words"),
        ("a.asq", "# only a comment\n", "empty-image", "no words"),
        ("a.asq", "only: labels:\n", "empty-image", "no words"),
        ("a.dec", "1 2 \0 3", "image-word", "`\N{REPLACEMENT CHARACTER}` is no decimal number"),
        ("a.asq", "1 2 \0 3", "assembly-syntax", "found `\N{REPLACEMENT CHARACTER}`"),
        ("a.dec", "1 2 \x1b[31m", "image-word", "`\N{REPLACEMENT CHARACTER}[31m` is no"),
        ("a.dec", "1 2 99999", "word-range", "`99999` is no word of 16 bits"),
        ("a.asq", "1 2 99999", "word-range", "`99999` is no word of 16 bits"),
        ("a.asq", "1 2 (a+99999)\na:7", "word-range", "`100002` is no word of 16 bits"),
        ("a.dec", f"1 2 {LONG}", "word-range", "9… is no word"),
        ("a.asq", f"1 2 {LONG}", "word-range", "this number is no word of 16 bits"),
        ("a.asq", "1 2 nowhere", "unknown-label", "cannot find the label `nowhere`"),
        ("a.dec", b"\x7fELF\x02\xff\xfe", "not-utf-8", "sources and images are text"),
        ("a.asq", b"\x7fELF\x02\xff\xfe", "not-utf-8", "sources and images are text"),
    ],
)
@pytest.mark.parametrize("command", ["run", "check", "asm", "disasm"])
def test_rejected(mlpl, command, name, content, rule, message):
    ran = mlpl(command, write(name, content))
    assert (ran.code, ran.out) == (1, b"")
    assert ran.err.startswith(f"error[{rule}]: ") and message.replace("9…", "9…`") in ran.err
    assert "\0" not in ran.err and "\x1b" not in ran.err


@pytest.mark.parametrize("name", ["none.dec", "folder.dec", "folder.asq", "a.dec/b.dec"])
def test_unreadable(mlpl, name):
    write("a.dec", "1 2 3")
    Path("folder.dec").mkdir()
    Path("folder.asq").mkdir()
    ran = mlpl("run", name)
    assert (ran.code, ran.out) == (2, b"") and "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("words", "options", "remedy"),
    [
        ("1 2 99999", [], "0..65535 unsigned; `--word-bits 17` has room"),
        ("1 2 -40000", [], "`--word-bits 17` has room"),
        ("1 2 -40000", ["--word-bits", "12"], "`--word-bits 17` has room"),
        ("1 2 4294967295", [], "`--word-bits 32` has room"),
        ("0 " * 200, ["--memory", "100"], "`--memory 200` or more has room for it"),
        ("0 " * 70_000, [], "address 65,536 cells: `--word-bits 17` addresses enough"),
        ("0 " * 17, ["--word-bits", "4"], "address 16 cells: `--word-bits 5` addresses enough"),
    ],
)
def test_remedies_are_exact(mlpl, words, options, remedy):
    ran = mlpl("check", write("a.dec", words), *options)
    assert ran.code == 1 and remedy in ran.err


@pytest.mark.parametrize("number", ["4294967296", "-2147483649", LONG])
@pytest.mark.parametrize("name", ["a.dec", "a.asq"])
def test_no_width_is_advised_that_does_not_help(mlpl, name, number):
    ran = mlpl("check", write(name, f"1, 2, {number}"))
    assert ran.code == 1 and "word-range" in ran.err and "--word-bits" not in ran.err
