"""SUBLEQ over virtual cells: what selection makes and allocation turns into addresses.

Besides plain instructions there are four idioms (`Move`, `Add`, `Subtract`, `Call`), whose best
expansion depends on which cells coincide, and so is chosen after allocation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from mlpl.base.source import Location
from mlpl.base.traps import TrapKind


@dataclass(frozen=True, slots=True)
class Expression:
    """A word known when the image is laid out: `constant + sign * address(symbol)`.

    Attributes:
        constant: any int, taken modulo 2^w.
        symbol: a label, or the name of an object; "" for none.
        sign: 1 or -1.
    """

    constant: int = 0
    symbol: str = ""
    sign: int = 1

    def __str__(self) -> str:
        if not self.symbol:
            return str(self.constant)
        head = self.symbol if self.sign > 0 else f"-{self.symbol}"
        return head if not self.constant else f"{head}{self.constant:+d}"

    def negated(self) -> Expression:
        """Returns the expression of the negative."""
        return Expression(-self.constant, self.symbol, -self.sign if self.symbol else 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A virtual cell; allocation gives it an address, which other cells may share.

    Attributes:
        id: unique in the function.
        name: of the source variable, or "".
        type: "int", "bool" or "ref", for debug information.
        function: whose cell it is.
        scope: the function whose variable it is, if that is another one.
    """

    id: int
    name: str = ""
    type: str = "int"
    function: str = ""
    scope: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"%{self.name}.{self.id}" if self.name else f"%{self.id}"


@dataclass(frozen=True, slots=True)
class At:
    """The memory cell `offset` cells into an object; into none: a place that is patched in."""

    object: str
    offset: int = 0

    def __str__(self) -> str:
        name = self.object or "patched#"
        return f"{name}{self.offset:+d}" if self.offset else name


@dataclass(frozen=True, slots=True)
class Slot:
    """The cell that is an operand (0 for a, 1 for b, 2 for c) of the instruction at `label`."""

    label: str
    field: int

    def __str__(self) -> str:
        return f"{self.label}.{'abc'[self.field]}"


@dataclass(frozen=True, slots=True)
class Pool:
    """A cell of the constant pool that holds the word `value`."""

    value: Expression

    def __str__(self) -> str:
        return f"#{self.value}"


class Special(Enum):
    """The address -1: input as a, output as b."""

    PORT = "port"

    def __str__(self) -> str:
        return "port"


PORT = Special.PORT
Operand = Cell | At | Slot | Pool | Special

ZERO = At("zero#")
"""Always 0."""
T = At("t#")
U = At("u#")
"""Scratch cells: 0 between idioms."""
ROOM = At("room#")
"""One more than the number of free words of the stack."""
ROOM_NEGATED = At("-room#")
STACK_END = "end#"
"""Symbol: the address behind the stack; the stack grows towards it."""


@dataclass(frozen=True, slots=True)
class Sub:
    """One SUBLEQ instruction: b -= a, then to `target` if b <= 0.

    Attributes:
        a: the operand that is subtracted.
        b: the operand that changes.
        target: where to go; None for the next instruction.
        label: its name, or "".
        location: the source it came from.
        keeps: cells that must still hold their value here (what a trap shows).
    """

    a: Operand
    b: Operand
    target: Expression | None = None
    label: str = ""
    location: Location | None = None
    keeps: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """target := source, or -source; a plain move is nothing at all if both get the same cell."""

    target: Operand
    source: Operand
    location: Location | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """target := x + y; shortest if the target shares the cell of x or y."""

    target: Cell
    x: Operand
    y: Operand
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Subtract:
    """target := x - y; shortest if the target shares the cell of x, and never that of y."""

    target: Cell
    x: Operand
    y: Operand
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the arguments are in place, the results appear in their cells.

    Attributes:
        callee: its name.
        arguments: the callee's parameter cells, read here.
        results: the callee's result cells, written here.
        overflow: halt address of the stack-overflow trap.
        recursive: whether the caller may be active again inside.
        location: the call.
    """

    callee: str
    arguments: tuple[Cell, ...]
    results: tuple[Cell, ...]
    overflow: Expression
    recursive: bool = False
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Save:
    """Pushes what must survive a recursive call, before its arguments are computed.

    Attributes:
        callee: of the call that follows.
        cells: what is live across the call.
        overflow: halt address of the stack-overflow trap.
        location: the call.
    """

    callee: str
    cells: tuple[Cell, ...]
    overflow: Expression
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Restore:
    """Pops what a `Save` with the same cells has pushed, behind the call."""

    callee: str
    cells: tuple[Cell, ...]
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """The one way out of a function.

    Attributes:
        function: its name.
        results: its result cells.
        cleared: a cell that becomes 0 on the way.
    """

    function: str
    results: tuple[Cell, ...]
    cleared: Operand = ZERO


@dataclass(frozen=True, slots=True)
class Label:
    """A name for the next instruction."""

    name: str


Item = Sub | Move | Add | Subtract | Call | Save | Restore | Leave | Label


@dataclass(frozen=True, slots=True)
class Exit:
    """A trap of the selected program: halt address number `code` (-2, -3, ...).

    Attributes:
        values: cells or ints that show what happened.
    """

    code: int
    kind: TrapKind
    location: Location | None
    message: str
    values: tuple[Operand | int, ...]
    function: str


@dataclass(frozen=True, slots=True)
class Array:
    """An object of a function, static or in its stack frame.

    Attributes:
        name: unique in the program.
        size: cells.
        type: source type as text.
        source: the name in the source, qualified by function.
    """

    name: str
    size: int
    type: str
    source: str


@dataclass(frozen=True, slots=True)
class SelectedFunction:
    """A function as SUBLEQ over virtual cells.

    Attributes:
        name: of the IR function, or of the routine.
        items: the code; callers jump to the first item, which is a label.
        parameters: one cell each; all are live on entry.
        arrays: static objects of the function, overlaid along the call graph.
        depth: loop depth of each item, the same length as `items`.
    """

    name: str
    items: tuple[Item, ...]
    parameters: tuple[Cell, ...]
    arrays: tuple[Array, ...]
    depth: tuple[int, ...]

    @property
    def entry(self) -> str:
        """The label where callers jump to."""
        first = self.items[0]
        assert isinstance(first, Label)
        return first.name

    @property
    def callees(self) -> tuple[str, ...]:
        """The functions that it calls, each once."""
        return tuple(dict.fromkeys(i.callee for i in self.items if isinstance(i, Call)))

    def cells(self) -> tuple[Cell, ...]:
        """Every virtual cell, parameters first, in order of appearance."""
        found = dict.fromkeys(self.parameters)
        for item in self.items:
            for operand in operands(item):
                if isinstance(operand, Cell):
                    found[operand] = None
        return tuple(found)


def exit_of(function: str) -> Slot:
    """The operand that says where a function returns to; 0 while it is not active."""
    return Slot(f"{function}#exit", 2)


def operands(item: Item) -> tuple[Operand, ...]:
    """Returns everything that an item reads or writes."""
    match item:
        case Sub(a, b):
            return (a, b)
        case Move(target, source):
            return (target, source)
        case Add(target, x, y) | Subtract(target, x, y):
            return (target, x, y)
        case Call(_, arguments, results):
            return (*arguments, *results)
        case Save(_, cells) | Restore(_, cells):
            return cells
        case Leave(_, results, cleared):
            return (*results, cleared)
        case Label():
            return ()


def spell(item: Item) -> str:
    """Returns one line of text for people."""
    match item:
        case Sub(a, b, target, label):
            goal = f" -> {target}" if target is not None else ""
            return f"  {label + ': ' if label else ''}{b} -= {a}{goal}"
        case Move(target, source, negated=negated):
            return f"  {target} := {'-' if negated else ''}{source}"
        case Add(target, x, y):
            return f"  {target} := {x} + {y}"
        case Subtract(target, x, y):
            return f"  {target} := {x} - {y}"
        case Call(callee, arguments):
            return f"  call {callee}({', '.join(map(str, arguments))})"
        case Save(_, cells):
            return f"  save {', '.join(map(str, cells))}"
        case Restore(_, cells):
            return f"  restore {', '.join(map(str, cells))}"
        case Leave(_, results, cleared):
            clear = "" if cleared == ZERO else f"{cleared} := 0, "
            return f"  {clear}leave {', '.join(map(str, results))}".rstrip()
        case Label(name):
            return f"{name}:"
