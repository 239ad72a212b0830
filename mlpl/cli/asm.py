"""`mlpl asm`: assembles an image."""

from __future__ import annotations

from pathlib import PurePath

from mlpl.cli.exits import Exit
from mlpl.cli.parser import Parser, add_error_format, add_machine_options, add_mode_option
from mlpl.errors import UsageError


def _parser(command: str, description: str, to: str) -> Parser:
    parser = Parser(command, description)
    parser.add_argument("file", help="an image (.asq, .dec, .sq), or - for the standard input")
    parser.add_argument("-o", dest="output", metavar="FILE", help=f"where to: {to}")
    add_machine_options(parser)
    add_mode_option(parser)
    add_error_format(parser)
    return parser


def main(words: list[str]) -> Exit:
    """Writes the image of an .asq file as decimals."""
    return convert("asm", "Assembles .asq to decimals.", words)


def convert(command: str, description: str, words: list[str]) -> Exit:
    """Writes an image in the format of the command."""
    to = "a .dec or .sq file" if command == "asm" else "an .asq file"
    arguments = _parser(command, description, to).read(words)
    if PurePath(arguments.file).suffix.lower() == ".mlpl":
        raise UsageError("this is a source", f"`mlpl build {arguments.file}` compiles it")

    from mlpl.backend.subleq.decimal_text import write_decimal
    from mlpl.backend.subleq.disassembler import disassemble
    from mlpl.cli.loading import image_program, write_file
    from mlpl.cli.streams import write_text

    image = image_program(arguments).image
    text = write_decimal(image) if command == "asm" else disassemble(image)
    if arguments.output is None or arguments.output == "-":
        write_text(text)
    else:
        write_file(arguments.output, text)
    return Exit.SUCCESS
