"""Edits that do what the help of a diagnostic says, where it can be done without thinking."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlpl.base.diagnostics import Diagnostic
from mlpl.base.source import Span
from mlpl.editor.analysis import Analysis, place_of
from mlpl.editor.lexical import end_of, lexical
from mlpl.editor.rename import Edit, RenameError, rename
from mlpl.editor.workspace import Workspace
from mlpl.lang import syntax

Edits = Mapping[str, Sequence[Edit]]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What can be done about a finding.

    Attributes:
        title: what it does, in a few words.
        finding: the diagnostic.
        edits: by file.
    """

    title: str
    finding: Diagnostic
    edits: Edits


@dataclass(frozen=True, slots=True)
class _Case:
    workspace: Workspace
    analysis: Analysis
    finding: Diagnostic
    span: Span

    def remedy(self, title: str, *edits: Edit) -> Remedy:
        return Remedy(title, self.finding, {self.analysis.path: edits})


def remedies(workspace: Workspace, analysis: Analysis, begin: int, end: int) -> list[Remedy]:
    """Returns what can be done about the findings that touch the text from `begin` to `end`."""
    found: list[Remedy] = []
    for finding in analysis.findings:
        span = place_of(finding, analysis.source)
        if span.start <= end and span.end >= begin:
            case = _Case(workspace, analysis, finding, span)
            found += [remedy for attempt in _ATTEMPTS for remedy in attempt(case)]
    return found


def _missing(case: _Case) -> Iterator[Remedy]:
    """A sign that is missing between two others."""
    expected = re.fullmatch(r"expected `([;,)\]])`", case.finding.message)
    mark = case.finding.mark
    if expected and mark and case.finding.rule.startswith("missing-") and not case.finding.help:
        sign = expected[1]
        place = Span(mark.span.source, mark.span.start, mark.span.start)
        yield case.remedy(f"insert `{sign}`", Edit(place, sign))


_INSTEAD = re.compile(
    r"(?:similar name(?: exists)?: |^it is written |^the module has it: |sign is )`([^`…]+)`$"
)


def _instead(case: _Case) -> Iterator[Remedy]:
    """Another word in the place of a wrong one."""
    found = _INSTEAD.search(case.finding.help)
    if found is None and case.finding.rule == "foreign-operator":
        found = re.fullmatch(r"`[^`]+` is written `([^`…]+)`", case.finding.message)
    if found:
        yield case.remedy(f"write `{found[1]}`", Edit(case.span, found[1]))


def _import(case: _Case) -> Iterator[Remedy]:
    """The import of a module that is used without one."""
    found = re.search(r"`import ([A-Za-z_0-9]+);`(?: and `([A-Za-z_0-9.]+)`)?$", case.finding.help)
    if not found or case.finding.rule != "unknown-name":
        return
    edits = [_import_line(case.analysis, found[1])]
    if found[2]:
        edits.append(Edit(case.span, found[2]))
    edits.sort(key=lambda edit: edit.span.start)
    yield case.remedy(f"import module `{found[1]}`", *edits)


def _import_line(analysis: Analysis, module: str) -> Edit:
    """Returns the edit that adds an import: behind the last one, or before the first item."""
    source = analysis.source
    imports = [item.span.end for item in analysis.tree.items if isinstance(item, syntax.Import)]
    if imports:
        return Edit(Span(source, imports[-1], imports[-1]), f"\nimport {module};")
    text = lexical(source)
    first = end_of(text.tokens[0]) - len(text.tokens[0]) if text.tokens else len(source.text)
    begin = _comment_start(source.text, first)
    return Edit(Span(source, begin, begin), f"import {module};\n\n")


def _comment_start(text: str, offset: int) -> int:
    """Returns where the line comments begin that touch a declaration from above."""
    begin = text.rfind("\n", 0, offset) + 1
    while begin > 0:
        above = text.rfind("\n", 0, begin - 1) + 1
        if not text[above:begin].lstrip().startswith("//"):
            break
        begin = above
    return begin


def _meant(case: _Case) -> Iterator[Remedy]:
    """A name that says that it is not used."""
    found = re.fullmatch(r"`(_[A-Za-z0-9_]+)` says that this is meant", case.finding.help)
    if not found:
        return
    try:
        edits = rename(case.workspace, case.analysis, case.span.start, found[1])
    except RenameError:
        return
    yield Remedy(f"rename to `{found[1]}`", case.finding, edits)


def _unused_import(case: _Case) -> Iterator[Remedy]:
    if case.finding.rule != "unused-import":
        return
    text, end = case.span.source.text, case.span.end
    if text[end : end + 1] == "\n":
        end += 1
    span = Span(case.span.source, case.span.start, end)
    yield case.remedy("remove the import", Edit(span, ""))


def _zeros(case: _Case) -> Iterator[Remedy]:
    """The type of a variable that has neither type nor value."""
    found = re.fullmatch(r"for zeros: `var \w+(: int);`", case.finding.help)
    if found:
        place = Span(case.span.source, case.span.end, case.span.end)
        yield case.remedy(f"declare as `{found[1][2:]}`", Edit(place, found[1]))


def _no_effect(case: _Case) -> Iterator[Remedy]:
    """A comparison or `--` as a statement that was meant as an assignment."""
    found = re.search(r"`([^`…]+);`$", case.finding.help)
    if found and case.finding.rule == "no-effect":
        yield case.remedy(f"write `{found[1]}`", Edit(case.span, found[1]))


_ATTEMPTS: tuple[Callable[[_Case], Iterator[Remedy]], ...] = (
    _missing,
    _instead,
    _import,
    _meant,
    _unused_import,
    _zeros,
    _no_effect,
)
