"""The files that an editor works on, each analysed again when something in it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source
from mlpl.editor.analysis import Analysis, Options, analyze
from mlpl.editor.names import Definition, Kind, Occurrence
from mlpl.editor.texts import Texts, canonical, in_library, parse, sources_below, sources_in
from mlpl.lang import syntax
from mlpl.lang.check.symbols import VariableSymbol
from mlpl.lang.typed import Storage

MOST_KEPT = 256
"""Files about which everything is kept."""


class Workspace:
    """Open buffers, folders, and what is known about the files in them.

    Attributes:
        options: how files are checked.
        folders: where files are that may refer to each other, besides those beside one another.
        texts: the buffers and the disk.
    """

    def __init__(self, options: Options | None = None, texts: Texts | None = None) -> None:
        self.options = options or Options()
        self.folders: list[Path] = []
        self.texts = texts or Texts()
        self._known: dict[str, tuple[Options, Analysis]] = {}

    def source(self, path: str) -> Source | None:
        """Returns the text of a file, or None if it has none."""
        try:
            return self.texts.read(Path(path))
        except CompileError:
            return None

    def analysis(self, path: str) -> Analysis | None:
        """Returns what is known about a file as it is now; None if there is no such text."""
        source = self.source(path)
        if source is None:
            self._known.pop(path, None)
            return None
        known = self._known.get(path)
        if known is not None and known[0] == self.options and self._current(known[1], source):
            return known[1]
        made = analyze(source, self.texts, self.options)
        if len(self._known) == MOST_KEPT:
            self._known.pop(next(iter(self._known)), None)
        self._known[path] = self.options, made
        return made

    def _current(self, known: Analysis, source: Source) -> bool:
        if known.source is not source:
            return False
        try:
            return all(self.texts.read(path) is then for path, then in known.read.items())
        except CompileError:
            return False

    def tree(self, source: Source) -> syntax.Module:
        """Returns what can be read of a text."""
        return parse(source)[0]

    def sources(self) -> Iterator[Source]:
        """Yields the open buffers and the files in the folders."""
        for path in self._paths():
            source = self.source(path)
            if source is not None:
                yield source

    def _paths(self, beside: Sequence[Path] = ()) -> dict[str, None]:
        """Returns the open buffers, some files, and those in the folders, each once."""
        files = [*beside, *sources_below(self.folders)]
        return dict.fromkeys([*self.texts.opened, *map(canonical, files)])

    def forget(self, path: str) -> None:
        """Drops what is kept about a closed file."""
        self._known.pop(path, None)

    def candidates(self, definition: Definition) -> Iterator[Analysis]:
        """Yields the files in which names may stand that mean a declaration, its own first."""
        own = definition.file
        first = self.analysis(own)
        if first is not None:
            yield first
        if not _leaves_its_file(definition):
            return
        beside = [] if in_library(own) else sources_in(Path(own).parent)
        for path in self._paths(beside):
            source = self.source(path)
            if path == own or source is None or definition.name not in source.text:
                continue
            analysis = self.analysis(path)
            if analysis is not None and own in analysis.files:
                yield analysis

    def references(self, definition: Definition) -> list[Occurrence]:
        """Returns every name that means a declaration, by file and place, the declaration too."""
        found: dict[tuple[str, int], Occurrence] = {}
        for analysis in self.candidates(definition):
            for occurrence in analysis.names.of(definition.key, analysis.path):
                found.setdefault((analysis.path, occurrence.span.start), occurrence)
        return [found[place] for place in sorted(found)]


def _leaves_its_file(definition: Definition) -> bool:
    """Whether other files can name it."""
    if definition.span is None or definition.kind in (Kind.PARAMETER, Kind.MODULE):
        return False
    symbol = definition.symbol
    if isinstance(symbol, VariableSymbol) and symbol.variable is not None:
        return symbol.variable.storage is Storage.GLOBAL
    return True
