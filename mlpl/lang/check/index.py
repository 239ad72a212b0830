"""Where the names of a program stand and what they mean, kept for editors."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlpl.base.source import Span
from mlpl.lang.check.symbols import Scope, StructSymbol, Symbol
from mlpl.lang.datatypes import StructType


@dataclass(slots=True)
class Index:
    """What the checker resolved, as it came to it; of a program with errors, what it could.

    Attributes:
        declarations: each name where it is declared. Top-level ones are pending symbols, whose
            `done` is what they became.
        uses: each name elsewhere. A name that is looked at twice stands here twice.
        fields: each name of a field outside its declaration: the struct and the field's number.
        structs: by the name of the type.
        scopes: what is visible in which part of a file; inner ones after or before outer ones.
        files: the scope of each file, by its path.
    """

    declarations: list[tuple[Span, Symbol]] = field(default_factory=list)
    uses: list[tuple[Span, Symbol]] = field(default_factory=list)
    fields: list[tuple[Span, StructType, int]] = field(default_factory=list)
    structs: dict[str, StructSymbol] = field(default_factory=dict)
    scopes: list[tuple[Span, Scope]] = field(default_factory=list)
    files: dict[str, Scope] = field(default_factory=dict)
