"""The engines by name: what can run a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mlpl.errors import UsageError, unknown
from mlpl.extras import optional
from mlpl.kernels import provide_cache

if TYPE_CHECKING:
    from mlpl.backend.mlp.network import Network
    from mlpl.backend.subleq.engine import Engine
    from mlpl.backend.subleq.image import Image

INTERPRETER = "interpreter"
"""Runs the typed program; the others run its image."""
MACHINE = "machine"
TORCH = "torch"
DEFAULT = "network"
ENGINES = (INTERPRETER, MACHINE, DEFAULT, "sparse", "dense", "torch", "onnx")


def check_engine(name: str) -> None:
    """Raises UsageError where there is no such engine."""
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)


def make_engine(name: str, image: Image, network: Callable[[], Network]) -> Engine:
    """Returns an engine for the machine of `image`; `network` is asked for where one is needed.

    Raises:
        UsageError: the engine cannot run an image, or no network of this size.
        CompileError: the machine or its network does not fit the memory of this computer.
    """
    return engine_maker(name, image, network)()


def engine_maker(name: str, image: Image, network: Callable[[], Network]) -> Callable[[], Engine]:
    """Returns what makes engines as `make_engine` does; they share all that they only read.

    Raises:
        UsageError: the engine cannot run an image, or no network of this size.
        CompileError: the machine or its network does not fit the memory of this computer.
    """
    provide_cache()
    if name == MACHINE:
        from mlpl.backend.subleq.reference import ReferenceMachine
        from mlpl.networks import check_machine_fits

        check_machine_fits(image)
        return lambda: ReferenceMachine(image.word_bits, image.memory, image.mode, image.fixed)
    return _executor_maker(name, network)


def _executor_maker(name: str, network: Callable[[], Network]) -> Callable[[], Engine]:
    match name:
        case "network":
            from mlpl.backend.mlp.executors.event import EventExecutor
            from mlpl.backend.mlp.executors.wiring import wire
            from mlpl.networks import check_executor_fits

            built = network()
            check_executor_fits(built)
            wiring = wire(built)
            return lambda: EventExecutor(built, wiring)
        case "sparse":
            from mlpl.backend.mlp.executors.sparse import SparseExecutor

            return lambda: SparseExecutor(network())
        case "dense":
            from mlpl.backend.mlp.executors.dense import DenseExecutor

            def dense() -> Engine:
                try:
                    return DenseExecutor(network())
                except ValueError as error:
                    raise UsageError(str(error), "`sparse` makes the same passes") from error

            return dense
        case "torch":
            with optional("torch"):
                from mlpl.backend.mlp.executors.torch_pass import TorchExecutor

            return lambda: TorchExecutor(network())
        case "onnx":
            with optional("onnx"):
                from mlpl.backend.mlp.executors.onnx_pass import OnnxExecutor

            def onnx() -> Engine:
                try:
                    return OnnxExecutor(network())
                except ValueError as error:
                    raise UsageError(str(error)) from error

            return onnx
        case _:
            raise UsageError(f"the engine `{name}` runs sources, not images")
