"""Documents: texts with the places where they may be broken into lines.

The algebra of Wadler's "A prettier printer" (2003) with the additions of Prettier: groups that
are either on one line or broken, fillings that are broken only where the line is full, and
texts that end their line. `printer` chooses the breaks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

INDENTATION = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A place where the line may end.

    Attributes:
        flat: what stands there if it does not end; None where it always does.
        blank: whether an empty line follows if it ends.
    """

    flat: str | None
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment behind which the line ends; it does not count when the line is measured."""

    text: str


@dataclass(frozen=True, slots=True)
class Trailing:
    """A text that stands only where the group is broken: the comma behind a last element."""

    text: str


@dataclass(frozen=True, slots=True)
class Concat:
    """Documents one after the other."""

    parts: tuple[Doc, ...]
    broken: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "broken", any(map(is_broken, self.parts)))


@dataclass(frozen=True, slots=True)
class Indent:
    """A document whose lines begin further to the right."""

    doc: Doc
    broken: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "broken", is_broken(self.doc))


@dataclass(frozen=True, slots=True)
class Group:
    """A document on one line where it fits, else with each of its own lines broken."""

    doc: Doc
    broken: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "broken", is_broken(self.doc))


@dataclass(frozen=True, slots=True)
class Fill:
    """Documents with spaces between them, as many on each line as fit.

    Attributes:
        parts: the documents.
        hanging: whether the lines behind the first are indented.
    """

    parts: tuple[Doc, ...]
    hanging: bool
    broken: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "broken", any(map(is_broken, self.parts)))


@dataclass(frozen=True, slots=True)
class Cell:
    """An element of a table.

    Attributes:
        doc: the element without the comma behind it.
        remarks: comments behind the comma, which end the row; None where there are none.
        blank: whether an empty line stands before it, which begins a row.
    """

    doc: Doc
    remarks: Doc | None
    blank: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Elements with commas, in rows of one length.

    Attributes:
        cells: the elements.
        columns: elements in a row, if they and the width allow it; None for as many as possible.
        aligned: whether the elements of a column end at one place.
        flat: the elements on one line.
    """

    cells: tuple[Cell, ...]
    columns: int | None
    aligned: bool
    flat: Doc = field(init=False)
    broken: bool = field(init=False)

    def __post_init__(self) -> None:
        parts: list[Doc] = [self.cells[0].doc]
        for cell in self.cells[1:]:
            parts += [", ", cell.doc]
        flat = Concat(tuple(parts))
        remarked = any(cell.remarks is not None for cell in self.cells)
        object.__setattr__(self, "flat", flat)
        object.__setattr__(self, "broken", self.columns is not None or remarked or flat.broken)


Doc = str | Line | Remark | Trailing | Concat | Indent | Group | Fill | Table

SOFT = Line("")
SPACE = Line(" ")
HARD = Line(None)


def concat(*parts: Doc) -> Doc:
    """Returns the documents one after the other, without those that are empty."""
    kept = tuple(part for part in parts if part != "")
    return kept[0] if len(kept) == 1 else Concat(kept)


def is_broken(doc: Doc) -> bool:
    """Whether the document cannot stand on one line, whatever the width."""
    match doc:
        case str() | Trailing():
            return False
        case Line(flat):
            return flat is None
        case Remark():
            return True
        case _:
            return doc.broken
