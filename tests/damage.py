"""Texts that are broken at random: good ones altered, cut or joined, and noise."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_NOISE = (
    "\0",
    "\ufeff",
    "\u2019",
    "\u201c",
    "\u00a0",
    "é",
    "漢",
    "e\u0301",
    "\u202e",
    "\U0001f600",
)


class Damage:
    """Breaks texts, each time in another way.

    Attributes:
        rng: what chooses.
        corpus: good texts.
        words: tokens that are put in, as they are written.
    """

    def __init__(self, rng: random.Random, corpus: Sequence[str], words: Sequence[str]) -> None:
        self.rng = rng
        self.corpus = corpus
        self.words = words
        self._ways: tuple[Callable[[], bytes], ...] = (
            *(self.altered_tokens,) * 5,
            *(self.altered_bytes,) * 2,
            self.truncated,
            self.joined,
            self.soup,
            self.random_bytes,
        )

    def next(self) -> bytes:
        """Returns another broken text (now and then a good one)."""
        return self.rng.choice(self._ways)()

    def altered_tokens(self) -> bytes:
        """A good text with a few tokens left out, doubled, exchanged, replaced or put in."""
        pieces = _PIECE.findall(self._text())
        for _ in range(self.rng.choice((1, 1, 1, 2, 3, 8))):
            self._alter(pieces)
        return "".join(pieces).encode("utf-8", "surrogatepass")

    def _alter(self, pieces: list[str]) -> None:
        at, other = self.rng.randrange(len(pieces)), self.rng.randrange(len(pieces))
        match self.rng.randrange(6):
            case 0:
                pieces[at] = ""
            case 1:
                pieces[at] *= 2
            case 2:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 3:
                pieces[at] = self._word()
            case 4:
                pieces.insert(at, f" {self._word()} ")
            case _:
                begin, end = sorted((at, min(other, at + 20)))
                del pieces[begin:end]
                pieces.append("\n")

    def altered_bytes(self) -> bytes:
        """A good text with a few bytes altered."""
        text = bytearray(self._text().encode())
        for _ in range(self.rng.choice((1, 1, 2, 5))):
            at = self.rng.randrange(len(text))
            match self.rng.randrange(4):
                case 0:
                    text[at] ^= 1 << self.rng.randrange(8)
                case 1:
                    text[at] = self.rng.randrange(256)
                case 2:
                    text.insert(at, self.rng.choice(b"\"'/*\\\n{}()[];#\0"))
                case _:
                    del text[at : at + self.rng.randrange(1, 30)]
                    text += b"\n"
        return bytes(text)

    def truncated(self) -> bytes:
        """The beginning or the end of a good text."""
        text = self._text().encode()
        at = self.rng.randrange(len(text))
        return text[:at] if self.rng.random() < 0.7 else text[at:]

    def joined(self) -> bytes:
        """The beginning of one good text and the end of another."""
        first, second = self._text().encode(), self._text().encode()
        return first[: self.rng.randrange(len(first))] + second[self.rng.randrange(len(second)) :]

    def soup(self) -> bytes:
        """Tokens in no order."""
        space = self.rng.choice(("", " ", " ", "\n"))
        soup = space.join(self._word() for _ in range(self.rng.randrange(60)))
        return self.rng.choice((f"fn main() {{ {soup} }}", soup)).encode("utf-8", "surrogatepass")

    def random_bytes(self) -> bytes:
        """Bytes in no order."""
        return self.rng.randbytes(self.rng.randrange(200))

    def _text(self) -> str:
        return self.rng.choice(self.corpus)

    def _word(self) -> str:
        if self.rng.random() < 0.03:
            return self.rng.choice(_NOISE)
        return self.rng.choice(self.words)
