"""The result of a run as JSON."""

from __future__ import annotations

import base64
import json

from mlpl.cli.trap_report import trap_json
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
        "trap": None if result.trap is None else trap_json(result.trap),
        "arrays": dict(result.arrays),
    }
    return json.dumps(data, ensure_ascii=False) + "\n"
