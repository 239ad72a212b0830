"""Pages whose files are written and whose commands are run, in order, in the current folder.

`mlpl NAME` and `asq NAME` blocks are files. A `console` block is a session: `$ command`, then what
it writes. An `output` block is what the `python` block before it prints. Blocks marked `changing`
show what every improvement of the compiler changes: they are run, and not compared.
"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path

from tests.console import Shell, commands, matches
from tests.pages import Block, blocks


def replay(page: Path, *, update: bool) -> None:
    """Runs a page and compares what comes out with it, or puts that in."""
    text, shell, written = page.read_text(), Shell(), ""
    made: list[tuple[Block, str]] = []
    for block in blocks(text):
        match block.language:
            case "mlpl" | "asq" if block.file is not None:
                Path(block.file).write_text(block.text)
            case "console":
                made.append((block, _session(block, shell, update)))
            case "python":
                written = _python(block.text)
            case "output":
                assert update or block.text == written or "changing" in block.words
                made.append((block, written))
    if update:
        for block, body in reversed(made):
            text = text[: block.span[0]] + body + text[block.span[1] :]
        page.write_text(text)


def _session(block: Block, shell: Shell, update: bool) -> str:
    """Runs a session and compares it; returns it as it went, figures that may differ as shown."""
    parts = []
    for command in commands(block.text):
        output = shell.run(command.line)
        kept = matches(command.output, output)
        assert kept or update or "changing" in block.words, f"$ {command.line}\n{output}"
        parts.append(f"$ {command.line}\n{command.output if kept else output}")
    return "".join(parts)


def _python(text: str) -> str:
    """Runs a program in Python; returns what it prints."""
    output = io.StringIO()
    with redirect_stdout(output):
        exec(text, {})
    return output.getvalue()
