"""Driving an engine: lazy input, ordered output, limits and interruptions."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from mlpl.backend.subleq.decimal_text import read_decimal
from mlpl.backend.subleq.drive import drive, once
from mlpl.backend.subleq.engine import Stop
from mlpl.backend.subleq.formats import read_image
from mlpl.backend.subleq.halting import read_halt
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.plain import PlainMachine
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.base.source import Source

IMAGES = Path(__file__).parent / "images"
MAKERS = [PlainMachine, ReferenceMachine]


def start(image: Image, make=ReferenceMachine):
    engine = make(image.word_bits, image.memory, image.mode)
    engine.restore(image.start())
    return engine


def load(name: str) -> Image:
    return read_image(Source(name, (IMAGES / name).read_text()))


def decimal(text: str, **options) -> Image:
    return read_decimal(Source("<text>", text), **options)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("name", "data", "output"),
    [
        ("hello.asq", b"", b"Hello, World!\n"),
        ("echo.asq", b"", b""),
        ("echo.asq", bytes(range(256)) * 3, bytes(range(256)) * 3),
        ("adder.asq", b"!B", b"c"),
    ],
)
def test_programs(make, name: str, data: bytes, output: bytes):
    image = load(name)
    engine = start(image, make)
    written: list[bytes] = []
    result = drive(engine, once(data), written.append)
    assert b"".join(written) == output
    assert result.stop is Stop.HALTED
    assert result.steps == engine.steps
    assert read_halt(image, engine.state()).code == -1


def test_published_conventions():
    """The usual greeting of SUBLEQ tutorials: output to B = -1, halt by a jump to -1."""
    for text in ("9 -1 3 10 -1 6 0 0 -1 72 105 0", "9 65535 3\n10,65535,6\n0,0,65535\n72;H\n105"):
        written: list[bytes] = []
        image = decimal(text)
        engine = start(image)
        assert drive(engine, once(b""), written.append).steps == 3
        assert b"".join(written) == b"Hi"
        assert read_halt(image, engine.state()).code == -1


def test_input_replaces_the_cell_and_ends_with_minus_one():
    """The convention of howerj's and ELVM's machines: A = -1 reads a byte into B."""
    image = decimal("-1 9 3 -1 10 6 0 0 -1 5 5")
    engine = start(image)
    drive(engine, once(b"A"), lambda _: None)
    assert engine.state().memory[9:11].tolist() == [65, 65535]


def test_accumulated_input():
    """Mazonka's convention: A = -1 adds, and branches on the sum."""
    image = decimal("-1 9 6 -1 -1 -1 0 0 -1 -65", mode="accumulate")
    engine = start(image)
    assert drive(engine, once(b"A"), lambda _: None).steps == 2
    assert int(engine.state().memory[9]) == 0


def test_output_words_are_bytes_modulo_256():
    written: list[bytes] = []
    drive(start(decimal("9 -1 3 10 -1 6 0 0 -1 -191 578")), once(b""), written.append)
    assert b"".join(written) == b"AB"


def test_output_comes_before_input_is_asked_for():
    events: list[str] = []
    replies = iter([b"xy", b"z", b""])

    def ask() -> bytes:
        events.append("ask")
        return next(replies)

    text = "loop: mark (-1); (-1) c; c (-1); Z Z loop\n. mark: '?' c: 0 Z: 0"
    engine = start(read_image(Source("prompt.asq", text)))
    result = drive(engine, ask, lambda data: events.append(data.decode("latin1")), max_steps=25)
    assert events[:6] == ["?", "ask", "x?y?", "ask", "z?", "ask"]
    assert result.steps == 25


@pytest.mark.parametrize("make", MAKERS)
def test_the_step_limit(make):
    engine = start(decimal("9 9 0"), make)
    for limit in (0, 1, 1000, 1001):
        result = drive(engine, once(b""), lambda _: None, max_steps=limit)
        assert (result.stop, result.steps) == (Stop.LIMIT, limit)
    assert drive(engine, once(b""), lambda _: None, max_steps=5).steps == 1001


def test_a_halt_at_the_limit_is_a_halt():
    result = drive(start(decimal("9 9 -1")), once(b""), lambda _: None, max_steps=1)
    assert (result.stop, result.steps) == (Stop.HALTED, 1)


def test_an_interruption_loses_no_output():
    class Interrupted(ReferenceMachine):
        def run(self, limit: int) -> Stop:
            stop = super().run(limit)
            if self.steps > 500:
                raise KeyboardInterrupt
            return stop

    image = decimal("9 -1 3 10 10 0 0 0 0 72")
    engine = Interrupted(image.word_bits, image.memory)
    engine.restore(image.start())
    written: list[bytes] = []
    with pytest.raises(KeyboardInterrupt):
        drive(engine, once(b""), written.append)
    assert len(b"".join(written)) == (engine.steps + 1) // 2


def test_ctrl_c_loses_no_output():
    """The signal arrives while words are between the engine and the writer."""
    image = decimal("9 -1 3 10 10 0 0 0 0 72 0")
    engine = start(image)
    written: list[bytes] = []

    def interrupted(data: bytes) -> None:
        if engine.steps > 10_000:
            signal.raise_signal(signal.SIGINT)
        written.append(data)

    with pytest.raises(KeyboardInterrupt):
        drive(engine, once(b""), interrupted)
    assert len(b"".join(written)) == (engine.steps + 1) // 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_ends_the_wait_for_input():
    def waiting() -> bytes:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("the wait was not interrupted")

    with pytest.raises(KeyboardInterrupt):
        drive(start(decimal("-1 9 3")), waiting, lambda _: None)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_is_raised_at_once():
    calls = 0

    def stuck(data: bytes) -> None:
        nonlocal calls
        calls += 1
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        drive(start(decimal("9 -1 3 10 10 0 0 0 0 72 0")), once(b""), stuck)
    assert calls == 1


def test_other_handlers_of_signals_are_left_alone():
    seen: list[int] = []
    old = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        engine = start(decimal("9 -1 3 10 10 0 0 0 0 72 0"))
        result = drive(engine, once(b""), lambda _: signal.raise_signal(signal.SIGINT), max_steps=9)
    finally:
        signal.signal(signal.SIGINT, old)
    assert (result.steps, seen) == (9, [signal.SIGINT])


def test_an_error_of_the_reader_loses_no_output():
    def broken() -> bytes:
        raise OSError("no input")

    written: list[bytes] = []
    with pytest.raises(OSError, match="no input"):
        drive(start(decimal("9 -1 3 -1 9 6 0 0 0 72")), broken, written.append)
    assert written == [b"H"]


def test_a_broken_writer_is_left_alone():
    calls = 0

    def broken(data: bytes) -> None:
        nonlocal calls
        calls += 1
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        drive(start(decimal("9 -1 3 10 10 0 0 0 0 72")), once(b""), broken)
    assert calls == 1


def test_long_output_is_whole():
    image = decimal("9 -1 3 10 10 0 0 0 0 72")
    written: list[bytes] = []
    drive(start(image), once(b""), written.append, max_steps=300_001)
    assert b"".join(written) == b"H" * 150_001
