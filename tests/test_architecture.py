"""Imports point backwards only, and files stay small."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mlpl"
FILES = sorted(PACKAGE.rglob("*.py"))

MACHINE = {f"mlpl.backend.subleq.{name}" for name in ("modes", "state", "engine", "image", "batch")}
ROOMS = (
    "mlpl.base",
    "mlpl.lang",
    "mlpl.ir",
    "mlpl.backend.subleq",
    "mlpl.backend.mlp",
    "mlpl.editor",
)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, *, lazy: bool = True) -> Iterator[str]:
    """Every module of mlpl that a file imports; without `lazy` only when it is imported itself."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree) if lazy else tree.body:
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] == "mlpl")
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute"
            if node.module.split(".")[0] == "mlpl":
                for alias in node.names:
                    submodule = ROOT / Path(*node.module.split(".")) / f"{alias.name}.py"
                    inner = submodule.exists() or submodule.with_suffix("").is_dir()
                    yield f"{node.module}.{alias.name}" if inner else node.module


def room(module: str) -> str:
    return next((r for r in ROOMS if module == r or module.startswith(r + ".")), "front")


def allowed(importer: str, imported: str) -> bool:
    there, here = room(imported), room(importer)
    if here == there or here == "front" or there == "mlpl.base":
        return True
    if there == "front":
        return False
    match here:
        case "mlpl.editor":
            return there == "mlpl.lang"
        case "mlpl.ir":
            return there == "mlpl.lang" and importer.startswith(("mlpl.ir.build",))
        case "mlpl.backend.subleq":
            return there == "mlpl.ir"
        case "mlpl.backend.mlp":
            return imported in MACHINE
        case _:
            return False


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_backwards(path: Path) -> None:
    here = module_name(path)
    forward = sorted({there for there in imports(path) if not allowed(here, there)})
    assert forward == []


def test_there_is_no_cycle_between_modules() -> None:
    graph = {module_name(f): set(imports(f, lazy=False)) for f in FILES}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path, name])
        if name not in done:
            for other in sorted(graph.get(name, ())):
                if other != name:
                    visit(other, (*path, name))
            done.add(name)

    for name in sorted(graph):
        if room(name) != "front":
            visit(name, ())


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_are_small(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or node.lineno) - node.lineno < 60, node.name


def test_numba_stays_in_the_reference_machine_and_the_executors() -> None:
    for path in FILES:
        if re.search(r"^\s*(import|from) numba", path.read_text(), re.M):
            name = module_name(path)
            assert name == "mlpl.backend.subleq.reference" or name.startswith(
                "mlpl.backend.mlp.executors"
            )


def test_the_links_at_the_root_lead_into_the_package() -> None:
    for name in ("lang", "ir", "backend", "stdlib"):
        link = ROOT / name
        if link.is_symlink():
            assert link.resolve() == (PACKAGE / name).resolve()
