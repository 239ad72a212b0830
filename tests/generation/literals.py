"""Random literals and initialisers that are made of them."""

from __future__ import annotations

from tests.generation.choices import Choices
from tests.generation.shapes import Array, Limits, Scalar, Shape, Struct

_CHARACTERS = ("a", "z", "0", "9", " ", "\\n", "\\t", "\\\\", "\\'", "\\0", "\\x41")
_TEXTS = ("word", "", "a b", "\\n", "tab\\t", '\\"q\\"', "\\x7e")


class Literals:
    """Makes literals that fit the narrowest word."""

    def __init__(self, choices: Choices, limits: Limits) -> None:
        self.choices = choices
        self.limits = limits

    def integer(self) -> str:
        """Returns an int literal, mostly small."""
        largest = self.limits.largest
        between = self.choices.between
        kind = self.choices.weighted(
            (
                *((10, "small"), (3, "negative"), (1, "any"), (2, "end"), (1, "hex")),
                *((1, "binary"), (1, "long"), (1, "character")),
            )
        )
        match kind:
            case "negative":
                return f"-{between(1, min(9, largest))}"
            case "any":
                return str(between(0, largest))
            case "end":
                return self.choices.one((str(largest), f"-{largest + 1}", f"-{largest}"))
            case "hex":
                return f"0x{between(0, 2 * largest + 1):x}"
            case "binary":
                return f"0b{between(0, 2 * largest + 1):b}"
            case "long":
                return f"{between(0, min(9999, largest)):_}"
            case "character" if self.limits.word_bits >= 8:
                return f"'{self.choices.one(_CHARACTERS)}'"
            case _:
                return str(between(0, min(9, largest)))

    def text(self, longest: int) -> str:
        """Returns a string literal; one of at most so many letters where that is asked for."""
        fitting = [t for t in _TEXTS if len(t) <= longest]
        return f'"{self.choices.one(fitting)}"'

    def value(self, shape: Shape) -> str:
        """Returns a constant initialiser."""
        match shape:
            case Array(element, length):
                return f"[{', '.join(self.value(element) for _ in range(length))}]"
            case Struct(name, fields):
                values = [f"{field}: {self.value(of)}" for field, of in fields]
                return f"{name} {{ {', '.join(self.choices.shuffled(values))} }}"
            case Scalar.INT:
                return self.integer()
            case _:
                return self.choices.one(("true", "false"))
