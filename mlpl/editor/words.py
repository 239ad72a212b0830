"""Short explanations of keywords and built-in functions, with the rules that say more."""

from __future__ import annotations

from dataclasses import dataclass

KEYWORDS = {
    "as": "`import sort as s;` makes a module available under another name (L3.6).",
    "assert": '`assert(c);` or `assert(c, "message");` traps `assertion-failed` '
    "unless c is true (L4.5).",
    "bool": "The type of `true` and `false` (L2.1).",
    "break": "Leaves the innermost loop (L4.2).",
    "by": "`for i in a..b by s` counts in steps of s, a constant other than 0 (L4.3).",
    "const": "`const N = …;` is computed when compiling; `const T = [1, 2, 3];` is a constant "
    "array (L3.2).",
    "continue": "Goes on with the next round of the innermost loop (L4.2).",
    "else": "`if c { } else if d { } else { }` (L4.2).",
    "false": "One of the two values of `bool` (L2.1).",
    "fn": "`fn name(a: int, xs: int[]) -> int { … }`; without an arrow there is no result (L3.4).",
    "for": "`for i in a..b { }` runs while i < b; `for x in xs { }` over the elements of an array "
    "(L4.3, L4.4).",
    "if": "`if c { } else if d { } else { }`; c is a `bool` (L4.2).",
    "import": "`import sort;` makes `sort.insertion(xs)` available. The module is a file beside "
    "this one, in an `-I` folder, or of the standard library (L3.6).",
    "in": "`for i in a..b { }`, `for x in xs { }` (L4.3, L4.4).",
    "int": "A signed word in two's complement (L2.1). `int(b)` turns a bool into 0 or 1 (L2.5).",
    "let": "`let x = e;` never changes (L3.3).",
    "return": "Ends the function, with its result if it has one (L3.4).",
    "struct": "`struct Name { field: T, … }` (L2.3).",
    "true": "One of the two values of `bool` (L2.1).",
    "var": "`var x = e;` may change; `var x: T;` is all zeros (L3.3).",
    "while": "`while c { }`; c is a `bool` (L4.2).",
}
"""By keyword."""


@dataclass(frozen=True, slots=True)
class Routine:
    """A built-in function (L6).

    Attributes:
        parameters: as text.
        result: its type, or "".
        text: what it does.
    """

    parameters: tuple[str, ...]
    result: str
    text: str

    def signature(self, name: str) -> str:
        """Returns the head of the function, in the language's own words."""
        arrow = f" -> {self.result}" if self.result else ""
        return f"fn {name}({', '.join(self.parameters)}){arrow}"


BUILTINS = {
    "print": Routine(
        ("…",),
        "",
        "Writes ints in decimal, bools and string literals, with spaces between and a newline "
        "behind.",
    ),
    "write": Routine(
        ("…",),
        "",
        "Writes ints in decimal, bools and string literals, with nothing between or behind.",
    ),
    "putc": Routine(("c: int",), "", "Writes one byte, c modulo 256."),
    "getc": Routine((), "int", "Returns the next byte of the input, -1 at its end."),
    "read": Routine(
        (),
        "int",
        "Skips white space and reads a decimal int; traps `end-of-input` or `invalid-input`.",
    ),
    "len": Routine(("a: T[]",), "int", "Returns the number of elements of an array."),
    "halt": Routine((), "", "Ends the program."),
    "int": Routine(("b: bool",), "int", "Returns 0 or 1."),
}
"""By name; `int` is a keyword that is called like one."""

OPERATORS = {
    "+": "sum, wrapping around (L5.3)",
    "-": "difference or opposite, wrapping around (L5.3)",
    "*": "product, wrapping around (L5.3)",
    "/": "quotient, toward zero; traps `division-by-zero` (L5.3)",
    "%": "remainder, with the sign of the dividend; traps `division-by-zero` (L5.3)",
    "<<": "shift to the left; 0 where the count is the word's width or more (L5.4)",
    ">>": "arithmetic shift to the right (L5.4)",
    "&": "and of the bits (L5.3)",
    "|": "or of the bits (L5.3)",
    "^": "exclusive or of the bits (L5.3)",
    "~": "complement of the bits (L5.3)",
    "!": "not (L5.1)",
    "&&": "and; the right side is evaluated only if it is needed (L5.2)",
    "||": "or; the right side is evaluated only if it is needed (L5.2)",
    "==": "equal (L5.5)",
    "!=": "not equal (L5.5)",
    "<": "less, right for every pair of ints (L5.3)",
    "<=": "less or equal, right for every pair of ints (L5.3)",
    ">": "greater, right for every pair of ints (L5.3)",
    ">=": "greater or equal, right for every pair of ints (L5.3)",
    "?": "`c ? a : b` evaluates only what it needs (L5.2)",
}
"""What operators do, by their sign."""
