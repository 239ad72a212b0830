"""Sources in folders, and files that are replaced as a whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from mlpl.errors import UsageError


def sources_at(path: str) -> list[str]:
    """Returns the path; for a folder the `.mlpl` files in it, hidden folders left out, by name.

    Raises:
        UsageError: there is no source in the folder.
    """
    if path == "-" or not Path(path).is_dir():
        return [path]
    found: list[str] = []
    for place, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [str(Path(place, name)) for name in sorted(files) if name.endswith(".mlpl")]
    if not found:
        raise UsageError(f"there are no sources in `{path}`", "they end in .mlpl")
    return found


def replace_file(path: str, text: str) -> None:
    """Replaces what a file holds, at once and with its permissions; links stay links.

    Raises:
        UsageError: it cannot be written; it is as it was.
    """
    target = Path(path).resolve()
    made: str | None = None
    try:
        if not os.access(target, os.W_OK):
            raise PermissionError(0, "Permission denied")
        descriptor, made = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(descriptor)
        Path(made).write_bytes(text.encode())
        shutil.copymode(target, made)
        os.replace(made, target)  # noqa: PTH105 - beside `shutil.copymode`
        made = None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"`{path}` cannot be written: {reason}") from error
    finally:
        if made is not None:
            Path(made).unlink(missing_ok=True)
