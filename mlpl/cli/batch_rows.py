"""The rows of a batch: lines of JSON, each with the arguments and the input of a run."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isinf
from typing import BinaryIO, NoReturn

from mlpl.batch import Given
from mlpl.cli.result_json import bytes_data
from mlpl.errors import UsageError
from mlpl.program import Program

_KEYS = ("id", "args", "input", "input_base64")
_LONGEST = 100
"""Characters of a name that a message quotes, and of a number."""
_LONGEST_LINE = 1 << 26
"""Bytes."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A row of a batch.

    Attributes:
        line: where it stands in the file, from 1.
        head: what the line of its result begins with: `line`, `id` where there is one, and the
            arguments and the input, or `error`.
        given: what its run is given; None where it is malformed.
    """

    line: int
    head: Mapping[str, object]
    given: Given | None


def read_lines(file: BinaryIO, program: Program) -> Iterator[BatchRow]:
    """Yields the rows of a file; empty lines are none."""
    for number, line in enumerate(_lines(file), 1):
        if line is None:
            error = f"the line is longer than {_LONGEST_LINE:,} bytes"
            yield BatchRow(number, {"line": number, "error": error}, None)
        elif line.strip():
            yield _row(number, line.strip(), program)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Yields the lines of a file, None for one that is too long to be taken into memory."""
    while line := file.readline(_LONGEST_LINE + 1):
        whole = line.endswith(b"\n") or len(line) <= _LONGEST_LINE
        while not whole:
            rest = file.readline(_LONGEST_LINE)
            whole, line = rest.endswith(b"\n") or not rest, b""
        yield line or None


def _row(number: int, line: bytes, program: Program) -> BatchRow:
    try:
        row = _fields(_parsed(line))
        arguments, data = _arguments(row), _input(row)
        given = Given(program.words(arguments), data)
    except UsageError as error:
        return BatchRow(number, {"line": number, "error": str(error)}, None)
    named = {"id": row["id"]} if "id" in row else {}
    head = {"line": number, **named, "args": arguments, **bytes_data("input", data)}
    return BatchRow(number, head, given)


def _parsed(line: bytes) -> object:
    """Returns the value of a line, which is JSON by the letter: Python takes more."""
    try:
        return json.loads(
            line.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_fraction,
            parse_int=_integer,
        )
    except UnicodeDecodeError:
        raise UsageError("the line is not UTF-8") from None
    except RecursionError:
        raise UsageError("the line is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"no JSON: {_lower(error.msg)} in column {error.colno}") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"`{twice[:_LONGEST]}` stands there twice")
    return found


def _constant(text: str) -> NoReturn:
    raise UsageError(f"no JSON: `{text}` is no number")


def _fraction(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise UsageError(f"the number `{text[:_LONGEST]}` is too large")
    return value


def _integer(text: str) -> int:
    if len(text) > _LONGEST:
        raise UsageError(f"a number of {len(text):,} digits is too large")
    return int(text)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _fields(row: object) -> dict[str, object]:
    """Returns the fields of a row; a list is short for its arguments, a text for its input."""
    match row:
        case dict():
            if unknown := [key for key in row if key not in _KEYS]:
                known = ", ".join(f"`{key}`" for key in _KEYS)
                raise UsageError(f"unknown field `{unknown[0]}`", f"a row has {known}")
            return row
        case list():
            return {"args": row}
        case str():
            return {"input": row}
        case _:
            raise UsageError("a row is an object with `args` and `input`")


def _arguments(row: Mapping[str, object]) -> list[object]:
    arguments = row.get("args", [])
    if not isinstance(arguments, list):
        raise UsageError("`args` is a list")
    return arguments


def _decoded(coded: object) -> bytes:
    error = UsageError("`input_base64` is no base64")
    if not isinstance(coded, str):
        raise error
    try:
        return base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        raise error from None


def _input(row: Mapping[str, object]) -> bytes:
    text, coded = row.get("input"), row.get("input_base64")
    if coded is not None:
        return _decoded(coded)
    if text is not None and not isinstance(text, str):
        raise UsageError("`input` is a text")
    try:
        return (text or "").encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise UsageError("`input` is no Unicode text", "`input_base64` takes any bytes") from None
