"""The parser's loop: feeds tokens to Lark and goes on after errors.

A token that does not fit is explained (`slips`). Where the explanation has a repair, the parser
goes on with it; else the statement or declaration is given up: the parser's stack is popped to
the innermost block, `ERROR` stands for what was lost, and tokens are skipped up to the next
statement or declaration (the error productions of yacc).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from mlpl.base.diagnostics import Diagnostic
from mlpl.base.source import Source
from mlpl.lang import syntax
from mlpl.lang.slips import At, Slip, explain
from mlpl.lang.tables import Tables, feed, tables_of
from mlpl.lang.vocabulary import BRACKETS, CLOSERS, ITEMS, STATEMENTS, TEXTS

MOST_ERRORS = 50
"""Syntax errors after which the rest of a text is not looked at."""

_MOST_SLIPS = 200
"""Places that do not fit, told or not, after which the rest of a text is not looked at."""

_QUIET = 1
"""Tokens that must fit after an error before the next one is believed."""


def parse_tokens(
    grammar: Lark, source: Source, tokens: list[Token]
) -> tuple[syntax.Module | None, list[Diagnostic]]:
    """Returns the tree that the tokens make and the errors met on the way."""
    end = len(source.text.rstrip())
    last = Token("$END", "", start_pos=end, end_pos=end + 1)
    loop = _Loop(grammar, source, [*tokens, last])
    return loop.run(), loop.errors


class _Loop:
    """One run of the parser over one text."""

    def __init__(self, grammar: Lark, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.index = 0
        self.errors: list[Diagnostic] = []
        self.parser: InteractiveParser = grammar.parse_interactive()
        self.state: Any = self.parser.parser_state
        self.tables = _tables(grammar)
        self.open: list[tuple[Token, int]] = []
        self.result: Any = None
        self.whole = True
        self.slips = 0
        self.fitting = _QUIET
        self.tried: set[tuple[int, tuple[str, ...], int]] = set()
        self.told: set[tuple[str, str, int | None]] = set()
        self.habits: set[str] = set()

    def run(self) -> syntax.Module | None:
        """Returns the module, `whole` or not; None if the end was not reached."""
        while self.index < len(self.tokens) and self._goes_on():
            try:
                self.result = self._feed(self.tokens[self.index])
            except UnexpectedToken:
                self._recover()
            else:
                self.index += 1
                self.fitting += 1
        if not isinstance(self.result, syntax.Module):
            return None
        return self.result if self.whole else replace(self.result, whole=False)

    def _goes_on(self) -> bool:
        return len(self.errors) < MOST_ERRORS and self.slips < _MOST_SLIPS

    def _feed(self, token: Token) -> Any:
        """Feeds a token and keeps account of open brackets."""
        result = None
        state = self.state
        ends = token.type == "$END"
        if ends or not feed(self.tables, state.state_stack, state.value_stack, token.type, token):
            result = state.feed_token(token, ends)  # at the end, or to raise what does not fit
        if token.type in BRACKETS:
            self.open.append((token, len(self.state.state_stack)))
        elif token.type in CLOSERS and self.open:
            self.open.pop()
        return result

    def _accepts(self) -> frozenset[str]:
        """Returns the kinds of tokens that fit."""
        accepts: set[str] = self.parser.accepts()  # type: ignore[no-untyped-call]
        return frozenset(accepts)

    def _recover(self) -> None:
        """Reports the error at the current token and brings the parser behind it."""
        self.slips += 1
        accepted = self._accepts() - {"ERROR"}
        opened = [token for token, _ in self.open]
        slip = explain(At(self.source, self.tokens, self.index, accepted, opened))
        if (self.fitting >= _QUIET or slip.repairs) and not self._repeats(slip):
            self.errors.append(slip.diagnostic)
        self.fitting = 0
        if slip.repairs and self._repair(slip):
            self.fitting = _QUIET
            return
        self._give_up()

    def _repeats(self, slip: Slip) -> bool:
        """Whether the error follows from one before: the same one, or one at the same place."""
        diagnostic = slip.diagnostic
        if diagnostic in self.errors or slip.habit in self.habits:
            return True
        if slip.habit:
            self.habits.add(slip.habit)
        if slip.once:
            opener = self.open[-1][0].start_pos if self.open else None
            key = (diagnostic.rule, diagnostic.message, opener)
            if key in self.told:
                return True
            self.told.add(key)
        here = diagnostic.mark
        if here is not None and diagnostic.rule in ("keyword-as-name", "unexpected-token"):
            word = self.source.text[here.span.start : here.span.end]
            told = f"`{word}` is a keyword and cannot be a name"
            if any(told == error.message for error in self.errors):
                return True
        last = self.errors[-1].mark if self.errors else None
        return last is not None and here is not None and last.span == here.span

    def _repair(self, slip: Slip) -> bool:
        """Applies a repair; returns False where it has been tried at this token."""
        attempt = (self.index, slip.insert, slip.skip)
        if attempt in self.tried:
            return False
        self.tried.add(attempt)
        if slip.retract:
            if len(self.state.state_stack) <= (self.open[-1][1] if self.open else 1):
                return False
            self.state.state_stack.pop()
            self.state.value_stack.pop()
        here = self.tokens[self.index]
        for kind in slip.insert:
            try:
                self._feed(Token.new_borrow_pos(kind, TEXTS[kind], here))
            except UnexpectedToken:
                return False
        self.index = min(self.index + slip.skip, len(self.tokens) - 1)
        return True

    def _give_up(self) -> None:
        """Leaves the current statement or declaration for the next one."""
        in_block = any(token.type == "LBRACE" for token, _ in self.open) and self._function_open()
        before = self.tokens[self.index]
        if before.type != "$END":
            self._skip(in_block)
        if self.tokens[self.index].type in ITEMS | {"$END"} and in_block:
            self._close(before)
        else:
            self._lose(before, to_module=not in_block)
        if before.type == "$END":
            self.result = self._feed(before)
            self.index += 1

    def _lose(self, before: Token, *, to_module: bool) -> None:
        """Takes back what was begun, and puts `ERROR` in its place."""
        self.whole = self.whole and not to_module
        self._pop(to_module=to_module)
        self._feed(Token.new_borrow_pos("ERROR", "", before))

    def _close(self, before: Token) -> None:
        """Ends all blocks, keeping what is in them: a declaration follows, or nothing."""
        self.whole = False
        try:
            self._lose(before, to_module=False)
            while self.open:
                self._feed(Token.new_borrow_pos("RBRACE", TEXTS["RBRACE"], before))
        except UnexpectedToken:
            closed = False
        else:
            closed = "$END" in self._accepts()
        if not closed:
            self._lose(before, to_module=True)

    def _function_open(self) -> bool:
        """Whether the outermost open brace is that of a function's body."""
        depth = self.open[0][1]
        states = self.state.parse_conf.states
        return any("ERROR" in states[s] for s in self.state.state_stack[depth - 1 : depth])

    def _skip(self, in_block: bool) -> None:
        """Moves behind the rest of the statement, or to the next declaration."""
        depth = parentheses = 0
        first = self.index
        while (kind := self.tokens[self.index].type) != "$END":
            starts = ITEMS if in_block else ITEMS | {"VAR"}
            if self.index > first and kind in ITEMS:
                return
            if (
                self.index > first
                and depth == 0
                and kind in starts | (STATEMENTS if in_block else frozenset())
            ):
                return
            if kind == "LBRACE":
                depth, parentheses = depth + 1, 0
            elif kind == "RBRACE":
                if depth == 0 and in_block:
                    return
                depth, parentheses = max(depth - 1, 0), 0
            elif kind in ("LPAR", "RPAR"):
                parentheses = max(parentheses + (1 if kind == "LPAR" else -1), 0)
            self.index += 1
            following = self.tokens[self.index].type
            ends = kind == "RBRACE" or (kind == "SEMICOLON" and not parentheses)
            if depth == 0 and ends and following != "ELSE" and in_block:
                return

    def _pop(self, *, to_module: bool) -> None:
        """Pops the stack to a state that takes `ERROR`: the innermost block's or the module's.

        The module's is the lowest, or the one above it, behind the items that were read.
        """
        states, stack = self.state.parse_conf.states, self.state.state_stack
        while len(stack) > 1 and (
            (to_module and len(stack) > 2) or not _takes_error(states[stack[-1]])
        ):
            stack.pop()
            self.state.value_stack.pop()
        while self.open and self.open[-1][1] > len(stack):
            self.open.pop()


@cache
def _tables(grammar: Lark) -> Tables:
    return tables_of(grammar.parse_interactive().parser_state.parse_conf)


def _takes_error(actions: dict[str, Any]) -> bool:
    action = actions.get("ERROR")
    return action is not None and str(action[0]) == "Shift"
