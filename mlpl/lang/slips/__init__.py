"""What a syntax error probably was: a diagnostic, and how to go on as if it had been right."""

from __future__ import annotations

from collections.abc import Callable

from mlpl.lang.slips.at import At
from mlpl.lang.slips.brackets import brace, parenthesis
from mlpl.lang.slips.declarations import declaration, keyword
from mlpl.lang.slips.functions import closure, comprehension
from mlpl.lang.slips.indices import named_argument, slices, tuples
from mlpl.lang.slips.loops import range_syntax
from mlpl.lang.slips.operators import foreign_operator, foreign_word
from mlpl.lang.slips.separators import comma, commented, semicolon
from mlpl.lang.slips.slip import Slip
from mlpl.lang.slips.values import assignment, comparison, misplaced_value, unexpected
from mlpl.lang.slips.words import foreign_item, foreign_statement, foreign_value


def explain(at: At) -> Slip:
    """Returns what is wrong at a token that does not fit: the first explanation that applies."""
    for attempt in _ATTEMPTS:
        slip = attempt(at)
        if slip is not None:
            return slip
    return unexpected(at)


_ATTEMPTS: tuple[Callable[[At], Slip | None], ...] = (
    commented,
    foreign_item,
    closure,
    comprehension,
    foreign_word,
    foreign_statement,
    foreign_value,
    foreign_operator,
    slices,
    named_argument,
    tuples,
    range_syntax,
    comparison,
    declaration,
    keyword,
    assignment,
    misplaced_value,
    semicolon,
    parenthesis,
    comma,
    brace,
)

__all__ = ["At", "Slip", "explain"]
