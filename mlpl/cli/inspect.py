"""`mlpl inspect`: the layers of a network, and what its neurons are for."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from mlpl.cli.exits import Exit
from mlpl.cli.parser import (
    Parser,
    add_error_format,
    add_network_options,
    number,
)
from mlpl.errors import UsageError

if TYPE_CHECKING:
    from mlpl.backend.mlp.network import Network
    from mlpl.backend.mlp.provenance.explain import Neuron
    from mlpl.backend.mlp.provenance.naming import NeuronId
    from mlpl.program import Program
    from mlpl.provenance import Origin


def _parser() -> Parser:
    parser = Parser("inspect", "Shows the layers of a network, and what its neurons are for.")
    parser.add_argument(
        "file", help="a source, an image, a saved program or network, or - for a source"
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--neuron", metavar="NAME", help="what one is for: its name, or LAYER:INDEX (0 for state)"
    )
    chosen.add_argument(
        "--line", metavar="N", type=_line, help="the neurons of a line, as in 12 or sort.mlpl:12"
    )
    chosen.add_argument("--variable", metavar="NAME", help="the neurons of a variable")
    chosen.add_argument("--cell", metavar="N", type=number, help="the neurons of a memory cell")
    chosen.add_argument(
        "--instruction", metavar="ADDRESS", type=number, help="the neurons of an instruction"
    )
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    add_network_options(parser)
    add_error_format(parser)
    return parser


def _line(text: str) -> tuple[str | None, int]:
    """Returns the file, if one is given, and the number of a line.

    Raises:
        argparse.ArgumentTypeError: there is no number.
    """
    file, colon, line = text.rpartition(":")
    return file if colon else None, number(line)


def main(words: list[str]) -> Exit:
    """Writes what is asked of a network."""
    arguments = _parser().read(words)

    from mlpl.cli.loading import is_saved, load_program, load_saved
    from mlpl.cli.streams import write_text
    from mlpl.networks import network_text
    from mlpl.program import Program

    saved = is_saved(arguments.file) and not arguments.bake
    subject = load_saved(arguments) if saved else load_program(arguments)
    of_program = any(getattr(arguments, name) is not None for name in _OF_PROGRAMS)
    _make(subject, certificate=arguments.neuron is None and not of_program)
    if arguments.neuron is not None:
        text = _one(subject, arguments)
    elif of_program:
        if not isinstance(subject, Program):
            message = f"`{arguments.file}` holds a network without a program"
            raise UsageError(message, "`--neuron` asks about one of its neurons")
        text = _several(subject, arguments)
    else:
        network = _network(subject)
        text = _network_json(network) if arguments.json else network_text(network)
    write_text(text.rstrip("\n") + "\n")
    return Exit.SUCCESS


_OF_PROGRAMS = ("line", "variable", "cell", "instruction")
"""The options that ask for the neurons of something."""


def _make(subject: Program | Network, *, certificate: bool) -> None:
    """Makes all that takes time, and says so."""
    from mlpl.cli.progress import Progress

    progress = Progress()
    try:
        progress.stage("network")
        network = _network(subject)
        if certificate:
            progress.stage("certificate")
            _ = network.certificate
    finally:
        progress.clear()


def _network(subject: Program | Network) -> Network:
    from mlpl.program import Program

    return subject.network if isinstance(subject, Program) else subject


def _one(subject: Program | Network, arguments: argparse.Namespace) -> str:
    """Returns what one neuron is for; of a network without a program, what it is."""
    from mlpl.program import Program

    if isinstance(subject, Program):
        origin = subject.explain(*_neuron(subject.network, arguments.neuron))
        return json.dumps(_origin_data(origin)) if arguments.json else str(origin)
    neuron = subject.explain(*_neuron(subject, arguments.neuron))
    return json.dumps(_neuron_data(neuron)) if arguments.json else str(neuron)


def _several(program: Program, arguments: argparse.Namespace) -> str:
    """Returns the neurons of a line, a variable, a cell or an instruction."""
    file, line = arguments.line or (None, None)
    found = program.neurons_of(
        line=line,
        variable=arguments.variable,
        cell=arguments.cell,
        instruction=arguments.instruction,
        file=file,
    )
    network = program.network
    return _neurons_json(network, found) if arguments.json else _neurons_text(network, found)


def _neuron(network: Network, text: str) -> NeuronId:
    """Returns the neuron that is meant by a name, or by layer and index."""
    from mlpl.backend.mlp.provenance.naming import NeuronId

    layer, colon, index = text.partition(":")
    try:
        if not (colon and layer.isdecimal() and index.isdecimal()):
            return network.find(text)
        found = NeuronId(int(layer), int(index))
        network.name(*found)
    except (ValueError, IndexError) as error:
        remedy = "`mlpl inspect FILE` lists the blocks of each layer with the names in them"
        raise UsageError(str(error), remedy) from error
    return found


def _network_json(network: Network) -> str:
    layers = [
        {
            "neurons": layer.size,
            "nonzeros": layer.nonzeros,
            "blocks": [
                {"name": g.label(g.start), "kind": g.kind.value, "neurons": g.size}
                for g in layer.groups
            ],
        }
        for layer in network.layers
    ]
    data = {
        "machine": _machine_data(network),
        "neurons": network.neurons,
        "nonzeros": network.nonzeros,
        "state": network.size,
        "layers": layers,
        "certificate": network.certificate.to_json(),
    }
    return json.dumps(data, ensure_ascii=False)


def _machine_data(network: Network) -> dict[str, Any] | None:
    """Returns which machine a network is; None where it is none."""
    known = network.parameters
    if known is None:
        return None
    return {
        "word_bits": known.word_bits,
        "memory": known.memory,
        "mode": known.mode,
        "construction": known.construction,
        "clean": list(known.clean),
        "constants": len(known.constants),
    }


def _neuron_data(neuron: Neuron) -> dict[str, Any]:
    return {
        "name": neuron.name,
        "layer": neuron.neuron.layer,
        "index": neuron.neuron.place,
        "part": neuron.part,
        "role": neuron.role,
        "bias": neuron.bias,
        "inputs": [{"name": w.name, "weight": w.weight} for w in neuron.inputs],
        "outputs": [{"name": w.name, "weight": w.weight} for w in neuron.outputs],
    }


def _origin_data(origin: Origin) -> dict[str, Any]:
    return _neuron_data(origin.neuron) | {
        "tie": origin.tie.name.lower(),
        "cell": origin.cell,
        "instructions": list(origin.instructions),
        "lines": [{"file": at.path, "line": at.line, "column": at.column} for at in origin.lines],
        "variables": [v.name for v in origin.variables],
    }


def _neurons_json(network: Network, found: list[NeuronId]) -> str:
    return json.dumps(
        [{"layer": n.layer, "index": n.place, "name": network.name(*n)} for n in found]
    )


def _neurons_text(network: Network, found: list[NeuronId]) -> str:
    """Returns a line for each neuron, by layer."""
    lines = [f"{len(found):,} neurons and entries of the state"]
    lines += [f"{n.layer:>5}:{n.place:<9} {network.name(*n)}" for n in found]
    return "\n".join(lines)
