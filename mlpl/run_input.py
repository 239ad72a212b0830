"""What one run of many is given: arguments of the entry, and input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import index

import numpy as np

from mlpl.errors import UsageError


@dataclass(frozen=True, slots=True)
class RunInput:
    """What one run is given.

    Attributes:
        arguments: the parameters of the entry, as in `Program.run`.
        input: the bytes that the program reads.
    """

    arguments: tuple[object, ...] = ()
    input: bytes = b""

    @classmethod
    def of(cls, given: object) -> RunInput:
        """Returns what a user's value says.

        Args:
            given: a `RunInput`; bytes, which are the input; a mapping with "args" (or
                "arguments") and "input", each of them optional; the sequence of the arguments; or
                an int or a bool, which is the only one.

        Raises:
            UsageError: it is none of them.
        """
        match given:
            case RunInput():
                return given
            case bytes() | bytearray() | memoryview():
                return cls(input=bytes(given))
            case Mapping():
                return cls._of_mapping(given)
            case Sequence() if not isinstance(given, str):
                return cls(tuple(given))
            case int() | np.integer() | np.bool_():
                return cls((given,))
        raise UsageError(
            f"a run is given its arguments or its input, not {_kind(given)}",
            "`(1071, 462)` are arguments, `b'...'` is input, "
            "`{'args': [...], 'input': b'...'}` is both",
        )

    @classmethod
    def _of_mapping(cls, given: Mapping[object, object]) -> RunInput:
        for key in given:
            if key not in ("args", "arguments", "input"):
                raise UsageError(f"a run has `args` and `input`, and no {key!r}")
        arguments = given.get("args", given.get("arguments", ()))
        data = given.get("input", b"")
        if not isinstance(arguments, Sequence) or isinstance(arguments, str | bytes):
            raise UsageError(f"`args` is a list, not {_kind(arguments)}")
        if isinstance(data, str):
            data = data.encode()
        if not isinstance(data, bytes | bytearray | memoryview):
            raise UsageError(f"`input` is bytes or a string, not {_kind(data)}")
        return cls(tuple(arguments), bytes(data))


def check_steps(max_steps: object) -> None:
    """Raises UsageError where `max_steps` is no limit of a run: an int from 0, or None."""
    check_count(max_steps, 0, "a run has at least 0 steps", "no limit")


def check_count(value: object, least: int, rule: str, nothing: str) -> None:
    """Checks an option of runs that is an int, NumPy's too, or None.

    Args:
        value: what was given.
        least: the smallest that makes sense.
        rule: says so.
        nothing: what None stands for.

    Raises:
        UsageError: it is something else, or smaller.
    """
    try:
        fits = value is None or index(value) >= least  # type: ignore[arg-type]
    except TypeError:  # no int
        fits = False
    if not fits:
        raise UsageError(f"{rule}, not {value!r}", f"it is an int, or None for {nothing}")


def _kind(value: object) -> str:
    return f"`{type(value).__name__}`"
