"""Failing cases as files, and files as cases: what `tests/golden/regressions` holds."""

from __future__ import annotations

import ast
from pathlib import Path

from mlpl.ir.pipeline import LEVELS
from tests.fuzz.case import Case
from tests.fuzz.trial import Failure
from tests.golden import read_case

_MODULE = "module "


def regression(case: Case, seed: int, failure: Failure) -> str:
    """Returns the text of a golden case; its first lines say what failed, to be reworded."""
    lines = [f"seed {seed}: {failure.stage}: {failure.kind}", "", "--- mlpl", case.source.strip()]
    for name, text in case.modules.items():
        lines += ["", f"--- {_MODULE}{name}", text.strip()]
    if case.arguments:
        lines += ["", "--- arguments", " ".join(case.arguments)]
    if case.input:
        lines += ["", "--- input", repr(case.input)]
    options = [f"word_bits={case.word_bits}", *(() if case.checked else ("unchecked",))]
    options += [f"passes={','.join(case.passes)}"] if case.passes else []
    return "\n".join([*lines, "", "--- options", " ".join(options), ""])


def read_regression(path: Path) -> Case:
    """Returns the case of a file, to be climbed at every level, to the network."""
    sections = {title: body.strip() for title, body in read_case(path).sections.items()}
    options = dict(word.partition("=")[::2] for word in sections["options"].split())
    modules = {
        title.removeprefix(_MODULE): body
        for title, body in sections.items()
        if title.startswith(_MODULE)
    }
    passes = options.get("passes", "")
    return Case(
        sections["mlpl"] + "\n",
        modules,
        tuple(sections.get("arguments", "").split()),
        ast.literal_eval(sections.get("input", 'b""')),
        int(options["word_bits"]),
        "unchecked" not in options,
        tuple(LEVELS),
        tuple(passes.split(",")) if passes else (),
        network=int(options["word_bits"]) >= 12,
    )
