"""Programs that run: compiled ones, and images made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlpl.backend.subleq.drive import Reader, Writer, once
from mlpl.backend.subleq.engine import Engine
from mlpl.backend.subleq.image import Image
from mlpl.base.diagnostics import Diagnostic
from mlpl.base.source import Source
from mlpl.batched import Batched
from mlpl.driver import Compilation
from mlpl.engines import DEFAULT, INTERPRETER, check_engine, make_engine
from mlpl.errors import UsageError
from mlpl.exports import Exports
from mlpl.inspectable import Inspectable
from mlpl.lang.entry import ArgumentError, Signature, check_values, parse_arguments
from mlpl.loaded import Loaded, LoadedEntry
from mlpl.networks import bake_image, network_of
from mlpl.options import CONSTRUCTIONS
from mlpl.result import Result
from mlpl.run_input import check_steps
from mlpl.session import InterpreterSession, MachineSession, Session

if TYPE_CHECKING:
    from pathlib import Path

    from mlpl.backend.mlp.network import Network
    from mlpl.backend.mlp.verification.report import Report

Words = Sequence[Sequence[int]]
"""The words of each argument of the entry."""

_Converter = Callable[[Signature, Any, int], Words]


class Program(Exports, Batched, Inspectable):
    """A program and its image; the network is made when it is first asked for."""

    def __init__(
        self,
        origin: Compilation | Loaded,
        construction: str = CONSTRUCTIONS[0],
        clean: Sequence[str] = (),
    ) -> None:
        self._compilation = origin if isinstance(origin, Compilation) else None
        self._loaded = None if isinstance(origin, Compilation) else origin
        self._construction, self._clean = construction, tuple(clean)
        if self._loaded is not None and self._loaded.network is not None:
            made = self._loaded.network.parameters
            if made is not None:
                self._construction, self._clean = made.construction, made.clean

    @classmethod
    def from_image(
        cls,
        image: Image,
        source: Source,
        construction: str = CONSTRUCTIONS[0],
        clean: Sequence[str] = (),
    ) -> Program:
        """Returns the program of an image that was read from `source`."""
        return cls(Loaded(image, {source.path: source}), construction, clean)

    @classmethod
    def load(cls, path: str | Path) -> Program:
        """Returns the program that was saved to a file; its network stays in the file.

        The file must not be altered as long as the program is in use; to replace it is no harm.

        Raises:
            CompileError: the file cannot be read, is damaged, of a newer format, or has no program.
        """
        from mlpl.program_files import load_program

        return cls(load_program(path))

    @classmethod
    def from_pretrained(cls, name: str | Path, *, revision: str | None = None) -> Program:
        """Returns the program in a folder, or of a repository on the Hugging Face Hub.

        Args:
            name: the folder that `save_pretrained` wrote, or `owner/name`.
            revision: branch, tag or commit of the repository.

        Raises:
            CompileError: the file cannot be read, is damaged, of a newer format, or has no program.
            UsageError: it is no folder, and `huggingface_hub` (the extra `hf`) is not installed or
                does not find it.
        """
        from mlpl.pretrained import pretrained_file

        return cls.load(pretrained_file(name, revision))

    def __deepcopy__(self, memo: object) -> Program:
        """Returns the program itself: nothing of it ever changes."""
        return self

    def __reduce__(self) -> tuple[Callable[..., Program], tuple[object, ...]]:
        """Returns what is pickled: what runs, without the stages of its compilation.

        A network that was not read from a file is made again where it is needed.
        """
        if self._compilation is None:
            return Program, (self._loaded, self._construction, self._clean)
        entry = LoadedEntry.of(self._compilation.entry)
        loaded = Loaded(self.image, self.sources, entry)
        options = self._compilation.options
        return Program, (loaded, options.construction, options.clean)

    def __repr__(self) -> str:
        return f"<Program {next(iter(self.sources))}>"

    @property
    def compilation(self) -> Compilation | None:
        """The stages it went through; None if it was not compiled here and now."""
        return self._compilation

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What the compiler found odd."""
        return () if self._compilation is None else self._compilation.warnings

    @property
    def sources(self) -> Mapping[str, Source]:
        """The texts it was made from, by path."""
        if self._loaded is not None:
            return self._loaded.sources
        assert self._compilation is not None
        return self._compilation.sources

    @property
    def image(self) -> Image:
        """Its words and facts."""
        if self._loaded is not None:
            return self._loaded.image
        assert self._compilation is not None
        return self._compilation.image

    @cached_property
    def network(self) -> Network:
        """The looped network that executes the image.

        Raises:
            CompileError: it would not fit the memory of this computer.
        """
        if self._compilation is not None:
            return self._compilation.network
        if self._loaded is not None and self._loaded.network is not None:
            return self._loaded.network
        path = next(iter(self.sources))
        return network_of(self.image, self._construction, path, self._clean)

    def bake(self, written: Iterable[int] | None = None) -> Program:
        """Returns this program with a network that is this program alone.

        The cells that no run writes become constants, folded into the weights: the network is
        smaller, and its state has the other cells only. It makes the same steps.

        Args:
            written: the cells that a run may write; None for what the compiler, or the analysis of
                an image, has proved. The entry's arguments may be written in any case. To write
                another cell is a fault.

        Raises:
            CompileError: it is not known what the image writes.
            UsageError: a cell of `written` is not in the memory.
        """
        if self._loaded is not None:
            loaded, path = self._loaded, next(iter(self.sources))
            baked = replace(loaded, image=bake_image(loaded.image, written, path), network=None)
            return Program(baked, self._construction, self._clean)
        assert self._compilation is not None
        program = Program(self._compilation.baked(written))
        _ = program.image
        return program

    def check(self) -> None:
        """Raises CompileError if the program is rejected before it becomes an image."""
        if self._compilation is not None:
            _ = self._compilation.entry

    def run(
        self,
        *arguments: object,
        input: bytes | Reader = b"",
        engine: str = DEFAULT,
        max_steps: int | None = None,
        output: Writer | None = None,
    ) -> Result:
        """Runs the program to its end and returns what it has done.

        Args:
            arguments: the parameters of the entry: ints, bools, and for arrays sequences of them
                or NumPy arrays.
            input: what the program reads: bytes, or a function that returns the next ones when
                they are needed, b"" at the end.
            engine: "network" (event-driven), "sparse", "dense" or "torch" (a full pass a step),
                "machine", or "interpreter".
            max_steps: steps after which the run is stopped.
            output: takes the bytes as they come; without it they are in the result.

        Raises:
            UsageError: there is no such engine, or the arguments are not what the entry takes.
            CompileError: the network would not fit the memory of this computer.
        """
        check_steps(max_steps)
        session = self.session(self.words(arguments), engine)
        collected = bytearray()
        reader = input if callable(input) else once(_bytes(input))
        session.run(reader, output or collected.extend, max_steps)
        return session.result(bytes(collected))

    def verify(
        self, steps: int = 10_000, *, seed: int = 0, exhaustive: bool = False, prove: bool = False
    ) -> Report:
        """Returns whether the program's network is the machine, as `Network.verify` does.

        Random runs begin in the program's first state, too.

        Raises:
            UsageError: there are too many states to try all; or there is no proof, since z3 is
                missing or the program is baked.
            CompileError: the network would not fit the memory of this computer.
        """
        from mlpl.verification import Plan, verify

        starts = (self.image.start(),)
        return verify(self.network, Plan(steps, seed, exhaustive, prove, starts))

    def session(
        self,
        words: Words = (),
        engine: str = DEFAULT,
        observe: Callable[[Engine], Engine] = lambda engine: engine,
    ) -> Session:
        """Returns a run that has not begun.

        Args:
            words: of each argument of the entry.
            engine: as in `run`.
            observe: puts something around the engine, to watch it.

        Raises:
            UsageError: there is no such engine for this program.
            CompileError: the machine or its network does not fit the memory of this computer.
        """
        check_engine(engine)
        if engine == INTERPRETER:
            if self._compilation is None:
                raise UsageError("the interpreter runs sources, and this is an image")
            return InterpreterSession(self._compilation, words)
        made = make_engine(engine, self.image, lambda: self.network)
        return MachineSession(self.image, observe(made), words)

    def words(self, values: Sequence[object]) -> Words:
        """Returns the words of each argument of the entry.

        Raises:
            UsageError: number, types or ranges are not those of the entry's parameters.
        """
        return self._suited(check_values, values)

    def parse_words(self, texts: Sequence[str]) -> Words:
        """Returns the words of each argument, spelled as on the command line: `1,2,3`, `true`.

        Raises:
            UsageError: number, types or ranges are not those of the entry's parameters.
        """
        return self._suited(parse_arguments, texts)

    @property
    def entry(self) -> Signature | None:
        """The function in which it starts, with its parameters; None for an image made elsewhere.

        Raises:
            CompileError: there is none, or its parameters cannot be inputs (L7.1).
        """
        if self._loaded is not None:
            return self._loaded.entry
        assert self._compilation is not None
        return self._compilation.entry

    def _suited(self, convert: _Converter, given: Sequence[Any]) -> Words:
        """Returns what `convert` makes of the arguments that are given for the entry."""
        entry = self.entry
        if entry is None:
            if given:
                raise UsageError("an image takes no arguments", "its input is what it reads")
            return ()
        compilation = self._compilation
        bits = self.image.word_bits if compilation is None else compilation.options.word_bits
        try:
            return convert(entry, given, bits)
        except ArgumentError as error:
            raise UsageError(str(error)) from error


def _bytes(data: object) -> bytes:
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"the input of a program is bytes, not {type(data).__name__}")
    return bytes(data)
