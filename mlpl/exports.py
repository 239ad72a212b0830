"""What programs are written to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mlpl.backend.subleq.image import Image
from mlpl.base.source import Source
from mlpl.errors import unknown
from mlpl.extras import optional
from mlpl.lang.entry import Signature
from mlpl.options import ONNX_FORMS

if TYPE_CHECKING:
    from mlpl.backend.mlp.network import Network


class Exports(ABC):
    """A program that can be written to files of several formats."""

    @property
    @abstractmethod
    def image(self) -> Image:
        """Its words and facts."""

    @property
    @abstractmethod
    def network(self) -> Network:
        """The looped network that executes the image."""

    @property
    @abstractmethod
    def sources(self) -> Mapping[str, Source]:
        """The texts it was made from, by path."""

    @property
    @abstractmethod
    def entry(self) -> Signature | None:
        """The function in which it starts; None for an image made elsewhere."""

    def save(self, path: str | Path) -> None:
        """Writes the program and its network to a safetensors file, as a whole or not at all.

        The same program makes the same bytes; `docs/files.md` says what they are.

        Raises:
            CompileError: the network would not fit the memory of this computer.
            OSError: the file cannot be written.
        """
        from mlpl.program_files import save_program

        save_program(self, path)

    def save_pretrained(self, folder: str | Path) -> None:
        """Writes the program to a folder as Hugging Face's libraries lay it out.

        `model.safetensors` is what `save` writes, `config.json` says in short what it is.

        Raises:
            CompileError: the network would not fit the memory of this computer.
            OSError: the files cannot be written.
        """
        from mlpl.pretrained import save_pretrained

        save_pretrained(self, folder)

    def export_onnx(self, path: str | Path, form: str = "loop") -> None:
        """Writes the program as an ONNX model (opset 18), as a whole or not at all.

        Args:
            path: the file.
            form: "loop" for a model that runs the whole program to its halt, "step" for one that
                makes a pass for a batch of state vectors; `docs/onnx.md` says what goes in and out.

        Raises:
            UsageError: there is no such form, `onnx` is not installed, the network is not exact in
                floating-point numbers, or the model would not fit the format.
            CompileError: the network would not fit the memory of this computer.
            OSError: the file cannot be written.
        """
        if form not in ONNX_FORMS:
            raise unknown("form", form, ONNX_FORMS)
        with optional("onnx"):
            from mlpl.onnx_files import export_onnx
        export_onnx(self, path, form)
