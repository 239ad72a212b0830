"""A client of the language server: starts it as a process, and speaks JSON-RPC with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, Queue
from typing import Any

PATIENCE = 60
"""Seconds after which an answer is taken to be missing."""

Json = dict[str, Any]


class RefusedError(Exception):
    """The server answered with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.code = error["code"]


class Client:
    """One server and one client."""

    def __init__(self, root: Path, *arguments: str, **options: Any) -> None:
        self.root = root
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mlpl", "lsp", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )
        self._messages: Queue[Json] = Queue()
        self._number = 0
        self.published: list[Json] = []
        self.answered: list[int] = []
        self.versions: dict[str, int] = {}
        threading.Thread(target=self._read, daemon=True).start()
        self.capabilities = self.initialize(**options)

    def initialize(self, encodings: list[str] | None = None, settings: Any = None) -> Json:
        general = {"positionEncodings": encodings} if encodings else {}
        answer = self.request(
            "initialize",
            processId=os.getpid(),
            rootUri=self.root.as_uri(),
            workspaceFolders=[{"uri": self.root.as_uri(), "name": "root"}],
            capabilities={"general": general},
            initializationOptions=settings,
        )
        self.notify("initialized")
        found = answer["capabilities"]
        assert isinstance(found, dict)
        return found

    # Messages

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = stream.readline()
            self._messages.put(json.loads(stream.read(length)))

    def _send(self, message: Json) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self.process.stdin
        assert stream is not None
        stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        stream.flush()

    def notify(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def post(self, method: str, **params: Any) -> int:
        """Sends a request; the answer is fetched by `answer`."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params or None})
        return self._number

    def answer(self, number: int) -> Any:
        while True:
            message = self._next()
            if "id" in message and "method" not in message:
                self.answered.append(message["id"])
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    raise RefusedError(message["error"])
                return message["result"]

    def request(self, method: str, **params: Any) -> Any:
        return self.answer(self.post(method, **params))

    def _next(self) -> Json:
        try:
            message = self._messages.get(timeout=PATIENCE)
        except Empty:
            raise AssertionError("the server does not answer") from None
        if message.get("method") == "textDocument/publishDiagnostics":
            self.published.append(message["params"])
        return message

    # Documents

    def uri(self, name: str) -> str:
        """The address of a file in the folder."""
        return (self.root / name).as_uri()

    def open(self, name: str, text: str) -> str:
        uri = self.uri(name)
        self.versions[uri] = 1
        self.notify(
            "textDocument/didOpen",
            textDocument={"uri": uri, "languageId": "mlpl", "version": 1, "text": text},
        )
        return uri

    def change(self, uri: str, text: str) -> None:
        self.versions[uri] += 1
        self.notify(
            "textDocument/didChange",
            textDocument={"uri": uri, "version": self.versions[uri]},
            contentChanges=[{"text": text}],
        )

    def close(self, uri: str) -> None:
        self.notify("textDocument/didClose", textDocument={"uri": uri})

    def diagnostics(self, uri: str) -> list[Json]:
        """What is said about the document's current version."""
        while True:
            for params in reversed(self.published):
                if params["uri"] == uri and params.get("version") == self.versions[uri]:
                    found = params["diagnostics"]
                    assert isinstance(found, list)
                    return found
            self._next()

    def next_diagnostics(self, uri: str) -> list[Json]:
        """What is said about a document next."""
        while True:
            count = len(self.published)
            self._next()
            for params in self.published[count:]:
                if params["uri"] == uri:
                    found = params["diagnostics"]
                    assert isinstance(found, list)
                    return found

    def ask(self, what: str, uri: str, position: tuple[int, int], **more: Any) -> Any:
        """Asks about a place, by line and column from 0."""
        return self.request(
            f"textDocument/{what}",
            textDocument={"uri": uri},
            position={"line": position[0], "character": position[1]},
            **more,
        )

    def stop(self) -> int:
        """Ends the server as the protocol says; returns its exit code."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(PATIENCE)


def place(text: str, mark: str = "¦") -> tuple[str, tuple[int, int]]:
    """The text without its mark, and where that was: line and column in UTF-16 units, from 0."""
    before, _, after = text.partition(mark)
    line = before.rpartition("\n")[2]
    return before + after, (before.count("\n"), len(line.encode("utf-16-le")) // 2)


def text_at(text: str, where: Json) -> str:
    """The text in a range of the protocol."""
    lines = text.split("\n")
    start, end = where["start"], where["end"]
    assert start["line"] == end["line"]
    line = lines[start["line"]].encode("utf-16-le")
    part: bytes = line[2 * start["character"] : 2 * end["character"]]
    return part.decode("utf-16-le")
