"""Traps: the ways in which a running program ends by its own fault (L7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mlpl.base.source import Location


class TrapKind(Enum):
    """The traps of L7.3; the value is the name that users see."""

    DIVISION_BY_ZERO = "division-by-zero"
    INDEX_OUT_OF_BOUNDS = "index-out-of-bounds"
    NEGATIVE_SHIFT = "negative-shift"
    ASSERTION_FAILED = "assertion-failed"
    END_OF_INPUT = "end-of-input"
    INVALID_INPUT = "invalid-input"
    STACK_OVERFLOW = "stack-overflow"
    FAULT = "fault"
    """Not of the language: an image used an address that the memory does not have (M2.7)."""


@dataclass(frozen=True, slots=True)
class TrapSite:
    """A place in a program that can trap, before it runs.

    Attributes:
        kind: which trap.
        location: the operator, index or call at fault; None in images without source lines.
        message: the assertion's message, or "".
        values: what the trap's values can be read from at the halt: for index-out-of-bounds
            the index and the length, for negative-shift the count, for division-by-zero the
            dividend. Each is an int known at compile time, or a `Held` cell.
        function: the compiled function that it is in, or "".
    """

    kind: TrapKind
    location: Location | None = None
    message: str = ""
    values: tuple[int | Held, ...] = ()
    function: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A value that stands in memory when the trap is taken: `scale * memory[cell] + offset`."""

    cell: int
    scale: int = 1
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A call that had not returned when a program trapped.

    Attributes:
        function: the function that it stands in (`main`, `sort.merge`).
        location: where in the source, if known.
    """

    function: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Trap:
    """A trap that happened.

    Attributes:
        kind: which trap.
        location: where in the source, if known.
        message: the assertion's message, or what a fault has done, or "".
        values: as in `TrapSite`, resolved to signed ints; for invalid-input the input word that
            `read()` met, see `met`; empty where unknown.
        function: the function that `location` is in, or "".
        calls: the active calls, innermost first: `function` was called at the first of them.
            Tail calls that the optimizer has made jumps are not among them.
    """

    kind: TrapKind
    location: Location | None = None
    message: str = ""
    values: tuple[int, ...] = ()
    function: str = ""
    calls: tuple[Call, ...] = ()

    def describe(self) -> str:
        """Returns one line without the location: `index-out-of-bounds: index 9 is outside 0..8`."""
        return f"{self.kind.value}: {self.reason}"

    @property
    def reason(self) -> str:
        """What was wrong, with the values that are known."""
        match self.kind, self.values:
            case TrapKind.INDEX_OUT_OF_BOUNDS, (index, length):
                return f"index {index} is outside 0..{length}"
            case TrapKind.NEGATIVE_SHIFT, (count,):
                return f"a shift by {count}"
            case TrapKind.DIVISION_BY_ZERO, (dividend,):
                return f"{dividend} is divided by 0"
            case TrapKind.INVALID_INPUT, (word,):
                return _invalid(word)
            case TrapKind.ASSERTION_FAILED | TrapKind.FAULT, _ if self.message:
                return self.message
            case _:
                return _REASONS[self.kind]


def met(word: int, word_bits: int) -> tuple[int, ...]:
    """Returns the values of an invalid-input that met an input word, signed: none below 8 bits.

    A narrower word does not hold a byte, so that it would name another character.
    """
    return (word,) if word_bits >= 8 else ()


def _invalid(word: int) -> str:
    """Returns what was wrong with the input where `read()` met a byte, or -1 at the end."""
    byte = chr(word % 256)
    if word == -1 or byte in " \t\r\n":
        return _REASONS[TrapKind.INVALID_INPUT]
    if byte in "0123456789":
        return f"`read()` met a number that does not fit the word from its digit {byte} on"
    shown = f"`{byte}`" if " " < byte <= "~" else f"the byte {word % 256}"
    return f"`read()` met {shown}, which cannot stand there in an int"


_REASONS = {
    TrapKind.DIVISION_BY_ZERO: "the divisor is 0",
    TrapKind.INDEX_OUT_OF_BOUNDS: "an index is outside its array",
    TrapKind.NEGATIVE_SHIFT: "a shift by a negative number",
    TrapKind.ASSERTION_FAILED: "the condition is false",
    TrapKind.END_OF_INPUT: "`read()` found no number before the end of the input",
    TrapKind.INVALID_INPUT: "`read()` met something that is not an int of this word",
    TrapKind.STACK_OVERFLOW: "the frames do not fit the memory; a larger `--memory` helps",
    TrapKind.FAULT: "an address lies outside the memory; a larger `--memory` may help",
}
