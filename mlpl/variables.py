"""The variables of an image by the names that people give them."""

from __future__ import annotations

import re
from dataclasses import replace

from mlpl.backend.subleq.image import Image, Variable
from mlpl.base.diagnostics import nearest
from mlpl.base.negated import plain_name
from mlpl.errors import UsageError

_ELEMENT = re.compile(r"(?P<name>[^\[\]]+)(?P<indices>(\[\d+\])+)")
_MOST_LISTED = 8


def variables_named(image: Image, name: str) -> list[Variable]:
    """Returns every variable with a name, in the order of the image's facts; at least one.

    One variable may be there several times: it has another cell in another part of its function,
    and some may hold its negative, with `-` before the name.

    Args:
        image: with its facts.
        name: `main.i`; the name of a global; `i` for that of every function, where no global is
            called so; with indices, as in `main.xs[2]`, for an element, or a cell of a struct.

    Raises:
        UsageError: there is none in memory, or it has no such element.
    """
    known = image.facts.variables
    element = _ELEMENT.fullmatch(name)
    plain = element["name"] if element else name
    found = [v for v in known if plain_name(v.name) == plain_name(plain)]
    found = found or [v for v in known if v.name.endswith(f".{plain_name(plain)}")]
    if not found:
        raise _missing(plain, [v.name for v in known])
    if element is None:
        return found
    indices = [int(index) for index in re.findall(r"\d+", element["indices"])]
    elements = [_element(v, indices) for v in found if len(_axes(v)) >= len(indices)]
    if not elements:
        raise UsageError(f"`{plain}` of type `{found[0].type}` has no `{element['indices']}`")
    return elements


def extents(variable: Variable) -> tuple[int, ...]:
    """Returns the lengths of an array by axis, as in (3, 4) for `int[3][4]`; () if it is none."""
    return tuple(int(extent) for extent in re.findall(r"\[(\d+)\]", variable.type))


def _axes(variable: Variable) -> tuple[int, ...]:
    """Returns what indices count: of a struct its cells, field by field."""
    return extents(variable) or (() if variable.is_scalar else (variable.length,))


def _element(variable: Variable, indices: list[int]) -> Variable:
    """Returns an element of an array, or a row of it, as a variable of its own."""
    base, *axes = re.findall(r"^[^\[]*|\[\d+\]", variable.type)
    stride, offset, label = variable.length, 0, variable.name
    for index, extent in zip(indices, _axes(variable), strict=False):
        if index >= extent:
            raise UsageError(f"`{variable.name}` of type `{variable.type}` has no index {index}")
        stride //= extent
        offset += index * stride
        label += f"[{index}]"
    rest = base + "".join(axes[len(indices) :]) if axes else "int"
    return replace(
        variable, name=label, address=variable.address + offset, length=stride, type=rest
    )


def _missing(name: str, known: list[str]) -> UsageError:
    """Returns the error for a name that no variable has."""
    whole = name.rpartition(".")[0]
    if whole and any(each == whole or each.endswith(f".{whole}") for each in known):
        help_ = f"`{whole}[0]` is the first cell of `{whole}`, whose fields follow each other"
        return UsageError(f"the program has no variable `{name}` in memory", help_)
    short = {each.rpartition(".")[2]: each for each in reversed(known)}
    near = nearest(name, known) or nearest(name.rpartition(".")[2], list(short))
    if near:
        help_ = f"did you mean `{near}`?"
    elif known:
        names = list(dict.fromkeys(known))
        listed = ", ".join(f"`{each}`" for each in names[:_MOST_LISTED])
        more = ", …" if len(names) > _MOST_LISTED else ""
        help_ = f"there are {listed}{more}; what the optimiser computes away has no cell"
    else:
        help_ = "an image of numbers has no names: cells have addresses"
    return UsageError(f"the program has no variable `{name}` in memory", help_)
