"""The parser's tables in the form that its loop reads: no rule is hashed or compared.

Lark finds a rule's callback and target by hashing and comparing rules and names, which takes more
time than all else in the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Reduction: TypeAlias = tuple[int, Callable[[list[Any]], Any], str]
"""How many children a rule takes, what makes its value from them, and what it is called."""

Tables: TypeAlias = Mapping[Any, Mapping[str, tuple[Any, Reduction | None]]]
"""For each state and kind, the next state, or None and the reduction."""


def tables_of(configuration: Any) -> Tables:
    """Returns the tables of Lark's configuration of a parser (`ParserState.parse_conf`)."""
    made: dict[int, Reduction] = {}

    def action(name: object, argument: Any) -> tuple[Any, Reduction | None]:
        if str(name) == "Shift":
            return argument, None
        found = made.get(id(argument))
        if found is None:
            callback = configuration.callbacks[argument]
            found = len(argument.expansion), callback, str(argument.origin.name)
            made[id(argument)] = found
        return None, found

    return {
        state: {str(kind): action(*entry) for kind, entry in actions.items()}
        for state, actions in configuration.states.items()
    }


def feed(tables: Tables, states: list[Any], values: list[Any], kind: str, value: Any) -> bool:
    """Feeds a token of a kind to the stacks of states and values; returns whether it fits.

    Where it does not, the stacks are as Lark leaves them before it raises.
    """
    while True:
        entry = tables[states[-1]].get(kind)
        if entry is None:
            return False
        shifted, reduction = entry
        if reduction is None:
            states.append(shifted)
            values.append(value)
            return True
        size, callback, name = reduction
        children = values[-size:] if size else []
        if size:
            del states[-size:]
            del values[-size:]
        made = callback(children)
        states.append(tables[states[-1]][name][0])
        values.append(made)
