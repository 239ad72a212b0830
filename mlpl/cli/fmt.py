"""`mlpl fmt`: brings sources into their one layout."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpl.cli.exits import Exit
from mlpl.cli.parser import Parser, add_error_format
from mlpl.errors import UsageError

if TYPE_CHECKING:
    from mlpl.cli.report import Reporter

_STANDARD_INPUT = "-"


def _parser() -> Parser:
    parser = Parser("fmt", "Brings sources into their one layout; comments stay.")
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a source, a folder with sources in it, or - from standard input to output",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name the files that would change"
    )
    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    add_error_format(parser)
    return parser


@dataclass(frozen=True, slots=True)
class _File:
    """A source as it is and as it should be.

    Attributes:
        path: where it is; `-` for the standard input.
        before: its bytes.
        text: its text.
        after: its text in the layout.
    """

    path: str
    before: bytes
    text: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the layout is another one."""
        return self.before != self.after.encode()


def main(words: list[str]) -> Exit:
    """Formats files; returns whether all could be, or need not be where that is asked."""
    arguments = _parser().read(words)

    from mlpl.cli.report import Reporter

    run = _Run(arguments, Reporter(arguments.error_format == "json"))
    for path in arguments.files:
        run.guard(run.visit, path)
    if arguments.files != [_STANDARD_INPUT]:
        run.summarize()
    return max(run.worst, Exit.REJECTED) if run.changed and arguments.check else run.worst


class _Run:
    """One call of the command.

    Attributes:
        worst: the exit code of what went wrong.
        changed: how many files the layout changes.
        unchanged: how many it does not.
    """

    def __init__(self, arguments: argparse.Namespace, reporter: Reporter) -> None:
        self.arguments = arguments
        self.reporter = reporter
        self.worst = Exit.SUCCESS
        self.changed = self.unchanged = 0
        self._seen: set[str] = set()

    def guard(self, work: Callable[[str], None], path: str) -> None:
        """Does something with a path, and reports it if that cannot be done."""
        from mlpl.base.diagnostics import CompileError
        from mlpl.lang.load import SourceNotFound

        try:
            work(path)
        except CompileError as error:
            self.reporter.report(error.diagnostics)
            missing = isinstance(error, SourceNotFound)
            self.worst = max(self.worst, Exit.USAGE if missing else Exit.REJECTED)
        except UsageError as error:
            self.reporter.error("usage", error.message, error.help)
            self.worst = Exit.USAGE

    def visit(self, path: str) -> None:
        """Formats a file, or the files in a folder, each once."""
        from mlpl.cli.source_files import sources_at

        for name in sources_at(path):
            if name not in self._seen:
                self._seen.add(name)
                self.guard(self.format, name)

    def format(self, path: str) -> None:
        """Formats a file."""
        file = _format(path)
        _deliver(file, self.arguments)
        self.changed += file.changed
        self.unchanged += not file.changed

    def summarize(self) -> None:
        """Says how many files there were."""
        parts = []
        if self.changed:
            only_looked = self.arguments.check or self.arguments.diff
            verb = "would change" if only_looked else "changed"
            parts.append(f"{_files(self.changed)} {verb}")
        if self.unchanged:
            kept = "it is" if self.unchanged == 1 else "they are"
            parts.append(f"{_files(self.unchanged)} left as {kept}")
        if parts:
            self.reporter.note(", ".join(parts))


def _format(path: str) -> _File:
    from mlpl.cli.loading import is_image
    from mlpl.cli.streams import read_all_input
    from mlpl.lang.format import format_source
    from mlpl.lang.load import decode_source, read_content

    if is_image(path):
        raise UsageError(f"`{path}` is an image, which has no layout")
    standard = path == _STANDARD_INPUT
    content = read_all_input() if standard else read_content(path)
    source = decode_source("<stdin>" if standard else path, content)
    return _File(path, content, source.text, format_source(source))


def _deliver(file: _File, arguments: argparse.Namespace) -> None:
    """Writes a file, its name or what changes in it."""
    from mlpl.cli.source_files import replace_file
    from mlpl.cli.streams import write_text

    name = "<stdin>" if file.path == _STANDARD_INPUT else file.path
    if arguments.check and file.changed:
        write_text(f"{name}\n")
    if arguments.diff:
        write_text(_difference(name, file))
    if arguments.check or arguments.diff:
        return
    if file.path == _STANDARD_INPUT:
        write_text(file.after)
    elif file.changed:
        replace_file(file.path, file.after)


_COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"


def _difference(name: str, file: _File) -> str:
    """Returns a unified diff, in colours on terminals; "" where nothing changes."""
    import re
    import sys
    from difflib import unified_diff

    from mlpl.cli.streams import wants_color

    before, after = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (file.text, file.after))
    color = wants_color(sys.stdout)
    lines: list[str] = []
    for line in unified_diff(before, after, name, f"{name} (formatted)"):
        body = line.rstrip("\r\n")
        sign = _BOLD if line.startswith(("+++", "---")) else _COLORS.get(line[0], "")
        lines.append(f"{sign}{body}{_RESET}\n" if color and sign else f"{body}\n")
        if not line.endswith("\n"):
            lines.append("\\ No newline at end of file\n")
    return "".join(lines)


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
