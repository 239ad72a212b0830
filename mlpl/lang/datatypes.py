"""The types of MLPL (L2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class IntType:
    """`int`: a signed word."""

    def __str__(self) -> str:
        return "int"


@dataclass(frozen=True, slots=True)
class BoolType:
    """`bool`: stored as the word 0 or 1."""

    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class ArrayType:
    """`T[N]`: N elements side by side; `int[3][4]` is 3 rows of `int[4]`."""

    element: Type
    length: int

    def __str__(self) -> str:
        return _spell(self)


@dataclass(frozen=True, slots=True)
class SliceType:
    """`T[]`: an array of any length, by reference; only the type of a parameter."""

    element: Type

    def __str__(self) -> str:
        return _spell(self)


@dataclass(frozen=True, slots=True)
class StructType:
    """`struct`: named fields side by side, in order of declaration.

    Attributes:
        name: qualified by its module where it is not the main file (`geometry.Point`).
        fields: names and types.
        offsets: how many cells lie before each field, and before the end.
    """

    name: str
    fields: tuple[tuple[str, Type], ...]
    offsets: tuple[int, ...] = field(init=False, compare=False, repr=False)
    _numbers: dict[str, int] = field(init=False, compare=False, repr=False)

    def __str__(self) -> str:
        return self.name

    def __post_init__(self) -> None:
        sizes = [size(type_) for _, type_ in self.fields]
        object.__setattr__(self, "offsets", (0, *accumulate(sizes)))
        numbers = {name: number for number, (name, _) in enumerate(self.fields)}
        object.__setattr__(self, "_numbers", numbers)

    def __hash__(self) -> int:
        """The hash of the name: that of the fields would take long where structs nest."""
        return hash(self.name)

    def index(self, name: str) -> int | None:
        """Returns the position of a field, or None."""
        return self._numbers.get(name)

    def offset(self, index: int) -> int:
        """Returns how many cells lie before field number `index`."""
        return self.offsets[index]


Type = IntType | BoolType | ArrayType | SliceType | StructType

INT = IntType()
BOOL = BoolType()


def size(type_: Type) -> int:
    """Returns how many cells a value of this type takes; a slice has no size of its own."""
    match type_:
        case IntType() | BoolType():
            return 1
        case ArrayType(element, length):
            return length * size(element)
        case StructType():
            return type_.offsets[-1]
        case SliceType():
            raise ValueError("a slice has no size")


def is_scalar(type_: Type) -> bool:
    """Whether values of the type are words, passed by value."""
    return isinstance(type_, IntType | BoolType)


def parse_outside_type(text: str) -> Type | None:
    """Returns the type that is written so, of those that an entry's parameters may have, or None.

    These are `int`, `bool` and arrays of them, as in `int[3][4]`.
    """
    match = _OUTSIDE.fullmatch(text)
    if match is None:
        return None
    type_: Type = BOOL if match[1] == "bool" else INT
    for extent in reversed(_EXTENT.findall(match[2])):
        type_ = ArrayType(type_, int(extent))
    return type_


_OUTSIDE = re.compile(r"(int|bool)((?:\[[0-9]{1,12}\]){0,100})")
_EXTENT = re.compile(r"[0-9]+")


def _spell(type_: Type) -> str:
    suffix = ""
    while isinstance(type_, ArrayType | SliceType):
        suffix += f"[{type_.length}]" if isinstance(type_, ArrayType) else "[]"
        type_ = type_.element
    return f"{type_}{suffix}"
