"""The entry function and its arguments (L7.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import index
from typing import Protocol

from mlpl.base import words
from mlpl.base.diagnostics import CompileError, Diagnostic, Mark, nearest
from mlpl.lang import typed
from mlpl.lang.datatypes import (
    ArrayType,
    BoolType,
    IntType,
    SliceType,
    StructType,
    Type,
    is_scalar,
    size,
)


class Parameter(Protocol):
    """A parameter of an entry."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def type(self) -> Type:
        """What it takes."""


class Signature(Protocol):
    """What an entry is called and takes; a `typed.Function` is one."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def parameters(self) -> Sequence[Parameter]:
        """What it takes, in order."""


Words = tuple[int, ...]
"""The words of one parameter: one for a scalar, all elements of an array in order of storage."""

_INTEGER = re.compile(r"[+-]?[0-9]+")
_SHOWN = 30


class ArgumentError(ValueError):
    """The arguments do not suit the entry's parameters."""


def check_entry(program: typed.Program, name: str = "main") -> typed.Function:
    """Returns the entry function.

    Raises:
        CompileError: there is none, or its parameters cannot be given from outside.
    """
    function = program.functions.get(name)
    if function is None:
        own = [f for f in program.functions if "." not in f]
        near = nearest(name, own)
        if near is not None:
            help_ = f"a function with a similar name exists: `{near}`; `--entry` chooses another"
        elif name == "main":
            help_ = "a program begins in `fn main() { }`; `--entry` chooses another function"
        else:
            help_ = ""
        message = f"there is no function `{name}` to begin with"
        raise CompileError([Diagnostic("missing-entry", message, help=help_, path=program.main)])
    errors = [
        Diagnostic(
            "entry-parameter",
            f"the entry `{name}` cannot take `{parameter.name}` of type `{parameter.type}`",
            Mark(parameter.span),
            help="its parameters are ints, bools and arrays of them of fixed length",
        )
        for parameter in function.parameters
        if not _given_from_outside(parameter.type)
    ]
    if errors:
        raise CompileError(errors)
    return function


def _given_from_outside(type_: Type) -> bool:
    match type_:
        case IntType() | BoolType():
            return True
        case ArrayType(element, _):
            return _given_from_outside(element)
        case SliceType() | StructType():
            return False


def parse_arguments(function: Signature, texts: Sequence[str], word_bits: int) -> tuple[Words, ...]:
    """Returns the words for each parameter from the texts of a command line.

    `12` and `-3` are ints, `true` and `false` bools, `1,2,3` arrays, row by row.

    Raises:
        ArgumentError: the wrong number, type or range.
    """
    _check_count(function, len(texts))
    return tuple(
        _parse(parameter, text, word_bits)
        for parameter, text in zip(function.parameters, texts, strict=True)
    )


def check_values(
    function: Signature, values: Sequence[object], word_bits: int
) -> tuple[Words, ...]:
    """Returns the words for each parameter from Python values.

    Ints and bools for scalars, NumPy's and PyTorch's too; sequences, arrays or tensors of them,
    nested like the type or flat, for arrays.

    Raises:
        ArgumentError: the wrong number, type or range.
    """
    _check_count(function, len(values))
    return tuple(
        _convert(parameter, value, word_bits)
        for parameter, value in zip(function.parameters, values, strict=True)
    )


def _check_count(function: Signature, given: int) -> None:
    expected = len(function.parameters)
    if given != expected:
        plural = "argument" if expected == 1 else "arguments"
        wanted = ", ".join(f"{p.name}: {p.type}" for p in function.parameters)
        raise ArgumentError(f"`{function.name}({wanted})` takes {expected} {plural}, {given} given")


def _parse(parameter: Parameter, text: str, w: int) -> Words:
    if is_scalar(parameter.type):
        return (_parse_word(parameter, parameter.type, text.strip(), w),)
    scalar = _element(parameter.type)
    pieces = [piece.strip() for piece in text.split(",")]
    _check_size(parameter, len(pieces))
    return tuple(_parse_word(parameter, scalar, piece, w) for piece in pieces)


def _parse_word(parameter: Parameter, type_: Type, text: str, w: int) -> int:
    if isinstance(type_, BoolType):
        if text not in ("true", "false"):
            raise _wrong(parameter, "`true` or `false`", text)
        return int(text == "true")
    if not _INTEGER.fullmatch(text):
        raise _wrong(parameter, "an int", text)
    if len(text) > _SHOWN:
        raise _out_of_range(parameter, text[: _SHOWN - 1] + "…", w)
    return _in_range(parameter, int(text), w)


def _convert(parameter: Parameter, value: object, w: int) -> Words:
    value = _plain(value)
    if is_scalar(parameter.type):
        return (_convert_word(parameter, parameter.type, value, w),)
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise _wrong(parameter, f"a sequence for `{parameter.type}`", repr(value))
    flat = _flatten(parameter, parameter.type, value)
    _check_size(parameter, len(flat))
    scalar = _element(parameter.type)
    return tuple(_convert_word(parameter, scalar, item, w) for item in flat)


def _flatten(parameter: Parameter, type_: Type, value: Iterable[object]) -> list[object]:
    """Returns the elements in order of storage; nested sequences have the type's lengths."""
    items = [_plain(item) for item in value]
    nested = [isinstance(i, Iterable) and not isinstance(i, str | bytes) for i in items]
    if not any(nested):
        return items
    element = type_.element if isinstance(type_, ArrayType) else type_
    if is_scalar(element) or not all(nested):
        raise ArgumentError(f"`{parameter.name}` of type `{parameter.type}`: wrongly nested")
    flat: list[object] = []
    for item in items:
        assert isinstance(item, Iterable)
        row = _flatten(parameter, element, item)
        if len(row) != size(element):
            message = f"`{parameter.name}` of type `{parameter.type}`: a row of {len(row)} words"
            raise ArgumentError(message)
        flat += row
    return flat


def _plain(value: object) -> object:
    """Returns numbers and arrays of NumPy, and tensors, as Python's numbers and lists."""
    convert = getattr(value, "tolist", None)
    return convert() if callable(convert) else value


def _convert_word(parameter: Parameter, type_: Type, value: object, w: int) -> int:
    is_bool = isinstance(value, bool)
    if isinstance(type_, BoolType):
        if not is_bool:
            raise _wrong(parameter, "a bool", repr(value))
        return int(bool(value))
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        raise _wrong(parameter, "an int", repr(value)) from None
    if is_bool:
        raise _wrong(parameter, "an int", repr(value))
    return _in_range(parameter, number, w)


def _element(type_: Type) -> Type:
    while isinstance(type_, ArrayType):
        type_ = type_.element
    return type_


def _check_size(parameter: Parameter, given: int) -> None:
    expected = size(parameter.type)
    if given != expected:
        plural = "value" if expected == 1 else "values"
        raise ArgumentError(
            f"`{parameter.name}` of type `{parameter.type}` takes {expected} {plural}, "
            f"{given} given"
        )


def _in_range(parameter: Parameter, number: int, w: int) -> int:
    if not words.smallest(w) <= number <= words.largest(w):
        bits = number.bit_length()
        shown = str(number) if bits <= 4 * _SHOWN else f"a number of {bits} bits"
        raise _out_of_range(parameter, shown, w)
    return number


def _out_of_range(parameter: Parameter, text: str, w: int) -> ArgumentError:
    low, high = words.smallest(w), words.largest(w)
    return ArgumentError(
        f"`{parameter.name}`: {text} is outside {low} to {high}, a word of {w} bits"
    )


def _wrong(parameter: Parameter, expected: str, text: str) -> ArgumentError:
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    found = f"`{shown}`" if shown else "nothing"
    return ArgumentError(f"`{parameter.name}`: expected {expected}, found {found}")
