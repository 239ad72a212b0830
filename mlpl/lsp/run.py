"""Starts the server and stays until the client goes."""

from __future__ import annotations

import logging
import sys
import threading

from mlpl.base.recursion import deep_recursion
from mlpl.editor.analysis import Options
from mlpl.lsp.server import make_server

STACK = 1 << 26
"""Bytes for the thread that analyses: on some systems threads have far less than processes."""


def serve(options: Options) -> bool:
    """Serves a client over standard input and output; returns whether it went in good order.

    It does by the protocol's `shutdown` and `exit`, or by closing the input.
    """
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    threading.stack_size(STACK)
    server = make_server(options)
    with deep_recursion():
        server.start_io()
    return server.asked_to_end or not server.gone
