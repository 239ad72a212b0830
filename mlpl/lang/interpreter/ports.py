"""Input and output of a running program, as bytes (L6)."""

from __future__ import annotations

from collections.abc import Callable

from mlpl.base import words

Supply = bytes | Callable[[], bytes]
"""All of the input, or a function that returns some more of it, and nothing at its end."""

Sink = Callable[[bytes], object]

END = -1
_WHITE = frozenset(b" \t\r\n")
_DIGITS = frozenset(b"0123456789")
_BUFFER = 1 << 13


class InputEnds(Exception):  # noqa: N818 - a condition of L6, not an error of ours
    """`read()` found no digits before the end of the input."""


class InputInvalid(Exception):  # noqa: N818 - a condition of L6, not an error of ours
    """`read()` met something that is no int of the word.

    Attributes:
        byte: where it is clear that this is none; `END` at the end of the input.
    """

    def __init__(self, byte: int) -> None:
        super().__init__()
        self.byte = byte


class Ports:
    """The bytes that a program reads and writes.

    Input is asked for only when the program needs it, and what the program has written is
    handed out before.

    Attributes:
        written: the output, where no sink takes it.
    """

    def __init__(self, supply: Supply, sink: Sink | None) -> None:
        self.written = bytearray()
        self._sink = sink
        self._pending = supply if isinstance(supply, bytes) else b""
        self._more = None if isinstance(supply, bytes) else supply
        self._position = 0

    def write(self, data: bytes) -> None:
        """Writes bytes."""
        self.written += data
        if self._sink is not None and len(self.written) >= _BUFFER:
            self.flush()

    def flush(self) -> None:
        """Hands the output to the sink, if there is one."""
        if self._sink is not None and self.written:
            data = bytes(self.written)
            self.written.clear()
            self._sink(data)

    def getc(self) -> int:
        """Returns the next byte of the input, `END` at its end."""
        if self._position == len(self._pending):
            if self._more is None:
                return END
            self.flush()
            self._pending, self._position = self._more(), 0
            if not self._pending:
                self._more = None
                return END
        self._position += 1
        return self._pending[self._position - 1]

    def read(self, w: int) -> int:
        """Returns the decimal int that comes next in the input.

        White space before it and the one character behind it are consumed. `-` and `+` are
        followed by a digit.

        Raises:
            InputEnds: the input ends where a digit is expected.
            InputInvalid: anything else is no digit, or follows them and is no white space, or
                the value does not fit a word of w bits.
        """
        byte = self.getc()
        while byte in _WHITE:
            byte = self.getc()
        negative = byte == ord("-")
        if negative or byte == ord("+"):
            byte = self.getc()
        if byte == END:
            raise InputEnds
        if byte not in _DIGITS:
            raise InputInvalid(byte)
        most = -words.smallest(w)
        value = 0
        while byte in _DIGITS:
            value = 10 * value + byte - ord("0")
            if value > most:
                raise InputInvalid(byte)
            byte = self.getc()
        if (byte != END and byte not in _WHITE) or (value == most and not negative):
            raise InputInvalid(byte)
        return -value if negative else value
