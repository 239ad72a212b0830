"""safetensors files: named arrays and one text, mapped into memory and trusted in nothing.

A file is 8 bytes that say how long the header is, the header in JSON, and the arrays one after the
other. The layout is that of https://github.com/huggingface/safetensors, whose readers open these
files. Its own reader copies every array; this one maps the file, so that 400 MB of weights are
there in a fraction of a second and share their pages between processes, and its errors say which
part of the file is damaged.

The text is the metadata entry `mlpl`, JSON. Its `hashes` are the SHA-256 of the bytes of each
array, and its first member, `sha256`, is that of everything before the arrays, with its own 64
digits replaced by zeros. Nothing in a file can change unnoticed.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.formats.whole_file import whole_file
from mlpl.base.checked import Checked, DamagedError, parse_json, write_json

VERSION = 1
"""Of the format; goes up when older readers would misread a file."""

Arrays = Mapping[str, NDArray[np.integer]]
"""By name; of the types of `TYPES`."""

TYPES: Mapping[str, np.dtype[Any]] = {
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I8": np.dtype("i1"),
}
"""What arrays may hold; those with longer entries come first in a file, so that all are aligned."""

_METADATA = "__metadata__"
_ENTRY = "mlpl"
_DIGITS = 64
_ZEROS = "0" * _DIGITS
OPENING = f'{{"{_METADATA}":{{"{_ENTRY}":"{{\\"sha256\\":\\"'.encode()
"""What every header begins with; the digits of the hash follow."""
_HASHED = 8 + len(OPENING)
"""Where they stand in the file."""
_LENGTH = 8
_LONGEST_HEADER = 100_000_000
"""Bytes; the limit of the format."""
_MOST_AXES = 2
_WORTH_THREADS = 1 << 24
"""Bytes that one core hashes in 10 ms."""
_LARGEST = (1 << 62) - 1


class NewerError(DamagedError):
    """A file has a format that this version of mlpl does not know."""


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What a file holds.

    Attributes:
        arrays: by name; they cannot be written to.
        metadata: the members of the text but for the version and the hashes.
    """

    arrays: Arrays
    metadata: Checked


def write_container(path: str | Path, arrays: Arrays, metadata: Mapping[str, Any]) -> None:
    """Writes a file, as a whole or not at all; the same content makes the same bytes.

    Args:
        path: where to.
        arrays: of the types of `TYPES`.
        metadata: what JSON has.

    Raises:
        OSError: it cannot be written.
    """
    with whole_file(path) as file:
        _write(file, arrays, metadata)


def _write(file: BinaryIO, arrays: Arrays, metadata: Mapping[str, Any]) -> None:
    order = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))
    pieces = [_raw(arrays[name]) for name in order]
    with ThreadPoolExecutor() as pool:
        hashes = dict(zip(order, pool.map(_hash, pieces), strict=True))
    text = {"sha256": _ZEROS, "version": VERSION, **metadata, "hashes": hashes}
    entries: dict[str, Any] = {_METADATA: {_ENTRY: write_json(text)}}
    end = 0
    for name in order:
        start, end = end, end + arrays[name].nbytes
        entries[name] = {
            "dtype": _type_of(arrays[name]),
            "shape": list(arrays[name].shape),
            "data_offsets": [start, end],
        }
    header = write_json(entries).encode("ascii")
    header = header.ljust(-(-len(header) // 8) * 8)
    first = len(header).to_bytes(_LENGTH, "little") + header
    digest = hashlib.sha256(first).hexdigest().encode()
    file.write(first[:_HASHED] + digest + first[_HASHED + _DIGITS :])
    for piece in pieces:
        file.write(piece)


def _hash(piece: memoryview) -> str:
    return hashlib.sha256(piece).hexdigest()


def _type_of(array: NDArray[np.integer]) -> str:
    return next(name for name, dtype in TYPES.items() if dtype == array.dtype)


def _raw(array: NDArray[np.integer]) -> memoryview:
    """Returns the bytes of an array; memory views of arrays without entries cannot be cast."""
    return np.ascontiguousarray(array).data.cast("B") if array.size else memoryview(b"")


@contextmanager
def open_container(path: str | Path) -> Iterator[Content]:
    """Gives the `with` what a file holds; the arrays stay in the file.

    The hashes of the arrays are computed meanwhile: what was made of them counts only where the
    `with` ends without an error.

    Raises:
        OSError: the file cannot be read.
        NewerError: it has a newer format.
        DamagedError: it is damaged, or none of ours.
    """
    data = _mapped(path)
    begin = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    if data[_LENGTH:_HASHED] != OPENING:
        raise DamagedError("this is no network file: it does not begin with the metadata of one")
    if begin > min(len(data), _LENGTH + _LONGEST_HEADER):
        raise DamagedError(f"truncated: {len(data):,} bytes, and the header takes {begin:,}")
    metadata, entries = _parse(data[:begin])
    stated = Checked(metadata.value.pop("hashes", None), f"{_ENTRY}.hashes")
    arrays = dict(_arrays(data, begin, entries))
    with ThreadPoolExecutor() as pool:
        apply = pool.map if len(data) > _WORTH_THREADS else map
        found = apply(_hash, [_raw(array) for array in arrays.values()])
        yield Content(arrays, metadata)
        for name, text, digest in zip(arrays, stated.members(*arrays), found, strict=True):
            if text.text() != digest:
                raise DamagedError(f"`{name[:80]}` does not have the hash that is stated for it")


def _mapped(path: str | Path) -> mmap.mmap:
    """Returns the bytes of a file that has at least a hash."""
    with Path(path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < _HASHED + _DIGITS:
            raise DamagedError(f"a file of {size:,} bytes is too short for a network")
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _parse(first: bytes) -> tuple[Checked, dict[str, Checked]]:
    """Returns the metadata without the hash, and the entries of the arrays by name.

    Args:
        first: the file up to the arrays.
    """
    whole = parse_json(_ascii(first[_LENGTH:]), "header").value
    (text,) = Checked(whole.pop(_METADATA), _METADATA).members(_ENTRY)
    metadata = parse_json(text.text(), _ENTRY)
    stated = metadata.value.pop("sha256")
    version = Checked(metadata.value.pop("version", None), f"{_ENTRY}.version").integer(1, 1 << 31)
    if version > VERSION:
        raise NewerError(f"a file of format {version:,}, and this mlpl knows up to {VERSION}")
    blank = first[:_HASHED] + _ZEROS.encode() + first[_HASHED + _DIGITS :]
    if stated != hashlib.sha256(blank).hexdigest():
        raise DamagedError("the header does not have the hash that it states")
    return metadata, {name: Checked(entry, name[:80]) for name, entry in whole.items()}


def _ascii(header: bytes) -> str:
    try:
        return header.decode("ascii")
    except UnicodeDecodeError as error:
        byte = header[error.start]
        raise DamagedError(f"byte {error.start:,} of the header is 0x{byte:02x}") from None


def _arrays(
    data: mmap.mmap, begin: int, entries: Mapping[str, Checked]
) -> Iterator[tuple[str, NDArray[np.integer]]]:
    """Yields the arrays, which lie side by side up to the end of the file."""
    end = 0
    for name, entry in entries.items():
        type_, shape, offsets = entry.members("dtype", "shape", "data_offsets")
        dtype = TYPES[type_.choice(tuple(TYPES))]
        extents = tuple(x.integer(0, _LARGEST) for x in shape.items())
        if not 1 <= len(extents) <= _MOST_AXES:
            shape.refuse(f"has {len(extents)} axes")
        start, stop = (x.integer(0, _LARGEST) for x in offsets.items(2))
        if start != end:
            offsets.refuse(f"begins at {start:,}, and the array before ends at {end:,}")
        if stop - start != prod(extents) * dtype.itemsize:
            offsets.refuse(f"has room for {stop - start:,} bytes, which is not what `shape` takes")
        if begin + stop > len(data):
            raise DamagedError(
                f"truncated: {len(data):,} bytes, and `{name[:80]}` ends at {begin + stop:,}"
            )
        if (begin + start) % dtype.itemsize:
            offsets.refuse(f"begins at {start:,}, where its entries are not aligned")
        if start == stop:
            yield name, np.zeros(extents, dtype)
        else:
            yield name, np.frombuffer(data, dtype, prod(extents), begin + start).reshape(extents)
        end = stop
    if begin + end != len(data):
        raise DamagedError(f"{len(data) - begin - end:,} bytes follow after the last array")
