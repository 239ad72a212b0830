"""The requests and notifications that the server answers, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mlpl.base.diagnostics import CompileError
from mlpl.editor.analysis import Analysis, Options
from mlpl.editor.completion import complete
from mlpl.editor.destination import destination
from mlpl.editor.hover import hover
from mlpl.editor.names import Kind, Occurrence
from mlpl.editor.outline import folds, outline
from mlpl.editor.remedies import remedies
from mlpl.editor.rename import Edit, RenameError, rename, renameable
from mlpl.editor.signatures import signature
from mlpl.lang.format import format_source
from mlpl.lsp import convert
from mlpl.lsp.positions import positions, range_of
from mlpl.lsp.session import Session


def make_server(options: Options) -> Session:
    """Returns a server that has not been started."""
    session = Session(options)
    _add_texts(session)
    _add_questions(session)
    _add_typing_aids(session)
    _add_outlines(session)
    _add_changes(session)
    _add_fixes(session)
    return session


def _add_texts(session: Session) -> None:
    """Adds the notifications about documents and folders."""

    @session.feature(types.INITIALIZE)
    def initialize(ls: Session, params: types.InitializeParams) -> None:
        ls.set_up(params)

    @session.feature(types.SHUTDOWN)
    def shutdown(ls: Session, *_: object) -> None:
        ls.asked_to_end = True

    @session.feature(types.EXIT)
    def leave(ls: Session, *_: object) -> None:
        ls.gone = True

    @session.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: Session, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        ls.open(document.uri, document.text, document.version)
        ls.changed(document.text)

    @session.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(ls: Session, params: types.DidChangeTextDocumentParams) -> None:
        text = ls.workspace.get_text_document(params.text_document.uri).source
        ls.open(params.text_document.uri, text, params.text_document.version)
        ls.changed(text)

    @session.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(ls: Session, params: types.DidCloseTextDocumentParams) -> None:
        ls.close(params.text_document.uri)
        ls.changed()

    @session.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(ls: Session, params: types.DidSaveTextDocumentParams) -> None:
        ls.changed()

    @session.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_files(ls: Session, params: types.DidChangeWatchedFilesParams) -> None:
        ls.changed()

    @session.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(ls: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
        ls.remove_folders([folder.uri for folder in params.event.removed])
        ls.add_folders([folder.uri for folder in params.event.added])

    @session.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_options(ls: Session, params: types.DidChangeConfigurationParams) -> None:
        ls.configure(params.settings)
        ls.changed()


def _add_questions(session: Session) -> None:
    """Adds the questions about a place."""

    @session.question(types.TEXT_DOCUMENT_HOVER)
    def on_hover(ls: Session, params: types.HoverParams) -> types.Hover | None:
        place = ls.at(params.text_document, params.position)
        if place is None:
            return None
        found = hover(*place, ls.known.options.word_bits, ls.meter)
        if found is None:
            return None
        return types.Hover(convert.markdown(found.text), range_of(found.span, ls.encoding))

    @session.question(types.TEXT_DOCUMENT_DEFINITION)
    def on_definition(ls: Session, params: types.DefinitionParams) -> types.Location | None:
        place = ls.at(params.text_document, params.position)
        span = destination(*place) if place is not None else None
        return convert.location(span, ls.encoding, ls.uri) if span is not None else None

    @session.question(types.TEXT_DOCUMENT_REFERENCES)
    def on_references(ls: Session, params: types.ReferenceParams) -> list[types.Location] | None:
        place = ls.at(params.text_document, params.position)
        found = _name(place)
        if found is None or found.definition.kind is Kind.BUILTIN:
            return None
        return [
            convert.location(occurrence.span, ls.encoding, ls.uri)
            for occurrence in ls.known.references(found.definition)
            if params.context.include_declaration or not occurrence.declares
        ]

    @session.question(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def on_highlight(
        ls: Session, params: types.DocumentHighlightParams
    ) -> list[types.DocumentHighlight] | None:
        place = ls.at(params.text_document, params.position)
        found = _name(place)
        if place is None or found is None:
            return None
        analysis = place[0]
        return [
            types.DocumentHighlight(range_of(occurrence.span, ls.encoding))
            for occurrence in analysis.names.of(found.definition.key, analysis.path)
        ]


def _add_typing_aids(session: Session) -> None:
    """Adds the questions that editors ask while something is typed."""

    @session.question(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["."])
    )
    def on_completion(
        ls: Session, params: types.CompletionParams
    ) -> list[types.CompletionItem] | None:
        place = ls.at(params.text_document, params.position)
        if place is None:
            return None
        return [convert.completion_item(p) for p in complete(ls.known, *place)]

    @session.question(
        types.TEXT_DOCUMENT_SIGNATURE_HELP,
        types.SignatureHelpOptions(trigger_characters=["(", ","]),
    )
    def on_signature(ls: Session, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        place = ls.at(params.text_document, params.position)
        found = signature(*place) if place is not None else None
        return convert.signature_help(found) if found is not None else None


def _name(place: tuple[Analysis, int] | None) -> Occurrence | None:
    return place[0].names.at(place[0].path, place[1]) if place is not None else None


def _add_outlines(session: Session) -> None:
    """Adds the questions about a whole document."""

    @session.question(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_symbols(
        ls: Session, params: types.DocumentSymbolParams
    ) -> list[types.DocumentSymbol] | None:
        analysis = ls.analysis(params.text_document.uri)
        if analysis is None:
            return None
        return [convert.document_symbol(entry, ls.encoding) for entry in outline(analysis.tree)]

    @session.question(types.WORKSPACE_SYMBOL)
    def on_workspace_symbols(
        ls: Session, params: types.WorkspaceSymbolParams
    ) -> list[types.WorkspaceSymbol]:
        query = params.query.lower()
        return [
            symbol
            for source in ls.known.sources()
            for symbol in convert.workspace_symbols(
                source, outline(ls.known.tree(source)), ls.encoding, ls.uri(source)
            )
            if query in symbol.name.lower()
        ]

    @session.question(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def on_folding(
        ls: Session, params: types.FoldingRangeParams
    ) -> list[types.FoldingRange] | None:
        analysis = ls.analysis(params.text_document.uri)
        if analysis is None:
            return None
        return [
            types.FoldingRange(
                fold.first - 1, fold.last - 1, kind=types.FoldingRangeKind(fold.kind)
            )
            for fold in folds(analysis.source)
        ]

    @session.question(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, convert.LEGEND)
    def on_tokens(ls: Session, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
        analysis = ls.analysis(params.text_document.uri)
        return convert.semantic_tokens(analysis, ls.encoding) if analysis is not None else None


def _add_changes(session: Session) -> None:
    """Adds the requests for other names."""

    @session.question(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def on_prepare_rename(
        ls: Session, params: types.PrepareRenameParams
    ) -> types.PrepareRenamePlaceholder | None:
        place = ls.at(params.text_document, params.position)
        if place is None:
            return None
        try:
            found = renameable(*place)
        except RenameError as error:
            raise _failed(str(error)) from error
        return types.PrepareRenamePlaceholder(
            range_of(found.span, ls.encoding), found.definition.name
        )

    @session.question(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def on_rename(ls: Session, params: types.RenameParams) -> types.WorkspaceEdit | None:
        place = ls.at(params.text_document, params.position)
        if place is None:
            return None
        try:
            return _workspace_edit(ls, rename(ls.known, *place, params.new_name))
        except RenameError as error:
            raise _failed(str(error)) from error


def _add_fixes(session: Session) -> None:
    """Adds the requests for better texts."""

    @session.question(types.TEXT_DOCUMENT_FORMATTING)
    def on_formatting(
        ls: Session, params: types.DocumentFormattingParams
    ) -> list[types.TextEdit] | None:
        analysis = ls.analysis(params.text_document.uri)
        if analysis is None:
            return None
        try:
            text = format_source(analysis.source)
        except CompileError:
            return None  # its errors are shown already
        if text == analysis.source.text:
            return []
        where = positions(analysis.source, ls.encoding)
        return [types.TextEdit(where.range(0, len(analysis.source.text)), text)]

    @session.question(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix])
    )
    def on_code_action(
        ls: Session, params: types.CodeActionParams
    ) -> list[types.CodeAction] | None:
        analysis = ls.analysis(params.text_document.uri)
        if analysis is None:
            return None
        where = positions(analysis.source, ls.encoding)
        begin, end = where.offset(params.range.start), where.offset(params.range.end)
        return [
            types.CodeAction(
                title=remedy.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[
                    convert.diagnostic(remedy.finding, analysis.source, ls.encoding, ls.uri)
                ],
                edit=_workspace_edit(ls, remedy.edits),
            )
            for remedy in remedies(ls.known, analysis, begin, end)
        ]


_REQUEST_FAILED = -32803
"""The protocol's code for a request that cannot be met, though it is well formed."""


def _failed(message: str) -> JsonRpcException:
    return JsonRpcException(message=message, code=_REQUEST_FAILED)


def _workspace_edit(ls: Session, edits: Mapping[str, Sequence[Edit]]) -> types.WorkspaceEdit:
    return types.WorkspaceEdit(
        changes={
            ls.uri_of(path): [
                types.TextEdit(range_of(edit.span, ls.encoding), edit.text) for edit in changes
            ]
            for path, changes in edits.items()
        }
    )
