"""The instructions that lines of the source have become."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from mlpl.base.source import Location
from mlpl.errors import UsageError

_NEAR = 3
"""Lines before and behind one without instructions that are named."""


def instructions_of(lines: Mapping[int, Location], file: str, line: int) -> list[int]:
    """Returns the addresses of the instructions that came from a line; at least one.

    Args:
        lines: the source of each instruction, by its address.
        file: the path of the source, or its last parts, as in `sort.mlpl`.
        line: from 1.

    Raises:
        UsageError: no instruction did.
    """
    parts = PurePath(file).parts
    paths = {at.path for at in lines.values()}
    chosen = {file} if file in paths else {p for p in paths if _ends(p, parts)}
    here = {address: at.line for address, at in lines.items() if at.path in chosen}
    found = [address for address, number in here.items() if number == line]
    if not found:
        if here:
            help_ = f"lines with instructions are {_near(set(here.values()), line)}"
        else:
            listed = ", ".join(f"`{path}`" for path in sorted(paths))
            help_ = f"instructions come from {listed}" if listed else "this image has no lines"
        raise UsageError(f"no instruction comes from line {line} of `{file}`", help_)
    return found


def _ends(path: str, parts: tuple[str, ...]) -> bool:
    return bool(parts) and PurePath(path).parts[-len(parts) :] == parts


def _near(known: set[int], line: int) -> str:
    """Returns the lines that are nearest to one."""
    before = sorted(x for x in known if x < line)
    behind = sorted(x for x in known if x > line)
    shown = [str(x) for x in before[-_NEAR:] + behind[:_NEAR]]
    more = ("…, " if len(before) > _NEAR else "", ", …" if len(behind) > _NEAR else "")
    return more[0] + ", ".join(shown) + more[1]
