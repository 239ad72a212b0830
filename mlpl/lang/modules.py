"""The files of a program: the main file and all that it imports, found and parsed (L3.6)."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from mlpl.base.diagnostics import CompileError, Diagnostic, Mark, nearest
from mlpl.base.source import Source
from mlpl.lang import syntax
from mlpl.lang.damage import damaged_bodies
from mlpl.lang.load import read_source, unreadable
from mlpl.lang.parse import parse, parse_partially

Reader = Callable[[Path], Source | None]
"""Returns the text of a file, or None if there is none; raises CompileError where it is no text."""

Parser = Callable[[Source], tuple[syntax.Module, list[Diagnostic]]]
"""Returns the tree of a text, as far as it has one, and its errors."""

LIBRARY = "<stdlib>"
"""The folder under which files of the standard library are reported."""


DEEPEST = 500
"""Modules that import one another, each the next."""

MOST_ADVISED = 50
"""Errors after which no similar modules are looked for: that reads folders for each."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModule:
    """A parsed file with the modules that it imports.

    Attributes:
        qualifier: what its functions' names begin with: `sort.`, or "" for the main file.
        tree: its syntax.
        imports: the module for each import that was found, by the import's name in this file.
        library: whether it belongs to the standard library.
    """

    qualifier: str
    tree: syntax.Module
    imports: Mapping[str, LoadedModule]
    library: bool


@cache
def library_modules() -> tuple[str, ...]:
    """Returns the names of the standard library's modules, in alphabetical order."""
    found = files("mlpl.stdlib").iterdir()
    return tuple(sorted(f.name[: -len(".mlpl")] for f in found if f.name.endswith(".mlpl")))


@cache
def library_names() -> Mapping[str, tuple[str, ...]]:
    """Returns the modules of the standard library that have a public name, by the name."""
    found: dict[str, tuple[str, ...]] = {}
    for module in library_modules():
        for name in _PUBLIC.findall(_library_source(module).text):
            found[name] = (*found.get(name, ()), module)
    return found


_PUBLIC = re.compile(r"^(?:fn|const|struct|var) ([A-Za-z][A-Za-z0-9_]*)", re.MULTILINE)


@cache
def library_folder() -> Path:
    """Returns the folder of the standard library on this computer."""
    return Path(str(files("mlpl.stdlib"))).resolve()


def load_modules(
    main: Source,
    *,
    paths: Sequence[str | Path] = (),
    base_directory: str | Path | None = None,
    extra_modules: Sequence[str] = (),
) -> tuple[tuple[LoadedModule, ...], tuple[Diagnostic, ...]]:
    """Returns all files of a program, each after those that it imports, the main file last.

    Beside them the errors in bodies of functions, whose rest is there.

    Args:
        main: the main file.
        paths: folders to search after that of the importing file (`-I`).
        base_directory: where the main file's imports are beside; None is the folder of its
            path, or nowhere if it has none.
        extra_modules: modules of the library that belong to the program in any case.

    Raises:
        CompileError: other syntax errors in any of them, imports not found, cycles.
    """
    loader = _Loader(tuple(Path(p) for p in paths), _read_file, parse_partially, partial=False)
    if base_directory is None and not main.path.startswith("<"):
        base_directory = Path(main.path).parent
    loader.load_library(extra_modules)
    folder = None if base_directory is None else Path(base_directory)
    loader.load_main(main, folder)
    if damaged_bodies((module.tree for module in loader.order), loader.errors) is None:
        raise CompileError(loader.errors)
    return tuple(loader.order), tuple(loader.errors)


def load_partially(
    main: Source,
    *,
    paths: Sequence[str | Path] = (),
    extra_modules: Sequence[str] = (),
    read: Reader,
    parse: Parser = parse_partially,
) -> tuple[tuple[LoadedModule, ...], tuple[Diagnostic, ...]]:
    """Returns what can be read of the files of a program, in the order of `load_modules`.

    Args:
        main: the main file.
        paths: folders to search after that of the importing file (`-I`).
        extra_modules: modules of the library that belong to the program in any case.
        read: opens the files of modules.
        parse: reads their texts.
    """
    loader = _Loader(tuple(Path(p) for p in paths), read, parse, partial=True)
    loader.load_library(extra_modules)
    loader.load_main(main, None if main.path.startswith("<") else Path(main.path).parent)
    return tuple(loader.order), tuple(loader.errors)


def _read_file(path: Path) -> Source | None:
    """Returns the source of a module; None where nothing has its name.

    Raises:
        CompileError: what has its name cannot be read: a folder, a pipe, a link to nothing.
    """
    try:
        path.lstat()
        if stat.S_ISFIFO(path.stat().st_mode):
            message = "this is a pipe, which may never end"
            raise CompileError([Diagnostic("unreadable-file", message, path=str(path))])
    except (FileNotFoundError, NotADirectoryError):
        return read_source(path) if path.is_symlink() else None
    except OSError as error:
        raise CompileError([unreadable(path, error)]) from error
    return read_source(path)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that a name led to: `key` tells files apart, `folder` is where it looks first."""

    name: str
    source: Source
    key: str
    folder: Path | None
    library: bool


class _Loader:
    """Loads modules depth first.

    A file with errors is a module where parts are wanted, or only bodies of functions are damaged.
    """

    def __init__(
        self, paths: tuple[Path, ...], read: Reader, parse: Parser, *, partial: bool
    ) -> None:
        self.paths = paths
        self.read = read
        self.parse = parse
        self.partial = partial
        self.order: list[LoadedModule] = []
        self.errors: list[Diagnostic] = []
        self.library = set(library_modules())
        self._loaded: dict[str, LoadedModule | None] = {}
        self._active: dict[str, str] = {}
        self._qualifiers: set[str] = set()

    def load_library(self, names: Sequence[str]) -> None:
        """Loads modules of the library."""
        for name in names:
            self.load(_Found(name, _library_source(name), f"{LIBRARY}/{name}", None, True))

    def load_main(self, main: Source, folder: Path | None) -> None:
        """Loads the main file, whose imports are beside it in a folder, and all others."""
        key = str(Path(main.path).resolve()) if not main.path.startswith("<") else main.path
        self.load(_Found("", main, key, folder, False))

    def load(self, found: _Found) -> LoadedModule | None:
        """Returns the module of a file, loaded once; None if it has errors."""
        if found.key in self._loaded:
            return self._loaded[found.key]
        self._active[found.key] = found.name or Path(found.source.path).stem
        tree, errors = self._tree(found)
        self.errors += errors
        module = None
        if self.partial or damaged_bodies([tree], errors) is not None:
            imports = self._load_imports(found, tree)
            module = LoadedModule(self._qualifier(found), tree, imports, found.library)
            self.order.append(module)
        del self._active[found.key]
        self._loaded[found.key] = module
        return module

    def _tree(self, found: _Found) -> tuple[syntax.Module, list[Diagnostic]]:
        if found.library:
            return _library_tree(found.source), []
        return self.parse(found.source)

    def _load_imports(self, found: _Found, tree: syntax.Module) -> dict[str, LoadedModule]:
        imports: dict[str, LoadedModule] = {}
        for item in tree.items:
            if not isinstance(item, syntax.Import):
                continue
            target = self._find(item, found)
            if target is None:
                continue
            if target.key in self._active:
                self._report_cycle(item, target.key)
                continue
            if len(self._active) > DEEPEST:
                self._report_depth(item)
                continue
            module = self.load(target)
            if module is not None:
                imports.setdefault(item.name.text, module)
        return imports

    def _find(self, item: syntax.Import, importer: _Found) -> _Found | None:
        """Returns the file that an import means; reports it if there is none."""
        name = item.module.text
        folders = [] if importer.folder is None else [importer.folder]
        if not importer.library:
            folders += self.paths
        for folder in folders:
            path = folder / f"{name}.mlpl"
            try:
                source = self.read(path)
            except CompileError as error:
                self._report_unreadable(item, error)
                return None
            if source is None:
                continue
            return _Found(name, source, str(path.resolve()), path.parent, False)
        if name in self.library:
            return _Found(name, _library_source(name), f"{LIBRARY}/{name}", None, True)
        self._report_unknown(item, folders)
        return None

    def _qualifier(self, found: _Found) -> str:
        """Returns `name.`, or `name#2.` where the name is taken; the library's stay plain."""
        if not found.name:
            return ""
        name, number = found.name, 1
        while name in self._qualifiers or (not found.library and name in self.library):
            number += 1
            name = f"{found.name}#{number}"
        self._qualifiers.add(name)
        return f"{name}."

    def _report_cycle(self, item: syntax.Import, key: str) -> None:
        keys = list(self._active)
        names = [self._active[k] for k in keys[keys.index(key) :]]
        chain = " imports ".join(f"`{name}`" for name in [*names, names[0]])
        message = f"imports form a cycle: {chain}"
        self.errors.append(Diagnostic("import-cycle", message, Mark(item.span)))

    def _report_depth(self, item: syntax.Import) -> None:
        message = f"more than {DEEPEST} modules import one another in a chain"
        self.errors.append(Diagnostic("nesting-too-deep", message, Mark(item.span)))

    def _report_unreadable(self, item: syntax.Import, error: CompileError) -> None:
        reason = error.diagnostics[0]
        path = reason.path or (reason.mark.span.source.path if reason.mark else "")
        message = f"module `{item.module.text}` cannot be read: {reason.message}"
        mark = Mark(item.module.span, path)
        self.errors.append(Diagnostic("unreadable-module", message, mark))

    def _report_unknown(self, item: syntax.Import, folders: Sequence[Path]) -> None:
        name = item.module.text
        message, mark = f"cannot find module `{name}`", Mark(item.module.span, "not found")
        if len(self.errors) >= MOST_ADVISED:
            self.errors.append(Diagnostic("unknown-module", message, mark))
            return
        beside = {p.stem for folder in folders if folder.is_dir() for p in folder.glob("*.mlpl")}
        near = nearest(name, sorted(self.library | beside))
        if near is not None:
            help_ = f"a module with a similar name exists: `{near}`"
        else:
            help_ = (
                f"a module is a file `{name}.mlpl` beside this one, in an `-I` folder, or one of: "
            )
            help_ += ", ".join(f"`{module}`" for module in sorted(self.library))
        self.errors.append(Diagnostic("unknown-module", message, mark, help=help_))


@cache
def _library_source(name: str) -> Source:
    text = files("mlpl.stdlib").joinpath(f"{name}.mlpl").read_text(encoding="utf-8")
    return Source(f"{LIBRARY}/{name}.mlpl", text)


@cache
def _library_tree(source: Source) -> syntax.Module:
    return parse(source)
