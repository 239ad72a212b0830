"""Runs SSA modules on the reference machine, for tests of the SUBLEQ back end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlpl.backend.subleq.compile import allocate, assemble, make_image, select_module
from mlpl.backend.subleq.drive import drive, once
from mlpl.backend.subleq.halting import Halt, read_halt
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.backend.subleq.state import State
from mlpl.base.words import wrap
from mlpl.ir.module import Module
from mlpl.ir.read import parse_module


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    value: int | None
    output: bytes
    steps: int
    halt: Halt
    state: State


def image_of(module: Module | str, memory: int | None = None) -> Image:
    """Returns the image of a module, or of its text."""
    if isinstance(module, str):
        module = parse_module(module)
    allocation = allocate(select_module(module))
    return make_image(allocation, assemble(allocation, memory))


def run_image(
    image: Image,
    arguments: Sequence[int | Sequence[int]] = (),
    data: bytes = b"",
    max_steps: int = 2_000_000,
) -> Ran:
    """Runs an image on the reference machine to its halt."""
    w = image.word_bits
    state = image.start()
    for variable, value in zip(image.facts.arguments, arguments, strict=True):
        words = [value] if isinstance(value, int) else list(value)
        state.memory[variable.address : variable.address + variable.length] = [
            x % (1 << w) for x in words
        ]
    machine = ReferenceMachine(w, image.memory)
    machine.restore(state)
    output = bytearray()
    drive(machine, once(data), output.extend, max_steps=max_steps)
    final = machine.state()
    halt = read_halt(image, final, machine.changes())
    result = image.facts.result
    result_value = None
    if result is not None and halt.trap is None:
        result_value = wrap(int(final.memory[result.address]), w)
    return Ran(result_value, bytes(output), machine.steps, halt, final)
