"""Random recursive functions: calls in arguments and in loops, with arrays of each call's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tests.generation.expressions import Meter
from tests.generation.literals import Literals
from tests.generation.shapes import (
    Array,
    Function,
    Limits,
    Parameter,
    Scalar,
    Struct,
    Variable,
    cells,
    spell,
)

if TYPE_CHECKING:
    from tests.generation.statements import Statements

FUEL = "fuel"
_DEPTH = 3
"""The most fuel of these functions: a body has up to three calls, so 40 run at most."""
_CALLS = 40
_LINE = 12
"""Fuel of a function that calls itself once."""
_LINKS = ("+", "-", "*", "^", "&", "|")

Item = list[str]


class Recursions:
    """Makes functions around random expressions; every call has one less fuel."""

    def __init__(self, statements: Statements) -> None:
        self.statements = statements
        self.choices = statements.choices
        self.limits: Limits = statements.limits
        self.expressions = statements.expressions
        self.literals: Literals = statements.expressions.literals

    def make(self, name: Callable[[str], str]) -> tuple[list[Item], list[Function]]:
        """Returns the texts of new functions, and the functions; `name(stem)` makes a name."""
        kinds: list[Callable[[Callable[[str], str]], tuple[list[Item], list[Function]]]] = [
            *(self._arithmetic, self._reference, self._loops, self._cycle),
            *([self._reader] if self.limits.inputs else []),
        ]
        return self.choices.one(kinds)(name)

    # Parts ----------------------------------------------------------------------------------

    def _define(
        self, function: Function, calls: int, body: Callable[[], list[str]], base: str
    ) -> Item:
        """Returns the function's text, and sets its cost for so many calls."""
        allowed = self.limits.work // (8 * calls)
        meter = self.expressions.meter = Meter(allowed)
        frames = self.statements.scopes.frames
        frames.append({FUEL: Variable(FUEL, Scalar.INT, mutable=False)})
        for p in function.parameters:
            frames[-1][p.name] = Variable(p.name, p.shape, mutable=True)
        with self.statements.scope():
            lines = [f"if {FUEL} <= 0 {{ {base} }}", *body()]
        frames.pop()
        function.cost = (8 + allowed - meter.left) * calls
        parameters = [f"{FUEL}: int", *(f"{p.name}: {spell(p.shape)}" for p in function.parameters)]
        arrow = f" -> {function.result.value}" if function.result else ""
        head = f"fn {function.name}({', '.join(parameters)}){arrow} {{"
        return [head, *(f"    {line}" for line in lines), "}"]

    def _argument(self) -> str:
        """Returns an int computed from the parameters x and y: what a division leaves, mostly."""
        number = self.choices.between(2, min(9, self.limits.largest))
        forms = (
            *(f"x / {number}", f"x % {number}", "x % (y | 1)", "x / (y | 1)", "y", "x * y"),
            *(f"y - x * {number}", f"(x + y) / -{number}", f"x ^ {number}", "-x"),
        )
        kind = self.choices.between(0, 3)
        return self.choices.one(forms) if kind else self.expressions.integer(2)

    def _link(self, left: str, right: str) -> str:
        """Returns an int made of two, now and then a quotient or remainder."""
        if self.choices.chance(25):
            return f"{left} {self.choices.one('/%')} ({right} | 1)"
        return f"{left} {self.choices.one(_LINKS)} {right}"

    def _call(self, name: str, *arguments: str, less: int = 1) -> str:
        return f"{name}({', '.join((f'{FUEL} - {less}', *arguments))})"

    def _hiding(self, lines: Sequence[str], *names: str) -> list[str]:
        """Returns statements in a block that now and then has its own variable of such a name."""
        if not self.choices.chance(30):
            return list(lines)
        name = self.choices.one(names)
        inner = f"var {name} = {name} {self.choices.one('+-*')} {self.choices.between(1, 3)};"
        return ["{", f"    {inner}", *(f"    {line}" for line in lines), "}"]

    # Functions ------------------------------------------------------------------------------

    def _numbers(self, name: str, fuel: int = _DEPTH) -> Function:
        parameters = (Parameter("x", Scalar.INT), Parameter("y", Scalar.INT))
        return Function(name, parameters, Scalar.INT, cost=0, fuel=min(fuel, self.limits.largest))

    def _arithmetic(self, name: Callable[[str], str]) -> tuple[list[Item], list[Function]]:
        """A tree of calls, one of them in the arguments of another."""
        function = self._numbers(name("r"))

        def body() -> list[str]:
            inner = self._call(function.name, self._argument(), self._argument())
            inner = self._link(inner, "y") if self.choices.chance(40) else inner
            pair = [inner, self._argument()]
            outer = self._call(function.name, *(pair if self.choices.chance(50) else pair[::-1]))
            if self.choices.chance(50):
                return [f"return {self._link(outer, self._argument())};"]
            third = self._call(function.name, self._argument(), "held", less=2)
            return [
                f"var held = {self._argument()};",
                *self._hiding([f"held += {outer};"], "x", "y"),
                f"return {self._link('held', third)};",
            ]

        base = f"return {self._link('x', 'y')};"
        return [self._define(function, _CALLS, body, base)], [function]

    def _reference(self, name: Callable[[str], str]) -> tuple[list[Item], list[Function]]:
        """What is handed on by reference: that of the caller, or one of each call's own."""
        shape = self.statements.shape(1)
        parameters = (Parameter("kept", shape, assigned=True), Parameter("x", Scalar.INT))
        function = Function(name("r"), parameters, Scalar.INT, cost=0, fuel=_DEPTH)

        def body() -> list[str]:
            fresh = f"var mine: {spell(shape)};"
            lines = ["var mine = kept;" if self.choices.chance(40) else fresh]
            one, two = self.choices.shuffled(("mine", "kept"))
            at = self._inside("kept", shape)
            lines += [f"{self._inside('mine', shape)} = x + {self.expressions.integer(1)};"]
            lines += [f"let before = {self._call(function.name, one, self._link('x', at))};"]
            lines += self._hiding(
                ["kept = mine;" if self.choices.chance(50) else "mine = kept;"], "x"
            )
            lines += [f"{self._inside('kept', shape)} += {self._inside('mine', shape)};"]
            if self.choices.chance(60):
                lines.append(f"x += {self._call(function.name, two, f'{at} / 3')};")
            return [*lines, f"return {self._link('before', self._inside(one, shape))} - x;"]

        base = f"{self._inside('kept', shape)} -= x; return {self._inside('kept', shape)};"
        calls = _CALLS * max(1, cells(shape) // 4)
        return [self._define(function, calls, body, base)], [function]

    def _inside(self, place: str, shape: Array | Struct) -> str:
        """Returns an int in a place, or x where it has none."""
        at: object = shape
        text = place
        while at is not Scalar.INT:
            match at:
                case Array(element, length):
                    text, at = f"{text}[{self.choices.between(0, length - 1)}]", element
                case Struct(_, fields) if ints := [f for f in fields if f[1] is not Scalar.BOOL]:
                    field, at = self.choices.one(ints)
                    text = f"{text}.{field}"
                case _:
                    return "x"
        return text

    def _loops(self, name: Callable[[str], str]) -> tuple[list[Item], list[Function]]:
        """Calls inside nested loops that are left and gone on with early."""
        function = self._numbers(name("r"), 2)

        def body() -> list[str]:
            leave = [self.choices.one(("break;", "continue;")) for _ in range(3)]
            call = self._call(function.name, self._argument(), self.choices.one(("i", "j", "sum")))
            update = f"sum {self.choices.one(('+=', '-=', '^='))} {call};"
            most, early = self.literals.integer(), self._link("sum", "j")
            return [
                f"var sum = {self._argument()};",
                f"for i in 0..{self.choices.between(1, 3)} {{",
                f"    if i == x % {self.choices.between(2, 3)} {{ {leave[0]} }}",
                f"    for j in {self.choices.between(0, 2)}..-1 by -1 {{",
                "        var turns = 2;",
                "        while true {",
                "            turns -= 1;",
                f"            if turns < 0 || sum == {self.choices.between(0, 3)} {{ break; }}",
                f"            if (sum ^ i) & 1 == {self.choices.between(0, 1)} {{ {leave[1]} }}",
                *(f"            {line}" for line in self._hiding([update], "sum", "x")),
                "        }",
                f"        if j > sum {{ {leave[2]} }}",
                f"        if sum > {most} {{ return {early}; }}",
                "    }",
                "}",
                f"return {self._link('sum', 'y')};",
            ]

        base = f"return {self._link('y', 'x')};"
        return [self._define(function, 1 + 18 + 18 * 18, body, base)], [function]

    def _cycle(self, name: Callable[[str], str]) -> tuple[list[Item], list[Function]]:
        """Functions that call one another in a ring, with values needed behind the calls."""
        ring = [self._numbers(name("r"), _LINE) for _ in range(self.choices.between(2, 4))]
        items = []
        for at, function in enumerate(ring):
            other = ring[(at + 1) % len(ring)].name

            def body(other: str = other) -> list[str]:
                call = self._call(other, self._argument(), self._argument())
                kind = self.choices.between(0, 3)
                if kind == 0:
                    return [f"return {call};"]
                if kind == 1:
                    return [f"return {self._link(call, self._argument())};"]
                head = f"let head = {self._argument()};"
                result = self._link("head", "tail")
                return [head, f"let tail = {call};", f"return {result} {self._rest()};"]

            items.append(self._define(function, _LINE + 1, body, f"return {self._link('x', 'y')};"))
        cost = max(function.cost for function in ring)
        for function in ring:
            function.cost = cost
        return items, ring

    def _rest(self) -> str:
        return self.choices.one(("- x", "+ y", "^ x / 2", "- y % 3"))

    def _reader(self, name: Callable[[str], str]) -> tuple[list[Item], list[Function]]:
        """Reads on the way in and writes on the way out."""
        function = Function(name("r"), (), Scalar.INT, cost=0, fuel=_LINE)

        def body() -> list[str]:
            rest = self._call(function.name)
            stop = self.choices.one(("c == -1", "c == -1 || c == ' '", "c < '0'"))
            lines = ["let c = getc();", f"if {stop} {{ return 0; }}"]
            lines.append(f"var count = {rest};")
            if self.choices.chance(50):
                lines += self._hiding(["putc(c);"], "c")
            else:
                lines.append(f"if c != count {{ count += c * {self.choices.between(1, 9)}; }}")
            return [*lines, "return count + 1;"]

        return [self._define(function, 20 * (_LINE + 1), body, "return 0;")], [function]
