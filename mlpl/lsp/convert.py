"""What `mlpl.editor` says, in the words of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lsprotocol import types

from mlpl.base.diagnostics import Diagnostic, Severity
from mlpl.base.source import Source, Span
from mlpl.editor.analysis import Analysis, place_of
from mlpl.editor.completion import Proposal, Sort
from mlpl.editor.highlight import MODIFIERS, TYPES, highlights
from mlpl.editor.names import Kind
from mlpl.editor.outline import Entry
from mlpl.editor.signatures import Signature
from mlpl.lsp.positions import positions, range_of

UriOf = Callable[[Source], str]

_SYMBOLS = {
    Kind.VARIABLE: types.SymbolKind.Variable,
    Kind.PARAMETER: types.SymbolKind.Variable,
    Kind.CONSTANT: types.SymbolKind.Constant,
    Kind.FUNCTION: types.SymbolKind.Function,
    Kind.STRUCT: types.SymbolKind.Struct,
    Kind.FIELD: types.SymbolKind.Field,
    Kind.MODULE: types.SymbolKind.Module,
    Kind.BUILTIN: types.SymbolKind.Function,
    Kind.BROKEN: types.SymbolKind.Variable,
}

_PROPOSALS: dict[Kind | Sort, types.CompletionItemKind] = {
    Kind.VARIABLE: types.CompletionItemKind.Variable,
    Kind.PARAMETER: types.CompletionItemKind.Variable,
    Kind.CONSTANT: types.CompletionItemKind.Constant,
    Kind.FUNCTION: types.CompletionItemKind.Function,
    Kind.STRUCT: types.CompletionItemKind.Struct,
    Kind.FIELD: types.CompletionItemKind.Field,
    Kind.MODULE: types.CompletionItemKind.Module,
    Kind.BUILTIN: types.CompletionItemKind.Function,
    Kind.BROKEN: types.CompletionItemKind.Text,
    Sort.KEYWORD: types.CompletionItemKind.Keyword,
    Sort.TYPE: types.CompletionItemKind.TypeParameter,
}

_UNNEEDED = frozenset(
    ["unused-variable", "unused-parameter", "unused-function", "unused-import", "unreachable-code"]
)


def markdown(text: str) -> types.MarkupContent:
    """Returns Markdown as content."""
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def diagnostic(finding: Diagnostic, source: Source, encoding: str, uri: UriOf) -> types.Diagnostic:
    """Returns a finding in a file; its help is part of the message."""
    message = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    error = finding.severity is Severity.ERROR
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(uri(mark.span.source), range_of(mark.span, encoding)),
            mark.text or "see here",
        )
        for mark in finding.others
    ]
    return types.Diagnostic(
        range=range_of(place_of(finding, source), encoding),
        message=message,
        severity=types.DiagnosticSeverity.Error if error else types.DiagnosticSeverity.Warning,
        code=finding.rule,
        source="mlpl",
        tags=[types.DiagnosticTag.Unnecessary] if finding.rule in _UNNEEDED else None,
        related_information=related or None,
    )


def completion_item(proposal: Proposal) -> types.CompletionItem:
    """Returns a proposal as an item of a list."""
    return types.CompletionItem(
        label=proposal.text,
        kind=_PROPOSALS[proposal.kind],
        detail=proposal.detail or None,
        documentation=markdown(proposal.about) if proposal.about else None,
        sort_text=f"{proposal.rank}{proposal.text}",
    )


def signature_help(signature: Signature) -> types.SignatureHelp:
    """Returns a call that is being written, with the parameter at the cursor."""
    parameters = [types.ParameterInformation(label=span) for span in signature.parameters]
    active = min(signature.active, max(len(parameters) - 1, 0))
    if signature.active > active and "…" not in signature.text:
        active = signature.active  # one argument too many: no parameter is marked
    information = types.SignatureInformation(
        label=signature.text,
        documentation=markdown(signature.about) if signature.about else None,
        parameters=parameters,
        active_parameter=active,
    )
    return types.SignatureHelp([information], active_signature=0, active_parameter=active)


def document_symbol(entry: Entry, encoding: str) -> types.DocumentSymbol:
    """Returns a declaration with what it holds."""
    return types.DocumentSymbol(
        name=entry.name,
        kind=_SYMBOLS[entry.kind],
        range=range_of(entry.span, encoding),
        selection_range=range_of(entry.name_span, encoding),
        detail=entry.detail or None,
        children=[document_symbol(inner, encoding) for inner in entry.inner] or None,
    )


def workspace_symbols(
    source: Source, entries: Iterable[Entry], encoding: str, uri: str
) -> list[types.WorkspaceSymbol]:
    """Returns the declarations of a file but its imports."""
    return [
        types.WorkspaceSymbol(
            location=types.Location(uri, range_of(entry.name_span, encoding)),
            name=entry.name,
            kind=_SYMBOLS[entry.kind],
            container_name=source.path.rsplit("/", 1)[-1].removesuffix(".mlpl"),
        )
        for entry in entries
        if entry.kind is not Kind.MODULE
    ]


def location(span: Span, encoding: str, uri: UriOf) -> types.Location:
    """Returns where a span is."""
    return types.Location(uri(span.source), range_of(span, encoding))


LEGEND = types.SemanticTokensLegend(list(TYPES), list(MODIFIERS))


def semantic_tokens(analysis: Analysis, encoding: str) -> types.SemanticTokens:
    """Returns the names of a file, five numbers each, relative to the one before."""
    data: list[int] = []
    line = column = 0
    where = positions(analysis.source, encoding)
    for name in highlights(analysis):
        start, end = where.position(name.span.start), where.position(name.span.end)
        modifiers = sum(1 << MODIFIERS.index(modifier) for modifier in name.modifiers)
        same = start.line == line
        data += [
            start.line - line,
            start.character - (column if same else 0),
            end.character - start.character,
            TYPES.index(name.type),
            modifiers,
        ]
        line, column = start.line, start.character
    return types.SemanticTokens(data)
