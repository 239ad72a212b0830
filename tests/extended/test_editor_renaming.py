"""Every name of the library and of long examples renamed, and renamed back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlpl.editor.workspace import Workspace
from mlpl.lang.check import examine
from mlpl.lang.modules import load_partially
from tests.editor_cases import (
    EXAMPLES,
    LIBRARY,
    SHORT_EXAMPLES,
    rename_all,
    rename_and_compare,
    text_of,
)

LONG = [path for path in EXAMPLES if path not in SHORT_EXAMPLES]


@pytest.mark.parametrize("path", LONG, ids=lambda p: p.stem)
def test_other_names_give_the_same_image_and_the_old_ones_the_same_text(
    path: Path, tmp_path: Path
) -> None:
    rename_and_compare(path, tmp_path)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: p.stem)
def test_other_names_are_right_and_the_old_ones_give_the_same_text(
    path: Path, tmp_path: Path
) -> None:
    for module in LIBRARY:
        shutil.copy(module, tmp_path)
    workspace = Workspace()
    main = str((tmp_path / path.name).resolve())
    original = rename_all(workspace, main, lambda name: f"{name}_")
    source = workspace.source(main)
    assert source is not None
    modules, errors = load_partially(source, read=workspace.texts.read)
    assert errors == ()
    assert examine(modules).program is not None
    rename_all(workspace, main, lambda name: name.removesuffix("_"))
    assert {p: text_of(workspace, p) for p in original} == original
