"""How Sphinx builds the documentation: `make docs-html`."""

from __future__ import annotations

import re

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from mlpl.highlight import MlplLexer

project = "mlpl"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "mlpl"
myst_heading_anchors = 3
autodoc_typehints = "description"
autodoc_member_order = "bysource"
suppress_warnings = ["misc.highlighting_failure"]
"""Pages show programs with errors, unfinished strings among them."""

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")
"""A link to a file of the repository that is no page of the documentation."""


def _unlink(app: Sphinx, name: str, content: list[str]) -> None:
    """Leaves the text of links to files that the built pages do not have."""
    content[0] = _OUTSIDE.sub(r"\1", content[0])


def setup(app: Sphinx) -> None:
    """Adds the languages of the pages' examples."""
    app.connect("source-read", _unlink)
    app.add_lexer("mlpl", MlplLexer)
    for name in ("asq", "dec"):
        app.add_lexer(name, TextLexer)
