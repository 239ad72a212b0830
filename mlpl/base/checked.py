"""Values of JSON that nobody vouches for, read with their types and ranges checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn


class DamagedError(ValueError):
    """A file is not what it says it is; the message names what is wrong."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A value and where it stands.

    Every method that reads raises DamagedError where the value is not what it should be.

    Attributes:
        value: as JSON has it.
        place: for people, as in `image.traps[3]`.
    """

    value: Any
    place: str

    def members(self, *names: str) -> tuple[Checked, ...]:
        """Returns the members of an object that has these and no others."""
        if not isinstance(self.value, dict):
            self.refuse(f"is not an object but {_kind(self.value)}")
        for name in names:
            if name not in self.value:
                self.refuse(f"has no `{name}`")
        for name in self.value:
            if name not in names:
                self.refuse(f"has an unknown member `{name[:40]}`")
        return tuple(Checked(self.value[name], f"{self.place}.{name}") for name in names)

    def items(self, count: int | None = None) -> list[Checked]:
        """Returns the items of a list, of `count` if that is given."""
        if not isinstance(self.value, list):
            self.refuse(f"is not a list but {_kind(self.value)}")
        if count is not None and len(self.value) != count:
            self.refuse(f"has {len(self.value):,} items instead of {count:,}")
        return [Checked(item, f"{self.place}[{i}]") for i, item in enumerate(self.value)]

    def integer(self, low: int, high: int) -> int:
        """Returns an int from `low` to `high`."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.refuse(f"is not an int but {_kind(self.value)}")
        if not low <= self.value <= high:
            self.refuse(f"is outside {low:,} to {high:,}")
        return self.value

    def text(self) -> str:
        """Returns a string."""
        if not isinstance(self.value, str):
            self.refuse(f"is not a string but {_kind(self.value)}")
        return self.value

    def choice(self, names: Sequence[str]) -> str:
        """Returns a string that is one of some."""
        if self.text() not in names:
            self.refuse(f"is `{self.text()[:40]}`, none of {', '.join(names)}")
        return self.text()

    @property
    def present(self) -> Checked | None:
        """The same, or None for null."""
        return None if self.value is None else self

    def refuse(self, reason: str) -> NoReturn:
        """Raises DamagedError with the place and the reason."""
        raise DamagedError(f"`{self.place}` {reason}")


def parse_json(text: str | bytes, place: str) -> Checked:
    """Returns the value of a JSON text without fractions, special numbers or repeated names.

    Raises:
        DamagedError: it is none.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except DamagedError as error:
        raise DamagedError(f"`{place}` {error}") from None
    except RecursionError:
        raise DamagedError(f"`{place}` is nested too deeply") from None
    except ValueError as error:
        raise DamagedError(f"`{place}` is no JSON: {error}") from None
    return Checked(value, place)


def write_json(value: object) -> str:
    """Returns the one JSON text of a value, in ASCII."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise DamagedError(f"has `{name[:40]}` twice")
        found[name] = value
    return found


def _no_float(text: str) -> NoReturn:
    raise DamagedError(f"has the number {text[:40]}, which is no int")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a bool", int: "an int"}
    return names.get(type(value), "null")
