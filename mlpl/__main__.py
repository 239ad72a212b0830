"""`python -m mlpl`."""

from __future__ import annotations

import sys

from mlpl.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
