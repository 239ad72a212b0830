"""Standard input, output and error as they are: lazy, binary, perhaps closed."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO, TextIO

from mlpl.errors import UsageError

_CHUNK = 1 << 16


def read_input() -> bytes:
    """Returns the bytes of the standard input that are there, at least one; b"" at its end.

    Waits for the first of them only; the end of a terminal's input is the end.

    Raises:
        UsageError: it cannot be read.
    """
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return b""
    try:
        return stream.read1(_CHUNK) if hasattr(stream, "read1") else stream.read(_CHUNK)
    except (OSError, ValueError) as error:
        raise UsageError(f"the standard input cannot be read: {_reason(error)}") from error


def read_all_input() -> bytes:
    """Returns what is left of the standard input.

    Raises:
        UsageError: it cannot be read.
    """
    chunks = []
    while chunk := read_input():
        chunks.append(chunk)
    return b"".join(chunks)


def input_lines() -> BinaryIO:
    """Returns the standard input, to be read line by line.

    Raises:
        UsageError: it is closed.
    """
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise UsageError("the standard input is closed")
    return stream


def write_output(data: bytes) -> None:
    """Writes bytes to the standard output, at once.

    Raises:
        BrokenPipeError: nobody reads any more.
        UsageError: it cannot be written.
    """
    stream: BinaryIO | None = getattr(sys.stdout, "buffer", None)
    if stream is None:
        raise UsageError("the standard output is closed")
    try:
        stream.write(data)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard(sys.stdout)
        raise UsageError(f"the standard output cannot be written: {_reason(error)}") from error


def write_text(text: str) -> None:
    """Writes text to the standard output, in UTF-8."""
    write_output(text.encode("utf-8"))


def write_error(text: str) -> None:
    """Writes a line to the standard error; nothing happens where that is closed."""
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()


def discard(stream: TextIO | None) -> None:
    """Makes what is written to a stream from now on, or waits in it, go nowhere.

    Python complains at its end about streams that it cannot flush.
    """
    try:
        descriptor = stream.fileno() if stream is not None else None
    except (OSError, ValueError):
        descriptor = None
    if descriptor is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person watches the stream."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def wants_color(stream: TextIO | None) -> bool:
    """Whether text on the stream may have colours.

    `NO_COLOR` (https://no-color.org) turns them off, `FORCE_COLOR` (https://force-color.org) on,
    each where it is not empty; the first is the stronger one.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return stream is not None
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
