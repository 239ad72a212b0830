"""Runs a program that was exported to ONNX; needs NumPy and ONNX Runtime, and nothing of mlpl.

    mlpl build examples/sort.mlpl -o sort.onnx
    seq 9 -1 1 | python examples/run_onnx.py sort.onnx

    mlpl build examples/gcd.mlpl -o gcd.onnx
    python examples/run_onnx.py gcd.onnx 1071 462
"""

import json
import sys

import numpy as np
import onnxruntime

TYPES = {"tensor(int64)": np.int64, "tensor(bool)": np.bool_}

if len(sys.argv) < 2:
    sys.exit(__doc__)
path, *arguments = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
try:
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
except Exception as error:  # the runtime has classes of its own for what is wrong with a file
    sys.exit(f"{path}: {error}")
inputs = session.get_inputs()
if [port.name for port in inputs[-2:]] != ["input", "max_steps"]:
    sys.exit(f"{path}: makes a single pass; a model of the form `loop` runs a program")

# The last two inputs are the same for every program; those before are the entry's parameters.
parameters = inputs[:-2]
given = {"max_steps": np.array(1_000_000_000, np.int64)}
try:
    if len(arguments) != len(parameters):
        raise ValueError(f"{len(parameters)} arguments are needed, not {len(arguments)}")
    for parameter, text in zip(parameters, arguments, strict=True):
        words = [{"true": 1, "false": 0}.get(word, word) for word in text.split(",")]
        values = np.array([int(word) for word in words], TYPES[parameter.type])
        given[parameter.name] = values.reshape(parameter.shape)
except ValueError as error:
    wanted = " ".join(f"{port.name}:{port.type}{port.shape}" for port in parameters)
    sys.exit(f"{error}\narguments: {wanted}")
data = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
given["input"] = np.frombuffer(data, np.uint8)

names = [output.name for output in session.get_outputs()]
results = dict(zip(names, session.run(None, given)))
sys.stdout.buffer.write(results["output"].tobytes())
sys.stdout.flush()
code = int(results["halt"])
known = json.loads(session.get_modelmeta().custom_metadata_map["halt_codes"])
if code == 0:
    sys.exit(f"not at its end after {results['steps']:,} steps")
if code != -1 and str(code) in known:
    sys.exit(f"halted by {known[str(code)]}")
if "result" in results and results.get("returned", True):
    print(str(results["result"].item()).lower())
