"""`mlpl lsp`: serves editors over standard input and output."""

from __future__ import annotations

from mlpl.cli.exits import Exit
from mlpl.cli.parser import Parser, number
from mlpl.errors import UsageError


def _parser() -> Parser:
    parser = Parser("lsp", "Serves an editor in the Language Server Protocol.")
    parser.add_argument(
        "--stdio", action="store_true", help="over standard input and output (always)"
    )
    parser.add_argument("--entry", metavar="NAME", default="main", help="where programs start")
    parser.add_argument(
        "-I",
        dest="paths",
        metavar="DIR",
        action="append",
        default=[],
        help="a folder in which modules are looked for",
    )
    parser.add_argument(
        "--word-bits", metavar="W", type=number, default=16, help="bits of a word: 12 to 32 (16)"
    )
    return parser


def main(words: list[str]) -> Exit:
    """Serves until the editor says `exit` or closes the input."""
    arguments = _parser().read(words)

    from mlpl.options import check_machine_size

    check_machine_size(arguments.word_bits, None)
    try:
        import pygls  # noqa: F401
    except ImportError:
        remedy = "`pip install 'mlpl-compiler[lsp]'` installs what it needs"
        raise UsageError("the language server needs the package `pygls`", remedy) from None

    from mlpl.editor.analysis import Options
    from mlpl.lsp.run import serve

    options = Options(arguments.word_bits, arguments.entry, tuple(arguments.paths))
    return Exit.SUCCESS if serve(options) else Exit.REJECTED
