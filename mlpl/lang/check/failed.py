"""Expressions with an error: what remains known of them is their type."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.base.source import Span
from mlpl.lang import typed
from mlpl.lang.datatypes import Type


@dataclass(frozen=True, slots=True)
class Failed(typed.Input):
    """An expression whose error is reported, so that what uses its value can still be checked.

    No program contains one. Its value depends on the run, like that of the input that it passes
    for, and whoever needs a constant says nothing about it.
    """


def failed(type_: Type, span: Span) -> Failed:
    """Returns what stands for an expression of a known type that has an error."""
    return Failed(typed.Port.READ, type_, span)


def failed_call(result: Type | None, span: Span) -> Failed | None:
    """Returns what stands for a call with an error; None where the function has no result."""
    return failed(result, span) if result is not None else None
