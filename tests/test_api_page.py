"""The API reference has every public name, and the table of contents every page."""

from __future__ import annotations

import inspect
import re

import pytest

import mlpl
from mlpl import viz
from tests.pages import DOCS

API = (DOCS / "api.md").read_text()
LISTED = set(re.findall(r"^\.\. auto(?:function|class|exception):: (\S+)$", API, re.M))
PLAIN = {"None", "Mapping", "Sequence", "Generator", "Source", "Words", "Session", "Signature"}
"""Of the standard library, and what is only handed on."""


def test_every_public_name_is_in_the_reference() -> None:
    assert {f"mlpl.{name}" for name in mlpl.__all__} <= LISTED
    assert {f"mlpl.viz.{name}" for name in viz.__all__} <= LISTED


def test_what_is_listed_has_docstrings() -> None:
    for name in mlpl.__all__:
        assert getattr(mlpl, name).__doc__, name


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = (DOCS / "index.md").read_text().split("```{toctree}")[1].split()
    assert {page.stem for page in DOCS.glob("*.md")} - {"index"} <= set(contents)


@pytest.mark.parametrize("owner", [mlpl.Program, mlpl.Network, mlpl.Result, mlpl.Image])
def test_what_public_members_give_is_in_the_reference(owner: type) -> None:
    listed = {name.rpartition(".")[2] for name in LISTED}
    for name, member in inspect.getmembers(owner):
        function = member.fget if isinstance(member, property) else member
        function = getattr(function, "func", function)
        if name.startswith("_") or not inspect.isfunction(function):
            continue
        given = str(inspect.signature(function).return_annotation)
        for found in set(re.findall(r"\b[A-Z]\w+", given)) - PLAIN:
            assert found in listed, f"{owner.__name__}.{name} gives a {found}"
