"""Programs in safetensors files, with their networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlpl.backend.mlp.formats.files import NetworkFile, open_network_file, write_network_file
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.image_record import read_image, write_image
from mlpl.base.checked import Checked, DamagedError
from mlpl.base.diagnostics import CompileError, Diagnostic
from mlpl.base.source import Source
from mlpl.errors import UsageError
from mlpl.lang.datatypes import parse_outside_type, size
from mlpl.lang.load import SourceNotFound, unreadable
from mlpl.loaded import Loaded, LoadedEntry, LoadedParameter
from mlpl.options import check_construction

if TYPE_CHECKING:
    from mlpl.exports import Exports

_NETWORK_HELP = "`Network.load` reads it, `mlpl inspect` and `mlpl verify` take it"


def save_program(program: Exports, path: str | Path) -> None:
    """Writes a program and its network to a file; see `Program.save`."""
    arrays, record = write_image(program.image)
    entry = program.entry
    data = {
        "entry": None if entry is None else entry.name,
        "sources": [[source.path, source.text] for source in program.sources.values()],
        "image": record,
    }
    write_network_file(path, program.network, arrays, data)


def load_program(path: str | Path) -> Loaded:
    """Returns the program in a file; see `Program.load`."""
    found = load_file(path)
    if isinstance(found, Loaded):
        return found
    message = "this file holds a network without a program"
    raise CompileError([Diagnostic("no-program", message, help=_NETWORK_HELP, path=str(path))])


def load_file(path: str | Path) -> Loaded | Network:
    """Returns what is in a file; see `mlpl.load`."""
    try:
        with open_network_file(path) as file:
            network = file.network()
            return network if file.program.value is None else _program(file, network)
    except OSError as error:
        raise SourceNotFound([unreadable(path, error)]) from None


def _program(file: NetworkFile, network: Network) -> Loaded:
    entry, texts, record = file.program.members("entry", "sources", "image")
    image = read_image(file.arrays, record)
    _check_machine(image, network)
    sources = _sources(texts)
    _check_locations(image, sources)
    return Loaded(image, sources, _entry(entry, image), network)


def _check_machine(image: Image, network: Network) -> None:
    """Raises DamagedError where the network is not that of the image."""
    made = network.parameters
    if made is None:
        raise DamagedError("the program is for a machine, and the network is none")
    if (made.word_bits, made.memory, made.mode) != (image.word_bits, image.memory, image.mode):
        raise DamagedError("the program is for another machine than the network")
    if made.constants != tuple((cell, image.word(cell)) for cell in image.fixed):
        raise DamagedError("the network has other constants than the program")
    try:
        check_construction(made.construction, made.clean)
    except UsageError as error:
        raise DamagedError(error.message) from None


def _sources(texts: Checked) -> dict[str, Source]:
    found = {}
    for pair in texts.items():
        path, text = pair.items(2)
        found[path.text()] = Source(path.text(), text.text())
    if not found:
        texts.refuse("names no file")
    return found


def _check_locations(image: Image, sources: dict[str, Source]) -> None:
    """Raises DamagedError where an instruction is of a line that its source does not have."""
    for location in image.facts.lines.values():
        source = sources.get(location.path)
        if source is not None and location.line > source.position(len(source.text))[0]:
            raise DamagedError(f"{location} is behind the end of the source")


def _entry(name: Checked, image: Image) -> LoadedEntry | None:
    """Returns the entry of an image; images made elsewhere have none."""
    facts = image.facts
    if name.value is None:
        if facts.arguments or facts.result is not None:
            name.refuse("is null, and there are arguments or a result")
        return None
    parameters = []
    for variable in facts.arguments:
        type_ = parse_outside_type(variable.type)
        if type_ is None or size(type_) != variable.length:
            raise DamagedError(f"the parameter `{variable.name}` cannot be `{variable.type[:80]}`")
        parameters.append(LoadedParameter(variable.name, type_))
    result = facts.result
    if result is not None and (result.type not in ("int", "bool") or result.length != 1):
        raise DamagedError(f"the result cannot be `{result.type[:80]}`")
    return LoadedEntry(name.text(), tuple(parameters))
