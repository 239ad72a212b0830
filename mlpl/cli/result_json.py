"""The result of a run as JSON."""

from __future__ import annotations

import base64
import json

from mlpl.base.traps import Trap
from mlpl.result import Result


def result_json(result: Result) -> str:
    """Returns the result as one line of JSON.

    `output` is text; where the bytes are not UTF-8, it shows replacement characters and
    `output_base64` has the bytes, else that is null.
    """
    text = result.output.decode("utf-8", "replace")
    exact = text.encode("utf-8") == result.output
    data = {
        "output": text,
        "output_base64": None if exact else base64.b64encode(result.output).decode("ascii"),
        "value": result.value,
        "steps": result.steps,
        "passes": result.passes,
        "finished": result.finished,
        "halt": result.halt,
        "trap": _trap(result.trap),
        "arrays": dict(result.arrays),
    }
    return json.dumps(data, ensure_ascii=False) + "\n"


def _trap(trap: Trap | None) -> dict[str, object] | None:
    if trap is None:
        return None
    place = trap.location
    return {
        "kind": trap.kind.value,
        "message": trap.reason,
        "values": list(trap.values),
        "file": place.path if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }
