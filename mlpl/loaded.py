"""Programs that were made elsewhere or before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpl.backend.subleq.image import Image
from mlpl.base.source import Source
from mlpl.lang.datatypes import Type
from mlpl.lang.entry import Signature

if TYPE_CHECKING:
    from mlpl.backend.mlp.network import Network


@dataclass(frozen=True, slots=True)
class LoadedParameter:
    """A parameter of a saved program's entry.

    Attributes:
        name: of the parameter.
        type: int, bool, or an array of them.
    """

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class LoadedEntry:
    """The entry of a saved program.

    Attributes:
        name: of the function.
        parameters: in order.
    """

    name: str
    parameters: tuple[LoadedParameter, ...]

    @classmethod
    def of(cls, entry: Signature) -> LoadedEntry:
        """Returns what is kept of an entry."""
        parameters = (LoadedParameter(p.name, p.type) for p in entry.parameters)
        return cls(entry.name, tuple(parameters))


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A program that was not compiled here and now.

    Attributes:
        image: its words and facts.
        sources: the texts it was made from, by path; at least one.
        entry: the function in which it starts; None for images made elsewhere.
        network: the one that was saved with it; None if it is still to be built.
    """

    image: Image
    sources: Mapping[str, Source]
    entry: Signature | None = None
    network: Network | None = None
