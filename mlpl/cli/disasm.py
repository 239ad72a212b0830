"""`mlpl disasm`: shows an image as assembly."""

from __future__ import annotations

from mlpl.cli.asm import convert
from mlpl.cli.exits import Exit


def main(words: list[str]) -> Exit:
    """Writes an image as .asq."""
    return convert("disasm", "Shows an image as .asq assembly.", words)
