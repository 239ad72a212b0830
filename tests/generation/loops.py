"""Random branches and loops of every form; all loops end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generation.expressions import loop_variable
from tests.generation.shapes import Array, Slice, Variable

if TYPE_CHECKING:
    from tests.generation.statements import Inside, Statements


class Loops:
    """Makes the statements that have blocks inside."""

    def __init__(self, statements: Statements) -> None:
        self.statements = statements
        self.choices = statements.choices
        self.expressions = statements.expressions
        self.limits = statements.limits

    def branch(self, inside: Inside) -> list[str]:
        """Returns an `if`."""
        block = self.statements.block
        within = inside.deeper()
        lines = [f"if {self.expressions.boolean(2)} {{"]
        lines += block(within, lambda: self._leave(inside))
        while self.choices.chance(25) and self.statements.left > 0:
            lines.append(f"}} else if {self.expressions.boolean(2)} {{")
            lines += block(within, lambda: self._leave(inside))
        if self.choices.chance(40):
            lines.append("} else {")
            lines += block(within)
        return [*lines, "}"]

    def _leave(self, inside: Inside) -> str:
        """Returns a statement that leaves the function, now and then."""
        if not self.choices.chance(10):
            return ""
        if self.choices.chance(20) and self.statements.scopes.has_built_in("halt"):
            return "halt();"
        return self.leave(inside)

    def leave(self, inside: Inside) -> str:
        """Returns a `return`."""
        if inside.result is None:
            return "return;"
        return f"return {self.expressions.value(inside.result, 1)};"

    # Loops ----------------------------------------------------------------------------------

    def count(self, inside: Inside) -> list[str]:
        """Returns a `for` over a range."""
        turns = self.choices.between(1, 4)
        step = self.choices.weighted(((5, 1), (1, 2), (2, -1), (1, -2), (1, 3)))
        if self.choices.chance(15):
            return self._far(inside, step)
        start, stop = self._bounds(turns, step)
        by = f" by {step}" if step != 1 or self.choices.chance(5) else ""
        below = turns * step if step > 0 and start == "0" else 0
        if start == str(turns - 1) and step == -1:
            below = turns
        name = self._variable()
        variable = loop_variable(name, below)
        return self._loop(f"for {name} in {start}..{stop}{by}", inside, turns, variable)

    def _far(self, inside: Inside, step: int) -> list[str]:
        """Returns a loop between any two ints that a counter of its own breaks."""
        turns, fuel = self.choices.between(1, 4), self.statements.fresh("fuel")
        start, stop = self.expressions.integer(1), self.expressions.integer(1)
        if self.choices.chance(40):
            stop = f"{start} {self.choices.one('+-')} {self.choices.between(1, 7)}"
        name = self._variable()
        head = f"for {name} in {start}..{stop} by {step}"
        first = (f"if {fuel} == 0 {{ break; }}", f"{fuel} -= 1;")
        loop = self._loop(head, inside, turns + 1, loop_variable(name, 0), first)
        return [f"var {fuel} = {turns};", *loop]

    def _bounds(self, turns: int, step: int) -> tuple[str, str]:
        """Returns bounds of at most so many turns."""
        span, largest = turns * step, self.limits.largest
        span = max(-largest, min(largest, span))
        kind = self.choices.weighted(
            ((6, "zero"), (2, "literal"), (2, "end"), (1, "computed"), (1, "none"))
        )
        match kind:
            case "zero":
                return ("0", str(span)) if step > 0 else (str(-span - 1), "-1")
            case "literal":
                start = self.choices.between(-3, 3)
                if not -largest - 1 <= start + span <= largest:
                    start = 0
                return str(start), str(start + span)
            case "end":
                end = largest if step > 0 else -largest - 1
                start = end - span + self.choices.between(0, 1) * (1 if step > 0 else -1)
                return str(start), str(end)
            case "none":
                high, low = str(self.choices.between(0, 3)), f"-{self.choices.between(0, 2)}"
                return (high, low) if step > 0 else (low, high)
        computed = f"({self.expressions.integer(1)} & {1 if turns < 3 else 3})"
        return ("0", computed) if step > 0 else (computed, "0")

    def each(self, inside: Inside) -> list[str]:
        """Returns a `for` over an array of any place and any element."""
        found = [
            (v.name, v.shape, v.mutable)
            for v in self.statements.scopes.visible()
            if isinstance(v.shape, Array | Slice)
        ]
        if not found:
            return self.count(inside)
        text, shape, _ = self.choices.one(found)
        while isinstance(shape.element, Array) and self.choices.chance(50):
            text, shape = f"{text}[{self.expressions.index(shape, 1)}]", shape.element
        turns = shape.length if isinstance(shape, Array) else 6
        name = self._variable()
        variable = Variable(name, shape.element, mutable=False)
        return self._loop(f"for {name} in {text}", inside, turns, variable)

    def while_(self, inside: Inside) -> list[str]:
        """Returns a `while` that a counter of its own bounds."""
        turns = self.choices.between(1, 4)
        fuel = self.statements.fresh("fuel")
        condition = f"while {fuel} > 0 && {self.expressions.boolean(1)}"
        loop = self._loop(condition, inside, turns, None, first=(f"{fuel} -= 1;",))
        return [f"var {fuel} = {turns};", *loop]

    def endless(self, inside: Inside) -> list[str]:
        """Returns a `while true` that a counter of its own breaks."""
        turns = self.choices.between(1, 4)
        fuel = self.statements.fresh("fuel")
        end = "break;" if self.choices.chance(85) else self.leave(inside)
        first = (f"{fuel} -= 1;", f"if {fuel} < 0 {{ {end} }}")
        return [
            f"var {fuel} = {turns};",
            *self._loop("while true", inside, turns + 1, None, first=first),
        ]

    def _variable(self) -> str:
        return self.statements.local() or self.statements.fresh("i")

    def _loop(
        self,
        head: str,
        inside: Inside,
        turns: int,
        variable: Variable | None,
        first: tuple[str, ...] = (),
    ) -> list[str]:
        meter = self.expressions.meter
        if not meter.pay(turns):
            return ["{ }"]
        meter.times *= turns
        with self.statements.scope():
            if variable is not None:
                self.statements.scopes.declare(variable.name, variable)
            block = self.statements.block(inside.deeper(loop=True), first=first)
        meter.times //= turns
        return [f"{head} {{", *block, "}"]
