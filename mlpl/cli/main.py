"""`mlpl COMMAND ...`: finds the command, runs it, and turns what goes wrong into exit codes."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from mlpl import __version__
from mlpl.base.diagnostics import CompileError, nearest
from mlpl.cli.exits import TEXT, Exit
from mlpl.cli.report import Reporter
from mlpl.cli.streams import discard, write_text
from mlpl.errors import UsageError

COMMANDS = {
    "run": "compile a program, or load an image, and run it in the network",
    "build": "compile a program to an image or a network, or print a stage",
    "check": "report errors and warnings of programs and images",
    "fmt": "bring sources into their one layout",
    "bench": "measure steps, cells and time of a program at each level",
    "inspect": "show the layers of a network, and what its neurons are for",
    "verify": "check that a network is the machine, at random or for all states",
    "explain": "say what a rule means that an error has named",
    "lsp": "serve editors in the Language Server Protocol",
    "asm": "assemble .asq to decimals",
    "disasm": "disassemble an image to .asq",
}
"""Each is a module of this package with `main(arguments) -> Exit`."""

_COLLECTING = (200_000, 30, 30)
"""When the garbage collector looks for cycles. Trees and tables grow by far more objects than the
700 of Python's default and have none: looking takes a fifth of the time of a large program."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `mlpl` with the arguments (those of the process by default); returns the exit code."""
    gc.set_threshold(*_COLLECTING)
    given = list(sys.argv[1:] if arguments is None else arguments)
    reporter = Reporter(_wants_json(given))
    try:
        return int(_guarded(lambda: _dispatch(given), reporter))
    except BrokenPipeError:
        discard(sys.stdout)
        discard(sys.stderr)
        return int(Exit.CLOSED_PIPE)


def _dispatch(given: list[str]) -> Exit:
    match given:
        case [("-h" | "--help"), *_]:
            write_text(_usage())
            return Exit.SUCCESS
        case ["help", *rest]:
            return _dispatch([*rest[:1], "--help"])
        case [("-V" | "--version"), *_]:
            write_text(f"mlpl {__version__}\n")
            return Exit.SUCCESS
        case []:
            raise UsageError("no command is given", f"one of {', '.join(COMMANDS)}; `mlpl --help`")
        case [name, *rest] if name in COMMANDS:
            command: Callable[[list[str]], Exit] = import_module(f"mlpl.cli.{name}").main
            return command(rest)
        case [name, *_]:
            raise _unknown_command(name)
        case _:
            raise AssertionError(given)


def _guarded(command: Callable[[], Exit], reporter: Reporter) -> Exit:
    """Runs a command; returns its exit code, or that of the exception that ended it."""
    try:
        return command()
    except CompileError as error:
        from mlpl.lang.load import SourceNotFound

        reporter.report(error.diagnostics)
        return Exit.USAGE if isinstance(error, SourceNotFound) else Exit.REJECTED
    except UsageError as error:
        reporter.error("usage", error.message, error.help)
        return Exit.USAGE
    except KeyboardInterrupt:
        reporter.error("interrupted", "interrupted")
        return Exit.INTERRUPTED
    except MemoryError:
        reporter.error("out-of-memory", "this computer has too little memory for that")
        return Exit.REJECTED
    except SystemExit:  # argparse, after `--help`
        return Exit.SUCCESS
    except BrokenPipeError:
        raise
    except Exception as error:
        _confess(error, reporter)
        return Exit.BUG


def _confess(error: Exception, reporter: Reporter) -> None:
    """Reports a bug in mlpl."""
    if os.environ.get("MLPL_DEBUG"):
        import traceback

        reporter.note(traceback.format_exc().rstrip())
    what = f"{type(error).__name__}: {error}".rstrip(": ").splitlines() or [""]
    reporter.error(
        "internal",
        f"a bug in mlpl {__version__}: {what[0]}",
        "please report it with the program and the command line; MLPL_DEBUG=1 shows where it is",
    )


def _wants_json(given: Sequence[str]) -> bool:
    """Whether errors are to be JSON, also those in the options themselves."""
    text = "\0".join(given)
    return "--error-format=json" in given or "--error-format\0json" in text


def _unknown_command(name: str) -> UsageError:
    near = nearest(name, list(COMMANDS))
    if name.startswith("-"):
        return UsageError(f"unknown option `{name}`", "`mlpl --help` lists the commands")
    if near is None and ("." in name or os.path.exists(name)):  # noqa: PTH110
        return UsageError(f"unknown command `{name}`", f"`mlpl run {name}` runs a file")
    listed = f"one of {', '.join(COMMANDS)}"
    return UsageError(f"unknown command `{name}`", f"did you mean `{near}`?" if near else listed)


def _usage() -> str:
    lines = [
        "usage: mlpl COMMAND [options] ...",
        "",
        "Programs compiled into exact neural-network weights: a looped ReLU-MLP.",
        "",
        "commands:",
        *(f"  {name:<8} {what}" for name, what in COMMANDS.items()),
        "",
        "`mlpl COMMAND --help` lists its options; `mlpl --version` the version.",
        TEXT,
        "",
    ]
    return "\n".join(lines)
