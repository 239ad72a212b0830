"""Remarks of the optimiser as diagnostics: what was done where, and what was not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlpl.base.diagnostics import Diagnostic, Mark, Severity
from mlpl.base.source import Source
from mlpl.ir.builder.start import START
from mlpl.ir.remarks import Remark
from mlpl.marks import mark_at


def remark_diagnostics(
    remarks: Iterable[Remark], sources: Mapping[str, Source]
) -> Iterator[Diagnostic]:
    """Yields a diagnostic for each remark, each once, in the order of the passes.

    The rule is the name of the pass; code that was inlined is marked where it was written, and
    then where the calls were.
    """
    for remark in dict.fromkeys(remarks):
        if remark.by == "inline" and remark.function == START:
            continue  # of the program's own entry, which nobody wrote
        message = remark.message if remark.done else f"not done: {remark.message}"
        mark = mark_at(remark.location, sources)
        path = remark.location.path if remark.location is not None else ""
        yield Diagnostic(
            remark.by.replace("_", "-"),
            f"{message}, in `{remark.function}`" if mark is None and remark.function else message,
            mark,
            tuple(_calls(remark, sources)),
            severity=Severity.REMARK,
            path=path,
        )


def _calls(remark: Remark, sources: Mapping[str, Source]) -> Iterator[Mark]:
    """Yields the calls whose places the code has taken."""
    location = remark.location
    while location is not None and location.inlined is not None:
        function, location = location.inlined.function, location.inlined.call
        if remark.function == START and (location is None or location.inlined is None):
            return
        mark = mark_at(location, sources)
        if mark is not None:
            yield Mark(mark.span, f"`{function}` was inlined here")
