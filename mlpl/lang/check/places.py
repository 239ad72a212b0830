"""Places of arrays and structs: what they are part of, and where they may be passed."""

from __future__ import annotations

from mlpl.lang import typed
from mlpl.lang.datatypes import ArrayType, SliceType, Type


def accepts(want: Type, found: Type) -> bool:
    """Whether an argument of type `found` can be referred to by a parameter of type `want`."""
    if isinstance(want, SliceType) and isinstance(found, ArrayType | SliceType):
        return want.element == found.element
    return want == found


def root(place: typed.Place) -> typed.Variable:
    """Returns the variable that a place is part of."""
    while not isinstance(place, typed.Whole):
        place = place.base
    return place.variable
