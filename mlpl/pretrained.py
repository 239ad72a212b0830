"""Programs in folders as Hugging Face's libraries lay them out, and on the Hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from mlpl.errors import UsageError
from mlpl.extras import optional

if TYPE_CHECKING:
    from mlpl.exports import Exports

_CONFIG = "config.json"
_MODEL = "model.safetensors"


def save_pretrained(program: Exports, folder: str | Path) -> None:
    """Writes a program to a folder; see `Program.save_pretrained`."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    program.save(target / _MODEL)
    text = json.dumps(_config(program), indent=2)
    (target / _CONFIG).write_text(text + "\n", encoding="utf-8")


def _config(program: Exports) -> dict[str, object]:
    network, entry = program.network, program.entry
    made = network.parameters
    assert made is not None
    return {
        "model_type": "mlpl",
        "library_name": "mlpl",
        "word_bits": made.word_bits,
        "memory": made.memory,
        "mode": made.mode,
        "construction": made.construction,
        "baked_cells": len(made.constants),
        "layers": network.depth,
        "neurons": network.neurons,
        "nonzeros": network.nonzeros,
        "exact_in": network.certificate.format,
        "entry": None if entry is None else entry.name,
        "parameters": None
        if entry is None
        else [{"name": p.name, "type": str(p.type)} for p in entry.parameters],
    }


def pretrained_file(name: str | Path, revision: str | None = None) -> Path:
    """Returns the file with the weights of a folder or repository; see `Program.from_pretrained`.

    Raises:
        UsageError: there is none.
    """
    if Path(name).is_dir():
        return Path(name) / _MODEL
    if Path(name).is_file():
        raise UsageError(f"`{name}` is a file, and no folder or repository", "`mlpl.load` reads it")
    try:
        with optional("hf"):
            from huggingface_hub import hf_hub_download
    except UsageError as error:
        message = f"`{name}` is no folder, and {error.message}"
        raise UsageError(message, error.help) from error
    try:
        return Path(hf_hub_download(str(name), _MODEL, revision=revision))
    except (OSError, ValueError) as error:
        reason = str(error).strip().split("\n")[0]
        raise UsageError(f"`{name}` is no folder, and the Hub does not have it: {reason}") from None
