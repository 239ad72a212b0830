"""Source files from the disk."""

from __future__ import annotations

from pathlib import Path

from mlpl.base.diagnostics import CompileError, Diagnostic, Mark
from mlpl.base.source import Source, Span

LARGEST = 1 << 22
"""Bytes of a source file."""


class SourceNotFound(CompileError):  # noqa: N818 - says more than an `Error` at its end
    """The file is missing, a folder, or cannot be read: nothing in it can be wrong."""


def read_source(path: str | Path, limit: int = LARGEST) -> Source:
    """Returns the text of a file, reported under `path` as given.

    Args:
        path: the file.
        limit: bytes at most; images may be larger than programs.

    Raises:
        SourceNotFound: it cannot be read.
        CompileError: it is not UTF-8, or too large.
    """
    return decode_source(str(path), read_content(path, limit), limit)


def read_content(path: str | Path, limit: int = LARGEST) -> bytes:
    """Returns the first bytes of a file, one more than `limit` at most.

    Raises:
        SourceNotFound: it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise SourceNotFound([unreadable(path, error)]) from None


def unreadable(path: str | Path, error: Exception) -> Diagnostic:
    """Returns the diagnostic for a file that cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return _whole("missing-file", "this file does not exist", str(path))
    if isinstance(error, IsADirectoryError):
        return _whole("unreadable-file", "this is a folder", str(path))
    reason = getattr(error, "strerror", None) or str(error)
    message = f"this file cannot be read: {reason.lower()}"
    return _whole("unreadable-file", message, str(path))


def decode_source(name: str, content: bytes, limit: int = LARGEST) -> Source:
    """Returns the source that is reported under `name`; a byte order mark is left out.

    In a text without newlines, carriage returns end the lines.

    Raises:
        CompileError: it is not UTF-8, or too large.
    """
    if len(content) > limit:
        message = f"this file has more than {limit:,} bytes"
        raise CompileError([_whole("source-too-large", message, name)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        raise CompileError([_not_utf8(name, content, start)]) from None
    return Source(name, text if "\n" in text else text.replace("\r", "\n"))


def check_length(source: Source) -> None:
    """Refuses a text that is longer than any file may be.

    Raises:
        CompileError: it is.
    """
    if len(source.text) > LARGEST:
        message = f"a source has at most {LARGEST:,} bytes"
        raise CompileError([_whole("source-too-large", message, source.path)])


def _not_utf8(name: str, content: bytes, offset: int) -> Diagnostic:
    source = Source(name, content.decode("utf-8-sig", errors="replace"))
    start = len(content[:offset].decode("utf-8-sig", errors="replace"))
    return Diagnostic(
        "not-utf-8",
        f"byte {offset} is not UTF-8 text: 0x{content[offset]:02x}",
        Mark(Span(source, start, start + 1)),
        help="sources and images are text in the encoding UTF-8",
    )


def _whole(rule: str, message: str, path: str) -> Diagnostic:
    return Diagnostic(rule, message, path=path)
