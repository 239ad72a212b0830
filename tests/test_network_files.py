"""Programs and networks in safetensors files: what comes back, and what is refused."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open

import mlpl
from mlpl.backend.mlp.build import build_network
from mlpl.backend.mlp.formats.container import open_container, write_container
from mlpl.backend.mlp.forward import forward
from mlpl.backend.mlp.network import Network
from mlpl.base.diagnostics import CompileError
from mlpl.errors import UsageError
from mlpl.program import Program
from tests.console import Shell
from tests.damaged_files import FOREIGN, PLAIN, RECURSIVE, header_end, original, run, with_header
from tests.network_cases import random_network

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.safetensors"


def reloaded(program: Program, path: Path) -> Program:
    program.save(path)
    return Program.load(path)


def rejection(path: Path) -> tuple[str, str]:
    with pytest.raises(CompileError) as caught:
        mlpl.load(path)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.rule, diagnostic.message


def refused(path: Path, raw: bytes) -> str:
    path.write_bytes(raw)
    rule, message = rejection(path)
    assert rule == "damaged-file"
    return message


@pytest.mark.parametrize("text", [PLAIN, RECURSIVE, FOREIGN])
def test_a_program_comes_back(text: str, path: Path):
    program = original(text).program
    again = reloaded(program, path)
    assert again.image == program.image
    assert again.sources == program.sources
    for layer, other in zip(again.network.layers, program.network.layers, strict=True):
        assert layer.inputs == other.inputs
        for part in ("indptr", "indices", "data", "bias"):
            array = getattr(layer, part)
            assert array.dtype == getattr(other, part).dtype
            assert np.array_equal(array, getattr(other, part))
            assert not array.flags.writeable and not (array.size and array.flags.owndata)
    assert again.network.parameters == program.network.parameters
    assert again.network.certificate == program.network.certificate
    assert not again.network.as_built


def test_neurons_keep_their_names(path: Path):
    network = original(PLAIN).program.network
    network.save(path)
    again = Network.load(path)
    for number in range(network.depth + 1):
        size = network.layers[number - 1].size
        for index in {*range(0, size, 97), size - 1}:
            assert again.name(number, index) == network.name(number, index)


@pytest.mark.parametrize("engine", ["network", "sparse", "machine"])
def test_it_runs_as_before(engine: str, path: Path):
    program = original(PLAIN).program
    again = reloaded(program, path)
    for arguments in (([3, 4], 1), ([3, 4], 5), ([3, 4], 7)):
        one = program.run(*arguments, engine=engine)
        other = again.run(*arguments, engine=engine)
        assert (other.value, other.trap, other.steps, other.arrays, other.state) == (
            one.value,
            one.trap,
            one.steps,
            one.arrays,
            one.state,
        )
    with pytest.raises(UsageError, match=r"takes 2 values, 3 given"):
        again.run([1, 2, 3], 4)
    with pytest.raises(UsageError, match="expected an int"):
        again.run([1, 2], True)
    with pytest.raises(UsageError, match="runs sources"):
        again.run([1, 2], 1, engine="interpreter")


def test_a_trap_has_its_calls(path: Path):
    text = """
fn down(n: int) -> int { return 10 / n + down(n - 1) + down(n - 2); }
fn main(n: int) { print(down(n)); }
"""
    program = mlpl.compile(text)
    want = program.run(3, engine="machine").trap
    assert want is not None and len(want.calls) > 2
    assert reloaded(program, path).run(3, engine="machine").trap == want


def test_images_made_elsewhere_are_saved_too(path: Path):
    again = reloaded(original(FOREIGN).program, path)
    assert again.run(max_steps=50).output == b"Hi"
    with pytest.raises(UsageError, match="takes no arguments"):
        again.run(1)


@pytest.mark.parametrize("seed", range(20))
def test_networks_that_are_no_machines(seed: int, path: Path):
    network = random_network(seed, largest=3 if seed % 2 else 60_000)
    network.save(path)
    again = mlpl.load(path)
    assert isinstance(again, Network)
    assert again.parameters is None
    for layer, other in zip(again.layers, network.layers, strict=True):
        assert np.array_equal(layer.data, other.data) and np.array_equal(layer.bias, other.bias)
    with pytest.raises(CompileError, match="holds a network without a program"):
        Program.load(path)


def test_the_same_program_makes_the_same_bytes(tmp_path: Path):
    """Whatever the hash seed, and from the file as from the source."""
    names = ["one", "two"]
    for seed, name in enumerate(names):
        code = f"import mlpl; mlpl.compile_file('collatz.mlpl').save({str(tmp_path / name)!r})"
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            cwd=EXAMPLES,
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(EXAMPLES.parent)},
        )
    Program.load(tmp_path / "one").save(tmp_path / "three")
    first = (tmp_path / "one").read_bytes()
    assert all((tmp_path / name).read_bytes() == first for name in ("two", "three"))


def test_other_readers_read_it(path: Path):
    """And what the format's own library writes from what it has read are the same bytes."""
    file = original(PLAIN)
    arrays = safetensors.numpy.load(file.raw)
    path.write_bytes(file.raw)
    with safe_open(path, "numpy") as opened:
        metadata = opened.metadata()
    assert list(metadata) == ["mlpl"]
    assert safetensors.numpy.save(arrays, metadata) == file.raw
    layer = file.program.network.layers[2]
    assert np.array_equal(arrays["layers.3.indices"], layer.indices)
    assert arrays["image.words"].tolist() == list(file.program.image.words)


def test_every_parameter_is_saved(path: Path):
    constants = tuple((cell, cell % 5) for cell in range(3, 11))
    network = build_network(8, 20, "accumulate", "paper", constants, ("read",))
    network.save(path)
    assert network.parameters is not None
    assert all(value not in ("", ()) for value in astuple(network.parameters))
    assert Network.load(path).parameters == network.parameters


def test_a_pass_as_the_documentation_makes_it():
    from scipy import sparse

    file = original(PLAIN)
    network = file.program.network
    arrays = safetensors.numpy.load(file.raw)
    x = want = np.random.default_rng(1).integers(0, 2, network.size)
    for number in range(1, network.depth + 1):
        parts = ("indptr", "indices", "data", "bias")
        indptr, indices, data, bias = (arrays[f"layers.{number}.{part}"] for part in parts)
        shape = (len(bias), len(x))
        matrix = sparse.csr_matrix((data.astype(np.int64), indices, indptr), shape=shape)
        x = np.maximum(matrix @ x + bias, 0)
    assert np.array_equal(x, forward(network, want[None])[0])


def test_an_altered_weight_with_a_new_hash_is_found_by_verification(path: Path):
    raw = original(FOREIGN).raw
    path.write_bytes(raw)
    with open_container(path) as content:
        arrays, metadata = dict(content.arrays), content.metadata.value
        altered = arrays["layers.5.data"].copy()
        altered[7] += 1 if altered[7] != -1 else 2
        write_container(path, arrays | {"layers.5.data": altered}, metadata)
    report = Program.load(path).verify(10)
    assert report.mismatch is not None and report.mismatch.layer == 5


def test_a_network_that_cannot_be_run_here_is_refused(path: Path, monkeypatch):
    program = reloaded(original(FOREIGN).program, path)
    monkeypatch.setattr("mlpl.networks.available_bytes", lambda: 1000)
    with pytest.raises(CompileError, match="are available"):
        program.run()


def test_a_file_can_be_replaced_by_what_was_loaded_from_it(path: Path):
    original(PLAIN).program.save(path)
    path.chmod(0o640)
    program = Program.load(path)
    program.save(path)
    assert path.read_bytes() == original(PLAIN).raw
    assert path.stat().st_mode & 0o777 == 0o640
    assert program.run([1, 2], 1, engine="sparse").value == 4
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_failed_write_leaves_nothing(path: Path):
    with pytest.raises(OSError, match="No such file"):
        original(PLAIN).program.save(path.parent / "nowhere" / "x.safetensors")
    assert list(path.parent.iterdir()) == []


def test_broken_files_at_random(tmp_path: Path):
    """The long form is `tests/extended/test_damaged_files.py`."""
    files = [original(PLAIN), *[original(FOREIGN)] * 3]
    ends = run(1_000, 1, files, tmp_path)
    assert sum(ends.values()) == 1_000
    assert ends["refused"] > 300 and ends["refused, hash as it was"] > 300


def test_an_altered_weight_is_told_by_its_array(path: Path):
    raw = bytearray(original(PLAIN).raw)
    raw[-1] ^= 2
    assert refused(path, bytes(raw)).endswith("does not have the hash that is stated for it")


def test_truncated_and_longer_files(path: Path):
    raw = original(PLAIN).raw
    assert refused(path, raw[:-1]).startswith("truncated: ")
    assert refused(path, raw[:5000]).startswith("truncated: ")
    assert "too short" in refused(path, raw[:50])
    assert "too short" in refused(path, b"")
    assert "8 bytes follow" in refused(path, raw + bytes(8))


def test_other_files(path: Path):
    assert "no network file" in refused(path, pickle.dumps({"weights": [1.0] * 99}))
    arrays = {"weight": np.zeros((30, 30), dtype=np.float32)}
    assert "no network file" in refused(path, safetensors.numpy.save(arrays))
    assert rejection(path.parent / "nothing")[0] == "missing-file"
    assert rejection(path.parent)[0] == "unreadable-file"


def test_a_newer_format_is_refused(path: Path):
    raw = original(FOREIGN).raw
    path.write_bytes(raw.replace(b'\\"version\\":1', b'\\"version\\":2', 1))
    rule, message = rejection(path)
    assert rule == "newer-file"
    assert message == "a file of format 2, and this mlpl knows up to 1"


def edited(raw: bytes, edit) -> bytes:
    """The file with something else in its header, the hash made right."""
    whole = json.loads(raw[8 : header_end(raw)])
    text = json.loads(whole["__metadata__"]["mlpl"])
    edit(whole, text)
    whole["__metadata__"]["mlpl"] = json.dumps(text, separators=(",", ":"))
    return with_header(json.dumps(whole, separators=(",", ":")), raw)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda h, t: t["network"]["parameters"].update(memory=1 << 31), "is outside"),
        (lambda h, t: t["network"]["parameters"].update(mode="other"), "mode"),
        (lambda h, t: t["network"].update(layers=[]), "belongs to no layer"),
        (lambda h, t: t["network"]["layers"][0]["groups"].pop(), "name"),
        (lambda h, t: t["network"]["layers"][0].update(inputs=3), "layer 1"),
        (lambda h, t: t["network"]["certificate"].update(state="1"), "magnitude"),
        (lambda h, t: t["program"]["image"].update(memory=17), "another machine"),
        (lambda h, t: t["program"]["image"].update(stack=[0, 99]), "is outside"),
        (lambda h, t: t["program"].update(sources=[]), "names no file"),
        (lambda h, t: t["program"].update(extra=1), "unknown member `extra`"),
        (lambda h, t: t["hashes"].pop("image.words"), "has no `image.words`"),
        (lambda h, t: h["image.words"].update(dtype="F64"), "none of I64"),
        (lambda h, t: h["image.words"].update(shape=[1 << 40]), "not what `shape` takes"),
        (lambda h, t: h["image.words"].update(shape=[-1]), "is outside"),
        (lambda h, t: h["layers.1.bias"].update(data_offsets=[0, 8]), "the array before"),
        (lambda h, t: h.update(more={"dtype": "I8", "shape": [0], "data_offsets": [0, 0]}), "more"),
    ],
)
def test_damage_is_named(edit, message: str, path: Path):
    assert message in refused(path, edited(original(FOREIGN).raw, edit))


def test_bombs(path: Path):
    """Deep, repeated and absurd content takes neither time nor memory."""
    raw = original(FOREIGN).raw
    opening = raw[8 : header_end(raw)].split(b'\\"version')[0].decode()
    deep = "[" * 1_000_000
    assert "nested too deeply" in refused(path, with_header(f'{opening}"}},"a":{deep}', raw))
    twice = '{opening}\\",\\"a\\":1,\\"a\\":2}}"}}}}'.format(opening=opening.rstrip('\\",'))
    assert "`a` twice" in refused(path, with_header(twice, raw))
    assert "truncated" in refused(path, (1 << 63).to_bytes(8, "little") + raw[8:])
    digits = f'{opening}"}},"a":{"9" * 10_000}}}'
    assert "no JSON" in refused(path, with_header(digits, raw))


def test_columns_that_wrap_are_told():
    """Differences of 32-bit numbers may wrap: rows that fall far look as if they rose."""
    from dataclasses import replace

    layer = random_network(1).layers[0]
    ends = layer.indptr.copy()
    ends[1:-1] = np.resize(np.array([(1 << 31) - 1, -(1 << 31)], dtype=np.int32), len(ends) - 2)
    with pytest.raises(ValueError, match="indptr"):
        replace(layer, indptr=ends).check()


def test_hugging_face_folders(tmp_path: Path):
    program = original(PLAIN).program
    program.save_pretrained(tmp_path / "twice")
    config = json.loads((tmp_path / "twice" / "config.json").read_text())
    assert (config["model_type"], config["word_bits"], config["entry"]) == ("mlpl", 12, "main")
    again = Program.from_pretrained(tmp_path / "twice")
    assert again.run([1, 2], 1, engine="machine").value == 4


def test_repositories_on_the_hub(tmp_path: Path, monkeypatch):
    from types import SimpleNamespace

    original(PLAIN).program.save_pretrained(tmp_path)

    def download(name: str, file: str, revision: str | None) -> str:
        if name != "owner/twice":
            raise FileNotFoundError("404")
        assert revision == "v1"
        return str(tmp_path / file)

    hub = SimpleNamespace(hf_hub_download=download)
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    assert Program.from_pretrained("owner/twice", revision="v1").entry is not None
    with pytest.raises(UsageError, match="the Hub does not have it: 404"):
        Program.from_pretrained("owner/nothing")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(UsageError, match="is no folder, and `huggingface_hub` is not installed"):
        Program.from_pretrained("owner/twice")
    with pytest.raises(UsageError, match=r"is a file, .* `mlpl.load` reads it"):
        Program.from_pretrained(tmp_path / "model.safetensors")


def test_a_network_without_program_names_its_reader(path: Path):
    build_network(4, 4).save(path)
    with pytest.raises(CompileError) as caught:
        Program.load(path)
    assert caught.value.diagnostics[0].help.startswith("`Network.load` reads it")


def test_baked_programs(path: Path):
    program = mlpl.compile(PLAIN, word_bits=12).bake()
    again = reloaded(program, path)
    assert again.image == program.image and again.image.fixed
    assert again.network.parameters == program.network.parameters
    assert again.network.layout == program.network.layout
    assert again.run([3, 4], 1, engine="sparse").value == 8
    plain = reloaded(mlpl.compile(PLAIN, word_bits=12, construction="paper"), path).bake()
    assert plain.network.parameters is not None
    assert plain.network.parameters.construction == "paper"
    assert plain.image.fixed == again.image.fixed


def test_the_command_line(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("plain.mlpl").write_text(PLAIN)
    Path("hi.dec").write_text("9 -1 3 10 -1 6 0 0 -1 72 105")
    run = Shell().run
    assert run("mlpl build plain.mlpl -o plain.safetensors") == ""
    assert run("mlpl run plain.safetensors 3,4 1") == "8\n"
    assert run("mlpl run plain.safetensors 3,4 1 --trace").endswith("return twice(xs, n); }\n8\n")
    trap = run("mlpl run plain.safetensors 3,4 5")
    assert trap == run("mlpl run plain.mlpl 3,4 5") and "plain.mlpl:2:" in trap
    assert run("mlpl build hi.dec -o hi.safetensors") == ""
    assert run("mlpl run hi.safetensors") == "Hi"
    assert run("mlpl asm hi.safetensors").startswith("9 -1 3\n")
    assert run("mlpl verify hi.safetensors --steps 10").startswith("weights")
    assert "was built with: 16" in run("mlpl run hi.safetensors --word-bits 12")
    assert "no text" in run("mlpl build hi.dec --emit image -o x.safetensors")
    Path("hi.dec").rename("x.safetensors")
    assert "error[damaged-file]" in run("mlpl check x.safetensors")
