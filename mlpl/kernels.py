"""Where compiled kernels are kept.

Numba keeps them beside their sources and refuses to work where it finds no place to write.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_VARIABLE = "NUMBA_CACHE_DIR"


def provide_cache() -> None:
    """Gives Numba a folder for its kernels, if that of the package cannot be written.

    The user's folder for caches, or one that is removed at the end. Called before Numba is
    imported; a folder that the user has chosen stays.
    """
    if _VARIABLE in os.environ or _writable(Path(__file__).parent):
        return
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    chosen = Path(home) / "mlpl"
    if not _writable(chosen):
        chosen = Path(tempfile.mkdtemp(prefix="mlpl-"))
        atexit.register(shutil.rmtree, chosen, ignore_errors=True)
    os.environ[_VARIABLE] = str(chosen)


def _writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which is made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
