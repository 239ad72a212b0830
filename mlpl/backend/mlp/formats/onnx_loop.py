"""A model that runs a whole program: its state goes round a `Loop` to the halt.

Inside the loop is one pass and what N1.1 allows outside of a network: a look at the sign bit of pc,
the next input word where a pass has taken one, and the output word where a pass says it is valid. A
pass that takes input is a probe: it is repeated from the same state with the word in place, and not
counted. What is left of the input, and the output so far, go round as well, so that nothing is ever
looked up by an index that was computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import onnx

from mlpl.backend.mlp.formats.onnx_graph import Graph, tensor
from mlpl.backend.mlp.formats.onnx_pass import Pass, exact_type
from mlpl.backend.mlp.formats.onnx_words import bits_of, signed, words_of
from mlpl.backend.mlp.layout import Part, StateLayout
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.image import Image, Variable

INPUT, LIMIT = "input", "max_steps"
"""Inputs beside the arguments: bytes, and steps after which the run is stopped."""
RESULT, OUTPUT, STEPS, HALT, STATE = "result", "output", "steps", "halt", "state"
"""Outputs beside the arrays."""
RETURNED = "returned"
"""Whether the entry has returned, where a program can also end by `halt()`."""

_END = -1
"""The input word behind the last."""


def loop_model(network: Network, image: Image, metadata: dict[str, str]) -> onnx.ModelProto:
    """Returns a model that runs a program from its arguments to its halt.

    Inputs are the entry's arguments by name (ints as int64, bools as bool, arrays with their
    shape), `input` (the input bytes, uint8) and `max_steps` (int64). Outputs are `result`, `output`
    (uint8), each array parameter of the entry afterwards as `NAME.after`, `steps`, `halt` (the halt
    code, or 0 where the limit came first) and `state`, the last state vector. A parameter that has
    the name of something else has a `_` behind it.

    Args:
        network: of the image's machine.
        image: the program.
        metadata: texts by name that the model keeps.

    Raises:
        ValueError: no type of numbers is exact, or the model would not fit the format.
    """
    return _Model(network, image).make(metadata)


class _Model:
    def __init__(self, network: Network, image: Image) -> None:
        if network.layout is None:
            raise ValueError("the network is no machine")
        self.network = network
        self.image = image
        self.layout: StateLayout = network.layout
        self.dtype = exact_type(network)
        self.graph = Graph()
        self.steps = network.steps_per_pass
        self.names = _names(image.facts.arguments)
        self.limit = self.graph.add("Reshape", LIMIT, self.graph.constant([], np.int64))

    def make(self, metadata: dict[str, str]) -> onnx.ModelProto:
        graph, image = self.graph, self.image
        state, output, steps = self._loop(self._start())
        arguments = image.facts.arguments
        arrays = [variable for variable in arguments if _shape(variable.type)]
        memory = self._memory(state)
        found = [
            self._named(self._value(memory, v), f"{self.names[v]}.after", v.type) for v in arrays
        ]
        if image.facts.result is not None:
            result = image.facts.result
            found.insert(0, self._named(self._value(memory, result), RESULT, result.type))
        if image.facts.returned is not None:
            flag = graph.add("Gather", memory, graph.constant(image.facts.returned, np.int64))
            graph.name(graph.cast(flag, np.bool_), RETURNED)
            found.append(tensor(RETURNED, np.bool_, []))
        graph.name(output, OUTPUT)
        graph.name(steps, STEPS)
        graph.name(self._halt_code(state), HALT)
        graph.name(graph.add("Reshape", state, graph.integers(-1)), STATE)
        inputs = [tensor(self.names[v], _type(v.type), _shape(v.type)) for v in arguments]
        inputs += [tensor(INPUT, np.uint8, ["bytes"]), tensor(LIMIT, np.int64, [])]
        outputs = [
            *found,
            tensor(OUTPUT, np.uint8, ["written"]),
            tensor(STEPS, np.int64, []),
            tensor(HALT, np.int64, []),
            tensor(STATE, self.dtype, [self.layout.size]),
        ]
        return graph.model("program", inputs, outputs, metadata)

    def _start(self) -> str:
        """Returns the state in which the run begins, with the arguments in memory (L7.1)."""
        graph, w = self.graph, self.layout.word_bits
        words = graph.add("Concat", *self._initial_words(), axis=0)
        if len(self.layout.cells) < self.layout.memory:
            words = graph.add("Gather", words, graph.constant(self.layout.cells, np.int32), axis=0)
        memory = bits_of(graph, words, w, self.dtype)
        registers = graph.constant(np.zeros((1, 3 * w + 2)), self.dtype)
        return graph.add("Concat", memory, registers, axis=1)

    def _initial_words(self) -> Iterator[str]:
        """Yields the words of the memory, those of the arguments in their places."""
        graph, image = self.graph, self.image
        words = image.start().memory
        end = 0
        for variable in sorted(image.facts.arguments, key=lambda v: v.address):
            if variable.address > end:
                yield graph.constant(words[end : variable.address], np.int64)
            # Runtimes do not check the shape of scalars; other lengths would move what follows.
            flat = graph.add("Reshape", self.names[variable], graph.integers(variable.length))
            yield graph.cast(flat, np.int64)
            end = variable.address + variable.length
        if end < len(words):
            yield graph.constant(words[end:], np.int64)

    def _loop(self, start: str) -> tuple[str, str, str]:
        """Returns the last state, the output words and the steps."""
        graph = self.graph
        zero_byte = graph.constant([0], np.uint8)
        queue = graph.add("Concat", INPUT, zero_byte, axis=0)  # has a first word in any case
        left = graph.add("Squeeze", graph.add("Shape", INPUT))
        none = graph.constant(np.zeros(0), np.uint8)
        zero = graph.constant(0, np.int64)
        begun = self._goes_on(graph, start, zero)
        first = [start, queue, left, none, zero, graph.constant(False, np.bool_)]
        state, _, _, output, steps, _ = graph.add_all(
            "Loop", ["", begun, *first], 6, body=self._body()
        )
        return state, output, steps

    def _body(self) -> onnx.GraphProto:
        """Returns one turn of the loop: a pass."""
        graph = Graph(self.graph, "loop/")
        after = Pass(self.network, self.graph, self.dtype).add(graph, "loop/state_before")
        took = self._flag(graph, after, "taken")
        probe = graph.add("And", took, graph.add("Not", "loop/placed_before"))
        state = graph.add("Where", probe, self._with_word(graph), after)
        steps = graph.add(
            "Where", probe, graph.constant(0, np.int64), graph.constant(self.steps, np.int64)
        )
        steps = graph.add("Add", "loop/steps_before", steps)
        goes_on = graph.name(self._goes_on(graph, state, steps), "loop/goes_on")
        one_less = graph.add("Sub", "loop/left_before", graph.cast(probe, np.int64))
        results = {
            "state": state,
            "queue": graph.add("Where", probe, self._shifted(graph), "loop/queue_before"),
            "left": one_less,
            "output": self._output(graph, after, probe),
            "steps": steps,
            "placed": probe,
        }
        for name, value in results.items():
            graph.name(value, f"loop/{name}_after")
        carried: dict[str, tuple[type[np.generic], list[int | None]]] = {
            "state": (self.dtype, [1, self.layout.size]),
            "queue": (np.uint8, [None]),
            "left": (np.int64, []),
            "output": (np.uint8, [None]),
            "steps": (np.int64, []),
            "placed": (np.bool_, []),
        }
        return graph.body(
            "turn",
            [
                tensor("loop/turn", np.int64, []),
                tensor("loop/went_on", np.bool_, []),
                *(tensor(f"loop/{name}_before", *kind) for name, kind in carried.items()),
            ],
            [
                tensor(goes_on, np.bool_, []),
                *(tensor(f"loop/{name}_after", *kind) for name, kind in carried.items()),
            ],
        )

    def _with_word(self, graph: Graph) -> str:
        """Returns the state before, with the next input word in place; at the end it is -1."""
        byte = graph.cast(graph.part("loop/queue_before", 0, 1, 0), np.int64)
        some = graph.add("Greater", "loop/left_before", graph.constant(0, np.int64))
        word = graph.add("Where", some, byte, graph.integers(_END))
        place = self.layout.part("input")
        return graph.add(
            "Concat",
            graph.part("loop/state_before", 0, place.start, 1),
            bits_of(graph, word, self.layout.word_bits, self.dtype),
            graph.part("loop/state_before", place.stop, self.layout.size, 1),
            axis=1,
        )

    def _shifted(self, graph: Graph) -> str:
        """Returns the input without its first byte, of the same length."""
        rest = graph.part("loop/queue_before", 1, np.iinfo(np.int64).max, 0)
        return graph.add("Concat", rest, graph.constant([0], np.uint8), axis=0)

    def _output(self, graph: Graph, after: str, probe: str) -> str:
        """Returns the output bytes so far, with that of this pass if it has one."""
        word = words_of(
            graph, self._part(graph, after, self.layout.part("output")), self.layout.word_bits
        )
        byte = graph.cast(graph.add("Mod", word, graph.integers(256)), np.uint8)
        valid = graph.add("And", self._flag(graph, after, "valid"), graph.add("Not", probe))
        valid = graph.add("Reshape", valid, graph.integers(1))
        new = graph.add("Compress", byte, valid)
        return graph.add("Concat", "loop/output_before", new, axis=0)

    def _goes_on(self, graph: Graph, state: str, steps: str) -> str:
        """Returns whether another pass is to be made: not halted, and not at the limit."""
        halted = self._bit(graph, state, self.layout.halt)
        below = graph.add("Less", steps, self.limit)
        return graph.add("And", graph.add("Not", halted), below)

    def _flag(self, graph: Graph, state: str, name: str) -> str:
        return self._bit(graph, state, self.layout.part(name).start)

    def _bit(self, graph: Graph, state: str, entry: int) -> str:
        """Returns an entry of the state as a bool, shape ()."""
        value = graph.part(state, entry, entry + 1, 1)
        return graph.cast(graph.add("Squeeze", value), np.bool_)

    def _part(self, graph: Graph, state: str, part: Part) -> str:
        return graph.part(state, part.start, part.stop, 1)

    def _memory(self, state: str) -> str:
        """Returns the unsigned words of all cells, shape (n,)."""
        graph, layout = self.graph, self.layout
        words = words_of(graph, self._part(graph, state, layout.part("memory")), layout.word_bits)
        if len(layout.cells) == layout.memory:
            return words
        constants = np.setdiff1d(np.arange(layout.memory), layout.cells)
        both = graph.add("Concat", words, graph.constant(layout.rest[constants], np.int64), axis=0)
        order = np.argsort(np.concatenate([layout.cells, constants]))
        return graph.add("Gather", both, graph.constant(order, np.int32), axis=0)

    def _value(self, memory: str, variable: Variable) -> str:
        """Returns what a variable holds, in its type and shape."""
        graph = self.graph
        words = graph.part(memory, variable.address, variable.address + variable.length, 0)
        if _type(variable.type) is np.bool_:
            values = graph.cast(words, np.bool_)
        else:
            values = signed(graph, words, self.layout.word_bits)
        return graph.add("Reshape", values, graph.constant(_shape(variable.type), np.int64))

    def _halt_code(self, state: str) -> str:
        """Returns the halt code, 0 where the machine is not halted."""
        graph = self.graph
        pc = words_of(
            graph, self._part(graph, state, self.layout.part("pc")), self.layout.word_bits
        )
        code = graph.add("Min", signed(graph, pc, self.layout.word_bits), graph.integers(0))
        return graph.add("Squeeze", code)

    def _named(self, value: str, name: str, type_: str) -> onnx.ValueInfoProto:
        self.graph.name(value, name)
        return tensor(name, _type(type_), _shape(type_))


def _names(arguments: Sequence[Variable]) -> dict[Variable, str]:
    """Returns the name of the input for each parameter."""
    taken = {INPUT, LIMIT, RESULT, OUTPUT, STEPS, HALT, STATE, RETURNED}
    found = {}
    for variable in arguments:
        name = variable.name
        while name in taken or (name != variable.name and name in {v.name for v in arguments}):
            name += "_"
        found[variable] = name
        taken.add(name)
    return found


def _type(text: str) -> type[np.generic]:
    return np.bool_ if text.startswith("bool") else np.int64


def _shape(text: str) -> list[int]:
    """Returns the extents of a type: `int[3][4]` has three rows of four."""
    return [int(extent.rstrip("]")) for extent in text.split("[")[1:]]
