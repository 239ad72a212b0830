"""The examples of docs/torch.md print what stands behind them."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from tests.pages import DOCS, blocks


def test_the_examples_of_the_page() -> None:
    namespace: dict[str, Any] = {}
    printed, checked = "", 0
    for block in blocks((DOCS / "torch.md").read_text()):
        if block.language == "python":
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream):
                exec(compile(block.text, f"docs/torch.md:{block.line}", "exec"), namespace)
            printed = stream.getvalue()
        elif block.language == "text":
            assert printed == block.text
            checked += 1
    assert checked == 3
