"""What an unknown name may have been meant to be."""

from __future__ import annotations

from enum import Enum, auto

from mlpl.base.diagnostics import nearest
from mlpl.lang.check.symbols import (
    BuiltinSymbol,
    FunctionSymbol,
    ModuleSymbol,
    PendingSymbol,
    Scope,
    StructSymbol,
    Symbol,
    VariableSymbol,
    describe,
)
from mlpl.lang.modules import library_modules, library_names
from mlpl.lang.syntax import Function, Struct


class Use(Enum):
    """What a name stands for where it is used."""

    VALUE = auto()
    TARGET = auto()
    CALL = auto()
    TYPE = auto()
    MODULE = auto()


_FOREIGN = {
    "True": "it is written `true`",
    "False": "it is written `false`",
    "not": "`!` turns a condition around",
    "null": "there are no null values; an int or bool can say whether there is one",
    "None": "there are no null values; an int or bool can say whether there is one",
    "nil": "there are no null values; an int or bool can say whether there is one",
    "pass": "an empty block is written `{ }`",
    "printf": "it is written `print`",
    "println": "it is written `print`",
    "puts": "it is written `print`",
    "echo": "it is written `print`",
    "writeln": "it is written `print`",
    "console": "output is written by `print`, `write` and `putc`",
    "Console": "output is written by `print`, `write` and `putc`",
    "System": "output is written by `print`, `write` and `putc`",
    "fmt": "output is written by `print`, `write` and `putc`",
    "std": "output is written by `print`, `write` and `putc`; input is read by `read` and `getc`",
    "cout": "output is written by `print`, `write` and `putc`",
    "stdout": "output is written by `print`, `write` and `putc`",
    "cin": "`read()` reads an int, `getc()` a byte",
    "stdin": "`read()` reads an int, `getc()` a byte",
    "readln": "`read()` reads an int, `getc()` a byte",
    "readline": "`read()` reads an int, `getc()` a byte",
    "endl": "`print` ends its line",
    "end": "`}` ends a block",
    "begin": "`{` begins a block",
    "putchar": "it is written `putc`",
    "getchar": "it is written `getc`",
    "input": "`read()` reads an int, `getc()` a byte",
    "scanf": "`read()` reads an int, `getc()` a byte",
    "exit": "it is written `halt`",
    "quit": "it is written `halt`",
    "length": "it is written `len`",
    "sizeof": "it is written `len`",
    "range": "a range is written `a..b`, in `for i in a..b { }`",
    "str": "`print` and `write` show ints and bools as text",
    "string": 'text is an array of ints: `var s = "abc";`',
    "chr": "characters are ints: `putc` writes one",
    "ord": "characters are ints already: `'a'`",
    "float": "the module `fixed` computes with fixed-point numbers",
    "double": "the module `fixed` computes with fixed-point numbers",
    "void": "a function without a result has no `->`",
    "integer": "it is written `int`",
    "long": "it is written `int`",
    "short": "it is written `int`",
    "byte": "it is written `int`",
    "char": "it is written `int`",
    "unsigned": "it is written `int`",
    "i8": "it is written `int`",
    "i16": "it is written `int`",
    "i32": "it is written `int`",
    "u8": "it is written `int`",
    "u16": "it is written `int`",
    "u32": "it is written `int`",
    "usize": "it is written `int`",
    "boolean": "it is written `bool`",
    "Integer": "it is written `int`",
    "Boolean": "it is written `bool`",
    "String": 'text is an array of ints: `var s = "abc";`',
    "uint": "it is written `int`",
    "size_t": "it is written `int`",
    "i64": "it is written `int`",
    "u64": "it is written `int`",
    "list": "an array of 3 ints is an `int[3]`",
    "List": "an array of 3 ints is an `int[3]`",
    "Vec": "an array of 3 ints is an `int[3]`",
}
_KEYWORDS = ("true", "false")
"""Those that may stand where a name does."""


def remedy_for(scope: Scope, name: str, use: Use) -> str:
    """Returns the help for a name that means nothing here, or ""."""
    if name in _FOREIGN:
        return _FOREIGN[name]
    if name in library_modules() and use is not Use.TYPE:
        return f"a module of this name exists: `import {name};`"
    imported = _imported(scope, name)
    if imported:
        return f"the module has it: `{imported}.{name}`"
    if use in (Use.CALL, Use.TYPE) and elsewhere(name):
        return elsewhere(name)
    near = _similar(scope, name, use)
    if near is not None:
        symbol = scope.look_up(near)
        what = _kind(symbol) if symbol is not None else "a type"
        return f"{what} with a similar name exists: `{near}`"
    keyword = nearest(name, _KEYWORDS)
    if keyword is not None:
        return f"a keyword with a similar name exists: `{keyword}`"
    return f"a variable is declared by `var {name} = …;`" if use is Use.TARGET else ""


def elsewhere(name: str) -> str:
    """Returns where the library has a public name, as a help, or ""."""
    modules = library_names().get(name, ())
    if not modules:
        return ""
    module = "math" if "math" in modules else modules[0]
    return f"module `{module}` has it: `import {module};` and `{module}.{name}`"


def _imported(scope: Scope, name: str) -> str | None:
    """Returns the imported module that has a name, or None."""
    if name.startswith("_"):
        return None
    for module in dict.fromkeys(scope.visible()):
        symbol = scope.look_up(module)
        if isinstance(symbol, ModuleSymbol) and symbol.members and name in symbol.members.names:
            return module
    return None


def _similar(scope: Scope, name: str, use: Use) -> str | None:
    """Returns a similar name of the kind that is needed, else of any."""
    visible = list(dict.fromkeys(scope.visible()))
    if use is Use.TYPE:
        types = [n for n in visible if _is_a(scope.look_up(n), StructSymbol, Struct)]
        return nearest(name, [*types, "int", "bool"])
    functions = [n for n in visible if _is_a(scope.look_up(n), FunctionSymbol, Function)]
    functions += [n for n in visible if isinstance(scope.look_up(n), BuiltinSymbol)]
    taken = set(functions)
    others = [n for n in visible if n not in taken]
    first, second = (functions, others) if use is Use.CALL else (others, functions)
    return nearest(name, first) or nearest(name, second)


def _is_a(symbol: Symbol | None, complete: type, declared: type) -> bool:
    if isinstance(symbol, PendingSymbol):
        return isinstance(symbol.item, declared)
    return isinstance(symbol, complete)


def _kind(symbol: Symbol) -> str:
    if isinstance(symbol, VariableSymbol) and symbol.kind not in ("parameter", "loop variable"):
        return "a variable"
    return describe(symbol)
