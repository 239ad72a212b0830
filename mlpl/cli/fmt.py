"""`mlpl fmt`: brings sources into their one layout."""

from __future__ import annotations

import argparse
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

    from mlpl.base.diagnostics import CompileError
    from mlpl.cli.report import Reporter
    from mlpl.cli.source_files import source_files
    from mlpl.lang.load import SourceNotFound

    paths = source_files(arguments.files)
    reporter = Reporter(arguments.error_format == "json")
    worst = Exit.SUCCESS
    changed = unchanged = 0
    for path in paths:
        try:
            file = _format(path)
            _deliver(file, arguments)
        except CompileError as error:
            reporter.report(error.diagnostics)
            missing = isinstance(error, SourceNotFound)
            worst = max(worst, Exit.USAGE if missing else Exit.REJECTED)
        except UsageError as error:
            reporter.error("usage", error.message, error.help)
            worst = Exit.USAGE
        else:
            changed += file.changed
            unchanged += not file.changed
    if arguments.files != [_STANDARD_INPUT]:
        _summarize(reporter, changed, unchanged, arguments.check or arguments.diff)
    return max(worst, Exit.REJECTED) if changed and arguments.check else worst


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


def _summarize(reporter: Reporter, changed: int, unchanged: int, only_looked: bool) -> None:
    """Says how many files there were."""
    parts = []
    if changed:
        verb = "would change" if only_looked else "changed"
        parts.append(f"{_files(changed)} {verb}")
    if unchanged:
        parts.append(f"{_files(unchanged)} left as {'it is' if unchanged == 1 else 'they are'}")
    if parts:
        reporter.note(", ".join(parts))


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
