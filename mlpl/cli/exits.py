"""The exit codes of `mlpl`."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the caller's shell is told."""

    SUCCESS = 0
    REJECTED = 1
    """Errors, denied warnings, too large for the memory; `fmt --check` would change a file."""
    USAGE = 2
    """Unknown options, bad entry arguments, files that cannot be read or written."""
    TRAP = 3
    """The program ended by a trap or a fault."""
    STEP_LIMIT = 4
    """`--max-steps` came before the end."""
    MISMATCH = 5
    """`verify` found that a network is not the machine."""
    BUG = 70
    """A bug in mlpl."""
    INTERRUPTED = 130
    """Ctrl-C."""
    CLOSED_PIPE = 141
    """Whoever read the output closed it; nothing is said about that."""


TEXT = (
    "exit codes: 0 success; 1 rejected source, image or network file; 2 usage, unreadable files; "
    "3 trap or fault; 4 step limit; 5 a network that is not the machine; "
    "70 a bug in mlpl; 130 interrupted; 141 closed output pipe"
)
