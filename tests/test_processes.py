"""`mlpl` as a process: signals, pipes, terminals, and what it imports."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

MLPL = [sys.executable, "-m", "mlpl"]
FOREVER = "fn main() { print(1); while true { } }"
WRITES = "fn main() { while true { print(12345); } }"
ASKS = 'fn main() { write("name? "); var c = getc(); while c >= 0 { putc(c); c = getc(); } }'
PIPE = subprocess.PIPE


@pytest.fixture
def source(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "p.mlpl"
        path.write_text(text)
        return str(path)

    return write


@pytest.mark.parametrize("engine", ["interpreter", "machine", "network"])
def test_interruption_keeps_the_output(source, engine):
    text = FOREVER if engine != "interpreter" else WRITES
    command = [*MLPL, "run", source(text), "--engine", engine]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.read(2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert first == (b"1\n" if engine != "interpreter" else b"12")
    assert process.returncode == 130
    assert b"error[interrupted]" in err
    assert b"Traceback" not in err
    assert engine != "interpreter" or out.endswith(b"\n")


@pytest.mark.parametrize("engine", ["interpreter", "machine"])
def test_a_closed_pipe_is_no_error(source, engine):
    command = [*MLPL, "run", source(WRITES), "--engine", engine]
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"12345\n"
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
        assert process.wait(timeout=60) == 141
    assert err == b""


def test_a_closed_pipe_after_the_last_word(source):
    program = source("fn main() -> int { return 5; }")
    command = f'"{sys.executable}" -m mlpl run "{program}" --engine machine'
    script = f"{command} | true; echo ${{PIPESTATUS[0]}}"
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert run.stdout in ("0\n", "141\n")
    assert run.stderr == ""


def test_closed_streams(source):
    program = source("fn main() { print(getc()); }")
    command = f'"{sys.executable}" -m mlpl run "{program}" --engine machine'
    run = subprocess.run(["bash", "-c", f"{command} <&-"], capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "-1\n", "")
    run = subprocess.run(["bash", "-c", f"{command} >&-"], capture_output=True, text=True)
    assert run.returncode == 2
    assert "standard output is closed" in run.stderr
    run = subprocess.run(["bash", "-c", f"{command} 2>&-"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "-1\n")


def test_a_full_disk_is_reported(source):
    with Path("/dev/full").open("wb") as full:
        command = [*MLPL, "run", source("fn main() { print(1); }"), "--engine", "machine"]
        run = subprocess.run(command, stdout=full, stderr=PIPE, text=True)
    assert run.returncode == 2
    assert "cannot be written" in run.stderr
    assert "Exception ignored" not in run.stderr


@pytest.mark.parametrize("engine", ["interpreter", "machine", "network"])
def test_a_prompt_comes_before_its_answer(source, engine):
    command = [*MLPL, "run", source(ASKS), "--engine", engine]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.read(6) == b"name? "
        process.stdin.write(b"a")
        process.stdin.flush()
        assert process.stdout.read(1) == b"a"
        out, _ = process.communicate(b"b\n", timeout=60)
    assert process.returncode == 0
    assert out.endswith(b"b\n")


def test_a_terminal_is_answered_line_by_line(source):
    here, there = pty.openpty()
    command = [*MLPL, "run", source(ASKS), "--engine", "machine"]
    process = subprocess.Popen(command, stdin=there, stdout=PIPE, stderr=there)
    os.close(there)
    assert process.stdout is not None
    assert process.stdout.read(6) == b"name? "
    os.write(here, b"Ada\n")
    assert process.stdout.read(4) == b"Ada\n"
    os.write(here, b"\x04")
    assert process.wait(timeout=60) == 0
    process.stdout.close()
    os.close(here)


def test_help_imports_nothing_heavy():
    code = """
import sys
from mlpl.cli.main import main
main(sys.argv[1:])
found = {'numpy', 'numba', 'lark'} & set(sys.modules)
print(sorted(found), file=sys.stderr)
"""
    for words in (["--help"], ["run", "--help"], ["--version"]):
        command = [sys.executable, "-c", code, *words]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        assert run.stderr == "[]\n"


def test_checking_takes_no_back_end(source):
    code = """
import sys
from mlpl.cli.main import main
main(['check', sys.argv[1]])
print(sorted({'numpy', 'numba'} & set(sys.modules)))
"""
    command = [sys.executable, "-c", code, source("fn main() { print(1); }")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
