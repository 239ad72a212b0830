"""Tail merging: what becomes one piece of code, and what must not."""

from __future__ import annotations

import pytest

from mlpl.backend.subleq.merge_tails import merge_tails
from mlpl.backend.subleq.selected import ZERO, At, Expression, Label, Slot, Sub
from mlpl.base.source import Inlined, Location

X, Y, Z = At("cells#", 0), At("cells#", 1), At("cells#", 2)
HERE, THERE = Location("a.mlpl", 1, 1), Location("a.mlpl", 2, 1)
OUT = Expression(symbol="out")
JUMP = Sub(ZERO, ZERO, OUT, location=HERE)
WORK = (Sub(X, Y, location=HERE), Sub(Y, Z, location=HERE))

Code = tuple[Sub | Label, ...]


def branches(one: Code, other: Code) -> Code:
    """Returns code that does one thing or the other."""
    choice = Sub(X, Y, Expression(symbol="other"), location=HERE)
    return (Label("f"), choice, *one, JUMP, Label("other"), *other, JUMP, Label("out"), *WORK)


def merged(code: Code, *, small: bool = False, held: frozenset[str] = frozenset({"f"})) -> Code:
    return merge_tails(code, held, small=small)


def subs(code: Code) -> int:
    return sum(isinstance(item, Sub) for item in code)


def test_equal_branches_become_one_without_a_step() -> None:
    code = branches((Sub(X, X, location=HERE), *WORK), WORK)
    found = merged(code)
    assert subs(found) == subs(code) - len(WORK) - 1
    at = found.index(Label("other"))
    assert found[at + 1 : at + 4] == (*WORK, JUMP)
    assert found[at - 1] == Sub(X, X, location=HERE)


def test_a_common_end_is_shared_where_cells_matter_more_than_steps() -> None:
    one, other = (Sub(X, X, location=HERE), *WORK), (Sub(Z, Z, location=HERE), *WORK)
    between = (Label("g"), Sub(Z, X, location=HERE), Label("out"), *WORK)
    code = (*branches(one, other)[:-3], *between)
    held = frozenset({"f", "g"})
    assert merged(code, held=held) is code
    assert subs(merged(code, small=True, held=held)) == subs(code) - len(WORK)


def test_nothing_alike_is_left_as_it_is() -> None:
    code = branches((Sub(X, X, location=HERE),), (Sub(Z, Z, location=HERE),))
    assert merged(code, small=True) is code


@pytest.mark.parametrize(
    "location",
    [THERE, None, Location("b.mlpl", 1, 1), Location("a.mlpl", 1, 1, Inlined("g", THERE))],
)
def test_code_of_other_lines_and_calls_stays_apart(location: Location | None) -> None:
    other = tuple(Sub(item.a, item.b, location=location) for item in WORK)
    code = branches(WORK, other)
    assert merged(code, small=True) is code


def test_columns_of_one_line_do_not_matter() -> None:
    other = tuple(Sub(item.a, item.b, location=Location("a.mlpl", 1, 9)) for item in WORK)
    code = branches((Sub(X, X, location=HERE), *WORK), other)
    assert subs(merged(code)) < subs(code)


def patching(name: str) -> Code:
    """Returns code that reads through an operand of its own."""
    field = Slot(name, 0)
    read = Sub(At(""), Z, label=name, location=HERE)
    return Sub(X, field, location=HERE), read, Sub(Y, field, location=HERE)


def test_code_that_patches_itself_is_alike_up_to_names() -> None:
    code = branches((Sub(X, X, location=HERE), *patching("p")), patching("q"))
    assert subs(merged(code)) == subs(code) - 4


def test_operands_that_others_patch_stay_apart() -> None:
    code = (*branches(patching("p"), patching("q")), Sub(Z, Slot("q", 0), location=HERE))
    assert merged(code, small=True) is code


def test_labels_that_others_name_stay_where_they_are() -> None:
    one = (Label("back"), *WORK)
    code = branches(one, (Label("again"), *WORK))
    found = merged(code, held=frozenset({"f", "back", "again"}), small=True)
    assert found.index(Label("back")) < found.index(Label("other")) < found.index(Label("again"))
