"""Options of the test runs, and the fixture that runs commands."""

from __future__ import annotations

import signal

import pytest

from tests.command import mlpl

__all__ = ["mlpl"]


def pytest_configure() -> None:
    """Makes Ctrl-C interrupt, here and in child processes, also where a shell has it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expectations of the golden cases with what comes out now",
    )
