"""`import mlpl`: programs from texts, files and images, and what their runs report."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

import mlpl
from mlpl import kernels
from mlpl.base.source import Source
from mlpl.driver import Compilation
from mlpl.kernels import provide_cache
from mlpl.options import STAGES

GCD = """
fn main(a: int, b: int) -> int {
    while b != 0 { let rest = a % b; a = b; b = rest; }
    return a;
}
"""
ENGINES = ["interpreter", "machine", "network"]


@pytest.fixture(scope="module")
def gcd() -> mlpl.Program:
    return mlpl.compile(GCD)


@pytest.mark.parametrize("engine", [*ENGINES, "sparse"])
def test_a_program_runs_on_every_engine(gcd, engine):
    result = gcd.run(1071, 462, engine=engine)
    assert (result.value, result.output, result.trap, result.halt) == (21, b"", None, -1)
    assert result.finished
    assert result.steps == result.passes > 0


def test_machine_and_network_end_in_the_same_state(gcd):
    machine, network = (gcd.run(12, -18, engine=e) for e in ("machine", "network"))
    assert machine.steps == network.steps
    assert machine.memory == network.memory
    assert len(machine.memory) == gcd.image.memory >= len(gcd.image)


def test_the_dense_engine_runs_small_machines_and_refuses_large_ones(gcd, tmp_path):
    (tmp_path / "tiny.asq").write_text("x OUT; 0 0 (-1); . x: 65")
    tiny = mlpl.load_image(tmp_path / "tiny.asq", word_bits=8, memory=16)
    assert tiny.run(engine="dense").output == b"A"
    with pytest.raises(mlpl.UsageError, match="sparse"):
        gcd.run(1, 2, engine="dense")


@pytest.mark.parametrize("engine", ENGINES)
def test_bools_and_arrays_go_in_and_come_back(engine):
    program = mlpl.compile(
        """
        fn main(m: int[2][3], flags: bool[2], b: bool) -> bool {
            m[1][2] = -7;
            flags[0] = b;
            return m[0][0] == 5;
        }
        """
    )
    result = program.run([[5, 2, 3], [4, 5, 6]], [False, True], True, engine=engine)
    assert result.value is True
    assert result.arrays == {"m": [[5, 2, 3], [4, 5, -7]], "flags": [True, True]}
    result = program.run(np.arange(6).reshape(2, 3), np.array([0, 1], bool), False, engine=engine)
    assert result.value is False
    assert result.arrays == {"m": [[0, 1, 2], [3, 4, -7]], "flags": [False, True]}


@pytest.mark.parametrize("engine", ENGINES)
def test_input_and_output_are_bytes(engine):
    program = mlpl.compile("fn main() { let n = read(); print(n * 2); putc(getc()); putc(200); }")
    assert program.run(input=b" 21\nxyz", engine=engine).output == b"42\nx\xc8"
    chunks = iter([b"2", b"1 ", b"x"])
    taken: list[bytes] = []
    result = program.run(input=lambda: next(chunks, b""), output=taken.append, engine=engine)
    assert (b"".join(taken), result.output) == (b"42\nx\xc8", b"")
    with pytest.raises(TypeError, match="bytes"):
        program.run(input="21", engine=engine)  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ENGINES)
def test_traps_say_where_and_why(engine):
    program = mlpl.compile(
        'fn main(i: int, xs: int[3]) -> int {\n  print("a");\n  return xs[i];\n}'
    )
    result = program.run(3, [1, 2, 3], engine=engine)
    assert (result.value, result.output) == (None, b"a\n")
    assert result.trap is not None
    assert result.trap.kind is mlpl.TrapKind.INDEX_OUT_OF_BOUNDS
    assert result.trap.values == (3, 3)
    assert str(result.trap.location) == "<text>:3:13"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_halts_has_no_result(engine):
    program = mlpl.compile("fn main(b: bool) -> int { if b { halt(); } return 3; }")
    assert program.run(True, engine=engine).value is None
    assert program.run(False, engine=engine).value == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_a_limit_stops_a_run_and_keeps_its_output(engine):
    program = mlpl.compile("fn main() { while true { putc('x'); } }")
    result = program.run(engine=engine, max_steps=500)
    assert not result.finished
    assert (result.halt, result.trap, result.value) == (None, None, None)
    assert set(result.output) == {ord("x")}
    if engine != "interpreter":
        assert result.steps == 500


def test_options_are_obeyed(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "five.mlpl").write_text("const FIVE = 5;")
    (tmp_path / "near.mlpl").write_text("const SIX = 6;")
    path = tmp_path / "p.mlpl"
    path.write_text("import five; import near; fn other() -> int { return five.FIVE * near.SIX; }")
    program = mlpl.compile_file(
        path, word_bits=20, level="O0", entry="other", memory=2048, paths=[tmp_path / "lib"]
    )
    assert program.run(engine="machine").value == 30
    assert (program.image.word_bits, program.image.memory) == (20, 2048)


def test_narrow_words_run_in_the_interpreter_only():
    program = mlpl.compile("fn main(a: int) -> int { return a + 1; }", word_bits=5)
    assert program.run(15, engine="interpreter").value == -16
    with pytest.raises(mlpl.UsageError, match="12 to 32"):
        program.run(15)


def test_warnings_do_not_stop_a_program():
    program = mlpl.compile("fn main() { let unused = 1; }")
    assert [w.rule for w in program.warnings] == ["unused-variable"]
    assert program.run(engine="machine").halt == -1


def test_rejected_programs_show_every_error():
    with pytest.raises(mlpl.CompileError) as caught:
        mlpl.compile("fn main() {\n  print(on);\n  print(tow);\n}")
    text = str(caught.value)
    assert len(caught.value.diagnostics) == 2
    assert "<text>:2:9" in text
    assert "<text>:3:9" in text
    assert "^^^" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"word_bits": 3}, "4 to 32"),
        ({"word_bits": 33}, "4 to 32"),
        ({"memory": 2}, "cells"),
        ({"memory": 1 << 17}, "cells"),
        ({"level": "O3"}, "level"),
    ],
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(mlpl.UsageError, match=message):
        mlpl.compile(GCD, **options)


@pytest.mark.parametrize(
    "arguments",
    [(), (1,), (1, 2, 3), (1, "2"), (1, 1.5), (1, 40000), (1, True), (1, [2]), (1, None)],
)
def test_wrong_arguments_are_refused(gcd, arguments):
    with pytest.raises(mlpl.UsageError):
        gcd.run(*arguments, engine="machine")


def test_unknown_engines_are_refused_with_the_nearest(gcd):
    with pytest.raises(mlpl.UsageError, match="`network`"):
        gcd.run(1, 2, engine="netwrok")


def test_programs_too_large_for_the_memory_are_refused():
    with pytest.raises(mlpl.CompileError) as caught:
        mlpl.compile(GCD, memory=64)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.rule == "program-too-large"
    needed = int(re.findall(r"--memory (\d+)", diagnostic.help)[0])
    assert mlpl.compile(GCD, memory=needed).run(12, 18, engine="machine").value == 6
    with pytest.raises(mlpl.CompileError):
        mlpl.compile(GCD, memory=needed - 1)


def test_machines_too_large_for_this_computer_are_refused():
    program = mlpl.compile("fn main() { }", word_bits=32, memory=1 << 32)
    for engine in ("machine", "network"):
        with pytest.raises(mlpl.CompileError) as caught:
            program.run(engine=engine)
        assert caught.value.diagnostics[0].rule == "machine-too-large"


def test_images_made_elsewhere_run(tmp_path):
    path = tmp_path / "hi.dec"
    path.write_text("9 -1 3 10 -1 6 0 0 -1 72 105 # Hi")
    program = mlpl.load_image(path)
    assert program.image.memory == 128
    for engine in ("machine", "network", "sparse"):
        assert program.run(engine=engine).output == b"Hi"
    with pytest.raises(mlpl.UsageError, match="sources"):
        program.run(engine="interpreter")
    with pytest.raises(mlpl.UsageError, match="no arguments"):
        program.run(1)
    with pytest.raises(mlpl.UsageError, match="mode"):
        mlpl.load_image(path, mode="accumulated")
    with pytest.raises(mlpl.CompileError):
        mlpl.load_image(tmp_path / "missing.dec")


def test_accumulating_images_add_their_input(tmp_path):
    path = tmp_path / "add.dec"
    path.write_text("-1 9 3  9 -1 6  0 0 -1  32")
    for mode, output in (("standard", b"!"), ("accumulate", b"A")):
        program = mlpl.load_image(path, mode=mode)
        assert program.run(input=b"!", engine="machine").output == output


def test_a_fault_is_a_trap(tmp_path):
    path = tmp_path / "fault.dec"
    path.write_text("500 0 3")
    result = mlpl.load_image(path, memory=64).run(engine="machine")
    assert (result.steps, result.halt) == (1, -32768)
    assert result.trap is not None
    assert result.trap.kind is mlpl.TrapKind.FAULT


def test_every_stage_has_a_text_and_is_made_once():
    stages: list[str] = []
    compilation = Compilation(Source("<text>", GCD), on_stage=stages.append)
    texts = {stage: compilation.text(stage) for stage in STAGES}
    assert all(text.endswith("\n") for text in texts.values())
    assert len(set(texts.values())) == len(STAGES)
    assert len(stages) == len(set(stages))
    for stage in STAGES:
        assert getattr(compilation, stage) is getattr(compilation, stage)
    with pytest.raises(mlpl.UsageError, match="`optimized`"):
        compilation.text("optimised")


def test_the_version_is_that_of_the_distribution():
    assert mlpl.__version__ == version("mlpl-compiler")


def test_every_public_name_is_there():
    assert {name for name in mlpl.__all__ if getattr(mlpl, name) is None} == set()
    assert set(mlpl.__all__) <= set(dir(mlpl))
    with pytest.raises(AttributeError, match="compil"):
        _ = mlpl.compil


def test_importing_mlpl_imports_nothing_heavy():
    code = "import sys, mlpl; print({'numpy', 'numba', 'lark'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
    assert Path(mlpl.__file__ or "").name == "__init__.py"


def test_kernels_find_a_place_where_the_package_cannot_be_written(tmp_path, monkeypatch):
    home, blocked = tmp_path / "home", tmp_path / "blocked"
    blocked.write_text("a file, not a folder")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    provide_cache()
    assert "NUMBA_CACHE_DIR" not in os.environ
    monkeypatch.setattr(kernels, "__file__", str(blocked / "kernels.py"))
    for cache in (home, blocked):
        monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
        provide_cache()
        chosen = Path(os.environ["NUMBA_CACHE_DIR"])
        assert chosen.is_dir()
        assert (chosen == home / "mlpl") == (cache == home)
        monkeypatch.delenv("NUMBA_CACHE_DIR")
