"""Declarations of variables, parameters, results and imports in the manner of other languages."""

from __future__ import annotations

from mlpl.base.source import Span
from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error
from mlpl.lang.vocabulary import ITEMS, KEYWORDS, STATEMENTS, spell

_RESULT = "the result's type stands behind `->`"


def _slip(
    message: str,
    span: Span,
    help_: str = "",
    insert: tuple[str, ...] = (),
    skip: int = 0,
    *,
    retract: bool = False,
    once: bool = False,
) -> Slip:
    return Slip(
        error("declaration-syntax", message, span, "", help_), insert, skip, retract, once=once
    )


def keyword(at: At) -> Slip | None:
    """A keyword where only a name may stand."""
    if at.token.type not in KEYWORDS or "NAME" not in at.accepted or len(at.accepted) > 2:
        return None
    named = at.after().type == "COLON"
    if "RPAR" in at.accepted and at.token.type in STATEMENTS | ITEMS and not named:
        return None
    if at.token.type == "AS" and at.kinds_before("IMPORT"):
        return None
    message = f"`{at.token}` is a keyword and cannot be a name"
    return Slip(error("keyword-as-name", message, at.here), ("NAME",), 1)


def declaration(at: At) -> Slip | None:
    """A declaration that does not look like one."""
    for attempt in (_variable, _more_variables, _field, _result, _type, _import, _constant):
        slip = attempt(at)
        if slip is not None:
            return slip
    return None


def _variable(at: At) -> Slip | None:
    """`int x = 3;`, `Point p;`, `x := 3;`."""
    token, following = at.token, at.after()
    if token.type == "BOOL" and following.type == "LPAR" and at.has_operand is False:
        message = "`bool` makes no bools"
        help_ = "a comparison makes a bool: `x != 0`"
        return _slip(message, at.here, help_, ("NAME",), 1) if at.wants_operand else None
    if token == ":" and following == "=" and at.opens_statement():
        name = at.before()
        help_ = f"a variable is declared by `var {name} = …;`"
        return _slip("`:=` declares no variable", at.reach(2), help_, (), 1)
    if at.kinds_before("VAR", "NAME") or at.kinds_before("LET", "NAME"):
        return _after_name(at)
    if token.type == "BOOL" and at.wants_statement and following.type == "NAME":
        return _typed_first(at, at.index)
    if token.type != "NAME" or not at.opens_statement() or at.on_new_line():
        return None
    if at.kinds_before("INT") and at.open:
        return _typed_first(at, at.index - 1)
    if at.kinds_before("NAME") and following.type in ("EQUAL", "SEMICOLON", "LSQB", "COMMA"):
        return _typed_first(at, at.index - 1)
    return None


def _after_name(at: At) -> Slip | None:
    """`var x int`, `var xs [3]int`, `let x == 3`, `let x := 3`."""
    token = at.token
    if token.type in ("INT", "BOOL"):
        return _slip("a type stands behind `:`", at.here, "", ("COLON",))
    if token == "==":
        return _slip("the value of a variable stands behind `=`", at.here, "", ("EQUAL",), 1)
    closed = at.matching(at.index) if token.type == "LSQB" else None
    if closed is not None and at.tokens[closed + 1].type in ("INT", "BOOL", "NAME"):
        length = closed - at.index + 1
        help_ = "an array is declared by `var xs: int[3];`"
        message = "the length of an array stands behind the type"
        return _slip(message, at.reach(length), help_, ("COLON",), length)
    return None


def _typed_first(at: At, first: int) -> Slip:
    """A variable declared by its type; `int xs[3]` has the lengths behind the name."""
    type_, name = at.tokens[first], at.tokens[first + 1]
    help_ = f"a variable is declared by `var {name}: {type_};` or `var {name} = …;`"
    insert, skip = ["VAR"], first + 1 - at.index
    end = first + 2
    while at.tokens[end].type == "LSQB" and (closed := at.matching(end)) is not None:
        end = closed + 1
    if end > first + 2:
        insert.append("NAME")
        skip = end - at.index
        help_ = f"an array is declared by `var {name}: {type_}[…];`"
        if at.tokens[end].type == "SEMICOLON":
            insert += ["COLON", "INT"]
    elif at.tokens[end].type == "SEMICOLON":
        insert += ["NAME", "COLON", "INT"]
        skip = end - at.index
    message = "a declaration begins with `let` or `var`"
    span = at.span(type_)
    return _slip(message, span, help_, tuple(insert), skip, retract=first < at.index)


def _more_variables(at: At) -> Slip | None:
    """`var a = 1, b = 2;` and `a, b = b, a;`."""
    if at.token.type != "COMMA" or "SEMICOLON" not in at.accepted:
        return None
    begin = at.tokens[at.begin()].type
    if begin in ("VAR", "LET", "CONST"):
        help_ = "each has a declaration of its own"
        again = at.after().type in ("VAR", "LET", "CONST")
        more = ("SEMICOLON",) if again else ("SEMICOLON", begin)
        return _slip("a declaration declares one name", at.here, help_, more, 1)
    if begin == "IMPORT":
        help_ = "each module has an `import` of its own"
        more = ("SEMICOLON", "IMPORT")
        return _slip("an import imports one module", at.here, help_, more, 1)
    if begin == "RETURN":
        help_ = "several results go into an array or struct that is passed in"
        message = "a function returns one value"
    else:
        message, help_ = "an assignment assigns to one variable", ""
    return _slip(message, at.here, help_, skip=at.count_to("SEMICOLON"))


def _field(at: At) -> Slip | None:
    """Parameters and fields: `int x`, `x int`, `x`, `x: int = 3`, `x: int;`."""
    token, previous = at.token, at.before()
    if not at.open or previous is None:
        return None
    if token.type in ("INT", "BOOL") and "NAME" in at.accepted and at.after().type == "NAME":
        message, name = "the type stands behind the name", at.after()
        insert = ("NAME", "COLON", "INT")
        return _slip(message, at.reach(2), f"`{name}: {token}`", insert, 2, once=True)
    if "COLON" in at.accepted and len(at.accepted) == 1:
        return _field_without_colon(at, str(previous))
    if token.type == "EQUAL" and at.tokens[at.begin()].type == "FN":
        message = "a parameter has no default value"
        return _slip(message, at.here, skip=at.count_to("COMMA"))
    if token.type == "SEMICOLON" and at.open[-1].type == "LBRACE" and "COMMA" in at.accepted:
        return _slip("fields are separated by `,`", at.here, "", ("COMMA",), 1, once=True)
    return None


def _field_without_colon(at: At, name: str) -> Slip | None:
    kind = at.token.type
    if kind == "EQUAL" and at.open[-1].type == "LPAR":
        message, help_ = "a name is followed by `:` and its type", f"`{name}: int`"
        return _slip(message, at.here, help_, ("COLON", "INT"), at.count_to("COMMA"), once=True)
    if kind == "EQUAL":
        help_ = f"`{name}: …`"
        return _slip(
            "the value of a field stands behind `:`", at.here, help_, ("COLON",), 1, once=True
        )
    if kind in ("INT", "BOOL"):
        help_ = f"`{name}: {at.token}`"
        return _slip("a type stands behind `:`", at.here, help_, ("COLON",), once=True)
    if kind == "NAME" and at.before(2) is not None and not at.on_new_line():
        help_ = f"`{at.token}: {name}`"
        span = at.span(at.tokens[at.index - 1]).to(at.here)
        message = "a name is followed by `:` and its type"
        return _slip(message, span, help_, ("COLON", "INT"), 1, once=True)
    if kind in ("RPAR", "COMMA", "RBRACE"):
        help_ = f"`{name}: int`" if name != "void" else "without parameters: `fn name() { }`"
        span = at.span(at.tokens[at.index - 1])
        message = "a name is followed by `:` and its type"
        return _slip(message, span, help_, ("COLON", "INT"), once=True)
    return None


def _result(at: At) -> Slip | None:
    """`fn f(): int`, `fn f() int`, `fn f() => int`, `-> (int, int)`."""
    if "ARROW" in at.accepted:
        typed = at.after().type in ("INT", "BOOL", "NAME") and at.after(2).type == "LBRACE"
        if at.token.type == "COLON" and typed:
            return _slip(_RESULT, at.here, "", ("ARROW",), 1)
        if at.joins("=", ">"):
            return _slip(_RESULT, at.reach(2), "", ("ARROW",), 2)
        if at.token.type in ("INT", "BOOL"):
            return _slip(_RESULT, at.here, "", ("ARROW",))
        return None
    if at.kinds_before("ARROW") and at.token.type == "LPAR":
        closed = at.matching(at.index)
        if closed is not None:
            length = closed - at.index + 1
            help_ = "a function without a result has no `->`"
            if length > 2:
                help_ = "several results go into an array or struct that is passed in"
            return _slip(
                "a function returns one int or bool", at.reach(length), help_, ("INT",), length
            )
    return None


def _type(at: At) -> Slip | None:
    """`[int; 3]`, `[]int`, `[3]int`, `*int`, `List<int>`."""
    if "BOOL" in at.accepted and not at.wants_statement and at.token.type == "LSQB":
        closed = at.matching(at.index)
        if closed is None:
            return None
        length = closed - at.index + 1
        more = at.tokens[closed + 1].type in ("INT", "BOOL", "NAME")
        help_ = "an array of 3 ints is an `int[3]`; a parameter of any length an `int[]`"
        message = "the length of an array stands behind the type"
        return _slip(message, at.reach(length), help_, () if more else ("INT",), length)
    if at.token == "<" and at.kinds_before("COLON", "NAME"):
        end = at.index
        while at.tokens[end] not in (">", ">>") and at.tokens[end].type in (
            "NAME",
            "INT",
            "BOOL",
            "COMMA",
            "COMPARE",
        ):
            end += 1
        if at.tokens[end] in (">", ">>"):
            length = end - at.index + 1
            help_ = "an array of 3 ints is an `int[3]`"
            return _slip("types have no parameters", at.reach(length), help_, skip=length)
    return None


def _import(at: At) -> Slip | None:
    """`import "sort";`, `import std.sort;`."""
    token = at.token
    if at.kinds_before("IMPORT") and token.type in ("STRING", "AS"):
        help_ = "`import sort;`"
        skip = int(token.type == "STRING")
        return _slip("a module is imported by its name", at.here, help_, ("NAME",), skip)
    if at.kinds_before("IMPORT", "NAME") and token.type in ("DOT", "COLON", "TIMES"):
        help_ = "its file is looked for beside this one, in the `-I` folders, and in the library"
        length = at.count_to("SEMICOLON", "AS")
        return _slip("the name of a module is one word", at.reach(length), help_, skip=length)
    return None


def _constant(at: At) -> Slip | None:
    """Constants in a block, and what is no declaration at top level."""
    if at.token.type == "CONST" and at.wants_statement and at.indentation(at.token):
        help_ = "in a block, `let` binds a value that never changes"
        return _slip("constants are declared at top level", at.here, help_, ("LET",), 1)
    if not at.wants_item or at.token.type in ("$END", "RBRACE", "SEMICOLON"):
        return None
    help_ = ""
    if at.token.type in ("INT", "BOOL"):
        help_ = "at top level, `const` binds a constant, and `var` declares a global"
    elif at.token.type in STATEMENTS or at.token.type == "NAME":
        help_ = "statements stand inside functions; a program begins in `fn main() { }`"
        if at.kinds_before("RBRACE"):
            help_ = "the `}` before ends the function; one of them may be too many"
    message = f"expected a declaration, found {spell(at.token)}"
    return Slip(error("unexpected-token", message, at.here, "", help_))
