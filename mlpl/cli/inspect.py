"""`mlpl inspect`: the layers of a network, and what its neurons are for."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from mlpl.cli.exits import Exit
from mlpl.cli.parser import (
    Parser,
    add_bake_options,
    add_construction_option,
    add_error_format,
    add_machine_options,
    add_mode_option,
    add_source_options,
    number,
)
from mlpl.errors import UsageError

if TYPE_CHECKING:
    from mlpl.backend.mlp.provenance.naming import NeuronId
    from mlpl.program import Program
    from mlpl.provenance import Origin


def _parser() -> Parser:
    parser = Parser("inspect", "Shows the layers of a network, and what its neurons are for.")
    parser.add_argument("file", help="a source, an image, a saved program, or - for a source")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--neuron", metavar="NAME", help="what one is for: its name, or LAYER:INDEX (0 for state)"
    )
    chosen.add_argument("--line", metavar="N", type=number, help="the neurons of a line")
    chosen.add_argument("--variable", metavar="NAME", help="the neurons of a variable")
    chosen.add_argument("--cell", metavar="N", type=number, help="the neurons of a memory cell")
    chosen.add_argument(
        "--instruction", metavar="ADDRESS", type=number, help="the neurons of an instruction"
    )
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")
    add_source_options(parser)
    add_machine_options(parser)
    add_construction_option(parser)
    add_bake_options(parser)
    add_mode_option(parser)
    add_error_format(parser)
    return parser


def main(words: list[str]) -> Exit:
    """Writes what is asked of a network."""
    arguments = _parser().read(words)

    from mlpl.cli.loading import load_program
    from mlpl.cli.streams import write_text

    program = load_program(arguments)
    _make(program, certificate=arguments.neuron is None and not _asks_for_neurons(arguments))
    if arguments.neuron is not None:
        origin = program.explain(*_neuron(program, arguments.neuron))
        text = json.dumps(_origin_data(origin)) if arguments.json else str(origin)
    elif _asks_for_neurons(arguments):
        found = program.neurons_of(
            line=arguments.line,
            variable=arguments.variable,
            cell=arguments.cell,
            instruction=arguments.instruction,
        )
        text = _neurons_json(program, found) if arguments.json else _neurons_text(program, found)
    else:
        text = _network_json(program) if arguments.json else _network_text(program)
    write_text(text.rstrip("\n") + "\n")
    return Exit.SUCCESS


def _make(program: Program, *, certificate: bool) -> None:
    """Makes all that takes time, and says so."""
    from mlpl.cli.progress import Progress

    progress = Progress()
    try:
        progress.stage("network")
        network = program.network
        if certificate:
            progress.stage("certificate")
            _ = network.certificate
    finally:
        progress.clear()


def _asks_for_neurons(arguments: argparse.Namespace) -> bool:
    names = ("line", "variable", "cell", "instruction")
    return any(getattr(arguments, name) is not None for name in names)


def _neuron(program: Program, text: str) -> NeuronId:
    """Returns the neuron that is meant by a name, or by layer and index."""
    from mlpl.backend.mlp.provenance.naming import NeuronId

    network = program.network
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


def _network_text(program: Program) -> str:
    from mlpl.networks import network_text

    return network_text(program.network)


def _network_json(program: Program) -> str:
    network = program.network
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
    sizes = {"neurons": network.neurons, "nonzeros": network.nonzeros, "state": network.size}
    certificate = network.certificate.to_json()
    return json.dumps(sizes | {"layers": layers, "certificate": certificate}, ensure_ascii=False)


def _origin_data(origin: Origin) -> dict[str, Any]:
    neuron = origin.neuron
    return {
        "name": neuron.name,
        "layer": neuron.neuron.layer,
        "index": neuron.neuron.place,
        "part": neuron.part,
        "role": neuron.role,
        "bias": neuron.bias,
        "inputs": [{"name": w.name, "weight": w.weight} for w in neuron.inputs],
        "outputs": [{"name": w.name, "weight": w.weight} for w in neuron.outputs],
        "tie": origin.tie.name.lower(),
        "cell": origin.cell,
        "instructions": list(origin.instructions),
        "lines": [{"file": at.path, "line": at.line, "column": at.column} for at in origin.lines],
        "variables": [v.name for v in origin.variables],
    }


def _neurons_json(program: Program, found: list[NeuronId]) -> str:
    network = program.network
    return json.dumps(
        [{"layer": n.layer, "index": n.place, "name": network.name(*n)} for n in found]
    )


def _neurons_text(program: Program, found: list[NeuronId]) -> str:
    """Returns a line for each neuron, by layer."""
    network = program.network
    lines = [f"{len(found):,} neurons and entries of the state"]
    lines += [f"{n.layer:>5}:{n.place:<9} {network.name(*n)}" for n in found]
    return "\n".join(lines)
