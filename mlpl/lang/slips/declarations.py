"""Declarations of variables, parameters, results and imports in the manner of other languages."""

from __future__ import annotations

from mlpl.base.source import Span
from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error
from mlpl.lang.slips.types import foreign_type
from mlpl.lang.vocabulary import ITEMS, KEYWORDS, OPERANDS, STATEMENTS, spell

DECLARERS = frozenset(
    ["val", "auto", "local", "my", "dim", "final", "static", "set", "def", "volatile", "register"]
)
"""Words that begin declarations of variables in other languages."""

_HERE = dict.fromkeys(["char", "long", "short", "byte", "unsigned", "integer"], "int")
"""Types of other languages, and what they are here."""

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
    for attempt in (_variable, _more_variables, _field, _result, foreign_type, _import, _constant):
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
    if token.type == "EQUAL" and at.kinds_before("NAME", "COLON") and at.touches():
        span = at.span(at.tokens[at.index - 1]).to(at.here)
        return _slip("the value of a variable stands behind `=`", span, retract=True)
    bound = at.kinds_before("VAR") or at.kinds_before("LET")
    if bound and token.type in ("LPAR", "LSQB", "LBRACE"):
        insert, help_ = ("NAME", "EQUAL", "NUMBER"), "each has a declaration of its own"
        length = at.count_to("SEMICOLON")
        return _slip("a declaration declares one name", at.here, help_, insert, length)
    named = following.type == "NAME" and (bound or at.kinds_before("CONST"))
    if named and token.type in ("INT", "BOOL"):
        help_ = f"`{at.before()} {following}: {token} = …;`"
        return _slip("the type stands behind the name", at.here, help_, (), 1)
    if at.kinds_before("VAR", "NAME") or at.kinds_before("LET", "NAME"):
        return _after_name(at)
    if token.type == "BOOL" and at.wants_statement and following.type == "NAME":
        return _typed_first(at, at.index)
    if not at.open or not at.opens_statement() or at.on_new_line():
        return None
    return _by_type(at)


def _by_type(at: At) -> Slip | None:
    """`int x`, `Point p`, `static int x`, `long long x`, `int *p`, `int[] xs`."""
    token, following = at.token, at.after()
    if token.type in ("INT", "BOOL") and at.kinds_before("NAME") and following.type == "NAME":
        return _typed_first(at, at.index)
    if token.type == "NAME" and at.kinds_before("NAME") and following.type == "AS":
        return _typed_first(at, at.index - 1) if at.before() in DECLARERS else None
    if token.type == "NAME" and at.kinds_before("NAME") and following.type == "NAME":
        ends = at.after(2).type in ("EQUAL", "SEMICOLON", "LSQB", "COMMA")
        return _typed_first(at, at.index) if ends else None
    if token == "*" and at.kinds_before("INT") and following.type == "NAME":
        help_ = "arrays and structs are passed by reference as they are"
        return _slip("there are no pointers", at.here, help_, ("VAR",), 1, retract=True)
    closed = at.matching(at.index) if token.type == "LSQB" and at.kinds_before("INT") else None
    if closed is not None and at.tokens[closed + 1].type == "NAME":
        help_ = f"an array is declared by `var {at.tokens[closed + 1]}: int[…];`"
        span, length = at.span(at.tokens[at.index - 1]), closed + 1 - at.index
        message = "a declaration begins with `let` or `var`"
        return _slip(message, span, help_, ("VAR",), length, retract=True)
    if token.type != "NAME":
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
    following = at.tokens[closed + 1].type if closed is not None else ""
    if closed is not None and following in ("INT", "BOOL", "NAME", "COLON", "SEMICOLON"):
        length = closed - at.index + 1
        span = at.reach(length)
        extent = at.source.text[span.start : span.end]
        help_ = f"an array is declared by `var {at.before()}: int{extent};`"
        message = "the length of an array stands behind the type"
        insert = {"COLON": (), "SEMICOLON": ("COLON", "INT")}.get(following, ("COLON",))
        return _slip(message, at.reach(length), help_, insert, length)
    return None


def _typed_first(at: At, first: int) -> Slip:
    """A variable declared by its type; `int xs[3]` has the lengths behind the name."""
    type_, name = at.tokens[first], at.tokens[first + 1]
    here = _HERE.get(type_, type_)
    help_ = f"a variable is declared by `var {name}: {here};` or `var {name} = …;`"
    if type_ in DECLARERS:
        help_ = f"a variable is declared by `var {name} = …;`"
    insert, skip = ["VAR"], first + 1 - at.index
    end = first + 2
    while at.tokens[end].type == "LSQB" and (closed := at.matching(end)) is not None:
        end = closed + 1
    if end > first + 2:
        insert.append("NAME")
        skip = end - at.index
        help_ = f"an array is declared by `var {name}: {here}[…];`"
        if at.tokens[end].type == "SEMICOLON":
            insert += ["COLON", "INT"]
    elif at.tokens[end].type in ("SEMICOLON", "COMMA", "AS"):
        insert += ["NAME", "COLON", "INT"]
        skip = at.count_to("SEMICOLON")
    message = "a declaration begins with `let` or `var`"
    behind = first == at.index and at.kinds_before("NAME") and at.opens_statement()
    span = at.span(at.tokens[at.index - 1] if behind else type_).to(at.span(type_))
    retract = behind or first < at.index
    return _slip(message, span, help_, tuple(insert), skip, retract=retract)


def _more_variables(at: At) -> Slip | None:
    """`var a = 1, b = 2;` and `a, b = b, a;`."""
    if at.token.type != "COMMA" or "SEMICOLON" not in at.accepted:
        return None
    begin = at.tokens[at.begin()].type
    typed = begin in ("INT", "BOOL") or [
        t.type for t in at.tokens[at.begin() : at.begin() + 2]
    ] == ["NAME", "NAME"]
    if typed:
        help_ = "each has a declaration of its own"
        return _slip(
            "a declaration declares one name", at.here, help_, (), at.count_to("SEMICOLON")
        )
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
    bracket = at.matching(at.index + 1) if at.after().type == "LSQB" else None
    if token.type in ("INT", "BOOL") and "NAME" in at.accepted and bracket is not None:
        name, length = at.tokens[bracket + 1], bracket + 2 - at.index
        type_ = at.source.text[token.start_pos : at.tokens[bracket].end_pos]
        message, insert = "the type stands behind the name", ("NAME", "COLON", "INT")
        if name.type == "NAME":
            return _slip(message, at.reach(length), f"`{name}: {type_}`", insert, length, once=True)
    if token.type in ("INT", "BOOL") and "NAME" in at.accepted and at.after().type == "NAME":
        message, name = "the type stands behind the name", at.after()
        insert = ("NAME", "COLON", "INT")
        return _slip(message, at.reach(2), f"`{name}: {token}`", insert, 2, once=True)
    if "COLON" in at.accepted and len(at.accepted) == 1:
        return _field_without_colon(at, str(previous))
    if token.type in ("VAR", "LET", "CONST") and at.accepted <= {"NAME", "RPAR", "RBRACE"}:
        help_ = "a parameter can be assigned to as it is"
        if at.open[-1].type == "LPAR":
            return _slip("a parameter begins with its name", at.here, help_, skip=1, once=True)
        return _slip("a field begins with its name", at.here, skip=1, once=True)
    if "RBRACE" in at.accepted and at.open[-1].type == "LBRACE" and not at.wants_statement:
        slip = _struct_part(at)
        if slip is not None:
            return slip
    if token.type in ("RANGE", "TIMES") and at.accepted <= {"NAME", "RPAR"}:
        help_ = "an array of any length is passed to a parameter `xs: int[]`"
        message = "the number of parameters is fixed"
        return _slip(message, at.here, help_, skip=at.count_to("COMMA"))
    if token.type == "EQUAL" and at.tokens[at.begin()].type == "FN":
        message = "a parameter has no default value"
        return _slip(message, at.here, skip=at.count_to("COMMA"))
    if token.type == "SEMICOLON" and at.open[-1].type == "LBRACE" and "COMMA" in at.accepted:
        return _slip("fields are separated by `,`", at.here, "", ("COMMA",), 1, once=True)
    return None


def _struct_part(at: At) -> Slip | None:
    """`P { 1, 2 }` and `P { x, y }`; functions and values in a struct's declaration."""
    kind = at.token.type
    value = not _declares_struct(at)
    if value and at.accepted == {"NAME", "RBRACE"} and kind in OPERANDS:
        help_ = "`Name { x: 1, y: 2 }`"
        message = "the value of a field stands behind its name and `:`"
        return _slip(message, at.here, help_, ("NAME", "COLON"), once=True)
    if not value and kind == "FN":
        length = at.count_to("LBRACE")
        closed = at.matching(at.index + length)
        help_ = "a function takes a struct as a parameter"
        skip = closed + 1 - at.index if closed is not None else 0
        return _slip("functions are declared at top level", at.here, help_, skip=skip, once=True)
    if not value and kind == "EQUAL":
        help_ = "an initialiser names every field"
        return _slip("a field has no default value", at.here, help_, skip=at.count_to("COMMA"))
    return None


def _declares_struct(at: At) -> bool:
    """Whether the innermost brace begins the fields of a struct's declaration."""
    index = at.place_of(at.open[-1])
    return index > 1 and at.tokens[index - 2].type == "STRUCT"


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
    closed = at.matching(at.index) if kind == "LSQB" else None
    if closed is not None and at.tokens[closed + 1].type == "NAME":
        span = at.span(at.tokens[at.index - 1]).to(at.span(at.tokens[closed + 1]))
        help_ = f"`{at.tokens[closed + 1]}: int[]`"
        insert, skip = ("COLON", "INT"), closed + 2 - at.index
        return _slip("the type stands behind the name", span, help_, insert, skip, once=True)
    if kind in ("COMMA", "RBRACE") and at.open[-1].type == "LBRACE" and not _declares_struct(at):
        span = at.span(at.tokens[at.index - 1])
        message = "the value of a field stands behind its name and `:`"
        return _slip(message, span, f"`{name}: {name}`", ("COLON", "NUMBER"), once=True)
    if kind in ("RPAR", "COMMA", "RBRACE"):
        help_ = f"`{name}: int`" if name != "void" else "without parameters: `fn name() { }`"
        span = at.span(at.tokens[at.index - 1])
        message = "a name is followed by `:` and its type"
        return _slip(message, span, help_, ("COLON", "INT"), once=True)
    return None


def _result(at: At) -> Slip | None:
    """`fn f(): int`, `fn f() int`, `fn f() => int`, `-> (int, int)`."""
    if at.token.type == "DOT" and at.kinds_before("FN", "NAME"):
        help_ = "a function takes a struct as a parameter"
        return _slip("the name of a function is one word", at.here, help_, skip=2)
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
    inside = at.indentation(at.token) or not at.on_new_line()
    if at.token.type == "CONST" and at.wants_statement and inside:
        help_ = "in a block, `let` binds a value that never changes"
        length = 1 + (at.after().type in ("INT", "BOOL") and at.after(2).type == "NAME")
        return _slip(
            "constants are declared at top level", at.reach(length), help_, ("LET",), length
        )
    if not at.wants_item or at.token.type in ("$END", "RBRACE", "SEMICOLON"):
        return None
    help_ = ""
    closed = at.matching(at.index) if at.joins("(", "*") else None
    if at.joins("-", "-") or closed is not None:
        message = f"no comment begins with `{at.token}{at.after()}`"
        slip = error("unexpected-token", message, at.reach(2), "", "comments begin with `//`")
        return Slip(slip, skip=at.count_on_line() if closed is None else closed + 1 - at.index)
    if at.token.type in ("INT", "BOOL"):
        help_ = "at top level, `const` binds a constant, and `var` declares a global"
    elif at.token.type in STATEMENTS | OPERANDS:
        help_ = "statements stand inside functions; a program begins in `fn main() { }`"
        if at.kinds_before("RBRACE"):
            help_ = "the `}` before ends a declaration; one of them may be too many"
    message = f"expected a declaration, found {spell(at.token)}"
    return Slip(error("unexpected-token", message, at.here, "", help_))
