"""Texts by path: the buffers of an editor, and the disk behind them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from lark import Token

from mlpl.base.diagnostics import Diagnostic
from mlpl.base.source import Source
from mlpl.lang import syntax
from mlpl.lang.load import LARGEST, read_source
from mlpl.lang.modules import LIBRARY, library_folder
from mlpl.lang.parse import lex, parse_partially

MOST_FILES = 2_000
"""Sources of a workspace that are looked through."""

MOST_FOLDERS = 2_000
"""Folders of a workspace that are looked through."""

_SKIPPED = frozenset({"node_modules", "__pycache__"})


class Texts:
    """The texts that an editor sees; what is open in it hides what is on the disk."""

    def __init__(self) -> None:
        self._open: dict[str, Source] = {}
        self._disk: dict[str, tuple[tuple[int, int], Source]] = {}

    def put(self, path: str, text: str) -> Source:
        """Opens a buffer, or replaces its text; returns it as a source."""
        source = Source(path, text)
        self._open[path] = source
        return source

    def drop(self, path: str) -> None:
        """Closes a buffer."""
        self._open.pop(path, None)

    @property
    def opened(self) -> tuple[str, ...]:
        """The paths of the open buffers."""
        return tuple(self._open)

    def read(self, path: Path) -> Source | None:
        """Returns the text of a file, the same object as long as it is the same; None without one.

        Raises:
            CompileError: it is no text.
        """
        name = canonical(path)
        if name in self._open:
            return self._open[name]
        try:
            status = path.stat()
        except (OSError, ValueError):
            return None
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._disk.get(name)
        if known is None or known[0] != stamp:
            found = read_source(path)
            known = self._disk[name] = stamp, Source(name, found.text)
        return known[1]


def sources_in(folder: Path) -> list[Path]:
    """Returns the sources in a folder."""
    return [path for path in _entries(folder) if path.suffix == ".mlpl" and path.is_file()]


def sources_below(folders: Iterable[Path]) -> Iterator[Path]:
    """Yields the sources in folders and the folders in them, outer ones first."""
    waiting = deque(folders)
    files = 0
    for _ in range(MOST_FOLDERS):
        if not waiting or files > MOST_FILES:
            return
        folder = waiting.popleft()
        found = sources_in(folder)
        files += len(found)
        yield from found
        for entry in _entries(folder):
            hidden = entry.name.startswith(".") or entry.name in _SKIPPED
            if not hidden and not entry.is_symlink() and entry.is_dir():
                waiting.append(entry)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def canonical(path: str | Path) -> str:
    """Returns the one name of a file; texts without a file keep theirs."""
    if str(path).startswith("<"):
        return str(path)
    try:
        return str(Path(path).resolve())
    except (OSError, ValueError, RuntimeError):
        return str(path)


def file_of(source: Source) -> str:
    """Returns the path of a source's file, also for sources of the library."""
    if source.path.startswith(f"{LIBRARY}/"):
        return str(library_folder() / source.path.removeprefix(f"{LIBRARY}/"))
    return source.path


def in_library(path: str) -> bool:
    """Whether a path leads into the standard library."""
    return Path(path).parent == library_folder()


@lru_cache(maxsize=512)
def parse(source: Source) -> tuple[syntax.Module, list[Diagnostic]]:
    """Returns what `parse_partially` does, which need not be done twice."""
    return parse_partially(source, tokens(source))


@lru_cache(maxsize=64)
def tokens(source: Source) -> tuple[Token, ...]:
    """Returns the tokens of a text, unreadable ones too; none of one that no file may hold."""
    return tuple(lex(source)) if len(source.text) <= LARGEST else ()
