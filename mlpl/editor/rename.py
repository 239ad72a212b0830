"""Another name for a declaration, everywhere it stands, where nothing else changes its meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlpl.base.diagnostics import Severity
from mlpl.base.source import Span
from mlpl.editor.analysis import Analysis
from mlpl.editor.destination import import_at
from mlpl.editor.names import Definition, Key, Kind, Occurrence
from mlpl.editor.texts import Texts, file_of, in_library
from mlpl.editor.workspace import Workspace
from mlpl.lang import syntax
from mlpl.lang.check.symbols import ModuleSymbol
from mlpl.lang.vocabulary import KEYWORD_TEXTS

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class RenameError(Exception):
    """A name that cannot be changed, or not to that; the message says why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A text in the place of a span."""

    span: Span
    text: str


def renameable(analysis: Analysis, offset: int) -> Occurrence:
    """Returns the name at an offset.

    Raises:
        RenameError: there is none, or it is not the user's to change.
    """
    occurrence = analysis.names.at(analysis.path, offset)
    item = import_at(analysis, offset)
    if item is not None and item.alias is not None and offset <= item.module.span.end:
        raise RenameError(f"module `{item.module.text}` has the name of its file")
    if occurrence is None:
        raise RenameError("there is no name here that could be changed")
    definition = occurrence.definition
    if definition.kind is Kind.BUILTIN:
        raise RenameError(f"`{definition.name}` is a built-in function")
    if in_library(definition.file):
        raise RenameError(f"`{definition.name}` belongs to the standard library")
    return occurrence


def rename(
    workspace: Workspace, analysis: Analysis, offset: int, name: str
) -> dict[str, list[Edit]]:
    """Returns the edits of each file, in order, that give the declaration at an offset a new name.

    Raises:
        RenameError: the name is none, or somewhere would mean something else.
    """
    definition = renameable(analysis, offset).definition
    _check_spelling(name)
    if name == definition.name:
        return {}
    before = {a.path: a for a in workspace.candidates(definition)}
    edits: dict[str, list[Edit]] = {}
    for path, candidate in before.items():
        found = [
            edit
            for occurrence in candidate.names.of(definition.key, path)
            for edit in _edit(candidate, occurrence, name)
        ]
        if found:
            edits[path] = found
    _check_private(definition, name, edits)
    after = _applied(workspace, before, edits)
    moves = _Moves(edits, definition)
    for path in edits:
        _compare(before[path], after.analysis(path), moves, name)
    return edits


def _check_spelling(name: str) -> None:
    if not _NAME.fullmatch(name):
        message = "is no name: names consist of the letters a to z, digits and `_`"
        raise RenameError(f"`{name}` {message}")
    if name in KEYWORD_TEXTS:
        raise RenameError(f"`{name}` is a keyword and cannot be a name")


def _check_private(definition: Definition, name: str, edits: Mapping[str, object]) -> None:
    others = sorted(path for path in edits if path != definition.file)
    if name.startswith("_") and others and definition.kind is not Kind.FIELD:
        message = "names that begin with `_` are visible in their own file only"
        raise RenameError(f"{message}, and `{definition.name}` is used in {others[0]}")


def _edit(analysis: Analysis, occurrence: Occurrence, name: str) -> list[Edit]:
    symbol = occurrence.definition.symbol
    if occurrence.declares and isinstance(symbol, ModuleSymbol):
        item = import_at(analysis, occurrence.span.start)
        if item is not None:
            return [_import(item, name)]
    return [Edit(occurrence.span, name)]


def _import(item: syntax.Import, name: str) -> Edit:
    """Returns the edit that gives an imported module another name in its file."""
    module = item.module.span
    if item.alias is None:
        return Edit(Span(module.source, module.end, module.end), f" as {name}")
    if name == item.module.text:
        return Edit(Span(module.source, module.end, item.alias.span.end), "")
    return Edit(item.alias.span, name)


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Returns a text with edits of it made, which are in order and do not overlap."""
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join([*parts, text[at:]])


def _applied(
    workspace: Workspace, before: Mapping[str, Analysis], edits: Mapping[str, Sequence[Edit]]
) -> Workspace:
    """Returns the workspace as it would be after the edits."""
    texts = Texts()
    for path in workspace.texts.opened:
        source = workspace.source(path)
        if source is not None:
            texts.put(path, source.text)
    for path, changes in edits.items():
        texts.put(path, apply(before[path].source.text, changes))
    return Workspace(workspace.options, texts)


def _compare(before: Analysis, after: Analysis | None, moved: _Moves, name: str) -> None:
    """Raises RenameError if a name in a file means something else after the edits."""
    assert after is not None
    path = before.path
    old = {
        moved((path, o.span.start)): moved(o.definition.key)
        for o in before.names.files.get(path, [])
    }
    new = {(path, o.span.start): o for o in after.names.files.get(path, [])}
    for place, occurrence in new.items():
        if old.get(place) != occurrence.definition.key:
            raise RenameError(_captured(occurrence, name))
    for place in old:
        if place not in new:
            line, column = after.source.position(place[1])
            raise RenameError(f"`{name}` would have no meaning at {line}:{column}")
    if _errors(after) > _errors(before):
        known = {f.message for f in before.findings}
        fresh = [f.message for f in after.findings if f.message not in known]
        raise RenameError(fresh[0] if fresh else f"`{name}` makes the program wrong")


def _captured(occurrence: Occurrence, name: str) -> str:
    span, declared = occurrence.span, occurrence.definition.span
    line, column = span.source.position(span.start)
    what = f"the {occurrence.definition.kind.value} `{occurrence.definition.name}`"
    if declared is not None:
        where, _ = declared.source.position(declared.start)
        same = file_of(declared.source) == file_of(span.source)
        what += f" of line {where}" + ("" if same else f" of {declared.source.path}")
    return f"`{name}` would change what is meant at {line}:{column}: {what}"


def _errors(analysis: Analysis) -> int:
    return sum(f.severity is Severity.ERROR for f in analysis.findings)


class _Moves:
    """Where places are after the edits."""

    def __init__(self, edits: Mapping[str, Sequence[Edit]], definition: Definition) -> None:
        self.edits = edits
        self.definition = definition

    def __call__(self, place: Key) -> Key:
        """Returns where a place is; the declaration of a module moves to and from its alias."""
        path, offset = place
        if self.definition.kind is Kind.MODULE and place == self.definition.key:
            for edit in self.edits.get(path, ()):
                if edit.text.startswith(" as "):
                    if edit.span.end >= offset:
                        return path, self._shifted(path, edit.span.start) + len(" as ")
                elif not edit.text:
                    item = edit.span
                    name = item.source.text[: item.start]
                    return path, self._shifted(path, len(name.rstrip()) - _last_word(name))
        return path, self._shifted(path, offset)

    def _shifted(self, path: str, offset: int) -> int:
        shift = 0
        for edit in self.edits.get(path, ()):
            if edit.span.start < offset:
                shift += len(edit.text) - (edit.span.end - edit.span.start)
        return offset + shift


def _last_word(text: str) -> int:
    found = re.search(r"[A-Za-z0-9_]*$", text)
    return len(found[0]) if found else 0
