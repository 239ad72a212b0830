"""The API reference has every public name, and the table of contents every page."""

from __future__ import annotations

import re

import mlpl
from mlpl import viz
from tests.pages import DOCS

API = (DOCS / "api.md").read_text()


def test_every_public_name_is_in_the_reference() -> None:
    listed = set(re.findall(r"^\.\. auto(?:function|class|exception):: (\S+)$", API, re.M))
    assert {f"mlpl.{name}" for name in mlpl.__all__} <= listed
    assert {f"mlpl.viz.{name}" for name in viz.__all__} <= listed


def test_what_is_listed_has_docstrings() -> None:
    for name in mlpl.__all__:
        assert getattr(mlpl, name).__doc__, name


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = (DOCS / "index.md").read_text().split("```{toctree}")[1].split()
    assert {page.stem for page in DOCS.glob("*.md")} - {"index"} <= set(contents)
