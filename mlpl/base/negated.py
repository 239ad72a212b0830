"""Names of what holds the negative of a variable: `-i`, or `-main.i` with its function."""

_MINUS = "-"


def negated_name(name: str) -> str:
    """Returns the name of the negative of what has a name; "" for none."""
    if name.startswith(_MINUS):
        return name[1:]
    return _MINUS + name if name else ""


def plain_name(name: str) -> str:
    """Returns the name of the variable whose value or negative has a name."""
    return name.removeprefix(_MINUS)


def qualified_name(scope: str, name: str) -> str:
    """Returns a name with its function, the sign before both."""
    plain = f"{scope}.{plain_name(name)}"
    return negated_name(plain) if name.startswith(_MINUS) else plain
