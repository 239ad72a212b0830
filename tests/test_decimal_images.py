"""M3.1 and M3.4: images as decimal numbers, and the memory they get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpl.backend.subleq.decimal_text import MOST_ERRORS, read_decimal, write_decimal
from mlpl.backend.subleq.formats import read_image
from mlpl.backend.subleq.image import Facts, Image
from mlpl.backend.subleq.sizing import foreign_memory
from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source


def read(text: str, word_bits: int = 16, memory: int | None = None) -> Image:
    return read_decimal(Source("x.dec", text), word_bits, memory)


def errors(text: str, word_bits: int = 16, memory: int | None = None) -> list[str]:
    """Each error as `line:column rule: message`."""
    with pytest.raises(CompileError) as caught:
        read(text, word_bits, memory)
    found = []
    for error in caught.value.diagnostics:
        place = error.mark.span.location if error.mark else None
        where = f"{place.line}:{place.column} " if place else ""
        found.append(f"{where}{error.rule}: {error.message}")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "1 2 -1",
        "1,2,-1",
        "1, 2,\n -1\n",
        "# 7\n1 2 # 8\n-1;9",
        "\t1\r\n+2\r\n65535\r\n",
        "\ufeff01 002 -00001",
        "1 2;\n;\n-1",
    ],
)
def test_separators_and_comments(text: str):
    assert read(text).words == (1, 2, 65535)


def test_signed_and_unsigned_limits():
    assert read("-32768 -1 32767 65535").words == (32768, 65535, 32767, 65535)
    assert read("-8 15", 4).words == (8, 15)
    assert read("-2147483648 4294967295", 32).words == (1 << 31, (1 << 32) - 1)


@pytest.mark.parametrize(
    ("text", "word_bits", "found"),
    [
        ("1 two 3", 16, ["1:3 image-word: `two` is no decimal number"]),
        ("1\n 0x10", 16, ["2:2 image-word: `0x10` is no decimal number"]),
        (
            "1.5 -",
            16,
            [f"1:{c} image-word: `{t}` is no decimal number" for c, t in ((1, "1.5"), (5, "-"))],
        ),
        ("65536", 16, ["1:1 word-range: `65536` is no word of 16 bits"]),
        ("0 -32769", 16, ["1:3 word-range: `-32769` is no word of 16 bits"]),
        (
            "16 -9",
            4,
            [f"1:{c} word-range: `{t}` is no word of 4 bits" for c, t in ((1, "16"), (4, "-9"))],
        ),
        ("٣", 16, ["1:1 image-word: `٣` is no decimal number"]),
        ("1_0", 16, ["1:1 image-word: `1_0` is no decimal number"]),
        ("", 16, ["empty-image: the image has no words"]),
        ("# only a comment", 16, ["empty-image: the image has no words"]),
    ],
)
def test_rejections(text: str, word_bits: int, found: list[str]):
    assert errors(text, word_bits) == found


def test_very_long_numbers_are_out_of_range():
    assert "word-range" in errors("9" * 100_000)[0]


def test_files_that_are_no_images_have_few_errors():
    assert len(errors("lorem ipsum " * 1000)) == MOST_ERRORS


def test_sizes():
    assert errors("1 " * 65, 16, 64) == [
        "image-too-large: the image has 65 words and the memory 64 cells"
    ]
    assert errors("1 " * 17, 4) == [
        "image-too-large: the image has 17 words and the memory 16 cells"
    ]
    assert errors("1", 16, 65537) == [
        "machine-size: 16-bit words address 4 to 65,536 cells, not 65,537"
    ]
    assert errors("1", 16, 3) == ["machine-size: 16-bit words address 4 to 65,536 cells, not 3"]
    assert errors("1", 33) == ["machine-size: words have 4 to 32 bits, not 33"]
    assert read("1 " * 64, 16, 64).memory == 64
    assert read("1", 4, 5).memory == 5


@pytest.mark.parametrize(
    ("length", "word_bits", "memory"),
    [(1, 16, 128), (64, 16, 128), (65, 16, 256), (960, 16, 1024), (65536, 16, 65536), (1, 4, 16)],
)
def test_default_memory(length: int, word_bits: int, memory: int):
    assert foreign_memory(length, word_bits) == memory
    assert read("0 " * length, word_bits).memory == memory


def test_instructions_have_lines_of_their_own():
    words = (9, 10, 5, 1, 2, 0, 0, 65535, *range(10))
    assert write_decimal(Image(words, 16, 64, facts=Facts(code=(0, 5, 6, 17)))) == (
        "9 10 5\n1 2\n0 0 -1\n0 1 2 3 4 5 6 7\n8 9\n"
    )


@given(st.data())
def test_written_images_read_back(data: st.DataObject):
    w = data.draw(st.integers(4, 32))
    words = data.draw(st.lists(st.integers(0, (1 << w) - 1), min_size=1, max_size=16))
    code = data.draw(st.sets(st.integers(0, 20)))
    image = Image(tuple(words), w, 16, facts=Facts(code=tuple(sorted(code))))
    text = write_decimal(image)
    assert read(text, w, 16).words == image.words
    assert [int(x) % (1 << w) for x in text.split()] == words


def test_the_kind_of_a_text():
    for path in ("a.dec", "a.SQ", "<stdin>", "-"):
        assert read_image(Source(path, "1 2\n3 # x")).words == (1, 2, 3)
    for path in ("a.asq", "<stdin>"):
        assert read_image(Source(path, "x: 1 2; y: x ?")).words == (1, 2, 3, 0, 5, 6)
    assert read_image(Source("a.asq", "1 2\n3")).words == (1, 2, 3, 3, 3, 6)
    with pytest.raises(CompileError, match="no decimal number"):
        read_image(Source("a.dec", "x: 1 2"))


@given(st.text(st.sampled_from("0179+-,;# \n\t.x_é\0"), max_size=30))
def test_any_text_is_read_or_rejected(text: str):
    try:
        image = read(text, 8)
    except CompileError as error:
        assert 1 <= len(error.diagnostics) <= MOST_ERRORS
    else:
        assert all(0 <= word < 256 for word in image.words)
