"""Command lines: options anywhere, negative numbers that are none, near names for slips."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import NoReturn

from mlpl.base.diagnostics import nearest
from mlpl.cli.exits import TEXT
from mlpl.cli.streams import write_text
from mlpl.errors import UsageError

_MARK = "\0"
"""Before words that are no options though they begin with `-`; no command line can hold it."""

_NEGATIVE = re.compile(r"-[0-9]")

_WRONG_CHOICE = re.compile(r"argument (\S+): invalid choice: '(.*)' \(choose from (.*)\)")
_OPTION = re.compile(r"argument (\S+): (.*)", re.DOTALL)
"""Beginnings of what argparse says."""


class Parser(argparse.ArgumentParser):
    """Parses the words after a command."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(
            prog=f"mlpl {command}",
            description=description,
            epilog=TEXT,
            allow_abbrev=False,
        )

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Returns the options and positional arguments.

        Words that begin with `-` and a digit are numbers, and so is everything after `--`.

        Raises:
            UsageError: they are not what the command takes.
        """
        found, unknown = self.parse_known_intermixed_args(_marked(words))
        for word in unknown:
            raise self._unknown(word)
        for name, value in vars(found).items():
            setattr(found, name, _unmarked(value))
        return found

    def print_help(self, file: object = None) -> None:
        """Writes the help to the standard output."""
        write_text(self.format_help())

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        message = message.replace(_MARK, "")
        remedy = f"`{self.prog} --help` lists the options"
        if message.casefold().startswith("the following arguments are required: file"):
            raise UsageError("no file is given", remedy)
        if wrong := _WRONG_CHOICE.fullmatch(message):
            option, value, choices = wrong.groups()
            listed = ", ".join(f"`{choice}`" for choice in re.findall("[a-z0-9]+", choices))
            raise UsageError(f"`{option}` has no value `{value}`", f"one of {listed}")
        raise UsageError(_OPTION.sub(r"`\1`: \2", message), remedy)

    def _unknown(self, word: str) -> UsageError:
        word = word.replace(_MARK, "")
        if not word.startswith("-"):
            return UsageError(f"unexpected argument `{word}`", f"`{self.prog} --help`")
        name = word.split("=", 1)[0]
        near = nearest(name, [option for a in self._actions for option in a.option_strings])
        remedy = f"did you mean `{near}`?" if near else f"`{self.prog} --help` lists the options"
        return UsageError(f"unknown option `{name}`", remedy)


def _marked(words: Sequence[str]) -> list[str]:
    """Returns the words with a mark on those that begin with `-` and are no options."""
    marked = list(words)
    end = marked.index("--") if "--" in marked else len(marked)
    before = [_MARK + word if _NEGATIVE.match(word) else word for word in marked[:end]]
    return before + [_MARK + word for word in marked[end + 1 :]]


def _unmarked(value: object) -> object:
    match value:
        case str():
            return value.removeprefix(_MARK)
        case list():
            return [_unmarked(item) for item in value]
        case _:
            return value


def number(text: str) -> int:
    """Returns the int that an option's value spells.

    Raises:
        argparse.ArgumentTypeError: it spells none, or one below 0.
    """
    text = text.removeprefix(_MARK)
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is no number") from None
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} is below 0")
    return value


def add_entry_arguments(parser: Parser) -> None:
    """Adds the arguments of the program's entry."""
    parser.add_argument(
        "arguments", nargs="*", default=[], help="of the entry: 42, -1, true, arrays as 1,2,3"
    )


def add_source_options(parser: Parser) -> None:
    """Adds the options that say how a program is compiled."""
    from mlpl.options import LEVELS

    parser.add_argument(
        "--entry", metavar="NAME", default=None, help="the function to start in (main)"
    )
    parser.add_argument("--unchecked", action="store_true", help="no checks of indices and shifts")
    parser.add_argument(
        "-O",
        dest="level",
        choices=[level[1:] for level in LEVELS],
        help="level of optimisation: 0, 1, 2 for few steps, s for few cells",
    )
    parser.add_argument(
        "-I",
        dest="paths",
        metavar="DIR",
        action="append",
        default=[],
        help="a folder in which modules are looked for",
    )


def add_remarks(parser: Parser) -> None:
    """Adds the option that tells what the optimiser did."""
    parser.add_argument(
        "--remarks", action="store_true", help="what the optimiser did where, and what it did not"
    )


def add_machine_options(parser: Parser) -> None:
    """Adds the options that say how large the machine is."""
    parser.add_argument(
        "--word-bits",
        metavar="W",
        type=number,
        default=16,
        help="bits of a word: 12 to 32, for images from 4 (16)",
    )
    parser.add_argument(
        "--memory", metavar="N", type=number, help="cells of the machine (what is needed)"
    )


def add_construction_option(parser: Parser) -> None:
    """Adds the option for how the network is built."""
    from mlpl.options import CONSTRUCTIONS

    parser.add_argument(
        "--construction",
        choices=CONSTRUCTIONS,
        default=CONSTRUCTIONS[0],
        help="of the network: least work (lean), 23 layers as in the paper, or 6",
    )
    parser.add_argument(
        "--clean",
        metavar="PLACES",
        help="restoring layers at places of the network: fetch,read,result,state or all",
    )


def cells(text: str) -> tuple[range, ...]:
    """Returns the cells that an option's value names: `30-49,60` are 30 to 49, and 60.

    Raises:
        argparse.ArgumentTypeError: it names none.
    """
    found = []
    for part in text.removeprefix(_MARK).split(","):
        match = re.fullmatch(r"([0-9]{1,10})(?:-([0-9]{1,10}))?", part)
        if match is None or int(match[1]) > int(match[2] or match[1]):
            raise argparse.ArgumentTypeError(f"`{part}` is neither a cell nor a range of cells")
        found.append(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(found)


def add_bake_options(parser: Parser) -> None:
    """Adds the options that make the network that of the program alone."""
    parser.add_argument(
        "--bake", action="store_true", help="fold cells that are never written into the weights"
    )
    parser.add_argument(
        "--written",
        metavar="CELLS",
        type=cells,
        help="with --bake: the cells that may be written, as in 30-49,60 (what is known)",
    )


def add_mode_option(parser: Parser) -> None:
    """Adds the option for images in other conventions."""
    parser.add_argument(
        "--mode",
        choices=["standard", "accumulate"],
        default="standard",
        help="what input does to a cell, for images: replace it, or add to it",
    )


def add_network_options(parser: Parser) -> None:
    """Adds the options that say how a source, machine or image becomes a network."""
    add_source_options(parser)
    add_machine_options(parser)
    add_construction_option(parser)
    add_bake_options(parser)
    add_mode_option(parser)


def add_deny_warnings(parser: Parser) -> None:
    """Adds the option that makes warnings reject a program."""
    parser.add_argument(
        "--deny-warnings", action="store_true", help="exit code 1 where there are warnings"
    )


def add_error_format(parser: Parser) -> None:
    """Adds the option for errors as JSON; `main` has looked at it already."""
    parser.add_argument(
        "--error-format",
        choices=["text", "json"],
        default="text",
        help="errors and warnings for people, or one JSON object a line",
    )
