"""Programs as ONNX models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from mlpl.backend.mlp.formats.onnx_loop import loop_model
from mlpl.backend.mlp.formats.onnx_step import step_model
from mlpl.backend.mlp.formats.whole_file import whole_file
from mlpl.backend.subleq.image import Image
from mlpl.base.words import smallest, wrap
from mlpl.errors import UsageError

if TYPE_CHECKING:
    from mlpl.exports import Exports


def export_onnx(program: Exports, path: str | Path, form: str) -> None:
    """Writes a program as a model; see `Exports.export_onnx`."""
    network, image = program.network, program.image
    try:
        if form == "step":
            model = step_model(network)
        else:
            model = loop_model(network, image, _metadata(program))
    except ValueError as error:
        raise UsageError(str(error)) from error
    with whole_file(path) as file:
        file.write(model.SerializeToString(deterministic=True))


def _metadata(program: Exports) -> dict[str, str]:
    """Returns what is worth knowing about a program: its entry and what its halt codes mean."""
    image, entry = program.image, program.entry
    called = "" if entry is None else entry.name
    codes = json.dumps(_halt_codes(image), ensure_ascii=False)
    return {"entry": called, "word_bits": str(image.word_bits), "halt_codes": codes}


def _halt_codes(image: Image) -> dict[int, str]:
    """Returns the trap and the place in the source that each halt code stands for."""
    codes = {-1: "normal end", smallest(image.word_bits): "fault"}
    for pc, site in image.facts.traps.items():
        place = f"{site.location.plain}: " if site.location else ""
        codes[wrap(pc, image.word_bits)] = f"{place}{site.kind.value}"
    return codes
