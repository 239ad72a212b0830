"""The server's state: the workspace, what is open in the client, and what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from mlpl import __version__
from mlpl.base.source import Source
from mlpl.editor.analysis import Analysis, Options
from mlpl.editor.texts import canonical, file_of
from mlpl.editor.workspace import Workspace
from mlpl.lsp.convert import diagnostic
from mlpl.lsp.meter import Meter
from mlpl.lsp.positions import positions

DELAY = 0.15
"""Seconds without a change after which a text is checked."""

LONG_DELAY = 1.0
"""The same for texts that take long."""

LONG = 100_000
"""Characters of a text that takes long."""


Found = TypeVar("Found")
Handler = TypeVar("Handler", bound=Callable[..., Any])


class Session(LanguageServer):
    """A language server and what it knows.

    Messages are taken in by the event loop at any time. What takes long, checks and answers, runs
    beside it in one thread, one after the other, and works with the texts as they are then: while
    a long text is analysed, newer versions replace it, and what waits is about the newest.

    Attributes:
        known: the files.
        meter: what functions and operators cost.
        asked_to_end: whether the client has said that it is about to go.
        gone: whether it has said that it goes.
    """

    def __init__(self, options: Options) -> None:
        super().__init__("mlpl", __version__, types.TextDocumentSyncKind.Full)
        self.known = Workspace(options)
        self.meter = Meter(self.known)
        self.asked_to_end = False
        self.gone = False
        self._uris: dict[str, str] = {}
        self._versions: dict[str, int | None] = {}
        self._told: dict[str, tuple[int | None, list[types.Diagnostic]]] = {}
        self._waiting: asyncio.TimerHandle | None = None
        self._checks: set[asyncio.Task[None]] = set()
        self._worker = ThreadPoolExecutor(1)

    async def beside(self, work: Callable[..., Found], *arguments: object) -> Found:
        """Returns what a function returns, which runs beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, work, *arguments)

    def question(self, method: str, options: object = None) -> Callable[[Handler], Handler]:
        """Registers a function that answers a request from the client."""

        def register(handler: Handler) -> Handler:
            async def answer(ls: Session, params: Any) -> Any:
                return await ls.beside(handler, ls, params)

            self.feature(method, options)(answer)
            return handler

        return register

    @property
    def encoding(self) -> str:
        """The encoding in whose units columns are counted."""
        encoding = self.server_capabilities.position_encoding or "utf-16"
        return str(getattr(encoding, "value", encoding))

    # Texts

    def path(self, uri: str) -> str:
        """Returns the path under which a document is known; `<…>` where it has no file."""
        if uris.uri_scheme(uri) in ("file", "", None):
            path = uris.to_fs_path(uri)
            if path:
                return canonical(path)
        return f"<{uri.replace('/', '_')}>"

    def uri(self, source: Source) -> str:
        """Returns the URI of a source: the client's own, where it has it open."""
        path = file_of(source)
        return self._uris.get(path) or uris.from_fs_path(path) or path

    def uri_of(self, path: str) -> str:
        """Returns the URI of a path."""
        return self._uris.get(path) or uris.from_fs_path(path) or path

    def open(self, uri: str, text: str, version: int | None) -> None:
        """Takes the text of a document that was opened or changed."""
        path = self.path(uri)
        self._uris[path] = uri
        self._versions[path] = version
        self.known.texts.put(path, text)

    def close(self, uri: str) -> None:
        """Forgets a document; its file counts again."""
        path = self.path(uri)
        self.known.texts.drop(path)
        self.known.forget(path)
        self._uris.pop(path, None)
        self._versions.pop(path, None)
        self._told.pop(path, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def analysis(self, uri: str) -> Analysis | None:
        """Returns what is known about a document as it is now."""
        return self.known.analysis(self.path(uri))

    def at(
        self, document: types.TextDocumentIdentifier, position: types.Position
    ) -> tuple[Analysis, int] | None:
        """Returns what is known about a document, and the offset of a position in it."""
        analysis = self.analysis(document.uri)
        if analysis is None:
            return None
        return analysis, positions(analysis.source, self.encoding).offset(position)

    # Diagnostics

    def changed(self, text: str = "") -> None:
        """Checks the open documents when nothing has changed for a moment."""
        if self._waiting is not None:
            self._waiting.cancel()
        delay = LONG_DELAY if len(text) > LONG else DELAY
        self._waiting = asyncio.get_running_loop().call_later(delay, self._check)

    def _check(self) -> None:
        self._waiting = None
        check = asyncio.get_running_loop().create_task(self._publish())
        self._checks.add(check)
        check.add_done_callback(self._checks.discard)

    async def _publish(self) -> None:
        """Tells the client what is wrong with the open documents, where it does not know it."""
        for path in self.known.texts.opened:
            version = self._versions.get(path)
            found = await self.beside(self._findings, path)
            if found is None or path not in self._versions or self._versions[path] != version:
                continue  # closed, or changed: then the next check is on its way
            told = version, found
            if self._told.get(path) != told:
                self._told[path] = told
                self.text_document_publish_diagnostics(
                    types.PublishDiagnosticsParams(self.uri_of(path), found, told[0])
                )

    def _findings(self, path: str) -> list[types.Diagnostic] | None:
        analysis = self.known.analysis(path)
        if analysis is None:
            return None
        return [diagnostic(f, analysis.source, self.encoding, self.uri) for f in analysis.findings]

    # Settings

    def set_up(self, parameters: types.InitializeParams) -> None:
        """Takes the client's folders and options."""
        folders = [folder.uri for folder in parameters.workspace_folders or []]
        if not folders and parameters.root_uri:
            folders = [parameters.root_uri]
        self.add_folders(folders)
        self.configure(parameters.initialization_options)

    def add_folders(self, folders: list[str]) -> None:
        """Adds folders whose files may refer to each other."""
        for uri in folders:
            path = uris.to_fs_path(uri)
            if path and Path(path) not in self.known.folders:
                self.known.folders.append(Path(path))

    def remove_folders(self, folders: list[str]) -> None:
        """Takes folders away."""
        gone = {Path(path) for uri in folders if (path := uris.to_fs_path(uri))}
        self.known.folders = [folder for folder in self.known.folders if folder not in gone]

    def configure(self, settings: object) -> None:
        """Takes options: `wordBits`, `entry` and `paths`, those that make sense."""
        if not isinstance(settings, dict):
            return
        inner = settings.get("mlpl", settings)
        if not isinstance(inner, dict):
            return
        options = self.known.options
        bits, entry, paths = (inner.get(name) for name in ("wordBits", "entry", "paths"))
        if isinstance(bits, int) and not isinstance(bits, bool) and 4 <= bits <= 32:
            options = Options(bits, options.entry, options.paths)
        if isinstance(entry, str) and entry:
            options = Options(options.word_bits, entry, options.paths)
        if isinstance(paths, list) and all(isinstance(path, str) for path in paths):
            options = Options(options.word_bits, options.entry, tuple(paths))
        self.known.options = options
