"""Programs compiled into exact neural-network weights.

    import mlpl

    program = mlpl.compile("fn main(a: int, b: int) -> int { return a * b; }")
    program.run(6, 7).value  # 42, by a looped ReLU-MLP

Names are imported when they are first used, so that `import mlpl` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlpl.api import compile, compile_file, load, load_image
    from mlpl.backend.mlp.network import Network
    from mlpl.backend.subleq.image import Image
    from mlpl.base.diagnostics import CompileError, Diagnostic
    from mlpl.base.traps import Trap, TrapKind
    from mlpl.driver import Compilation
    from mlpl.errors import UsageError
    from mlpl.program import Program
    from mlpl.result import Result

__version__ = "0.1.0"

__all__ = [
    "Compilation",
    "CompileError",
    "Diagnostic",
    "Image",
    "Network",
    "Program",
    "Result",
    "Trap",
    "TrapKind",
    "UsageError",
    "compile",
    "compile_file",
    "load",
    "load_image",
]

_HOMES = {
    "Compilation": "mlpl.driver",
    "CompileError": "mlpl.base.diagnostics",
    "Diagnostic": "mlpl.base.diagnostics",
    "Image": "mlpl.backend.subleq.image",
    "Network": "mlpl.backend.mlp.network",
    "Program": "mlpl.program",
    "Result": "mlpl.result",
    "Trap": "mlpl.base.traps",
    "TrapKind": "mlpl.base.traps",
    "UsageError": "mlpl.errors",
    "compile": "mlpl.api",
    "compile_file": "mlpl.api",
    "load": "mlpl.api",
    "load_image": "mlpl.api",
}


def __getattr__(name: str) -> object:
    """Imports a public name on its first use."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module `mlpl` has no attribute `{name}`")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
