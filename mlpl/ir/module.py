"""The SSA form: values, instructions, blocks with parameters, functions, modules.

Block parameters are φ-functions: an edge hands its arguments to the parameters of the block that
it enters. Memory is a set of objects; a `ref` is an address inside one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from mlpl.base.operators import BinaryOp
from mlpl.base.source import Location
from mlpl.base.traps import TrapKind


class Kind(Enum):
    """The kinds of values: a signed word, 0 or 1, or an address inside an object."""

    INT = "int"
    BOOL = "bool"
    REF = "ref"

    __hash__ = object.__hash__  # as in `Op`


class Op(Enum):
    """What an instruction does; the value is its name in the text form.

    Binary operators are named as in `BinaryOp`. `DIV` and `REM` need a divisor that is not 0,
    `SHL` and `SHR` a count that is not negative: the builder branches to a trap before them.
    """

    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    DIV = "div"
    REM = "rem"
    SHL = "shl"
    SHR = "shr"
    AND = "and"
    OR = "or"
    XOR = "xor"
    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    NEG = "neg"
    """int -> int: 0 - x."""
    INVERT = "invert"
    """int -> int: -1 - x."""
    NOT = "not"
    """bool -> bool."""
    INT = "int"
    """bool -> int."""
    WITHIN = "within"
    """(int x, int y) -> bool: 0 <= x < y, for y >= 0; the test before an index."""
    OFFSET = "offset"
    """(ref, int) -> ref: so many cells further."""
    LOAD = "load"
    """(ref, int) -> int or bool: the cell at ref + index."""
    STORE = "store"
    """(ref, int, value): the cell at ref + index becomes value."""
    COPY = "copy"
    """(ref target, ref source, Const n): n cells; target and source are the same or disjoint."""
    ZERO = "zero"
    """(ref, Const n): n cells become 0."""
    CALL = "call"
    """(arguments...) -> result or nothing; `symbol` names the callee."""
    GETC = "getc"
    """() -> int: the next input byte, -1 at the end."""
    PUTC = "putc"
    """(int): writes one byte."""

    __hash__ = object.__hash__  # that of `Enum` is slow, and ops are looked up all the time

    @property
    def binary(self) -> BinaryOp | None:
        """The operator of the language with the same meaning, if there is one."""
        return _BINARY.get(self)

    @property
    def pure(self) -> bool:
        """Whether the result depends on the operands alone and nothing else happens."""
        return self in PURE


PURE = frozenset(
    {
        *(op for op in Op if op.value in {b.word for b in BinaryOp}),
        Op.NEG,
        Op.INVERT,
        Op.NOT,
        Op.INT,
        Op.WITHIN,
        Op.OFFSET,
    }
)
_BINARY = {Op(b.word): b for b in BinaryOp}


@dataclass(frozen=True, slots=True)
class Value:
    """A value, defined once: a parameter of function or block, or a result of an instruction.

    Attributes:
        id: unique in its function.
        kind: int, bool or ref.
        name: of the source variable it stands for, or ""; for people. `-i` is the negative of `i`.
        scope: the function whose variable that is, where a copy of its body stands in another.
    """

    id: int
    kind: Kind
    name: str = field(default="", compare=False)
    scope: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"%{self.name}.{self.id}" if self.name else f"%{self.id}"


@dataclass(frozen=True, slots=True)
class Const:
    """A constant: a signed word, or 0/1 of kind bool."""

    value: int
    kind: Kind = Kind.INT

    def __str__(self) -> str:
        if self.kind is Kind.BOOL:
            return "true" if self.value else "false"
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Address:
    """The address (ref) of an object: `@x` of the module, `$x` of the function."""

    object: str

    @property
    def kind(self) -> Kind:
        """Always a ref."""
        return Kind.REF

    def __str__(self) -> str:
        return self.object


Operand = Value | Const | Address


@dataclass(frozen=True, slots=True)
class Object:
    """A region of memory.

    Attributes:
        name: `@x` for objects of the module (one for the whole run), `$x` for those of a
            function (each activation has its own; undefined until written).
        size: cells, at least 1.
        initial: words at the start, for objects of the module; fewer than `size` means zeros.
        type: the source type as text, for people and debug information.
        constant: never written.
        scope: the function that declares it, where a copy of its body stands in another.
    """

    name: str
    size: int
    initial: tuple[int, ...] = ()
    type: str = "int"
    constant: bool = False
    scope: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation.

    Attributes:
        op: what it does.
        operands: in the order that `Op` states.
        result: the value it defines, or None.
        symbol: the callee of `CALL`, else "".
        location: where in the source, if known. A pass that copies a body to the place of a
            call gives the copies `Location.inlined_at`, so that a trap still shows the calls.
    """

    op: Op
    operands: tuple[Operand, ...]
    result: Value | None = None
    symbol: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A way into a block, with one argument for each of its parameters."""

    block: str
    arguments: tuple[Operand, ...] = ()


@dataclass(frozen=True, slots=True)
class Jump:
    """Goes on at the edge's block."""

    edge: Edge
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """Takes `then` if the bool `condition` is true, else `otherwise`."""

    condition: Operand
    then: Edge
    otherwise: Edge
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """Leaves the function, with a value if it has a result."""

    value: Operand | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Halt:
    """Ends the program; `returned` tells a return from the entry from `halt()`."""

    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Trap:
    """Ends the program by a trap (L7.3).

    Attributes:
        kind: which trap.
        values: as in `TrapSite.values`, as operands.
        message: of an assertion, or "".
        location: the operator, index or call.
    """

    kind: TrapKind
    values: tuple[Operand, ...] = ()
    message: str = ""
    location: Location | None = None


Terminator = Jump | Branch | Return | Halt | Trap


@dataclass(frozen=True, slots=True)
class Block:
    """A basic block: parameters, instructions, one terminator."""

    name: str
    parameters: tuple[Value, ...]
    instructions: tuple[Instruction, ...]
    terminator: Terminator

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The ways out, in order."""
        match self.terminator:
            case Jump(edge):
                return (edge,)
            case Branch(_, then, otherwise):
                return (then, otherwise)
            case _:
                return ()


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Function:
    """A function; its first block is the entry and has no parameters and no predecessors.

    Attributes:
        name: unique in the module (`gcd`, `sort.insertion`).
        parameters: ints, bools and refs; a slice is two, a ref and an int length.
        result: the kind of its result, or None.
        objects: of each activation, named `$x`.
        blocks: the entry first; every block is reachable after `simplify`.
    """

    name: str
    parameters: tuple[Value, ...]
    result: Kind | None
    objects: tuple[Object, ...]
    blocks: tuple[Block, ...]

    def block(self, name: str) -> Block:
        """Returns the block of that name."""
        return next(b for b in self.blocks if b.name == name)

    def instructions(self) -> Iterator[Instruction]:
        """Every instruction, block by block."""
        for block in self.blocks:
            yield from block.instructions


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of the entry as a region of the initial memory (L7.1).

    Attributes:
        name: of the parameter.
        object: the module's object that holds it.
        type: the source type as text (`int`, `bool`, `int[8]`).
    """

    name: str
    object: str
    type: str


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Module:
    """A program.

    Attributes:
        functions: by name.
        objects: of the module, named `@x`, in order.
        entry: the function that the machine starts in; it has no parameters, reads the entry's
            arguments from their objects, calls it, stores its result and halts.
        word_bits: w.
        arguments: of the source's entry function, in order.
        result: (object, source type as text) of the entry's result, or None.
        returned: an object that becomes 1 before a normal end, where the program may also
            end by `halt()` and the entry has a result; None where it is not needed.
        routines: for each op that the target has no instruction for, the library function that
            does it; those functions are in `functions`.
    """

    functions: Mapping[str, Function]
    objects: tuple[Object, ...]
    entry: str
    word_bits: int
    arguments: tuple[Argument, ...] = ()
    result: tuple[str, str] | None = None
    returned: str | None = None
    routines: Mapping[Op, str] = field(default_factory=dict)

    def object(self, name: str) -> Object:
        """Returns the module's object of that name."""
        return next(o for o in self.objects if o.name == name)
