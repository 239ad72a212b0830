"""Workspaces for the tests of editors: texts with a mark for the cursor."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from mlpl.driver import Compilation
from mlpl.editor.analysis import Analysis, Options
from mlpl.editor.rename import apply, rename
from mlpl.editor.workspace import Workspace
from mlpl.lang.load import read_source
from mlpl.options import Options as CompileOptions

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.mlpl"))
LIBRARY = sorted((ROOT / "mlpl" / "stdlib").glob("*.mlpl"))
SHORT_EXAMPLES = [path for path in EXAMPLES if path.stat().st_size < 1_500]
CURSOR = "¦"


def opened(
    text: str, path: str = "/nowhere/main.mlpl", **modules: str
) -> tuple[Workspace, Analysis, int]:
    """A workspace with a text, its analysis, and the offset of the cursor (-1 without one)."""
    workspace = Workspace(Options())
    for name, module in modules.items():
        workspace.texts.put(f"/nowhere/{name}.mlpl", module)
    offset = text.find(CURSOR)
    workspace.texts.put(path, text.replace(CURSOR, ""))
    analysis = workspace.analysis(path)
    assert analysis is not None
    return workspace, analysis, offset


def rename_all(workspace: Workspace, path: str, new_name: Callable[[str], str]) -> dict[str, str]:
    """Renames every declaration of a file but `main`, one after the other.

    A suffix keeps the alphabetical order of names, which decides ties in the layout of images.
    Returns the texts that were there before, by path.
    """
    original: dict[str, str] = {}
    number = 0
    while True:
        analysis = workspace.analysis(path)
        assert analysis is not None
        declared = [
            o for o in analysis.names.files[path] if o.declares and o.definition.name != "main"
        ]
        if number == len(declared):
            return original
        occurrence = declared[number]
        name = new_name(occurrence.definition.name)
        for file, edits in rename(workspace, analysis, occurrence.span.start, name).items():
            text = text_of(workspace, file)
            original.setdefault(file, text)
            workspace.texts.put(file, apply(text, edits))
        number += 1


def rename_and_compare(path: Path, folder: Path) -> None:
    """Checks that a program with other names has the same image, and the old text afterwards."""
    copy = shutil.copy(path, folder)
    workspace = Workspace()
    main = str(Path(copy).resolve())
    original = rename_all(workspace, main, lambda name: f"{name}_")
    renamed = workspace.source(main)
    assert renamed is not None
    options = CompileOptions(level="O0")
    before, after = (Compilation(source, options) for source in (read_source(path), renamed))
    assert before.image.words == after.image.words
    rename_all(workspace, main, lambda name: name.removesuffix("_"))
    assert {file: text_of(workspace, file) for file in original} == original


def text_of(workspace: Workspace, path: str) -> str:
    """The text of a file as the workspace has it."""
    source = workspace.source(path)
    assert source is not None
    return source.text
