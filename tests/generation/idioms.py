"""Patterns that optimisers get wrong, around random expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.generation.expressions import loop_variable
from tests.generation.shapes import Array, Scalar, Slice, Variable

if TYPE_CHECKING:
    from tests.generation.statements import Inside, Statements


class Idioms:
    """Makes groups of statements, each in a block of its own."""

    def __init__(self, statements: Statements) -> None:
        self.statements = statements
        self.choices = statements.choices
        self.expressions = statements.expressions
        self.limits = statements.limits

    def statement(self, inside: Inside) -> list[str]:
        """Returns one of the patterns; `{ }` where it would be too much."""
        if not self.expressions.meter.pay(60) or not self.statements.scopes.has_built_in("print"):
            return ["{ }"]
        kinds: tuple[Callable[[], list[str]], ...] = (
            *(self._invariant, self._wrapping, self._dead_stores, self._repeated, self._branches),
            *(self._overflow, self._walk, self._exchange, self._reduction, self._shrinking),
            *(self._unswitched, self._never, self._nested_exit, self._live_across),
            *(self._sweep, self._aliased, self._ordered),
            *(self._handing_on, self._growing, self._stepping_back),
        )
        make = self.choices.one(kinds)
        with self.statements.scope():
            lines = make()
        return ["{", *(f"    {line}" for line in lines), "}"]

    def _int(self, depth: int = 1) -> str:
        return self.expressions.integer(depth)

    def _declare(self, *names: str, depth: int = 1) -> list[str]:
        """Returns declarations of ints, which are visible from then on."""
        lines = []
        for name in names:
            lines.append(f"var {name} = {self._int(depth)};")
            self.statements.scopes.declare(name, Variable(name, Scalar.INT, mutable=True))
        return lines

    def _invariant(self) -> list[str]:
        """A loop with an invariant that may trap, and may run zero times."""
        lines = self._declare("left", "right", "sum")
        if not self.expressions.risky():
            lines.append("right |= 1;")
        turns = self.choices.between(0, 3)
        op = self.choices.one(("/", "%", "*", "+", "^"))
        lines += [
            f"for turn in 0..{turns} {{",
            f"    sum += left {op} right;",
            *([f"    left += {self._int()};"] if self.choices.chance(30) else []),
            *(["    if sum > left { continue; }"] if self.choices.chance(30) else []),
            "    sum ^= turn;",
            "}",
        ]
        return [*lines, "print(left, right, sum);"]

    def _wrapping(self) -> list[str]:
        """An induction variable that passes the largest int."""
        largest, by = self.limits.largest, self.choices.between(1, 3)
        sign = self.choices.one((1, -1))
        start = largest - self.choices.between(0, 4) if sign > 0 else -largest
        update = f"at {'+' if sign > 0 else '-'}= {by};"
        return [
            f"var at = {start};",
            "var turn = 0;",
            f"while turn < 4 && at {self.choices.one(('>', '<', '>=', '!='))} {self._int(0)} {{",
            f"    {update}",
            f"    print(at, at * {by}, at < 0);",
            "    turn += 1;",
            "}",
            "print(at);",
        ]

    def _dead_stores(self) -> list[str]:
        """Stores that nothing reads, before a trap that may come."""
        lines = self._declare("kept", "lost")
        place = self.expressions.place(Scalar.INT, 1, assigned=True) or "kept"
        lines += [f"{place} = {self._int()};", f"lost = {self._int()};"]
        if self.expressions.risky() or self.expressions.risky():
            lines.append(f"lost = 1 / ({self._int()} & 1);")
        lines += [f"{place} = {self._int()};", f"lost = {self._int()};"]
        return [*lines, "print(kept, lost);"]

    def _repeated(self) -> list[str]:
        """One expression before and after a store that it may depend on."""
        first = self.expressions.place(Scalar.INT, 1, assigned=False) or "1"
        second = self.expressions.place(Scalar.INT, 1, assigned=False) or "2"
        target = self.expressions.place(Scalar.INT, 1, assigned=True)
        op = self.choices.one("+-*&|^")
        lines = [f"let one = {first} {op} {second};"]
        lines += [f"{target} = {self._int(2)};"] if target else []
        lines += [f"let two = {first} {op} {second};", "print(one, two, one == two);"]
        return [*lines, f"print(({first} {op} {second}) == two);"]

    def _branches(self) -> list[str]:
        """A constant that comes out of every branch, and one that does not."""
        value = self.choices.between(0, 3)
        other = value if self.choices.chance(60) else value + 1
        return [
            f"var same = {value};",
            "var flag = false;",
            f"if {self.expressions.boolean(1)} {{ same = {value}; flag = !flag; }}",
            f"else {{ same = {other}; }}",
            f"if same == {value} {{ print(same + {self._int(0)}); }} else {{ print(flag); }}",
            "print(same, flag || same == 0, flag && same == 1);",
        ]

    def _overflow(self) -> list[str]:
        """Comparisons at the ends of the ints."""
        lines = self._declare("x", "y", depth=2)
        bound = self.expressions.literal()
        lines.append("print(x + 1 > x, x - 1 < x, -x < 0, x - y < 0, x < y);")
        lines.append(f"print(x + y > x, x <= {bound}, {bound} < y, x - {bound} > y - {bound});")
        lines.append(f"if x >= {bound} && y > x {{ print(y - x, y > {bound}); }}")
        return lines

    def _walk(self) -> list[str]:
        """Three loops around an array of arrays."""
        rows, columns = self.choices.between(1, 3), self.choices.between(2, 3)
        shape = Array(Array(Scalar.INT, columns), rows)
        lines = [f"var grid: int[{rows}][{columns}];"]
        scopes = self.statements.scopes
        scopes.declare("grid", Variable("grid", shape, mutable=True))
        for name, below in (("row", rows), ("column", columns)):
            scopes.declare(name, loop_variable(name, below))
        if not self.expressions.meter.pay(20 * rows * columns):
            return lines
        value = self.expressions.place(Scalar.INT, 0, assigned=False) or "3"
        return [
            *lines,
            f"for row in 0..{rows} {{",
            f"    for column in 0..{columns} {{",
            f"        grid[row][column] = {value} + row;",
            f"        for turn in 0..{self.choices.between(0, 2)} {{",
            "            grid[row][column] += grid[row][0] ^ turn;",
            f"            if grid[row][column] == {self.choices.between(0, 5)} {{ break; }}",
            "        }",
            "    }",
            "}",
            "for line in grid { for cell in line { print(cell); } }",
        ]

    def _exchange(self) -> list[str]:
        """Variables that change places in a loop."""
        lines = self._declare("p", "q", "r")
        change = self.choices.one(
            (
                "let t = p; p = q; q = t;",
                "let t = p; p = q; q = r; r = t;",
                "let t = p + q; p = q; q = t;",
                "p = q; q = p + 1;",
            )
        )
        lines.append(f"for turn in 0..{self.choices.between(0, 4)} {{ {change} }}")
        return [*lines, "print(p, q, r);"]

    def _reduction(self) -> list[str]:
        """Products of a loop's variable, which may wrap."""
        largest = self.limits.largest
        start = self.choices.one((0, -2, largest - 3))
        factor = self.choices.one((2, 3, 5, largest))
        return [
            f"for at in {start}..{start + 3} {{",
            f"    print(at * {factor}, at * at, at << 1, at / {min(factor, 3)}, -at);",
            "}",
        ]

    def _shrinking(self) -> list[str]:
        """A loop that a shift or a division ends."""
        lines = self._declare("rest", depth=2)
        update = self.choices.one(
            ("rest /= 2;", "rest = (rest >> 1) & 7;", "rest %= 2; rest /= 2;")
        )
        return [
            *lines,
            "var turns = 0;",
            "while rest != 0 {",
            f"    {update}",
            "    turns += 1;",
            "}",
            "print(turns);",
        ]

    def _unswitched(self) -> list[str]:
        """A loop around a condition that does not change in it, or seems not to."""
        lines = self._declare("limit", "total")
        changes = f"limit -= {self._int(0)};" if self.choices.chance(40) else ""
        return [
            *lines,
            f"for turn in 0..{self.choices.between(0, 3)} {{",
            f"    if limit > {self._int(0)} {{ total += turn; {changes} }} else {{ total -= 1; }}",
            "    if limit == total && turn > 0 { break; }",
            "}",
            "print(limit, total);",
        ]

    def _never(self) -> list[str]:
        """What would trap, where control never comes."""
        value = self._int()
        head = self.choices.one(
            ("if false", "for turn in 5..5", "for turn in 0..1 by -1", "while 1 > 2")
        )
        return [
            f"let whole = {value};",
            f"{head} {{",
            "    assert(false);",
            "    print(whole / 0);",
            "}",
            "print(whole, false && whole / 0 == 1, true || whole % 0 == 1);",
        ]

    def _nested_exit(self) -> list[str]:
        """`break` and `continue` at depth."""
        first, second = self.choices.between(0, 2), self.choices.between(0, 2)
        return [
            "var seen = 0;",
            "for outer in 0..3 {",
            "    for inner in 2..-1 by -1 {",
            f"        if inner == {first} {{ continue; }}",
            f"        if outer == {second} {{ {self.choices.one(('break;', 'continue;'))} }}",
            f"        while true {{ if seen > {self._int(0)} {{ break; }} seen += 1; break; }}",
            "        seen += outer * 3 + inner;",
            "    }",
            f"    if outer == {self.choices.between(0, 3)} {{ break; }}",
            "}",
            "print(seen);",
        ]

    def _live_across(self) -> list[str]:
        """Values that are needed behind a call."""
        lines = self._declare("before", "after")
        place = self.expressions.place(Scalar.INT, 1, assigned=False) or "4"
        call = self.expressions.call(Scalar.INT, 1) or self._int()
        return [
            *lines,
            f"let held = before + {place};",
            f"after += {call};",
            f"print(held, before, after, held - {place});",
        ]

    def _array(self) -> str | None:
        return self.expressions.place(Slice(Scalar.INT), 0, assigned=True)

    def _sweep(self) -> list[str]:
        """A loop over all elements of an array by its length, in either direction."""
        array = self._array()
        if array is None or not self.statements.scopes.has_built_in("len"):
            return self._exchange()
        head = self.choices.one(
            (
                f"for at in 0..len({array})",
                f"for at in len({array}) - 1..-1 by -1",
                f"for at in 0..len({array}) by 2",
                f"for at in {self.choices.between(0, 1)}..len({array})",
            )
        )
        leave = self.choices.one(("break;", "continue;"))
        return [
            f"var total = {self._int()};",
            f"{head} {{",
            f"    {array}[at] {self.choices.one(('=', '+=', '-=', '^='))} total + {self._int(0)};",
            f"    total += {array}[len({array}) - 1 - at] ^ at;",
            f"    if {array}[at] == {self._int(0)} {{ {leave} }}",
            f"    total -= {array}[0];",
            "}",
            "print(total);",
        ]

    def _aliased(self) -> list[str]:
        """Stores and loads through two names that may be one array."""
        one, two = self._array(), self._array()
        if one is None or two is None:
            return self._wrapping()
        lines = [
            f"{one}[0] = {self._int()};",
            f"{two}[1] = {self._int()};",
            f"{two}[0] = {one}[0] + 1;",
            f"{one}[1] += {two}[1];",
            f"{one}[0] = {two}[0];",
            f"{two}[{self.choices.one('01')}] -= {one}[{self.choices.one('01')}];",
        ]
        chosen = [line for line in lines if self.choices.chance(75)]
        return [*chosen, f"print({one}[0], {one}[1], {two}[0], {two}[1]);"]

    def _ordered(self) -> list[str]:
        """What is written in a loop before something in it may trap."""
        lines = self._declare("dividend", "divisor")
        if not self.expressions.risky():
            lines.append("divisor |= 1;")
        array = self._array()
        store = f"{array}[1] = turn + dividend;" if array else "dividend += turn;"
        return [
            *lines,
            f"for turn in {self._int(0)} & 1..{self.choices.between(1, 3)} {{",
            "    print(turn);",
            f"    {store}",
            f"    dividend {self.choices.one(('/=', '%='))} divisor;",
            *(["    divisor -= 1;"] if self.expressions.risky() else []),
            "}",
            f"print(dividend, divisor{f', {array}[1]' if array else ''});",
        ]

    def _handing_on(self) -> list[str]:
        """Variables of a loop that get each other's values, and some new one."""
        names = ("first", "second", "third")[: self.choices.between(2, 3)]
        lines = self._declare(*names, "sum")
        one, *others = self.choices.shuffled(names)
        other = others[0]
        new = self.choices.one((f"{one} + {other}", f"{other} - {one}", "turn", one, self._int()))
        leave = f"if {other} > {self._int(0)} {{ break; }}"
        handed = zip((one, *others), others, strict=False)
        body = [
            *([leave] if self.choices.chance(30) else []),
            f"let new = {new};",
            *([f"sum += {other};"] if self.choices.chance(50) else []),
            *(f"{target} = {source};" for target, source in handed),
            f"{others[-1]} = new;",
            f"sum {self.choices.one(('+=', '-='))} {one};",
        ]
        lines.append(f"for turn in 0..{self.choices.between(0, 7)} {{")
        return [*lines, *(f"    {line}" for line in body), "}", f"print({', '.join(names)}, sum);"]

    def _growing(self) -> list[str]:
        """Variables of loops that grow by each other, on some ways only."""
        lines = self._declare("up", "down", "sum")
        ops = ("+=", "-=")
        steps = [
            f"{self.choices.one(('up', 'down', 'sum'))} {self.choices.one(ops)} "
            f"{self.choices.one(('up', 'down', 'sum', 'turn', '3', self._int(0)))};"
            for _ in range(self.choices.between(1, 4))
        ]
        place = self.choices.between(0, len(steps) - 1)
        match self.choices.between(0, 4):
            case 0:
                steps[place] = f"if {self._int(0)} < turn {{ {steps[place]} }}"
            case 1:
                steps[place] = f"if up < down {{ {steps[place]} }} else {{ down = 0; }}"
            case 2:
                steps[place] = f"for inner in 0..turn {{ {steps[place]} sum -= inner; }}"
            case 3:
                steps[place] = f"{steps[place]} if sum > {self._int(0)} {{ break; }}"
            case _:
                pass
        lines.append(f"for turn in 0..{self.choices.between(0, 6)} {{")
        return [*lines, *(f"    {step}" for step in steps), "}", "print(up, down, sum);"]

    def _stepping_back(self) -> list[str]:
        """A loop that computes the next value of its variable, and may end before it takes it."""
        lines = self._declare("limit", "sum")
        by = self.choices.one(("1", "3", "limit & 3"))
        op = self.choices.one(("+", "-"))
        leave = self.choices.one(("next > limit", "next == sum", f"{self._int(0)} >= next"))
        return [
            *lines,
            f"var at = {self.choices.between(0, 7)};",
            "var turn = 0;",
            "while turn < 6 {",
            f"    let next = at {op} {by};",
            f"    if {leave} {{ {self.choices.one(('break;', 'print(at, next); break;'))} }}",
            *(["    sum += at;"] if self.choices.chance(30) else []),
            "    at = next;",
            "    turn += 1;",
            "}",
            "print(at, turn, sum);",
        ]
