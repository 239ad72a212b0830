"""`mlpl explain`: says what a rule means that an error, warning or trap has named."""

from __future__ import annotations

import re

from mlpl.cli.exits import Exit
from mlpl.cli.parser import Parser, add_error_format
from mlpl.cli.streams import write_text
from mlpl.errors import UsageError

_FENCE = re.compile(r"^```(\w*) ?([^\n]*)\n(.*?)^```\n?", re.MULTILINE | re.DOTALL)


def _parser() -> Parser:
    parser = Parser("explain", "Explains a rule that an error, warning or trap has named.")
    parser.add_argument("rule", nargs="?", help="its name; all are listed without one")
    add_error_format(parser)
    return parser


def main(words: list[str]) -> Exit:
    """Writes the explanation of a rule, or the list of all."""
    arguments = _parser().read(words)
    write_text(_listed() if arguments.rule is None else _explained(arguments.rule))
    return Exit.SUCCESS


def _listed() -> str:
    from mlpl.rules import KINDS, explain, rule_names

    width = max(map(len, rule_names()))
    lines = []
    for kind, title in KINDS.items():
        lines += ["", f"{title}:"]
        for name in rule_names():
            rule = explain(name)
            if rule.kind == kind:
                lines.append(f"  {name:<{width}}  {_plain(rule.sentence).split('. ')[0]}")
    return "\n".join([*lines[1:], "", "`mlpl explain NAME` says more.", ""])


def _explained(name: str) -> str:
    from mlpl.rules import explain

    try:
        rule = explain(name)
    except KeyError:
        raise _unknown(name) from None
    place = f" ({rule.law})" if rule.law else ""
    text = _FENCE.sub(_example, f"{rule.sentence}\n\n{rule.text}\n")
    return f"{name}: {rule.kind}{place}\n\n{text.rstrip()}\n"


def _example(fence: re.Match[str]) -> str:
    """Returns an example without its fence, indented, below the name of its file."""
    language, file, code = fence.groups()
    prompt = "$ " if language == "sh" else ""
    lines = [f"    {prompt}{line}".rstrip() for line in code.splitlines()]
    return "\n".join([*([f"  {file}:"] if file else []), *lines, ""])


def _plain(sentence: str) -> str:
    return " ".join(sentence.split()).rstrip(".")


def _unknown(name: str) -> UsageError:
    from mlpl.base.diagnostics import nearest
    from mlpl.rules import rule_names

    near = nearest(name, rule_names())
    help_ = f"did you mean `{near}`?" if near else "`mlpl explain` lists all rules"
    return UsageError(f"there is no rule `{name}`", help_)
