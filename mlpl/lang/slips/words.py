"""Words of other languages, and keywords that are misspelt."""

from __future__ import annotations

from mlpl.base.diagnostics import nearest
from mlpl.lang.slips.at import At
from mlpl.lang.slips.declarations import DECLARERS
from mlpl.lang.slips.slip import Slip, error
from mlpl.lang.vocabulary import OPERANDS

_FUNCTIONS = frozenset(["def", "func", "function", "fun", "proc", "sub", "void", "method"])
_MODIFIERS = frozenset(
    ["pub", "public", "private", "protected", "static", "export", "extern", "inline", "async"]
)
_IMPORTS = frozenset(["use", "using", "from", "include", "require", "package", "module"])
_TYPES = {
    "class": "a struct has fields and no methods: `struct Name { x: int }`",
    "enum": "numbered names are constants: `const RED = 0;`",
    "type": "a type of its own is a struct: `struct Name { x: int }`",
    "typedef": "a type of its own is a struct: `struct Name { x: int }`",
    "union": "a struct has all of its fields at once: `struct Name { x: int }`",
    "interface": "there are functions and structs only",
    "trait": "there are functions and structs only",
    "impl": "functions stand at top level and take a struct as a parameter",
}

_LOOPS = {
    "loop": (("WHILE", "TRUE"), "an endless loop is written `while true { }`"),
    "foreach": (("FOR",), "a loop over an array is written `for x in xs { }`"),
    "until": (("WHILE",), "a loop is written `while !(…) { }`"),
    "unless": (("IF",), "a condition is turned around by `!`: `if !(…) { }`"),
    "elif": (("IF",), "it is written `else if`"),
    "elsif": (("IF",), "it is written `else if`"),
    "elseif": (("IF",), "it is written `else if`"),
}
"""What a word would be here, and the remedy."""

_BLOCK = "`{` begins a block and `}` ends it"

_STATEMENTS = {
    "do": "`while true { … if done { break; } }` checks at the end",
    "switch": "cases are written `if x == 1 { } else if x == 2 { } else { }`",
    "match": "cases are written `if x == 1 { } else if x == 2 { } else { }`",
    "case": "cases are written `if x == 1 { } else if x == 2 { } else { }`",
    "try": "there are no exceptions: `assert(…)` ends a program that went wrong",
    "throw": "there are no exceptions: `assert(…)` ends a program that went wrong",
    "raise": "there are no exceptions: `assert(…)` ends a program that went wrong",
    "goto": "loops are left by `break`, functions by `return`",
    "repeat": "a loop is written `for i in 0..10 { }` or `while … { }`",
    "global": "a global is declared by `var` at top level, and visible in every function",
    "nonlocal": "a variable of a block around is visible as it is",
    "delete": "nothing has to be freed: a variable ends with its block",
    "del": "nothing has to be freed: a variable ends with its block",
    "free": "nothing has to be freed: a variable ends with its block",
    "yield": "a function returns once, by `return`",
    "defer": "what is done last is written last",
    "using": "a module is imported by `import name;` at top level",
    "call": "a call is written `name(…);`",
}
_CONTINUATIONS = frozenset(["while", "until", "catch", "except", "finally"])

_PREFIXES = {
    "new": "variables need no memory of their own: `var xs: int[10];`, `var p = P { x: 1 };`",
    "await": "a call is done when it returns",
    "typeof": "every type is known before the program runs",
    "sizeof": "`len(xs)` is the number of elements of an array",
    "lambda": "a function is declared at top level, and called by its name",
    "yield": "a function returns once, by `return`",
    "delete": "nothing has to be freed: a variable ends with its block",
    "mut": "a variable that changes is declared by `var`",
    "ref": "arrays and structs are passed by reference as they are",
    "out": "arrays and structs are passed by reference as they are",
    "inout": "arrays and structs are passed by reference as they are",
}
"""Words before a value or a name, and the remedy."""

_ITEM_KEYWORDS = ("fn", "struct", "const", "import", "var")
_STATEMENT_KEYWORDS = ("let", "var", "if", "while", "for", "return")


def foreign_item(at: At) -> Slip | None:
    """A declaration in the words of another language, or with a misspelt keyword."""
    token, following = at.token, at.after()
    if not at.wants_item or token.type not in ("NAME", "INT", "BOOL", "LET"):
        return None
    function = following.type == "NAME" and at.after(2).type == "LPAR"
    rule, help_ = "declaration-syntax", "a function is declared by `fn name(a: int) -> int { }`"
    if token.type != "LET" and (function or token in _FUNCTIONS) and token not in _MODIFIERS:
        near = nearest(token, ("fn",))
        if near and token not in _FUNCTIONS:
            return _misspelt(at, near, skip=1)
        message = f"no function is declared by `{token}`"
        repair = ("FN",) if function else ()
        return Slip(error(rule, message, at.here, "", help_), repair, len(repair))
    if token.type == "NAME" and _is_headless_function(at):
        message = "a function's declaration begins with `fn`"
        return Slip(error(rule, message, at.here, "", help_), ("FN",))
    if token.type == "LET":
        help_ = "at top level, `const` binds a constant, and `var` declares a global"
        message = "`let` stands in functions only"
        return Slip(error(rule, message, at.here, "", help_), ("CONST",), 1)
    modifiers = 0
    while at.after(modifiers) in _MODIFIERS:
        modifiers += 1
    if modifiers and _is_foreign_function(at, modifiers):
        span = at.reach(modifiers + 1)
        text = at.source.text[span.start : span.end]
        slip = error(rule, f"no function is declared by `{text}`", span, "", help_)
        return Slip(slip, ("FN",), modifiers + 1)
    if modifiers:
        help_ = "every name of a file is visible where it is imported, unless it begins with `_`"
        slip = error("foreign-word", f"there is no `{token}`", at.here, "", help_)
        return Slip(slip, skip=modifiers)
    if token in _TYPES:
        slip = error("foreign-word", f"there is no `{token}`", at.here, "", _TYPES[token])
        length = at.count_to("SEMICOLON", "LBRACE")
        closed = at.matching(at.index + length)
        if closed is not None and at.tokens[at.index + length].type == "LBRACE":
            length = closed + 1 - at.index
        if token in ("type", "typedef"):
            length = at.count_to("SEMICOLON") + 1
        return Slip(slip, skip=length)
    if token in _IMPORTS:
        help_ = "a module is imported by `import name;`"
        slip = error("foreign-word", f"there is no `{token}`", at.here, "", help_)
        return Slip(slip, skip=at.count_on_line())
    near = _near(token, _ITEM_KEYWORDS) if following.type == "NAME" else None
    return _misspelt(at, near, skip=1) if near else None


def _is_foreign_function(at: At, behind: int) -> bool:
    """Whether a type or word, a name and a parenthesis stand so many tokens further on."""
    kinds = [at.after(behind + distance).type for distance in range(3)]
    return kinds[0] in ("NAME", "INT", "BOOL") and kinds[1:] == ["NAME", "LPAR"]


def _is_headless_function(at: At) -> bool:
    if at.after().type != "LPAR":
        return False
    end = at.matching(at.index + 1)
    return end is not None and at.tokens[end + 1].type in ("LBRACE", "ARROW")


def foreign_statement(at: At) -> Slip | None:
    """A statement that begins with a word of another language, or a misspelt keyword."""
    leaves = at.kinds_before("BREAK") or at.kinds_before("CONTINUE")
    if leaves and at.token.type in ("NAME", "NUMBER") and at.after().type == "SEMICOLON":
        help_ = "`break` and `continue` are about the innermost loop"
        message = f"`{at.before()}` stands alone"
        return Slip(error("unexpected-token", message, at.here, "", help_), skip=1)
    begin = at.begin()
    word = at.tokens[begin]
    if at.token == "begin" and "LBRACE" in at.accepted and not at.wants_statement:
        return _begin(at, at.index)
    if word.type != "NAME" or begin == at.index or not at.open:
        return None
    if word == "begin" and begin == at.index - 1:
        return _begin(at, begin)
    if word == "end" and begin == at.index - 1:
        slip = error("foreign-word", "there is no `end`", at.span(word), "", _BLOCK)
        return Slip(slip, ("RBRACE",), retract=True, habit="begin")
    behind, span = begin == at.index - 1, at.span(word)
    if behind and at.token.type == "COLON" and at.after() in ("while", "for", "loop"):
        help_ = "`break` and `continue` are about the innermost loop"
        slip = error("foreign-word", "there are no labels", span.to(at.here), "", help_)
        return Slip(slip, skip=1, retract=True)
    if word in _LOOPS and (behind or at.token.type == "LBRACE"):
        insert, help_ = _LOOPS[word]
        slip = error("foreign-word", f"there is no `{word}`", span, "", help_)
        return Slip(slip, insert if behind else (), retract=True)
    if word in _STATEMENTS and (behind or at.token.type == "LBRACE"):
        slip = error("foreign-word", f"there is no `{word}`", span, "", _STATEMENTS[word])
        return Slip(slip, retract=True, skip=_statement_length(at))
    near = _near(word, (*_STATEMENT_KEYWORDS, "else"))
    if near == "else" and behind and at.token.type in ("LBRACE", "IF"):
        return _misspelt(at, near, retract=True)
    if near is None or near == "else":
        return None
    if behind and near in ("let", "var", "for") and at.token.type == "NAME":
        return _misspelt(at, near, retract=True)
    if behind and near in ("if", "while", "return") and at.token.type in OPERANDS:
        return _misspelt(at, near, retract=True)
    if near in ("if", "while") and at.token.type == "LBRACE":
        return _misspelt(at, near, retract=True, insert=False)
    return None


def _begin(at: At, first: int) -> Slip:
    """`begin`, with all up to the `end` that belongs to it, where there is one."""
    slip = error("foreign-word", "there is no `begin`", at.span(at.tokens[first]), "", _BLOCK)
    retract = first < at.index
    depth = 0
    for index in range(first, len(at.tokens)):
        depth += (at.tokens[index] == "begin") - (at.tokens[index] == "end")
        if depth == 0:
            skip = index + 1 + (at.tokens[index + 1] == ";") - at.index
            return Slip(slip, ("LBRACE", "RBRACE"), skip, retract, habit="begin")
    return Slip(slip, ("LBRACE",), first + 1 - at.index, retract, habit="begin")


def _near(word: str, keywords: tuple[str, ...]) -> str | None:
    """Returns the keyword that a word of about its length was probably meant to be, or None."""
    near = None if word in DECLARERS else nearest(word, keywords)
    return near if near and abs(len(near) - len(word)) <= max(1, len(near) // 3) else None


def _statement_length(at: At) -> int:
    """Returns how many tokens belong to the statement, with all blocks that continue it."""
    end = at.index
    while True:
        rest = At(at.source, at.tokens, end, at.accepted, at.open)
        end += rest.count_to("SEMICOLON", "LBRACE")
        if at.tokens[end].type != "LBRACE":
            return end - at.index + (at.tokens[end].type == "SEMICOLON")
        closed = at.matching(end)
        if closed is None:
            return end - at.index
        end = closed + 1
        if str(at.tokens[end]) not in _CONTINUATIONS:
            return end - at.index


def _misspelt(
    at: At, keyword: str, *, skip: int = 0, retract: bool = False, insert: bool = True
) -> Slip:
    word = at.tokens[at.begin()] if retract else at.token
    slip = error("misspelt-keyword", f"`{word}` is no keyword", at.span(word), "", _meant(keyword))
    kinds = (keyword.upper(),) if insert and keyword != "else" else ()
    return Slip(slip, kinds, skip, retract)


def _meant(keyword: str) -> str:
    return f"a keyword with a similar name exists: `{keyword}`"


def foreign_value(at: At) -> Slip | None:
    """`new`, `await` and other words before a value; formatted strings; calls without `( )`."""
    previous = at.before()
    if previous is None or previous.type != "NAME":
        return None
    span = at.span(previous)
    if previous == "new" and at.token.type in ("INT", "BOOL"):
        slip = error("foreign-word", "there is no `new`", span, "", _PREFIXES["new"])
        return Slip(slip, ("NUMBER",), at.count_to("SEMICOLON", "COMMA"), retract=True)
    if at.token.type not in OPERANDS:
        return None
    if at.token.type == "BANG" and at.touches() and at.after().type in ("LPAR", "LSQB"):
        slip = error("foreign-word", "there are no macros", span.to(at.here))
        return Slip(slip, (), 1, retract=at.after().type == "LSQB")
    if at.token.type == "STRING" and at.touches():
        help_ = "`print` takes several arguments: text, ints and bools"
        slip = error("foreign-word", f"there are no strings with `{previous}`", span, "", help_)
        return Slip(slip, retract=True)
    if previous in _PREFIXES:
        help_ = _PREFIXES[previous]
        if previous == "mut" and at.open and at.open[-1].type == "LPAR":
            help_ = "a parameter can be assigned to as it is"
        slip = error("foreign-word", f"there is no `{previous}`", span, "", help_)
        return Slip(slip, retract=True)
    if at.token.type == "LPAR":
        return None
    if previous in ("print", "write", "putc", "read", "len", "halt", "println", "puts", "echo"):
        message = "the arguments of a call stand in parentheses"
        name = "print" if previous in ("println", "puts", "echo") else previous
        slip = error("missing-parenthesis", message, at.here, "", f"`{name}(…)`")
        ends = ("SEMICOLON",) if at.opens_statement() else ("SEMICOLON", "COMMA")
        return Slip(slip, skip=at.count_to(*ends))
    return None
