"""Calls of the library's routines whose cost the reference states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Array:
    """An argument of several words, and what readers are told about it."""

    shown: str
    words: tuple[int, ...]
    element: str = "int"

    @property
    def type(self) -> str:
        """The type of the parameter."""
        return f"{self.element}[{len(self.words)}]"

    @property
    def values(self) -> list[int] | list[bool]:
        """The argument for `Program.run`."""
        return list(map(bool, self.words)) if self.element == "bool" else list(self.words)


Argument = int | Array
Call = tuple[Argument, ...]


def array(*words: int) -> Array:
    """Returns an array whose words are shown."""
    return Array(f"[{', '.join(map(str, words))}]", words)


def ascending(n: int) -> Array:
    """Returns 3, 6, 9, ..."""
    return Array(f"{n} ascending", tuple(range(3, 3 * n + 1, 3)))


def shuffled(n: int) -> Array:
    """Returns the same numbers in an order by chance, always the same one."""
    words = list(ascending(n).words)
    Random(n).shuffle(words)
    return Array(f"{n} shuffled", tuple(words))


def descending(n: int) -> Array:
    """Returns the same numbers, the largest first."""
    return Array(f"{n} descending", ascending(n).words[::-1])


def room(n: int, element: str = "int") -> Array:
    """Returns zeros."""
    return Array(f"room for {n}", (0,) * n, element)


def text(characters: str, length: int = 16) -> Array:
    """Returns a text with its end, in an array that may be longer."""
    words = [*map(ord, characters), *[0] * length][:length]
    shown = characters.replace("\n", "\\n")
    return Array(f'"{shown}"', tuple(words))


def filled(size: int, capacity: int, head: int, order: Array) -> Array:
    """Returns a structure of the library that holds the first numbers of `order`."""
    numbers = (*order.words[:size], *[0] * (capacity - size))
    words = ((size,) if head == 1 else (0, size)) + numbers
    return Array(f"{size} of {capacity}", words)


SORTED = (shuffled(16), ascending(16), descending(16), shuffled(64))
SORTS: Sequence[Call] = [(array_,) for array_ in SORTED]
TWO: Call = (1234, -567)

CALLS: Mapping[str, Sequence[Call]] = {
    "math.abs": [(-567,)],
    "math.sign": [(-567,)],
    "math.min": [TWO],
    "math.max": [TWO],
    "math.clamp": [(1234, 0, 100)],
    "math.mod": [(-1234, 10)],
    "math.gcd": [(1071, 462), (10946, 6765)],
    "math.lcm": [(12, 18)],
    "math.pow": [(3, 9)],
    "math.isqrt": [(99,), (32767,)],
    "math.mulmod": [(12345, 6789, 32749)],
    "math.powmod": [(3, 1000, 32749)],
    "math.mul": [(7, 6), (181, 181), (-32768, 3)],
    "math.div": [(17, 5), (32767, 10)],
    "math.rem": [(17, 5), (32767, 10)],
    "bits.and": [TWO],
    "bits.or": [TWO],
    "bits.xor": [TWO],
    "bits.not": [(1234,)],
    "bits.shl": [(1, 3), (1, 14)],
    "bits.shr": [(1234, 1), (1234, 8), (-1234, 8)],
    "bits.shr_logical": [(-1234, 1), (-1234, 8)],
    "bits.popcount": [(1234,)],
    "bits.parity": [(1234,)],
    "bits.reverse": [(1234,)],
    "bits.rotl": [(1234, 3), (1234, -3)],
    "bits.rotr": [(1234, 3)],
    "bits.clz": [(1234,)],
    "bits.ctz": [(1232,)],
    "bits.width": [()],
    "sort.insertion": SORTS,
    "sort.bubble": SORTS,
    "sort.selection": SORTS,
    "sort.shell": SORTS,
    "sort.heap": SORTS,
    "sort.quick": SORTS,
    "sort.merge": [(array_, room(len(array_.words))) for array_ in SORTED],
    "sort.is_sorted": [(ascending(16),)],
    "sort.argsort": [(shuffled(16), room(16)), (shuffled(64), room(64))],
    "search.linear": [(ascending(64), 96)],
    "search.binary": [(ascending(64), 96)],
    "search.lower_bound": [(ascending(64), 96)],
    "array.same": [(room(16), ascending(16))],
    "array.fill": [(room(16), 7)],
    "array.copy": [(room(16), shuffled(16))],
    "array.reverse": [(shuffled(16),)],
    "array.rotate": [(shuffled(16), 5)],
    "array.sum": [(shuffled(16),)],
    "array.min": [(shuffled(16),)],
    "array.max": [(shuffled(16),)],
    "array.argmin": [(shuffled(16),)],
    "array.argmax": [(shuffled(16),)],
    "array.dot": [(shuffled(16), ascending(16))],
    "array.count": [(shuffled(16), 24)],
    "array.contains": [(ascending(16), 48)],
    "array.equal": [(ascending(16), ascending(16))],
    "array.prefix_sum": [(shuffled(16),)],
    "text.length": [(text("hello"),)],
    "text.write": [(text("hello"),)],
    "text.equal": [(text("hello"), text("hello"))],
    "text.compare": [(text("hello"), text("help"))],
    "text.copy": [(room(16), text("hello"))],
    "text.reverse": [(text("hello"),)],
    "text.is_digit": [(ord("7"),)],
    "text.is_alpha": [(ord("q"),)],
    "text.is_space": [(ord(" "),)],
    "text.to_upper": [(ord("q"),)],
    "text.to_lower": [(ord("Q"),)],
    "text.parse_int": [(text("7"),), (text("-32768"),)],
    "text.write_int": [(7,), (-32768,)],
    "text.format_int": [(7, room(8)), (-32768, room(8))],
    "text.read_line": [(room(16),)],
    "random.seed": [(7,)],
    "random.next": [()],
    "random.below": [(6,), (1000,)],
    "random.shuffle": [(ascending(16),)],
    "matrix.multiply": [(array(1, 2, 3, 4), array(5, 6, 7, 8), room(4), 2, 2, 2)],
    "matrix.transpose": [(ascending(16), room(16), 4, 4)],
    "matrix.identity": [(room(16), 4)],
    "stack.clear": [(filled(4, 15, 1, ascending(4)),)],
    "stack.push": [(filled(4, 15, 1, ascending(4)), 7)],
    "stack.pop": [(filled(4, 15, 1, ascending(4)),)],
    "stack.peek": [(filled(4, 15, 1, ascending(4)),)],
    "stack.size": [(filled(4, 15, 1, ascending(4)),)],
    "stack.is_empty": [(filled(4, 15, 1, ascending(4)),)],
    "stack.is_full": [(filled(4, 15, 1, ascending(4)),)],
    "queue.clear": [(filled(4, 15, 2, ascending(4)),)],
    "queue.push": [(filled(4, 15, 2, ascending(4)), 7)],
    "queue.pop": [(filled(4, 15, 2, ascending(4)),)],
    "queue.peek": [(filled(4, 15, 2, ascending(4)),)],
    "queue.size": [(filled(4, 15, 2, ascending(4)),)],
    "queue.is_empty": [(filled(4, 15, 2, ascending(4)),)],
    "queue.is_full": [(filled(4, 15, 2, ascending(4)),)],
    "heap.clear": [(filled(30, 31, 1, ascending(30)),)],
    "heap.push": [(filled(30, 31, 1, ascending(30)), 1), (filled(30, 31, 1, ascending(30)), 99)],
    "heap.pop": [(filled(31, 31, 1, ascending(31)),)],
    "heap.peek": [(filled(31, 31, 1, ascending(31)),)],
    "heap.size": [(filled(31, 31, 1, ascending(31)),)],
    "heap.is_empty": [(filled(31, 31, 1, ascending(31)),)],
    "heap.is_full": [(filled(31, 31, 1, ascending(31)),)],
    "primes.sieve": [(room(100, "bool"),)],
    "primes.is_prime": [(997,), (32749,)],
    "primes.factorize": [(360, room(14)), (32749, room(14))],
    "fixed.mul": [(384, -640, 8)],
    "fixed.div": [(384, -640, 8)],
    "fixed.sqrt": [(512, 8)],
}
"""Arguments inside the contract, for every routine."""

INPUTS: Mapping[str, bytes] = {"text.read_line": b"hello\n"}
"""What is read."""
