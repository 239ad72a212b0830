"""The parser's tables that are kept: old, damaged or unwritable ones do no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpl.lang import parse
from mlpl.lang.builder import Builder

TEXT = "fn main() -> int { return 1 << 3; }"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "parse.tables"
    monkeypatch.setattr(parse, "_kept_tables", lambda: str(path))
    return path


def kinds() -> list[str]:
    return [token.type for token in parse.read_grammar(Builder()).lex(TEXT)]


def test_tables_are_kept_and_read_again(kept: Path) -> None:
    made = kinds()
    written = kept.read_bytes()
    assert kinds() == made
    assert kept.read_bytes() == written


def test_damaged_tables_are_made_again(kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = kinds()
    whole = kept.read_bytes()
    for damaged in (b"", b"\x80\x04.", whole[: len(whole) // 2], b"0" + whole[1:]):
        kept.write_bytes(damaged)
        assert kinds() == made
        assert len(kept.read_bytes()) > 0.9 * len(whole)
    assert capfd.readouterr().err == ""


def test_no_place_for_tables_is_no_error(kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    kept.mkdir()
    assert kinds()
    assert capfd.readouterr().err == ""


def test_tables_are_not_written_where_no_bytecode_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse, "cache_from_source", lambda _: str(tmp_path / "parse.pyc"))
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert parse._kept_tables() is None
    (tmp_path / "parse.tables").touch()
    assert parse._kept_tables() == str(tmp_path / "parse.tables")
