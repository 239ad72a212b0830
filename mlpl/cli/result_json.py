"""The result of a run as JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from mlpl.cli.trap_report import trap_json
from mlpl.result import Result


def result_json(result: Result) -> str:
    """Returns the result as one line of JSON; see `result_data`."""
    return json_line(result_data(result))


def json_line(data: Mapping[str, object]) -> str:
    """Returns a line of JSON, in ASCII where a text in it is no Unicode (half a surrogate pair)."""
    line = json.dumps(data, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        line = json.dumps(data)
    return line + "\n"


def result_data(result: Result) -> dict[str, object]:
    """Returns the result as a JSON-able dictionary.

    `output` is text; where the bytes are not UTF-8, it shows replacement characters and
    `output_base64` has the bytes, else that is null.
    """
    return {
        **bytes_data("output", result.output),
        "value": result.value,
        "steps": result.steps,
        "passes": result.passes,
        "finished": result.finished,
        "halt": result.halt,
        "trap": None if result.trap is None else trap_json(result.trap),
        "arrays": dict(result.arrays),
    }


def bytes_data(name: str, data: bytes) -> dict[str, object]:
    """Returns bytes as text of that name, and in base64 where they are not UTF-8, else null."""
    text = data.decode("utf-8", "replace")
    exact = text.encode("utf-8") == data
    return {name: text, f"{name}_base64": None if exact else base64.b64encode(data).decode("ascii")}
