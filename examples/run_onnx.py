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

path, *arguments = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

# The last two inputs are the same for every program; those before are the entry's parameters.
*parameters, _, _ = session.get_inputs()
if len(parameters) != len(arguments):
    sys.exit("arguments: " + " ".join(f"{p.name}:{p.type}{p.shape}" for p in parameters))
given = {
    "input": np.frombuffer(b"" if sys.stdin.isatty() else sys.stdin.buffer.read(), np.uint8),
    "max_steps": np.array(1_000_000_000, np.int64),
}
for parameter, text in zip(parameters, arguments):
    values = [word == "true" if word in ("true", "false") else int(word) for word in text.split(",")]
    given[parameter.name] = np.array(values, TYPES[parameter.type]).reshape(parameter.shape)

names = [output.name for output in session.get_outputs()]
results = dict(zip(names, session.run(None, given)))
sys.stdout.write(results["output"].tobytes().decode("utf-8", "replace"))
code = int(results["halt"])
if code == -1:
    if "result" in results and results.get("returned", True):
        print(results["result"].item())
else:
    known = json.loads(session.get_modelmeta().custom_metadata_map["halt_codes"])
    sys.exit(f"halted by {known.get(str(code), code)}")
