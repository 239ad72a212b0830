"""`mlpl run --batch`: rows in, results out, in their order; what goes wrong is told by line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command import mlpl, write

__all__ = ["mlpl"]

SOURCE = """
fn main(a: int, b: int) -> int {
    if b < 0 { while true { } }
    while getc() != -1 { putc('x'); }
    return a / b;
}
"""

ROWS = (
    {"args": [6, 3]},
    {"args": [1, 0], "input": "ab"},
    {"args": [9, 3], "input": "é", "id": "last"},
    [8, 2],
)

BAD = (
    ("{", "no JSON: expecting property name enclosed in double quotes in column 2"),
    ("nonsense", "no JSON: expecting value in column 1"),
    ("7", "a row is an object with `args` and `input`"),
    ('{"arg": [1, 2]}', "unknown field `arg`"),
    ('{"args": 5}', "`args` is a list"),
    ("[1]", "`main(a: int, b: int)` takes 2 arguments, 1 given"),
    ("[1, 2.5]", "`b`: expected an int, found `2.5`"),
    ("[1, true]", "`b`: expected an int, found `True`"),
    ("[1, 70000]", "`b`: 70000 is outside"),
    ('{"args": [1, 2], "input": 5}', "`input` is a text"),
    ('{"args": [1, 2], "input": "\\ud800"}', "`input` is no Unicode text"),
    ('{"args": [1, 2], "input_base64": "?"}', "`input_base64` is no base64"),
    ("[" * 100_000, "the line is nested too deeply"),
    ('["\\x', "no JSON"),
    ('{"args": [1, 2], "id": NaN}', "no JSON: `NaN` is no number"),
    ('{"args": [1, 2], "id": -1e999}', "the number `-1e999` is too large"),
    (f"[1, {'9' * 5000}]", "a number of 5,000 digits is too large"),
    ('{"args": [1, 2], "args": [1, 3]}', "`args` stands there twice"),
)


def lines(rows) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def parsed(text: bytes | str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_of_results_for_each_row(mlpl):
    write("p.mlpl", SOURCE)
    write("rows.jsonl", lines(ROWS))
    ran = mlpl("run", "p.mlpl", "--batch", "rows.jsonl", "--stats", "--threads", "2")
    assert ran.code == 3
    assert ran.err.startswith("4 rows · ")
    first, second, third, fourth = parsed(ran.out)
    assert list(first)[:4] == ["line", "args", "input", "input_base64"]
    assert (first["line"], first["args"], first["value"], first["trap"]) == (1, [6, 3], 2, None)
    assert second["trap"]["kind"] == "division-by-zero"
    assert (second["input"], second["output"], second["value"]) == ("ab", "xx", None)
    assert (third["id"], third["input"], third["output"]) == ("last", "é", "xx")
    assert (fourth["line"], fourth["value"]) == (4, 4)


def test_rows_come_from_the_standard_input(mlpl):
    write("p.mlpl", SOURCE)
    stdin = b'\n[6, 2]\n  \n{"args": [8, 2], "input_base64": "/w=="}'
    ran = mlpl("run", "p.mlpl", "--batch", "-", "--engine", "machine", stdin=stdin)
    assert ran.code == 0
    first, second = parsed(ran.out)
    assert (first["line"], first["value"]) == (2, 3)
    assert (second["line"], second["input_base64"], second["output"]) == (4, "/w==", "x")


@pytest.mark.parametrize("engine", ["machine", "interpreter"])
def test_malformed_rows_are_told_by_line_and_leave_the_others_alone(mlpl, engine):
    write("p.mlpl", SOURCE)
    text = "[2, 1]\n" + "".join(f"{bad}\n[4, 1]\n" for bad, _ in BAD)
    write("rows.jsonl", text.encode() + b"\xff\n")
    ran = mlpl("run", "p.mlpl", "--batch", "rows.jsonl", "--engine", engine)
    assert ran.code == 2
    found = parsed(ran.out)
    assert [row["line"] for row in found] == list(range(1, 2 * len(BAD) + 3))
    assert [row["value"] for row in found[:-1:2]] == [2, *[4] * len(BAD)]
    for row, (_, message) in zip(found[1::2], (*BAD, ("", "the line is not UTF-8")), strict=True):
        assert message in row["error"]
        assert f"rows.jsonl:{row['line']}: {row['error']}" in ran.err


def test_rows_are_utf_8_and_lines_not_endless(mlpl, monkeypatch):
    monkeypatch.setattr("mlpl.cli.batch_rows._LONGEST_LINE", 40)
    write("p.mlpl", SOURCE)
    write("rows.jsonl", b"\xef\xbb\xbf[2, 1]\r\n" + b" " * 200 + b"[1, 1]\n[4, 1]\n[" + b"1" * 99)
    ran = mlpl("run", "p.mlpl", "--batch", "rows.jsonl", "--engine", "machine")
    first, long, third, last = parsed(ran.out)
    assert (first["value"], third["line"], third["value"]) == (2, 3, 4)
    assert long == {"line": 2, "error": "the line is longer than 40 bytes"}
    assert last == {"line": 4, "error": "the line is longer than 40 bytes"}
    write("rows.jsonl", "[2, 1]".encode("utf-16"))
    [row] = parsed(mlpl("run", "p.mlpl", "--batch", "rows.jsonl").out)
    assert row["error"] == "the line is not UTF-8"


def test_an_id_may_be_no_unicode_text(mlpl):
    """JSON can spell half a surrogate pair, which UTF-8 cannot."""
    write("p.mlpl", SOURCE)
    write("rows.jsonl", '{"id": "\\ud800\\u00e9", "args": [6, 2]}\n')
    command = ("run", "p.mlpl", "--batch", "rows.jsonl", "--engine", "machine")
    assert parsed(mlpl(*command).out)[0]["id"] == "\ud800\u00e9"
    for _ in range(2):
        assert mlpl(*command, "-o", "out.jsonl").code == 0
        [row] = parsed(Path("out.jsonl").read_bytes())
        assert (row["id"], row["value"]) == ("\ud800\u00e9", 3)


def test_a_limit_of_steps_is_one_of_each_row(mlpl):
    write("p.mlpl", SOURCE)
    write("rows.jsonl", lines([[6, 3], [1, -1], [9, 3]]))
    ran = mlpl("run", "p.mlpl", "--batch", "rows.jsonl", "--max-steps", "2000")
    assert ran.code == 4
    assert [row["finished"] for row in parsed(ran.out)] == [True, False, True]


def test_a_batch_goes_on_where_its_results_end(mlpl):
    write("p.mlpl", SOURCE)
    rows = [*ROWS, {"args": [5]}, *ROWS]
    write("rows.jsonl", lines(rows))
    command = ("run", "p.mlpl", "--batch", "rows.jsonl", "-o", "out.jsonl", "--engine", "machine")
    assert mlpl(*command).code == 2
    whole = Path("out.jsonl").read_bytes()
    assert len(parsed(whole)) == 9
    for length in (0, 1, 8, 9, 30, len(whole) // 2, whole.index(b"\n"), len(whole) - 1, len(whole)):
        write("out.jsonl", whole[:length])
        ran = mlpl(*command, "--stats")
        assert ran.code == 2
        assert Path("out.jsonl").read_bytes() == whole
        there = whole[:length].count(b"\n")
        assert (f"{there} of them there already" in ran.err) == (there > 0)
    write("rows.jsonl", lines([*rows, [6, 1]]))
    mlpl(*command)
    assert Path("out.jsonl").read_bytes().startswith(whole)
    assert parsed(Path("out.jsonl").read_bytes())[-1]["value"] == 6


@pytest.mark.parametrize(
    ("there", "message"),
    [
        ("hello", "line 1 of `out.jsonl` is not the result of the row in line 1"),
        ("hello\n", "line 1 of `out.jsonl` is not the result of the row in line 1"),
        ('{"line": 1}\n', "line 1 of `out.jsonl` is not the result of the row in line 1"),
        (None, "line 1 of `out.jsonl` is not the result of the row in line 1"),
    ],
)
def test_a_file_with_something_else_is_left_alone(mlpl, there, message):
    write("p.mlpl", SOURCE)
    command = ("run", "p.mlpl", "--batch", "rows.jsonl", "-o", "out.jsonl", "--engine", "machine")
    write("rows.jsonl", "[1, 1]\n")
    mlpl(*command)
    if there is not None:
        write("out.jsonl", there)
    before = Path("out.jsonl").read_bytes()
    write("rows.jsonl", "[1, 2]\n")
    ran = mlpl(*command)
    assert ran.code == 2
    assert message in ran.err
    assert Path("out.jsonl").read_bytes() == before


def test_more_results_than_rows_are_refused(mlpl):
    write("p.mlpl", SOURCE)
    command = ("run", "p.mlpl", "--batch", "rows.jsonl", "-o", "out.jsonl", "--engine", "machine")
    write("rows.jsonl", "[1, 1]\n[2, 1]\n")
    assert mlpl(*command).code == 0
    write("rows.jsonl", "[1, 1]\n")
    ran = mlpl(*command)
    assert (ran.code, "line 2 of `out.jsonl` is not the result of any row" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--batch", "none.jsonl"), "`none.jsonl` cannot be read: no such file"),
        (("--batch", "rows.jsonl", "-o", "no/out"), "`no/out` cannot be written: no such file"),
        (("--batch", "rows.jsonl", "-o", "rows.jsonl"), "need a file of their own"),
        (("--batch", "rows.jsonl", "--trace"), "`--trace` is for a single run"),
        (("--batch", "rows.jsonl", "--threads", "0"), "at least 1 thread"),
        (("1", "2", "--batch", "rows.jsonl"), "takes the arguments of its runs from its file"),
        (("1", "2", "-o", "out"), "`-o` is for batches"),
        (("1", "2", "--threads", "2"), "`--threads` is for batches"),
    ],
)
def test_options_that_do_not_fit(mlpl, words, message):
    write("p.mlpl", SOURCE)
    write("rows.jsonl", "[1, 1]\n")
    ran = mlpl("run", "p.mlpl", *words)
    assert (ran.code, ran.out) == (2, b"")
    assert message in ran.err


def test_interruption_leaves_whole_lines(tmp_path):
    (tmp_path / "p.mlpl").write_text(SOURCE)
    (tmp_path / "rows.jsonl").write_text("[6, 2]\n[9, 3]\n[1, -1]\n" + "[1, 1]\n" * 50)
    out = tmp_path / "out.jsonl"
    words = ["run", "p.mlpl", "--batch", "rows.jsonl", "-o", "out.jsonl", "--engine", "machine"]
    command = [sys.executable, "-m", "mlpl", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, stdout=pipe, stderr=pipe) as process:
        while not out.exists() or out.read_bytes().count(b"\n") < 2:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"error[interrupted]: interrupted after " in err
    assert b"Traceback" not in err
    assert [row["value"] for row in parsed(out.read_bytes())] == [3, 3]


def test_clusters_have_their_options(mlpl, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    write("p.mlpl", SOURCE)
    write("rows.jsonl", lines(ROWS))
    batch = ("run", "p.mlpl", "--batch", "rows.jsonl", "--cluster", "local")
    for words, message in (
        (("run", "p.mlpl", "6", "3", "--cluster", "local"), "`--cluster` is for batches"),
        ((*batch, "--threads", "2"), "no threads to choose"),
        ((*batch, "--engine", "interpreter"), "the interpreter does not"),
        (batch, "mlpl-compiler[ray]"),
    ):
        ran = mlpl(*words)
        assert ran.code == 2 and not ran.out and message in ran.err
