"""The values of literals (L1.3): numbers, characters and strings from their text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DECIMAL = re.compile(r"[0-9]+(_+[0-9]+)*")
_PREFIXED = re.compile(r"0x[0-9A-Fa-f]+(_+[0-9A-Fa-f]+)*|0b[01]+(_+[01]+)*")
_PIECE = re.compile(r"\\x[0-9A-Fa-f]{2}|\\.|[^\\]", re.DOTALL)
_ESCAPES = {"n": 10, "t": 9, "r": 13, "0": 0, "\\": 92, "'": 39, '"': 34}

LONGEST_NUMBER = 100
"""Characters of a number; more digits than any word has, and conversion stays cheap."""


class LiteralError(ValueError):
    """A literal that has no value.

    Attributes:
        rule: name of the broken rule.
        message: what is wrong.
        help: the remedy, or "".
        start: where in the literal's text.
        end: up to where.
    """

    def __init__(self, rule: str, message: str, help_: str, start: int, end: int) -> None:
        super().__init__(message)
        self.rule, self.message, self.help = rule, message, help_
        self.start, self.end = start, end


def number(text: str) -> tuple[int, bool]:
    """Returns the value of a number and whether it is decimal.

    Raises:
        LiteralError: it is not a number.
    """
    if len(text) > LONGEST_NUMBER:
        raise LiteralError("invalid-number", "this number is too long", "", 0, len(text))
    digits = text.replace("_", "")
    if _DECIMAL.fullmatch(text):
        return int(digits), True
    if _PREFIXED.fullmatch(text):
        return int(digits, 0), False
    raise LiteralError("invalid-number", f"`{text}` is not a number", _remedy(text), 0, len(text))


def _remedy(text: str) -> str:
    lowered = text.lower()
    if text[:2] in ("0X", "0B"):
        return f"prefixes are written small: `{text[:2].lower()}`"
    if lowered.startswith("0o"):
        return "numbers are decimal, hexadecimal (`0x1f`) or binary (`0b101`)"
    if text.endswith("_") or "_" in text[1:3]:
        return "`_` stands between digits only"
    if lowered.startswith("0x"):
        return "a hexadecimal number has the digits 0 to 9 and a to f after `0x`"
    if lowered.startswith("0b"):
        return "a binary number has the digits 0 and 1 after `0b`"
    if re.fullmatch(r"\d+[eE]\d+", text):
        return "all digits of a number are written out"
    if re.fullmatch(r"\d+([uUlL]+|[iu](8|16|32|64|size)|[fdFD])", text):
        return "a number stands alone: there is only one type of ints"
    if not text[0].isdigit() or text.isalnum():
        return "a name cannot begin with a digit"
    return ""


def character(text: str) -> int:
    """Returns the code of a character literal, quotes included in `text`.

    Raises:
        LiteralError: a bad escape, or not one byte.
    """
    pieces = list(_pieces(text))
    if len(pieces) != 1:
        raise LiteralError(
            "invalid-character",
            "a character literal holds exactly one character",
            'text of any length is written with `"`',
            0,
            len(text),
        )
    code = pieces[0]
    if code > 255 or (code > 127 and not text.startswith("'\\x")):
        raise LiteralError(
            "invalid-character",
            "a character literal is one byte, and this character is several",
            f'its number is `{code}`; as text it is written with `"`',
            0,
            len(text),
        )
    return code


def string(text: str) -> tuple[int, ...]:
    """Returns the bytes of a string literal, quotes included in `text`; UTF-8.

    Raises:
        LiteralError: a bad escape.
    """
    if "\\" not in text:
        return tuple(text[1:-1].encode("utf-8", "surrogatepass"))
    codes: list[int] = []
    for piece, start in _split(text):
        if piece.startswith("\\"):
            codes.append(_escape(piece, start))
        else:
            codes += piece.encode("utf-8", "surrogatepass")
    return tuple(codes)


def _pieces(text: str) -> Iterator[int]:
    for piece, start in _split(text):
        yield _escape(piece, start) if piece.startswith("\\") else ord(piece)


def _split(text: str) -> Iterator[tuple[str, int]]:
    for match in _PIECE.finditer(text, 1, len(text) - 1):
        yield match[0], match.start()


def _escape(piece: str, start: int) -> int:
    if len(piece) == 4:
        return int(piece[2:], 16)
    code = _ESCAPES.get(piece[1])
    if code is not None:
        return code
    if piece[1] == "x":
        message, end = "`\\x` is followed by two hexadecimal digits", start + 2
    else:
        message, end = f"there is no escape `{piece}`", start + len(piece)
    help_ = "the escapes are `\\n \\t \\r \\0 \\\\ \\' \\\"` and `\\xHH`"
    raise LiteralError("invalid-escape", message, help_, start, end)
