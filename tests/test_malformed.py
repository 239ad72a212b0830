"""The short form of the fuzzer of malformed texts."""

from __future__ import annotations

import traceback

from tests.malformed import run


def test_malformed_texts_are_answered() -> None:
    failures: list[str] = []

    def failed(number: int, content: bytes) -> None:
        failures.append(f"input {number}: {content!r}\n{traceback.format_exc(limit=-3)}")

    broken = run(400, 1, failed)
    assert not failures, "\n".join(failures)
    assert len(broken) > 30
