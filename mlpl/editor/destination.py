"""Where a name is declared."""

from __future__ import annotations

from mlpl.base.source import Source, Span
from mlpl.editor.analysis import Analysis
from mlpl.editor.names import Kind
from mlpl.lang import syntax


def destination(analysis: Analysis, offset: int) -> Span | None:
    """Returns the declaration of the name at an offset; for a module, the beginning of its file."""
    source = module_at(analysis, offset)
    if source is not None:
        return Span(source, 0, 0)
    occurrence = analysis.names.at(analysis.path, offset)
    return occurrence.definition.span if occurrence is not None else None


def module_at(analysis: Analysis, offset: int) -> Source | None:
    """Returns the file of the module that an offset names, in its import or elsewhere."""
    item = import_at(analysis, offset)
    if item is not None:
        return analysis.imports.get(item.name.text)
    occurrence = analysis.names.at(analysis.path, offset)
    if occurrence is None or occurrence.definition.kind is not Kind.MODULE:
        return None
    return analysis.imports.get(occurrence.definition.name)


def import_at(analysis: Analysis, offset: int) -> syntax.Import | None:
    """Returns the import that has a name at an offset."""
    for item in analysis.tree.items:
        if isinstance(item, syntax.Import):
            names = (item.module.span, item.name.span)
            if any(span.start <= offset <= span.end for span in names):
                return item
    return None
