"""The file of a batch's results: whole lines at any time, continued where they end."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

from mlpl.cli.batch_rows import BatchRow
from mlpl.cli.result_json import json_line
from mlpl.errors import UsageError

_BEGIN = b'{"line": '
"""Of every result."""

_RESULT = {"trap", "finished", "steps"}
"""Fields of the result of a row that is not malformed, among others."""


class BatchFile:
    """A file to which results are appended, behind those of the same rows that it has already."""

    def __init__(self, path: str) -> None:
        """Opens the file, which is made if it is not there.

        Raises:
            UsageError: it cannot be read and written.
        """
        self.path = path
        self._end = 0
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError as error:
            raise self._error(error) from error
        self._file = FileIO(descriptor, "r+")
        self._appends = False
        self._regular = stat.S_ISREG(os.fstat(descriptor).st_mode)

    def skip(self, rows: Iterator[BatchRow]) -> Iterator[dict[str, Any]]:
        """Yields the results that are there, and takes their rows; cuts off a torn last line.

        Raises:
            UsageError: a line is not the result of its row.
        """
        if not self._regular:
            return
        with Path(self.path).open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if _is_torn(line):
                    break
                row = next(rows, None)
                found = None if row is None else _result_of(row, line)
                if found is None:
                    raise UsageError(
                        f"line {number} of `{self.path}` is not the result of "
                        + ("any row" if row is None else f"the row in line {row.line}"),
                        "a batch goes on where its results end; begin anew in another file",
                    )
                self._end += len(line)
                yield found
        self._file.truncate(self._end)
        self._file.seek(self._end)
        self._appends = True

    def write(self, data: Mapping[str, object]) -> None:
        """Appends a line.

        Raises:
            UsageError: it cannot be written; the lines before it are there.
        """
        left = memoryview(json_line(data).encode())
        length = len(left)
        try:
            while left:
                left = left[self._file.write(left) or 0 :]
        except OSError as error:
            raise self._error(error) from error
        self._end += length

    def close(self) -> None:
        """Closes the file; half a line that was written is cut off."""
        if self._appends:
            self._file.truncate(self._end)
        self._file.close()

    def _error(self, error: OSError) -> UsageError:
        reason = (error.strerror or str(error)).lower()
        return UsageError(f"`{self.path}` cannot be written: {reason}")


def _is_torn(line: bytes) -> bool:
    """Whether a line without an end is the beginning of a result."""
    begin = line[: len(_BEGIN)]
    return not line.endswith(b"\n") and _BEGIN.startswith(begin)


def _result_of(row: BatchRow, line: bytes) -> dict[str, Any] | None:
    """Returns a line if it is the result of a row."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    same = {key: found.get(key) for key in row.head}
    whole = row.given is None or found.keys() >= _RESULT
    return found if whole and _text(same) == _text(dict(row.head)) else None


def _text(data: object) -> str:
    """Returns JSON, in which 1 and true are different."""
    return json.dumps(data)
