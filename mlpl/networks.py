"""Networks of images: refused where they do not fit, and described for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mlpl.backend.mlp.analysis.cost import available_bytes
from mlpl.backend.mlp.build import build_network, check_fits
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.baking import UnknownWritesError, baked
from mlpl.backend.subleq.image import Image
from mlpl.base.diagnostics import CompileError, Diagnostic
from mlpl.errors import UsageError

_EXECUTOR = 2
"""The event-driven executor takes this many times the network's bytes, at most."""
_COPIES = 5
"""Of the state of a machine that are held while it is made, run and read."""


def network_of(
    image: Image, construction: str, path: str = "", clean: Sequence[str] = ()
) -> Network:
    """Returns the network of the machine that `image` runs on; its fixed cells are constants.

    `clean` are the places that have restoring layers.

    Raises:
        CompileError: it would not fit the memory of this computer.
    """
    try:
        constants = tuple((cell, image.word(cell)) for cell in image.fixed)
        return build_network(
            image.word_bits, image.memory, image.mode, construction, constants, clean
        )
    except ValueError as error:
        raise too_large(str(error), path) from error


def bake_image(image: Image, written: Iterable[int] | None, path: str) -> Image:
    """Returns the image with the cells fixed that no run writes, or all but `written`.

    Raises:
        CompileError: what it writes is not known, or its network would not fit this computer.
        UsageError: a cell of `written` is not in the memory.
    """
    try:
        check_fits(image.word_bits, image.memory, image.mode)
    except ValueError as error:
        raise too_large(str(error), path) from error
    try:
        return baked(image, written)
    except UnknownWritesError as error:
        message = "a computed operand decides where this image writes or goes on"
        remedy = "`--written` names the cells that it may write"
        unknown = Diagnostic("unknown-writes", message, help=remedy, path=path)
        raise CompileError([unknown]) from error
    except ValueError as error:
        raise UsageError(str(error)) from error


def check_machine_fits(image: Image, path: str = "") -> None:
    """Raises CompileError where the machine of `image` would not fit this computer's memory."""
    need, available = _COPIES * 8 * image.memory, available_bytes()
    if available is not None and need > available:
        message = (
            f"a machine of {image.memory:,} cells takes {need / 1e9:,.1f} GB of memory, "
            f"and {available / 1e9:,.1f} GB are available"
        )
        raise too_large(message, path)


def check_executor_fits(network: Network, path: str = "") -> None:
    """Raises CompileError where a network that was loaded is too large to be run here."""
    need, available = _EXECUTOR * network.nbytes, available_bytes()
    if available is not None and need > available:
        message = (
            f"to run a network of {network.nonzeros:,} weights takes {need / 1e9:,.1f} GB of "
            f"memory, and {available / 1e9:,.1f} GB are available"
        )
        raise too_large(message, path)


def too_large(message: str, path: str) -> CompileError:
    """Returns the error for a machine or network that does not fit this computer."""
    remedy = "`--memory` makes the machine smaller"
    return CompileError([Diagnostic("machine-too-large", message, help=remedy, path=path)])


def network_text(network: Network) -> str:
    """Returns the layers of a network and the blocks of neurons in them, for people.

    Args:
        network: as `network_of` returned it.
    """
    return "".join(line + "\n" for line in _lines(network))


def _lines(network: Network) -> Iterator[str]:
    parameters = network.parameters
    if parameters is not None:
        yield (
            f"network {parameters.construction}: {parameters.memory:,} cells x "
            f"{parameters.word_bits} bits, {parameters.mode}"
        )
        if parameters.clean:
            yield f"restoring layers: {', '.join(parameters.clean)}"
        if parameters.constants:
            yield f"baked: {len(parameters.constants):,} cells are constants"
    yield f"state: {network.size:,} entries"
    yield counts(network)
    certificate = network.certificate
    yield f"magnitudes: {certificate.largest:,} at most, exact in {certificate.format}"
    for invariant in certificate.invariants:
        yield f"  given: {invariant.block} is at most {invariant.at_most}: {invariant.reason}"
    for number, layer in enumerate(network.layers, 1):
        most = certificate.layers[number - 1]
        yield ""
        yield f"layer {number}: {layer.size:,} neurons, {layer.nonzeros:,} non-zeros"
        yield (
            f"  at most: weight {most.weight:,}, pre-activation {most.pre_activation:,}, "
            f"partial sum {most.partial_sum:,}"
        )
        for group in layer.groups:
            last = "" if group.size == 1 else f" .. {group.label(group.start + group.size - 1)}"
            yield f"  {group.size:>9,} {group.kind.value:<5} {group.label(group.start)}{last}"


def counts(network: Network) -> str:
    """Returns how large a network is, in one line."""
    return (
        f"{network.depth:,} layers · {network.neurons:,} neurons · {network.nonzeros:,} non-zeros"
    )
