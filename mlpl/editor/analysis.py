"""What is known about one file: its tree, names and findings, in the program that it heads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpl.base.diagnostics import CompileError, Diagnostic, Mark, Severity
from mlpl.base.source import Source, Span
from mlpl.editor.names import Names, names_of
from mlpl.editor.texts import Texts, file_of, parse
from mlpl.lang import syntax, typed
from mlpl.lang.check import examine, with_syntax_errors
from mlpl.lang.check.index import Index
from mlpl.lang.entry import check_entry
from mlpl.lang.modules import LoadedModule, load_partially


@dataclass(frozen=True, slots=True)
class Options:
    """How files are checked.

    Attributes:
        word_bits: w.
        entry: the function in which programs start.
        paths: folders in which modules are looked for, after that of the importing file.
    """

    word_bits: int = 16
    entry: str = "main"
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A file, as the head of a program.

    Attributes:
        source: its text.
        tree: what could be read of it.
        names: of the whole program.
        findings: errors and warnings of this file; those of modules stand at its imports.
        program: typed; None where it has errors.
        files: every file that it consists of, by path.
        imports: the file that each import led to, by the import's name.
        read: what was read to make this, None where nothing was found, by path.
    """

    source: Source
    tree: syntax.Module
    names: Names
    findings: tuple[Diagnostic, ...]
    program: typed.Program | None
    files: Mapping[str, Source]
    imports: Mapping[str, Source]
    read: Mapping[Path, Source | None]

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.source.path


def analyze(source: Source, texts: Texts, options: Options) -> Analysis:
    """Returns what is known about a file, whatever it holds."""
    seen: dict[Path, Source | None] = {}

    def read(path: Path) -> Source | None:
        found = seen[path] = texts.read(path)
        return found

    modules, unread = load_partially(source, paths=options.paths, read=read, parse=parse)
    index = Index()
    examined = examine(modules, word_bits=options.word_bits, entry=options.entry, index=index)
    program = None if unread else examined.program
    findings = list(examined.findings)
    if unread:
        findings = with_syntax_errors(modules, unread, findings)
    if program is not None and options.entry in program.functions:
        try:
            check_entry(program, options.entry)
        except CompileError as error:
            findings += error.diagnostics
            program = None
    main = modules[-1]
    files = {file_of(m.tree.source): m.tree.source for m in modules}
    imports = {name: module.tree.source for name, module in main.imports.items()}
    shown = tuple(_of_file(main, findings))
    return Analysis(source, main.tree, names_of(index), shown, program, files, imports, seen)


def _of_file(main: LoadedModule, findings: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Yields the findings of the main file, and one at each import that leads to others."""
    source = main.tree.source
    others: dict[str, list[Diagnostic]] = {}
    for finding in findings:
        path = finding.mark.span.source.path if finding.mark else finding.path
        if path == source.path:
            yield finding
        elif finding.severity is Severity.ERROR:
            others.setdefault(path, []).append(finding)
    if not others:
        return
    for item in main.tree.items:
        if isinstance(item, syntax.Import) and item.name.text in main.imports:
            errors = [
                finding
                for path in _reached(main.imports[item.name.text])
                for finding in others.get(path, [])
            ]
            if errors:
                yield _module_error(item, errors)


def _reached(module: LoadedModule) -> dict[str, None]:
    found = {module.tree.source.path: None}
    for inner in module.imports.values():
        found |= _reached(inner)
    return found


def _module_error(item: syntax.Import, errors: Sequence[Diagnostic]) -> Diagnostic:
    plural = "error" if len(errors) == 1 else "errors"
    message = f"module `{item.module.text}` has {len(errors)} {plural}"
    marks = tuple(Mark(e.mark.span, e.message) for e in errors[:5] if e.mark)
    return Diagnostic("module-error", message, Mark(item.module.span), marks)


def place_of(finding: Diagnostic, source: Source) -> Span:
    """Returns where a finding stands in its file; the first character where it has no mark."""
    return finding.mark.span if finding.mark else Span(source, 0, min(1, len(source.text)))
