"""Network files that are broken at random, some of them with their hashes made right again.

    python -m tests.damaged_files --count 2000 --seed 1

Each must be refused with an error that names the damage, or load. A file whose hashes were not made
right again may load only the network that was saved; of the others, those that load another one are
told by comparison with the network that their parameters make.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import mlpl
from mlpl.backend.mlp.formats.container import OPENING, TYPES, open_container, write_container
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.drive import once
from mlpl.backend.subleq.engine import Engine
from mlpl.backend.subleq.image import Image
from mlpl.base.diagnostics import CompileError
from mlpl.base.render import render
from mlpl.base.source import Source
from mlpl.cli.trap_report import trap_diagnostic
from mlpl.errors import UsageError
from mlpl.lang.datatypes import size
from mlpl.program import Program
from mlpl.trace import Tracer

MEMORY = 3 << 30
"""Bytes of address space that the process may have."""

REFUSED, EQUAL, OTHER = "refused", "loaded as equal", "loaded as another network"

_STRANGE: tuple[Any, ...] = (
    *(0, 1, -1, 2, 7, 127, 255, 1 << 31, (1 << 31) - 1, 1 << 63, -(1 << 63), 10**30),
    *(None, True, False, "", "a", "int", "int[99999999]", "\ud800", "x" * 5000),
    *([], {}, [[]], [0], [1, 2, 3], {"a": 1}, 1.5, float("nan"), float("inf"), -0.0, 1e300),
)


FOREIGN = ""
PLAIN = """
fn twice(xs: int[2], i: int) -> int { return xs[i] + xs[i]; }
fn main(xs: int[2], n: int) -> int { assert(n < 7, "too large"); return twice(xs, n); }
"""
RECURSIVE = """
fn f(n: int) -> int { if n < 2 { return 1; } return n + f(n - 2) + f(n - 1); }
fn main(xs: bool[3]) {
    var t = [1, 2, 3];
    var i = 0;
    while i < 4 { assert(!xs[i], "no"); print(t[i], f(i)); i += 1; }
}
"""


@dataclass(frozen=True)
class Original:
    """A program and the bytes of its file."""

    program: Program
    raw: bytes


@cache
def original(text: str) -> Original:
    """A compiled program, saved; FOREIGN is an image made elsewhere."""
    if text == FOREIGN:
        image = Image((9, 255, 3, 10, 255, 6, 0, 0, 255, 72, 105), 8, 16)
        program = Program.from_image(image, Source("hi.dec", ""), "paper")
    else:
        program = mlpl.compile(text, word_bits=12, level="Os")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.safetensors")
        program.save(path)
        return Original(program, path.read_bytes())


class FileDamage:
    """Breaks files, each time in another way.

    Attributes:
        rng: what chooses.
        files: good ones.
    """

    def __init__(self, rng: random.Random, files: Sequence[Original]) -> None:
        self.rng = rng
        self.files = files

    def next(self) -> tuple[Original, bytes, bool]:
        """A good file, what has become of its bytes, and whether the hashes were made right."""
        file = self.rng.choice(self.files)
        if self.rng.random() < 0.5:
            ways = (self.flipped, self.truncated, self.extended, self.spliced, self.length)
            return file, self.rng.choice(ways)(file.raw), False
        ways = (self.header, self.metadata, self.metadata, self.array, self.array)
        return file, self.rng.choice(ways)(file.raw), True

    def flipped(self, raw: bytes) -> bytes:
        """Some bytes are others, half of the time in the header."""
        data = bytearray(raw)
        end = header_end(raw) if self.rng.random() < 0.5 else len(raw)
        for _ in range(self.rng.choice((1, 1, 1, 2, 20))):
            at = self.rng.randrange(end)
            data[at] = self.rng.choice((data[at] ^ 1 << self.rng.randrange(8), 0, 255, 32, 57))
        return bytes(data)

    def truncated(self, raw: bytes) -> bytes:
        ends = (self.rng.randrange(len(raw)), self.rng.randrange(200), len(raw) - 1)
        return raw[: self.rng.choice(ends)]

    def extended(self, raw: bytes) -> bytes:
        return raw + self.rng.choice((b"\0", b" " * 8, raw, self.rng.randbytes(99)))

    def spliced(self, raw: bytes) -> bytes:
        """A piece is left out, doubled, overwritten, or comes from another file."""
        a, b = sorted(self.rng.randrange(len(raw)) for _ in range(2))
        other = self.rng.choice(self.files).raw
        pieces = (raw[:a] + raw[b:], raw[:b] + raw[a:], raw[:a] + bytes(b - a) + raw[b:])
        return self.rng.choice((*pieces, raw[:a] + other[a:], other[:a] + raw[a:]))

    def length(self, raw: bytes) -> bytes:
        """The header is said to be longer or shorter."""
        known = header_end(raw) - 8
        said = (known + self.rng.randint(-99, 99), self.rng.getrandbits(64), 0, 1 << 63, 1 << 31)
        return self.rng.choice(said).to_bytes(8, "little", signed=False) + raw[8:]

    def header(self, raw: bytes) -> bytes:
        """The entries of the arrays are others, with their hashes."""
        whole = json.loads(raw[8 : header_end(raw)])
        metadata = whole.pop("__metadata__")
        self._alter(whole)
        return with_header(json.dumps({"__metadata__": metadata, **whole}), raw)

    def metadata(self, raw: bytes) -> bytes:
        """What is said about network and program is other, or its text is no good JSON."""
        whole = json.loads(raw[8 : header_end(raw)])
        text = json.loads(whole["__metadata__"]["mlpl"])
        for _ in range(self.rng.choice((1, 1, 2, 5))):
            part = self.rng.choice(("network", "network", "program", "program", "hashes", None))
            self._alter(text if part is None or text.get(part) is None else text[part])
        text = {"sha256": "0" * 64, **text}
        spelled = json.dumps(text, separators=(",", ":"))
        if self.rng.random() < 0.1:
            spelled = spelled[:-1] + self.rng.choice(
                (',"version":1}', "]", "[" * 9999, ',"a":NaN}')
            )
        whole["__metadata__"] = {"mlpl": spelled}
        return with_header(json.dumps(whole, separators=(",", ":")), raw)

    def array(self, raw: bytes) -> bytes:
        """An array has other entries, another length or another type."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.safetensors")
            path.write_bytes(raw)
            with open_container(path) as content:
                arrays, metadata = dict(content.arrays), content.metadata.value
                name = self.rng.choice(sorted(arrays))
                arrays[name] = self._other(arrays[name])
                write_container(path, arrays, metadata)
            return path.read_bytes()

    def _other(self, array: NDArray[Any]) -> NDArray[Any]:
        way = self.rng.randrange(6)
        limits = np.iinfo(array.dtype)
        if way == 0:
            return array[: self.rng.randrange(len(array) + 1)]
        if way == 1:
            return np.concatenate([array, array[:1]])
        if way == 2:
            return array.astype(self.rng.choice(list(TYPES.values())))
        other = array.copy()
        flat = other.reshape(-1)
        if len(flat):
            at = self.rng.randrange(len(flat))
            near = min(max(int(flat[at]) + self.rng.choice((-1, 1)), limits.min), limits.max)
            flat[at] = self.rng.choice((near, near, 0, -1, limits.min, limits.max))
        return other

    def _alter(self, value: Any) -> None:
        """Alters something somewhere in a JSON value."""
        while isinstance(value, dict | list) and value:
            keys = list(value) if isinstance(value, dict) else range(len(value))
            key = self.rng.choice(keys)
            inner = value[key]
            if isinstance(inner, dict | list) and inner and self.rng.random() < 0.85:
                value = inner
                continue
            if isinstance(inner, int) and self.rng.random() < 0.5:
                value[key] = inner + self.rng.choice((-1, 1))
            elif self.rng.random() < 0.3:
                del value[key]
            else:
                value[key] = self.rng.choice(_STRANGE)
            return


def header_end(raw: bytes) -> int:
    """Where the header of a file ends."""
    return 8 + int.from_bytes(raw[:8], "little")


def with_header(text: str, raw: bytes) -> bytes:
    """A file with another header, whose hash is made right."""
    header = text.encode()
    header = header.ljust(-(-len(header) // 8) * 8)
    first = len(header).to_bytes(8, "little") + header
    start = 8 + len(OPENING)
    blank = first[:start] + b"0" * 64 + first[start + 64 :]
    digest = hashlib.sha256(blank).hexdigest().encode()
    return first[:start] + digest + first[start + 64 :] + raw[header_end(raw) :]


def judge(file: Original, content: bytes, rehashed: bool, path: Path) -> str:
    """Loads a broken file; returns what came of it.

    What loads also runs: no field of it may lead beyond what it checks.
    """
    path.write_bytes(content)
    try:
        found = mlpl.load(path)
    except CompileError as error:
        (diagnostic,) = error.diagnostics
        assert diagnostic.rule in ("damaged-file", "newer-file"), diagnostic
        assert len(diagnostic.message) < 500
        assert render(diagnostic)
        return REFUSED
    network = found.network if isinstance(found, Program) else found
    if isinstance(found, Program):
        exercise(found)
    if same(network, file.program.network):
        return EQUAL
    assert rehashed, "a damaged file loads another network"
    return OTHER


def exercise(program: Program) -> None:
    """Runs a program for some steps, traced, and reads its end."""
    entry = program.entry
    words = [[1] * size(p.type) for p in entry.parameters] if entry is not None else []
    try:
        session = program.session(words, "machine", lambda e: traced(program, e))
        session.run(once(b"12 x"), lambda data: None, 200)
    except UsageError:
        return
    result = session.result()
    if result.trap is not None:
        assert render(trap_diagnostic(result.trap, program.sources))


def traced(program: Program, engine: Engine) -> Engine:
    return Tracer(engine, program.image, program.sources, lambda line: None)


def same(one: Network, other: Network) -> bool:
    """Whether two networks have the same weights, names and parameters."""
    if (one.parameters, one.depth) != (other.parameters, other.depth):
        return False
    return all(
        np.array_equal(a, b)
        for x, y in zip(one.layers, other.layers, strict=True)
        for a, b in ((getattr(x, name), getattr(y, name)) for name in _PARTS)
    )


_PARTS = ("indptr", "indices", "data", "bias")


def run(count: int, seed: int, files: Sequence[Original], folder: Path) -> Counter[str]:
    """Judges broken files; returns how many ended how."""
    damage = FileDamage(random.Random(seed), files)
    ends: Counter[str] = Counter()
    for number in range(count):
        file, content, rehashed = damage.next()
        try:
            end = judge(file, content, rehashed, folder / f"{number}.safetensors")
        except Exception as error:
            raise AssertionError(f"file {number} of seed {seed}") from error
        (folder / f"{number}.safetensors").unlink()
        ends[end if rehashed else f"{end}, hash as it was"] += 1
    return ends


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs from the command line; returns 1 where a file failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    with tempfile.TemporaryDirectory() as folder:
        files = [original(text) for text in (PLAIN, RECURSIVE, FOREIGN)]
        ends = run(options.count, options.seed, files, Path(folder))
    for end, number in sorted(ends.items()):
        print(f"{number:>7,} {end}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
