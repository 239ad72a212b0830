"""What one run of many is given: arguments of the entry, and input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


def _kind(value: object) -> str:
    return f"`{type(value).__name__}`"
