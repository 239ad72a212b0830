"""The language server as a client sees it: a process, messages, files in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lsp_client import PATIENCE, Client, RefusedError, place, text_at

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    client = Client(tmp_path_factory.mktemp("workspace"))
    yield client
    assert client.stop() == 0


def opened(client: Client, text: str, name: str) -> tuple[str, str, tuple[int, int]]:
    """Opens a text with a mark: its URI, the text without the mark, and the mark's place."""
    clean, where = place(text)
    return client.open(name, clean), clean, where


# Diagnostics


def test_a_wrong_text_gets_its_errors_with_reason_rule_and_help(client: Client) -> None:
    text = "fn main() {\n    let count = 1;\n    count = conut;\n}\n"
    uri = client.open("wrong.mlpl", text)
    found = {d["code"]: d for d in client.diagnostics(uri)}
    assert set(found) == {"unknown-name", "immutable-assignment"}
    unknown, immutable = found["unknown-name"], found["immutable-assignment"]
    assert text_at(text, unknown["range"]) == "conut"
    assert unknown["severity"] == 1 and unknown["source"] == "mlpl"
    assert "help: a variable with a similar name exists: `count`" in unknown["message"]
    (related,) = immutable["relatedInformation"]
    assert related["message"] == "declared here"
    assert text_at(text, related["location"]["range"]) == "count"
    client.change(uri, "fn main() { let unused = 1; }")
    (warning,) = client.diagnostics(uri)
    assert (warning["severity"], warning["code"]) == (2, "unused-variable")
    assert warning["tags"] == [1]
    client.change(uri, "fn main() { }")
    assert client.diagnostics(uri) == []


def test_a_file_without_main_is_a_module(client: Client) -> None:
    assert client.diagnostics(client.open("lonely.mlpl", "fn f() { }")) == []


def test_what_stands_before_an_emoji_moves_nothing(client: Client) -> None:
    text = 'fn main() { /* 🙂é */ print("🧠", wrong); }'
    uri = client.open("emoji.mlpl", text)
    (finding,) = client.diagnostics(uri)
    assert text_at(text, finding["range"]) == "wrong"


def test_the_buffer_of_an_imported_module_counts_and_its_importer_is_checked_again(
    client: Client,
) -> None:
    (client.root / "part.mlpl").write_text("fn f() { }")
    uri = client.open("whole.mlpl", "import part;\nfn main() { part.f(); part.g(); }")
    assert [d["code"] for d in client.diagnostics(uri)] == ["unknown-name"]
    part = client.open("part.mlpl", "fn f() { } fn g() { }")
    assert client.next_diagnostics(uri) == []
    client.change(part, "fn f() { } fn g() { ")
    (finding,) = client.next_diagnostics(uri)
    assert finding["code"] == "module-error"
    assert finding["relatedInformation"][0]["location"]["uri"] == part
    client.close(part)
    assert [d["code"] for d in client.next_diagnostics(uri)] == ["unknown-name"]


def test_a_closed_document_has_no_diagnostics(client: Client) -> None:
    uri = client.open("closed.mlpl", "fn main() { x }")
    assert client.diagnostics(uri) != []
    client.close(uri)
    assert client.next_diagnostics(uri) == []


# Questions about a place

HOVERS = {
    "variable": ("fn main() { var a: int[3]; print(¦a[0]); }", ["var a: int[3]", "3 cells"]),
    "constant": ("const N = 65; fn main() { print(¦N); }", ["const N: int = 65", "0x41", "'A'"]),
    "function": (
        "// Returns twice x.\nfn twice(x: int) -> int { return x + x; }\n"
        "fn main() { print(¦twice(2)); }",
        ["fn twice(x: int) -> int", "Returns twice x.", "cost:", "steps a call"],
    ),
    "library": (
        "import sort; fn main() { var a: int[3]; sort.¦insertion(a); }",
        ["fn insertion(a: int[])", "cells; ", "a call or more"],
    ),
    "module": ("import sort; fn main() { var a: int[3]; ¦sort.heap(a); }", ["import sort"]),
    "field": ("struct P { x: int } fn main() { var p: P; print(p.¦x); }", ["x: int", "struct P"]),
    "struct": ("struct P { x: int, y: int[2] } fn main() { var p: ¦P; p.x = 1; }", ["3 cells"]),
    "parameter": ("fn f(a: int[]) -> int { return ¦a[0]; }", ["a: int[]", "by reference"]),
    "built-in": ("fn main() { ¦print(1); }", ["fn print", "decimal"]),
    "keyword": ("fn main() { ¦while true { } }", ["L4.2"]),
    "literal": ("fn main() { print(¦0xFFFF); }", ["`-1` = `0xffff`"]),
    "character": ("fn main() { print(¦'A'); }", ["`65` = `0x41`"]),
    "operator": ("fn main(a: int) { print(a ¦* a); }", ["product", "routine", "steps"]),
    "assignment": ("fn main() { var a = 1; a ¦+= 1; print(a); }", ["sum", "1 step"]),
}


@pytest.mark.parametrize("case", HOVERS)
def test_hover(client: Client, case: str) -> None:
    text, expected = HOVERS[case]
    uri, _, where = opened(client, text, "hover.mlpl")
    shown = client.ask("hover", uri, where)["contents"]
    assert shown["kind"] == "markdown"
    for part in expected:
        assert part in shown["value"]


def test_nothing_is_said_about_a_comment(client: Client) -> None:
    uri, _, where = opened(client, "// fn ¦main\nfn main() { }", "comment.mlpl")
    assert client.ask("hover", uri, where) is None


def test_definition_in_this_file_a_module_and_the_library(client: Client) -> None:
    (client.root / "shapes.mlpl").write_text("const A = 1;\nfn area() -> int { return A; }\n")
    text = (
        "import shapes;\nimport sort;\n"
        "fn main() { /* 🙂 */ shapes.¦area(); sort.heap(a); }\nvar a: int[3];\n"
    )
    uri, clean, where = opened(client, text, "definition.mlpl")
    found = client.ask("definition", uri, where)
    assert found["uri"] == client.uri("shapes.mlpl")
    assert found["range"]["start"] == {"line": 1, "character": 3}
    column = where[1] + len("area(); sort.")
    heap = client.ask("definition", uri, (where[0], column))
    assert heap["uri"].endswith("/stdlib/sort.mlpl")
    assert Path(heap["uri"].removeprefix("file://")).read_text().count("fn heap(") == 1
    array = client.ask("definition", uri, (where[0], column + len("heap(")))
    assert array["uri"] == uri and text_at(clean, array["range"]) == "a"
    module = client.ask("definition", uri, (0, 8))
    assert module == {
        "uri": client.uri("shapes.mlpl"),
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
    }


def test_references_in_all_files_that_import(client: Client) -> None:
    (client.root / "counted.mlpl").write_text(
        "fn f() -> int { return g(); }\nfn g() -> int { return 1; }\n"
    )
    (client.root / "user.mlpl").write_text(
        "import counted as c;\nfn f() -> int { return c.f(); }\n"
    )
    uri, _, where = opened(
        client, "import counted;\nfn main() { print(counted.¦f(), counted.f()); }", "first.mlpl"
    )
    found = client.ask("references", uri, where, context={"includeDeclaration": True})
    files = [Path(f["uri"]).name for f in found]
    assert files == ["counted.mlpl", "first.mlpl", "first.mlpl", "user.mlpl"]
    fewer = client.ask("references", uri, where, context={"includeDeclaration": False})
    assert len(fewer) == 3
    lit = client.ask("documentHighlight", uri, where)
    assert len(lit) == 2


def test_rename_and_what_is_refused(client: Client) -> None:
    (client.root / "base.mlpl").write_text("fn f() -> int { return 1; }\n")
    text = 'import base;\nfn main() { print("🧠", base.¦f()); }'
    uri, _, where = opened(client, text, "renamed.mlpl")
    assert client.ask("prepareRename", uri, where)["placeholder"] == "f"
    changes = client.ask("rename", uri, where, newName="one")["changes"]
    assert {Path(u).name for u in changes} == {"base.mlpl", "renamed.mlpl"}
    (edit,) = changes[uri]
    assert edit["newText"] == "one" and edit["range"]["start"]["character"] == where[1]
    for name, reason in (("while", "keyword"), ("_f", "own file only"), ("1", "no name")):
        with pytest.raises(RefusedError, match=reason):
            client.ask("rename", uri, where, newName=name)
    with pytest.raises(RefusedError, match="built-in"):
        client.ask("prepareRename", uri, (1, 13))


def labels(items: list[dict[str, Any]]) -> set[str]:
    return {item["label"] for item in items}


COMPLETIONS: dict[str, tuple[str, set[str], set[str]]] = {
    "locals": (
        "const N = 1; fn f(a: int) { let b = 1; { let c = 2; ¦ } let d = 3; }",
        {"a", "b", "c", "N", "f", "print", "let", "while"},
        {"d", "fn"},
    ),
    "begun": ("fn f(count: int) { print(co¦", {"count", "true"}, {"while"}),
    "member": ("import sort; fn main() { sort.¦\n}", {"heap", "is_sorted"}, {"sort", "print"}),
    "member begun": ("import sort; fn main() { sort.ins¦ }", {"insertion"}, {"print"}),
    "field": (
        "struct P { x: int, ys: int[2] } fn main() { var p: P[3]; p[1].¦ }",
        {"x", "ys"},
        {"p"},
    ),
    "field in the middle": (
        "struct P { x: int } fn main() { var p: P; if p.¦ { print(1); }\nprint(2); }",
        {"x"},
        {"p"},
    ),
    "module": ("import ¦", {"sort", "math"}, {"print"}),
    "type": ("struct P { x: int } fn f(a: ¦", {"int", "bool", "P"}, {"f", "print"}),
    "result": ("fn f() -> ¦ { }", {"int", "bool"}, {"f"}),
    "top": ("¦", {"fn", "import", "struct"}, {"while", "print"}),
    "initialiser": (
        "struct P { x: int, y: int } fn main() { let p = P { x: 1, ¦ }; }",
        {"y"},
        {"x", "print"},
    ),
    "range": ("fn main() { for i in 0..9 ¦ }", {"by"}, {"print"}),
    "new name": ("fn main() { let ¦ }", set(), {"print", "main"}),
    "string": ('fn main() { print("¦"); }', set(), {"print", "main"}),
    "comment": ("fn main() { } // ¦", set(), {"fn"}),
    "broken before": (
        "fn broken( { let z = ; }\nfn main() { let value = 1; print(val¦ }",
        {"value", "main"},
        set(),
    ),
}


@pytest.mark.parametrize("case", COMPLETIONS)
def test_completion(client: Client, case: str) -> None:
    text, expected, absent = COMPLETIONS[case]
    uri, _, where = opened(client, text, "completion.mlpl")
    found = labels(client.ask("completion", uri, where))
    assert expected <= found
    assert not absent & found


def test_a_proposal_has_its_declaration_and_its_comment(client: Client) -> None:
    text = "// Twice.\nfn twice(x: int) -> int { return x + x; }\nfn main() { print(tw¦); }"
    uri, _, where = opened(client, text, "proposal.mlpl")
    (found,) = [i for i in client.ask("completion", uri, where) if i["label"] == "twice"]
    assert found["detail"] == "fn twice(x: int) -> int"
    assert found["documentation"]["value"] == "Twice."


@pytest.mark.parametrize(
    ("text", "label", "active"),
    [
        ("fn f(a: int, b: int[]) { } fn main() { f(1, ¦", "fn f(a: int, b: int[])", 1),
        (
            "fn f(a: int, b: int) { } fn main() { f((1 + 2), g(3, 4), ¦); }",
            "fn f(a: int, b: int)",
            2,
        ),
        ("import sort; fn main() { sort.merge(¦", "fn merge(a: int[], tmp: int[])", 0),
        ("fn main() { print(len(¦)); }", "fn len(a: T[]) -> int", 0),
        ("fn main() { print(1, 2, ¦); }", "fn print(…)", 0),
    ],
)
def test_signature_help(client: Client, text: str, label: str, active: int) -> None:
    uri, _, where = opened(client, text, "signature.mlpl")
    found = client.ask("signatureHelp", uri, where)
    (signature,) = found["signatures"]
    assert (signature["label"], found["activeParameter"]) == (label, active)


# Whole documents


def test_symbols_folds_and_tokens(client: Client) -> None:
    text = (
        "// One\n// and two.\nimport sort;\nimport math;\n\n"
        "struct P {\n    x: int,\n    y: int\n}\n"
        "const N = 2;\nvar g: P;\nfn main() {\n    g.x = N;\n    print(math.abs(g.x));\n}\n"
    )
    uri = client.open("outline.mlpl", text)
    document = {"textDocument": {"uri": uri}}
    symbols = client.request("textDocument/documentSymbol", **document)
    assert [s["name"] for s in symbols] == ["sort", "math", "P", "N", "g", "main"]
    assert [c["name"] for c in symbols[2]["children"]] == ["x", "y"]
    folds = client.request("textDocument/foldingRange", **document)
    found = {(f["startLine"], f["endLine"], f["kind"]) for f in folds}
    assert found == {(0, 1, "comment"), (2, 3, "imports"), (5, 7, "region"), (11, 13, "region")}
    data = client.request("textDocument/semanticTokens/full", **document)["data"]
    assert len(data) % 5 == 0
    assert data[:5] == [2, 7, 4, 5, 1]  # `sort`, a module, declared here
    (client.root / "elsewhere.mlpl").write_text("fn remarkable() { }\n")
    named = client.request("workspace/symbol", query="REMARK")
    assert [(s["name"], s["containerName"]) for s in named] == [("remarkable", "elsewhere")]


def test_formatting(client: Client) -> None:
    uri = client.open("format.mlpl", "fn main( ) {print( 1 ) ;}\n")
    options = {"tabSize": 4, "insertSpaces": True}
    document = {"textDocument": {"uri": uri}, "options": options}
    (edit,) = client.request("textDocument/formatting", **document)
    assert edit["newText"] == "fn main() {\n    print(1);\n}\n"
    client.change(uri, edit["newText"])
    assert client.request("textDocument/formatting", **document) == []
    client.change(uri, "fn main( {")
    assert client.request("textDocument/formatting", **document) is None


ACTIONS = {
    "semicolon": ("fn main() {\n    print(1)\n}", "insert `;`", "print(1);"),
    "similar name": ("fn main() { let count = 1; print(conut); }", "write `count`", "print(count)"),
    "import": ("fn main() { print(math.abs(1)); }", "import module `math`", "import math;\n\nfn"),
    "another import": (
        "import sort;\nvar a: int[2];\nfn main() { sort.heap(a); print(math.abs(1)); }",
        "import module `math`",
        "import sort;\nimport math;\n",
    ),
    "not used": ("fn main() { let x = 1; }", "rename to `_x`", "let _x = 1"),
    "import not used": ("import sort;\nfn main() { }", "remove the import", "fn main() { }"),
    "no type": ("fn main() { var x; x = 1; print(x); }", "declare as `int`", "var x: int;"),
    "foreign word": ("fn main() { if true and false { } }", "write `&&`", "true && false"),
}


@pytest.mark.parametrize("case", ACTIONS)
def test_code_actions_do_what_the_help_says(client: Client, case: str) -> None:
    text, title, expected = ACTIONS[case]
    uri = client.open("action.mlpl", text)
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    actions = client.request(
        "textDocument/codeAction",
        textDocument={"uri": uri},
        range=where,
        context={"diagnostics": []},
    )
    action = next(a for a in actions if a["title"] == title)
    changed = applied(text, action["edit"]["changes"][uri])
    assert expected in changed
    client.change(uri, changed)
    code = action["diagnostics"][0]["code"]
    assert code not in [d["code"] for d in client.diagnostics(uri)]


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    lines = text.split("\n")

    def offset(position: dict[str, int]) -> int:
        before = sum(len(line) + 1 for line in lines[: position["line"]])
        return before + position["character"]

    for edit in reversed(edits):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text


# The process


def test_columns_are_counted_as_the_client_wishes(tmp_path: Path) -> None:
    client = Client(tmp_path, encodings=["utf-8"])
    assert client.capabilities["positionEncoding"] == "utf-8"
    uri = client.open("a.mlpl", "fn main() { /* 🙂 */ wrong(); }")
    (finding,) = client.diagnostics(uri)
    assert finding["range"]["start"]["character"] == len("fn main() { /* 🙂 */ ".encode())
    assert client.stop() == 0


def test_options_and_documents_without_a_file(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "far.mlpl").write_text("fn f() { }")
    settings = {"wordBits": 12, "paths": [str(tmp_path / "lib")], "entry": "start"}
    client = Client(tmp_path, settings=settings)
    uri = client.open("a.mlpl", "import far;\nfn start() { far.f(); print(4000); }")
    (finding,) = client.diagnostics(uri)
    assert "2047" in finding["message"]
    text = "fn main() { wrong(); }"
    client.versions["untitled:Untitled-1"] = 1
    client.notify(
        "textDocument/didOpen",
        textDocument={
            "uri": "untitled:Untitled-1", "languageId": "mlpl", "version": 1, "text": text
        },
    )  # fmt: skip
    (finding,) = client.diagnostics("untitled:Untitled-1")
    assert finding["code"] == "unknown-name"
    client.notify("workspace/didChangeConfiguration", settings={"mlpl": {"wordBits": 16}})
    assert client.next_diagnostics(uri) == []
    assert client.stop() == 0


def test_many_changes_with_questions_in_between(tmp_path: Path) -> None:
    client = Client(tmp_path)
    text = (ROOT / "examples" / "calculator.mlpl").read_text()
    uri = client.open("a.mlpl", text)
    numbers = []
    for length in range(0, len(text), 223):
        client.change(uri, text[:length])
        last = text[:length].count("\n")
        where = {"line": last, "character": 5}
        for what in ("hover", "completion", "definition", "signatureHelp"):
            numbers.append(
                client.post(f"textDocument/{what}", textDocument={"uri": uri}, position=where)
            )
    client.change(uri, text)
    for number in numbers:
        client.answer(number)
    assert client.diagnostics(uri) == []
    assert client.stop() == 0


def test_a_long_text_is_analysed_beside_the_loop(tmp_path: Path) -> None:
    client = Client(tmp_path)
    body = "{ return x * 7 + (x - 3); }"
    text = "".join(f"fn f{i}(x: int) -> int {body}\n" for i in range(900))
    uri = client.open("a.mlpl", text)
    where = {"textDocument": {"uri": uri}, "position": {"line": 5, "character": 4}}
    slow = client.post("textDocument/hover", **where)
    for missing in range(900, 903):
        client.change(uri, f"{text}fn g() {{ f{missing}(1); }}\n")
    with pytest.raises(RefusedError):
        client.request("mlpl/unknown")
    assert slow not in client.answered
    assert "f5" in client.answer(slow)["contents"]["value"]
    (finding,) = client.diagnostics(uri)
    assert "`f902`" in finding["message"]
    assert [p["version"] for p in client.published if p["diagnostics"]] == [4]
    assert client.stop() == 0


def test_the_process_ends_with_its_input(tmp_path: Path) -> None:
    client = Client(tmp_path)
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.process.wait(PATIENCE) == 0


def test_exit_without_shutdown_is_no_success(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.notify("exit")
    assert client.process.wait(PATIENCE) == 1


def test_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mlpl", "lsp"]
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, cwd=ROOT)
    assert shown.returncode == 0 and "Language Server Protocol" in shown.stdout
    wrong = subprocess.run([*command, "--wrod-bits"], capture_output=True, text=True, cwd=ROOT)
    assert wrong.returncode == 2 and "--word-bits" in wrong.stderr
    (tmp_path / "pygls.py").write_text("raise ImportError")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path}
    missing = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
    assert missing.returncode == 2
    assert "needs the package `pygls`" in missing.stderr and "[lsp]" in missing.stderr
