"""Random expressions, places and calls of what is in scope."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.generation.choices import Choices
from tests.generation.literals import Literals
from tests.generation.shapes import (
    Array,
    Function,
    Limits,
    Parameter,
    Scalar,
    Scopes,
    Shape,
    Slice,
    Struct,
    Variable,
)

ARITHMETIC = (
    *((6, op) for op in "+-"),
    *((3, op) for op in "*/%"),
    *((2, op) for op in "&|^"),
    *((2, op) for op in ("<<", ">>")),
)
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_PRICE = {"*": 4, "/": 5, "%": 5, "&": 6, "|": 6, "^": 6, "<<": 4, ">>": 6}
"""An operator's price beside `+`: its routine takes longer on the machine."""


@dataclass
class Meter:
    """What a function may still cost: operations, times the turns of the loops around."""

    left: int
    times: int = 1

    def pay(self, price: int) -> bool:
        """Takes the price off and returns True, or returns False where it is too much."""
        if price * self.times > self.left:
            return False
        self.left -= price * self.times
        return True


@dataclass
class Recursion:
    """How the function that is being made may call itself and its partner.

    Attributes:
        fuel: the name of its first parameter.
        partners: the functions that it may call with one less fuel.
        sites: how many more such calls it may have.
    """

    fuel: str
    partners: tuple[Function, ...]
    sites: int = 2


class Expressions:
    """Makes expressions; `depth` bounds how deep they nest."""

    def __init__(self, choices: Choices, limits: Limits, scopes: Scopes) -> None:
        self.choices = choices
        self.limits = limits
        self.scopes = scopes
        self.literals = Literals(choices, limits)
        self.meter = Meter(limits.work)
        self.recursion: Recursion | None = None

    def value(self, shape: Shape, depth: int) -> str:
        """Returns an expression of a scalar type."""
        return self.integer(depth) if shape is Scalar.INT else self.boolean(depth)

    def integer(self, depth: int) -> str:
        """Returns an expression of type int."""
        if depth <= 0 or not self.meter.pay(1):
            return self._place(Scalar.INT, 0) if self.choices.chance(60) else self.literal()
        kind = self.choices.weighted(
            (
                (3, "literal"),
                (8, "place"),
                (9, "binary"),
                (2, "unary"),
                (2, "conditional"),
                (1, "int"),
                (4, "call"),
                (1, "length"),
                (2, "input"),
            )
        )
        match kind:
            case "literal":
                return self.literal()
            case "place":
                return self._place(Scalar.INT, depth - 1)
            case "binary":
                return self._binary(depth - 1)
            case "unary":
                return f"{self.choices.one('-~')}({self.integer(depth - 1)})"
            case "conditional":
                return self._conditional(Scalar.INT, depth - 1)
            case "int":
                return f"int({self.boolean(depth - 1)})"
            case "length":
                return self._length(depth - 1)
            case "input":
                return self._input()
            case _:
                return self.call(Scalar.INT, depth - 1) or self._binary(depth - 1)

    def boolean(self, depth: int) -> str:
        """Returns an expression of type bool."""
        if depth <= 0 or not self.meter.pay(1):
            place = self.choices.chance(60)
            return self._place(Scalar.BOOL, 0) if place else self.choices.one(("true", "false"))
        kind = self.choices.weighted(
            ((10, "compare"), (5, "place"), (3, "&&"), (3, "||"), (2, "!"), (1, "=="), (1, "?:"))
        )
        match kind:
            case "compare":
                return self._comparison(depth - 1)
            case "place":
                return self._place(Scalar.BOOL, depth - 1)
            case "!":
                return f"!{self.boolean(depth - 1)}"
            case "==":
                left, right = self.boolean(depth - 1), self.boolean(depth - 1)
                return f"({left} {self.choices.one(('==', '!='))} {right})"
            case "?:":
                return self._conditional(Scalar.BOOL, depth - 1)
            case _:
                call = self.call(Scalar.BOOL, depth - 1) if self.choices.chance(25) else None
                left = call or self.boolean(depth - 1)
                return f"({left} {kind} {self.boolean(depth - 1)})"

    def literal(self) -> str:
        """Returns an int literal that fits the narrowest word: mostly small."""
        return self.literals.integer()

    def _comparison(self, depth: int) -> str:
        """Returns a comparison, now and then of a value with one that is close to it."""
        left, op = self.integer(depth), self.choices.one(COMPARISONS)
        if self.choices.chance(12):
            return f"({left} {self.choices.one('+-')} {self.choices.between(1, 2)} {op} {left})"
        return f"({left} {op} {self.integer(depth)})"

    def _binary(self, depth: int) -> str:
        op = self.choices.weighted(ARITHMETIC)
        left, right = self.integer(depth), self.operand(op, depth)
        text = f"{left} {op} {right}"
        return f"({text})" if self.choices.chance(85) else f"(({text}) {op} {right})"

    def operand(self, op: str, depth: int) -> str:
        """Returns a right side for `op`, mostly one that does not trap; pays for the op."""
        if not self.meter.pay(_PRICE.get(op, 1)):
            return "1"
        if op not in ("/", "%", "<<", ">>"):
            return self.integer(depth)
        if self.risky() or self.risky():
            near = f"({self.integer(depth)} & {1 if op in '/%' else -2})"
            return self.choices.one((self.integer(depth), near))
        if op in ("/", "%"):
            number = self.choices.between(1, min(9, self.limits.largest))
            return self.choices.one((str(number), f"-{number}", f"({self.integer(depth)} | 1)"))
        if self.choices.chance(30):
            return f"({self.integer(depth)} & 3)"
        return str(self.choices.between(0, min(self.limits.largest, self.limits.word_bits + 1)))

    def risky(self) -> bool:
        """Whether to leave something to chance that may trap."""
        return self.choices.chance(self.limits.risk)

    def _conditional(self, shape: Scalar, depth: int) -> str:
        condition = self.boolean(depth)
        return f"({condition} ? {self.value(shape, depth)} : {self.value(shape, depth)})"

    def _length(self, depth: int) -> str:
        arrays = [v for v in self.scopes.visible() if isinstance(v.shape, Array | Slice)]
        if not arrays or not self.scopes.has_built_in("len"):
            return self.integer(depth)
        array = self.choices.one(arrays)
        text, shape = array.name, array.shape
        while isinstance(shape, Array | Slice) and isinstance(shape.element, Array):
            if not self.choices.chance(60):
                break
            text, shape = f"{text}[{self.index(shape, depth)}]", shape.element
        return f"len({text})"

    def _input(self) -> str:
        name = self.choices.weighted(((1, "getc"), (1, "read")))
        usable = self.limits.inputs and self.scopes.has_built_in(name)
        return f"{name}()" if usable and self.meter.pay(20) else self.literal()

    # Places ---------------------------------------------------------------------------------

    def _place(self, scalar: Scalar, depth: int) -> str:
        """Returns a place to read a scalar from, or a literal where there is none."""
        found = self.place(scalar, depth, assigned=False)
        if found is not None:
            return found
        return self.literal() if scalar is Scalar.INT else "true"

    def place(self, shape: Shape, depth: int, *, assigned: bool) -> str | None:
        """Returns a place of the type, one that may be assigned if asked for, or None."""
        variables = [
            v
            for v in self.scopes.visible()
            if (v.mutable or not assigned) and _holds(v.shape, shape)
        ]
        if not variables:
            return None
        variable = self.choices.one(variables)
        text, at = variable.name, variable.shape
        while not _fits(at, shape):
            match at:
                case Array(element) | Slice(element):
                    text, at = f"{text}[{self.index(at, depth)}]", element
                case Struct(_, fields):
                    name, at = self.choices.one([f for f in fields if _holds(f[1], shape)])
                    text = f"{text}.{name}"
                case _:
                    raise AssertionError("a scalar holds nothing else")
        return text

    def index(self, array: Array | Slice, depth: int) -> str:
        """Returns an index, mostly one inside the array."""
        length = array.length if isinstance(array, Array) else array.least
        if self.risky():
            return self.choices.one((self.integer(depth), str(length), "-1"))
        within = [v.name for v in self.scopes.visible() if 0 < v.below <= length]
        if within and self.choices.chance(70):
            return self.choices.one(within)
        if depth > 0 and length > 1 and self.choices.chance(40) and self.meter.pay(16):
            if self.choices.chance(30):
                return f"({self.integer(depth)} & {self.limits.largest}) % {length}"
            mask = (1 << (length.bit_length() - 1)) - 1
            return f"{self.integer(depth)} & {mask}"
        return str(self.choices.between(0, length - 1))

    # Calls ----------------------------------------------------------------------------------

    def call(self, result: Scalar | None, depth: int) -> str | None:
        """Returns a call of a function with this result, or None if there is none to be had."""
        recursion = self.recursion
        if recursion and recursion.sites > 0 and self.meter.times == 1 and self.choices.chance(60):
            partners = [
                f
                for f in recursion.partners
                if f.result is result and not self.scopes.is_hidden(f.name)
            ]
            if partners:
                recursion.sites -= 1
                made = self._arguments(self.choices.one(partners), f"{recursion.fuel} - 1", depth)
                if made is not None:
                    return made
        functions = [f for f in self.scopes.callable() if f.result is result]
        if not functions:
            return None
        function = self.choices.one(functions)
        if not self.meter.pay(function.cost):
            return None
        return self._arguments(function, str(self.choices.between(0, function.fuel)), depth)

    def _arguments(self, function: Function, fuel: str, depth: int) -> str | None:
        texts = [fuel] if function.fuel else []
        passed: list[tuple[str, Shape, bool]] = []
        for parameter in function.parameters:
            text = self._argument(parameter, depth, passed)
            if text is None:
                return None
            texts.append(text)
        return f"{function.name}({', '.join(texts)})"

    def _argument(
        self, parameter: Parameter, depth: int, passed: list[tuple[str, Shape, bool]]
    ) -> str | None:
        """Returns an argument; a place, now and then, is one that is passed already."""
        shape = parameter.shape
        if isinstance(shape, Scalar):
            if parameter.name == "small" and not self.risky():
                return str(self.choices.between(1, 4))
            return self.value(shape, min(depth, 2))
        again = [t for t, s, mutable in passed if s == shape and mutable >= parameter.assigned]
        if again and self.choices.chance(40):
            return self.choices.one(again)
        text = self.place(shape, 1 if self.choices.chance(20) else 0, assigned=parameter.assigned)
        if text is not None:
            passed.append((text, shape, parameter.assigned))
        return text


def _fits(have: Shape, want: Shape) -> bool:
    """Whether a place of type `have` can stand where `want` is asked for."""
    match have, want:
        case Array(), Slice(wanted, least):
            return have.element == wanted and have.length >= least
        case Slice(), Slice(wanted, least):
            return have.element == wanted and have.least >= least
        case _:
            return have == want


def _holds(have: Shape, want: Shape) -> bool:
    """Whether a place of type `have` is or contains one that fits `want`."""
    if _fits(have, want):
        return True
    match have:
        case Array(element, _) | Slice(element, _):
            return _holds(element, want)
        case Struct(_, fields):
            return any(_holds(shape, want) for _, shape in fields)
        case _:
            return False


def loop_variable(name: str, below: int) -> Variable:
    """Returns the variable of a loop; `below` as in `Variable`."""
    return replace(Variable(name, Scalar.INT, mutable=False), below=below)
