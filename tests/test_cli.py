"""The command line: every command, every exit code, and every bad input."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import mlpl.cli.main as front
from mlpl.options import STAGES
from tests.command import write

GCD = """fn main(a: int, b: int) -> int {
    while b != 0 { let rest = a % b; a = b; b = rest; }
    return a;
}
"""
ARRAY = """fn main(xs: int[3], k: int, b: bool) -> bool {
    print("at", k, xs[k]);
    return !b;
}
"""
LOOP = "fn main() { print(1); while true { putc('x'); } }"
ECHO = 'fn main() { write("? "); var c = getc(); while c >= 0 { putc(c); c = getc(); } }'
HELLO = '9 -1 3 10 -1 6 0 0 -1 72 105 # "Hi"'


SOURCE_OPTIONS = (["-O1"], ["-O", "2"], ["-I", "."], ["--unchecked"], ["--remarks"])
"""What says how a source is compiled."""


# run ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["interpreter", "machine", "network", "sparse"])
def test_run_prints_the_result(mlpl, engine):
    ran = mlpl("run", write("gcd.mlpl", GCD), "1071", "462", "--engine", engine)
    assert (ran.code, ran.out, ran.err) == (0, b"21\n", "")


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["1,2,3", "2", "true"], b"at 2 3\nfalse\n"),
        (["-1,2,-3", "0", "false"], b"at 0 -1\ntrue\n"),
        (["--", "-1,2,-3", "0", "false"], b"at 0 -1\ntrue\n"),
    ],
)
def test_entry_arguments(mlpl, words, out):
    ran = mlpl("run", "--engine=machine", write("a.mlpl", ARRAY), *words)
    assert (ran.code, ran.out) == (0, out)


def test_options_stand_anywhere(mlpl):
    name = write("gcd.mlpl", GCD)
    for words in (
        ["--engine", "machine", "-O0", name, "-12", "18"],
        [name, "-12", "--engine", "machine", "18", "-Os"],
        [name, "-12", "18", "--unchecked", "--word-bits", "20", "--engine=machine"],
        ["--engine=machine", "--memory=2000", name, "--", "-12", "18"],
    ):
        ran = mlpl("run", *words)
        assert (ran.code, ran.out) == (0, b"6\n"), ran.err


def test_standard_input_as_source_and_another_entry(mlpl):
    source = b"fn twice(a: int) -> int { return a + a; }"
    ran = mlpl("run", "-", "21", "--entry", "twice", "--engine", "machine", stdin=source)
    assert (ran.code, ran.out) == (0, b"42\n")


def test_modules_are_found(mlpl):
    Path("lib").mkdir()
    write("lib/five.mlpl", "const FIVE = 5;")
    write("near.mlpl", "const SIX = 6;")
    text = "import five; import near; fn main() -> int { return five.FIVE + near.SIX; }"
    for name in (write("p.mlpl", text), "-"):
        ran = mlpl("run", name, "-I", "lib", "--engine=machine", stdin=text.encode())
        assert (ran.code, ran.out) == (0, b"11\n"), ran.err


def test_input_is_read_and_bytes_are_written_raw(mlpl):
    data = bytes(range(256)) * 3
    ran = mlpl("run", write("echo.mlpl", ECHO), "--engine", "machine", stdin=data)
    assert (ran.code, ran.out) == (0, b"? " + data)
    ran = mlpl("run", "echo.mlpl", "--engine", "machine", stdin=None)
    assert (ran.code, ran.out) == (0, b"? ")


def test_images_run(mlpl):
    for name, text in (
        ("hi.dec", HELLO),
        ("hi.sq", HELLO.replace(" ", ",", 3)),
        ("HI.ASQ", "x OUT; y OUT; 0 0 (-1)\n. x: 'H'\n. y: 105"),
    ):
        for engine in ("machine", "network"):
            ran = mlpl("run", write(name, text), "--engine", engine, "--word-bits", "8")
            assert (ran.code, ran.out) == (0, b"Hi"), ran.err


def test_accumulating_images(mlpl):
    write("add.dec", "-1 9 3  9 -1 6  0 0 -1  32")
    for mode, out in (("standard", b"!"), ("accumulate", b"A")):
        ran = mlpl("run", "add.dec", "--mode", mode, "--engine=machine", stdin=b"!")
        assert (ran.code, ran.out) == (0, out)


def test_statistics(mlpl):
    name = write("gcd.mlpl", GCD)
    ran = mlpl("run", name, "12", "18", "--stats")
    steps, layers, neurons, weights, rate = ran.err.strip().split(" · ")
    assert [part.split(" ", 1)[1] for part in (steps, layers, neurons, weights, rate)] == [
        "steps",
        "layers",
        "neurons",
        "non-zeros",
        "steps/s",
    ]
    assert ran.out == b"6\n"
    assert mlpl("run", name, "1", "2", "--stats", "--engine=machine").err.count(" · ") == 1


@pytest.mark.parametrize("engine", ["machine", "network", "sparse"])
def test_trace(mlpl, engine):
    write("hi.dec", HELLO)
    ran = mlpl("run", "hi.dec", "--trace", "--engine", engine)
    assert ran.out == b"Hi"
    assert [line.strip() for line in ran.err.splitlines()[1:]] == [
        "1      0  9 PORT ? -> output 72",
        "2      3  10 PORT ? -> output 105",
        "3      6  0 0 -1 -> 0 = 9 - 9 = 0, halt -1",
    ]


def test_trace_names_variables_and_lines(mlpl):
    ran = mlpl("run", write("gcd.mlpl", GCD), "9", "6", "--trace", "--engine", "machine")
    line = next(x for x in ran.err.splitlines() if "gcd.mlpl:2: while b != 0" in x)
    assert "main.b" in ran.err
    assert " -> " in line
    assert len(ran.err.splitlines()) > 20
    assert mlpl("run", "gcd.mlpl", "9", "6", "--trace", "--engine", "interpreter").code == 2


def test_json_results(mlpl):
    ran = mlpl("run", write("a.mlpl", ARRAY), "1,2,3", "1", "true", "--json")
    (line,) = ran.out.splitlines()
    data = json.loads(line)
    assert data["output"] == "at 1 2\n"
    assert data["output_base64"] is None
    assert (data["value"], data["halt"], data["trap"], data["finished"]) == (False, -1, None, True)
    assert data["arrays"] == {"xs": [1, 2, 3]}
    assert data["steps"] == data["passes"] > 0
    ran = mlpl("run", "a.mlpl", "1,2,3", "7", "true", "--json", "--engine=machine")
    trap = json.loads(ran.out)["trap"]
    assert (ran.code, trap["kind"], trap["values"]) == (3, "index-out-of-bounds", [7, 3])
    assert (trap["file"], trap["line"], trap["column"]) == ("a.mlpl", 2, 23)
    write("raw.mlpl", "fn main() { putc(200); }")
    data = json.loads(mlpl("run", "raw.mlpl", "--json", "--engine=machine").out)
    assert data["output_base64"] == "yA=="


# How runs end -------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["interpreter", "machine", "network"])
def test_a_trap_shows_the_line_and_keeps_the_output(mlpl, engine):
    text = 'fn main(i: int) {\n    var xs: int[3];\n    print("before");\n    print(xs[i]);\n}\n'
    ran = mlpl("run", write("t.mlpl", text), "5", "--engine", engine)
    assert (ran.code, ran.out) == (3, b"before\n")
    assert ran.err == (
        "error[index-out-of-bounds]: index 5 is outside 0..3\n"
        "  --> t.mlpl:4:14\n"
        "   |\n"
        " 4 |     print(xs[i]);\n"
        "   |              ^\n\n"
    )


def test_a_fault_mentions_the_memory(mlpl):
    ran = mlpl("run", write("f.dec", "9 -1 3 900 0 0 0 0 0 72"), "--engine=machine")
    assert (ran.code, ran.out) == (3, b"H")
    assert "error[fault]" in ran.err
    assert "--memory" in ran.err


@pytest.mark.parametrize("engine", ["interpreter", "machine", "network"])
def test_an_endless_loop_ends_at_the_limit(mlpl, engine):
    ran = mlpl("run", write("loop.mlpl", LOOP), "--max-steps", "2000", "--engine", engine)
    assert ran.code == 4
    assert ran.out.startswith(b"1\nxx")
    assert "error[step-limit]" in ran.err


def test_unchecked_programs_that_go_astray_in_the_interpreter(mlpl):
    text = "fn main(i: int) { var xs: int[3]; print(xs[i]); }"
    ran = mlpl("run", write("u.mlpl", text), "5", "--unchecked", "--engine", "interpreter")
    assert ran.code == 3
    assert "u.mlpl:1:44" in ran.err


# Bad files ----------------------------------------------------------------------------------

DEEP = "(" * 10_000


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("", "missing-entry"),
        ("  // nothing\n", "missing-entry"),
        (b"fn main() { print(\xff\xfe); }", "not-utf-8"),
        ("fn main() { print((1); }", "error["),
        ("fn main() { if true { print(1);", "error["),
        ("fn main() { print(1)", "error["),
        ("fn main() { } }", "error["),
        (f"fn main() {{ print({DEEP}1{DEEP.replace('(', ')')}); }}", "nesting-too-deep"),
        (f"fn main() {{ {'{' * 10_000} {'}' * 10_000} }}", "nesting-too-deep"),
        (f"fn main() {{ print({'-' * 10_000}1); }}", "nesting-too-deep"),
        (f"fn main() {{ print({'1+' * 10_000}1); }}", "nesting-too-deep"),
        ("fn main() { print(32768); }", "literal"),
        ("fn main() { print(0x10000); }", "literal"),
        ("fn main(xs: int[]) { }", "entry-parameter"),
        ("\0\0\0", "error["),
    ],
)
@pytest.mark.parametrize("command", ["run", "build"])
def test_rejected_sources(mlpl, content, rule, command):
    ran = mlpl(command, write("bad.mlpl", content))
    assert ran.code == 1
    assert ran.out == b""
    assert rule in ran.err
    assert "bad.mlpl" in ran.err
    assert "Traceback" not in ran.err


def test_truncated_sources_are_rejected(mlpl):
    for length in range(1, len(ARRAY) - 2, 5):
        ran = mlpl("check", write("cut.mlpl", ARRAY[:length]))
        assert ran.code == 1, ARRAY[:length]
        assert "error[" in ran.err


@pytest.mark.parametrize("command", ["run", "build", "check", "asm", "disasm"])
def test_missing_and_unreadable_files(mlpl, command, monkeypatch):
    Path("folder").mkdir()
    Path("folder.dec").mkdir()
    for name in ("missing.txt", "missing.dec", "folder", "folder.dec", "a\0b"):
        ran = mlpl(command, name)
        assert (ran.code, ran.out) == (2, b""), name
        assert ran.err.count("error[") == 1

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    name = write("secret.txt", GCD)
    monkeypatch.setattr(Path, "open", refuse)
    ran = mlpl(command, name)
    assert (ran.code, ran.out) == (2, b"")
    assert "permission denied" in ran.err


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("x.dec", "1 2 65536", "word-range"),
        ("x.dec", "1 2 -32769", "word-range"),
        ("x.dec", "1 2 three", "image-word"),
        ("x.dec", "", "empty-image"),
        ("x.dec", b"\xff\xff", "not-utf-8"),
        ("x.asq", "a b c", "unknown-label"),
        ("x.asq", "", "empty-image"),
    ],
)
@pytest.mark.parametrize("command", ["run", "check", "asm", "disasm"])
def test_rejected_images(mlpl, name, content, rule, command):
    ran = mlpl(command, write(name, content))
    assert (ran.code, ran.out) == (1, b"")
    assert f"error[{rule}]" in ran.err


def test_too_large_for_the_memory(mlpl):
    ran = mlpl("run", write("gcd.mlpl", GCD), "1", "2", "--memory", "64")
    assert (ran.code, ran.out) == (1, b"")
    assert "error[program-too-large]" in ran.err
    assert "--memory" in ran.err
    ran = mlpl("run", write("hi.dec", HELLO), "--memory", "8")
    assert (ran.code, ran.out) == (1, b"")
    write(
        "huge.mlpl", "fn main() { var xs: int[30000]; var ys: int[30000]; xs[1] = ys[2] + xs[3]; }"
    )
    ran = mlpl("build", "huge.mlpl", "--word-bits", "12")
    assert ran.code == 1
    assert "Traceback" not in ran.err


# Bad command lines --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no command"),
        (["rum", "gcd.mlpl"], "`run`"),
        (["gcd.mlpl"], "`mlpl run gcd.mlpl`"),
        (["--frobnicate"], "--frobnicate"),
        (["run", "gcd.mlpl"], "takes 2 arguments, 0 given"),
        (["run", "gcd.mlpl", "1"], "takes 2 arguments, 1 given"),
        (["run", "gcd.mlpl", "1", "2", "3"], "takes 2 arguments, 3 given"),
        (["run", "gcd.mlpl", "1", "two"], "expected an int"),
        (["run", "gcd.mlpl", "1", "true"], "expected an int"),
        (["run", "gcd.mlpl", "1", "32768"], "outside"),
        (["run", "gcd.mlpl", "1", "-32769"], "outside"),
        (["run", "gcd.mlpl", "1", "1,2"], "expected an int"),
        (["run", "a.mlpl", "1,2", "1", "true"], "takes 3 values, 2 given"),
        (["run", "a.mlpl", "1,2,x", "1", "true"], "expected an int"),
        (["run", "a.mlpl", "1,2,", "1", "true"], "expected an int, found nothing"),
        (["run", "a.mlpl", "1,2,3", "1", "1"], "`true` or `false`"),
        (["run", "gcd.mlpl", "1", "2", "--stat"], "`--stats`"),
        (["run", "gcd.mlpl", "1", "2", "--engine"], "expected one argument"),
        (["run", "gcd.mlpl", "1", "2", "--engine", "netwrok"], "`network`"),
        (["run", "gcd.mlpl", "1", "2", "-O3"], "`-O` has no value `3`"),
        (["run", "gcd.mlpl", "1", "2", "--word-bits", "40"], "4 to 32"),
        (["run", "gcd.mlpl", "1", "2", "--word-bits", "8"], "12 to 32"),
        (["run", "gcd.mlpl", "1", "2", "--word-bits", "x"], "no number"),
        (["run", "gcd.mlpl", "1", "2", "--memory", "1000000"], "cells"),
        (["run", "gcd.mlpl", "1", "2", "--memory", "0"], "cells"),
        (["run", "gcd.mlpl", "1", "2", "--max-steps", "-5"], "below 0"),
        (["run", "gcd.mlpl", "1", "2", "--mode", "accumulate"], "images"),
        (["run", "hi.dec", "1"], "no arguments"),
        (["run", "hi.dec", "--entry", "main"], "--entry"),
        (["run", "hi.dec", "--engine", "interpreter"], "interpreter"),
        (["run", "hi.dec", "--mode", "other"], "--mode"),
        (["build", "gcd.mlpl", "--emit", "optimised"], "`optimized`"),
        (["build", "gcd.mlpl", "-o", "gcd.exe"], ".dec"),
        (["build", "gcd.mlpl", "-o", "none/gcd.dec"], "cannot be written"),
        (["build", "hi.dec"], "image already"),
        (["check", "gcd.mlpl", "more"], "more"),
        (["disasm", "hi.dec", "--engine", "machine"], "--engine"),
        (["asm", "gcd.mlpl"], "`mlpl build gcd.mlpl` compiles it"),
        *((["run", "hi.dec", *option], "is for sources") for option in SOURCE_OPTIONS),
        *((["check", "hi.dec", *option], "is for sources") for option in SOURCE_OPTIONS),
    ],
)
def test_wrong_usage(mlpl, words, message):
    write("gcd.mlpl", GCD)
    write("a.mlpl", ARRAY)
    write("hi.dec", HELLO)
    ran = mlpl(*words)
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith("error[usage]: ")
    assert message in ran.err


@pytest.mark.parametrize("command", ["run", "build", "check", "fmt", "bench", "asm", "disasm"])
def test_a_file_is_wanted(mlpl, command):
    ran = mlpl(command)
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith("error[usage]: no file is given\n")


def test_help_is_a_command(mlpl):
    assert mlpl("help").out == mlpl("--help").out
    assert mlpl("help", "run").out == mlpl("run", "--help").out


def test_help_and_version(mlpl):
    ran = mlpl("--help")
    assert ran.code == 0
    assert all(f"  {command} " in ran.out.decode() for command in front.COMMANDS)
    assert mlpl("--version").out.startswith(b"mlpl 0.")
    for command in front.COMMANDS:
        ran = mlpl(command, "--help")
        assert ran.code == 0
        assert b"usage: mlpl " + command.encode() in ran.out


# Other commands -----------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
def test_build_emits_every_stage(mlpl, stage):
    ran = mlpl("build", write("gcd.mlpl", GCD), "--emit", stage)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(b"\n")
    assert mlpl("build", "gcd.mlpl", "--emit", stage, "-o", "out.txt").out == b""
    assert Path("out.txt").read_bytes() == ran.out


def test_images_go_round(mlpl):
    text = "fn main() { print(read() * 3); }"
    name = write("p.mlpl", text)
    assert mlpl("build", name, "-o", "p.dec").code == 0
    assert mlpl("build", name, "-o", "p.asq").code == 0
    decimal = Path("p.dec").read_bytes()
    assert mlpl("build", name).out == decimal
    words = [int(x) for x in decimal.split()]
    assert [int(x) for x in mlpl("asm", "p.asq").out.split()] == words
    assert mlpl("disasm", "p.dec", "-o", "q.asq").code == 0
    assert mlpl("asm", "q.asq", "-o", "q.dec").code == 0
    assert [int(x) for x in Path("q.dec").read_text().split()] == words
    for image in ("p.dec", "p.asq", "q.asq", "q.dec"):
        assert mlpl("run", image, "--engine=machine", stdin=b"14").out == b"42\n"


def test_check(mlpl):
    assert mlpl("check", write("good.mlpl", GCD)).err == ""
    assert mlpl("check", write("module.mlpl", "fn helper(a: int) -> int { return a; }")).code == 0
    write("odd.mlpl", "fn main() { let unused = 1; }")
    ran = mlpl("check", "odd.mlpl")
    assert (ran.code, ran.out) == (0, b"")
    assert "warning[unused-variable]" in ran.err
    assert "1 warning" in ran.err
    assert mlpl("check", "odd.mlpl", "--deny-warnings").code == 1
    assert mlpl("check", write("hi.dec", HELLO)).code == 0
    ran = mlpl("check", write("bad.mlpl", "fn main() { print(on); print(tow); }"))
    assert ran.code == 1
    assert ran.err.count("error[") == 2


def test_denied_warnings_stop_every_command(mlpl):
    name = write("odd.mlpl", "fn main() { let unused = 1; print(2); }")
    for words in (["check"], ["build"], ["run", "--engine=machine"], ["build", "--emit=syntax"]):
        ran = mlpl(*words, name, "--deny-warnings")
        assert (ran.code, ran.out) == (1, b"") and "1 warning, denied" in ran.err
        ran = mlpl(*words, name, "--deny-warnings", "--error-format=json")
        assert ran.code == 1 and json.loads(ran.err)["severity"] == "warning"
    right = write("even.mlpl", "fn main() { print(2); }")
    assert mlpl("run", right, "--engine=machine", "--deny-warnings").out == b"2\n"


def test_every_command_reports_errors_as_json(mlpl):
    bad = write("bad.mlpl", "fn main() { print(x); }")
    image = write("bad.dec", "0 zero")
    for words in (
        *(["check", bad], ["build", bad], ["run", bad], ["check", image], ["run", image]),
        *(["asm", image], ["disasm", image], ["explain", "nothing"], ["nothing"], ["run"]),
        *(["run", "missing.mlpl"], ["check", bad, "--nothing"], ["check", bad, "--memory", "x"]),
    ):
        ran = mlpl(*words, "--error-format=json")
        assert ran.code in (1, 2) and ran.out == b""
        assert json.loads(ran.err)["severity"] == "error"


def test_warnings_do_not_stop_a_run(mlpl):
    ran = mlpl("run", write("odd.mlpl", "fn main() { let unused = 1; print(2); }"))
    assert (ran.code, ran.out) == (0, b"2\n")
    assert "warning[unused-variable]" in ran.err


def test_errors_as_json(mlpl):
    write("bad.mlpl", "fn main() { print(on); print(tow); }")
    ran = mlpl("run", "bad.mlpl", "--error-format=json")
    found = [json.loads(line) for line in ran.err.splitlines()]
    assert [d["rule"] for d in found] == ["unknown-name", "unknown-name"]
    assert found[1]["mark"]["column"] == 30
    for words in (["run", "none.mlpl"], ["run", "--nope"], ["nope"]):
        ran = mlpl(*words, "--error-format", "json")
        assert ran.code == 2
        (line,) = ran.err.splitlines()
        assert json.loads(line)["severity"] == "error"


def test_colors_only_on_terminals(mlpl, monkeypatch):
    write("bad.mlpl", "fn main() { print(on); }")
    monkeypatch.setattr("mlpl.cli.streams.is_terminal", lambda stream: True)
    monkeypatch.setattr("mlpl.cli.report.is_terminal", lambda stream: True)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in mlpl("check", "bad.mlpl").err
    assert "1 error; `mlpl explain unknown-name` says more" in mlpl("check", "bad.mlpl").err
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in mlpl("check", "bad.mlpl").err
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[" not in mlpl("check", "bad.mlpl").err
    monkeypatch.setattr("mlpl.cli.streams.is_terminal", lambda stream: False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in mlpl("check", "bad.mlpl").err
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in mlpl("check", "bad.mlpl").err


def test_a_bug_in_mlpl(mlpl, monkeypatch):
    def fail(given):
        raise AssertionError("two and two\nis five")

    monkeypatch.setattr(front, "_dispatch", fail)
    monkeypatch.delenv("MLPL_DEBUG", raising=False)
    ran = mlpl("run")
    assert ran.code == 70
    assert "a bug in mlpl" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("MLPL_DEBUG", "1")
    assert "Traceback" in mlpl("run").err
    assert os.environ["MLPL_DEBUG"] == "1"
