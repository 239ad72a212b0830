"""Disassembly: the same words after assembling again, and names that people can read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlpl.backend.subleq.analysis import with_facts
from mlpl.backend.subleq.assembler import assemble
from mlpl.backend.subleq.disassembler import disassemble
from mlpl.backend.subleq.image import Facts, Image, Variable
from mlpl.base.source import Location, Source
from mlpl.base.traps import TrapKind, TrapSite


def again(text: str, image: Image) -> Image:
    return assemble(Source("x.asq", text), image.word_bits, image.memory)


NAMES = st.text(st.sampled_from("abL1c.@_ é#-"), min_size=1, max_size=4)


@st.composite
def images(draw: st.DrawFn) -> Image:
    w = draw(st.integers(4, 32))
    top = (1 << w) - 1
    length = draw(st.integers(1, min(40, top)))
    word = st.one_of(st.integers(0, length + 1), st.just(top), st.just(0), st.integers(0, top))
    words = draw(st.lists(word.map(lambda x: x & top), min_size=length, max_size=length))
    address = st.integers(0, length + 3)
    variable = st.builds(
        Variable, NAMES, address, st.integers(1, 5), st.sampled_from(["int", "code"])
    )
    here = st.builds(Location, st.just("a.mlpl"), st.integers(1, 9), st.just(1))
    facts = Facts(
        code=tuple(sorted(draw(st.sets(address)))),
        variables=tuple(draw(st.lists(variable, max_size=6))),
        lines=draw(st.dictionaries(address, here, max_size=6)),
        traps=draw(
            st.dictionaries(st.integers(0, top), st.just(TrapSite(TrapKind.FAULT)), max_size=3)
        ),
    )
    return Image(tuple(words), w, min(1 << w, 64), facts=facts)


@given(images())
def test_the_same_words(image: Image):
    assert again(disassemble(image), image).words == image.words


@given(images())
def test_the_same_words_after_analysis(image: Image):
    analyzed = with_facts(image)
    assert again(disassemble(analyzed), image).words == image.words


@given(images())
def test_names_survive(image: Image):
    """Assembling gives the labels back, and they are named the same in the next text."""
    first = again(disassemble(image), image)
    names = {v.address: v.name for v in first.facts.variables}
    second = again(disassemble(first), first)
    assert names.items() <= {v.address: v.name for v in second.facts.variables}.items()


def test_names_and_comments():
    words = (
        15,
        12,
        6,
        12,
        65535,
        6,
        13,
        13,
        9,
        14,
        14,
        65534,
        0,
        0,
        0,
        72,
        105,
        33,
        10,
        0,
        0,
        0,
        0,
        0,
    )
    facts = Facts(
        code=(0, 3, 6, 9),
        variables=(
            Variable("main.i", 12, 1, "int"),
            Variable("Z", 13, 1, "int"),
            Variable("text", 15, 9, "int[9]"),
        ),
        lines={
            0: Location("a.mlpl", 3, 5),
            3: Location("a.mlpl", 3, 9),
            6: Location("a.mlpl", 4, 1),
        },
        traps={65534: TrapSite(TrapKind.DIVISION_BY_ZERO)},
    )
    assert disassemble(Image(words, 16, 64, facts=facts)) == (
        "# 24 words of 16 bits, 64 cells\n"
        "# a.mlpl:3\n"
        "    text main_i L6\n"
        "    main_i (-1)\n"
        "# a.mlpl:4\n"
        "L6:\n"
        "    Z\n"
        "    c14 c14 (-2)                        # division-by-zero\n"
        ". main_i: 0\n"
        ". Z: 0\n"
        ". c14: 0\n"
        '. text: 72 105 33 10                    # "Hi!\\n"\n'
        ". [5]\n"
    )


def test_patched_operands_have_labels():
    image = assemble(Source("x.asq", "Z Z loop; loop: q p:0 q:?; one p; one q+1; . Z:0 one:-1"))
    text = disassemble(image)
    assert [line for line in text.splitlines() if line[0] != "#"] == [
        "    Z",
        "loop:",
        "    q p:0 q:?",
        "L6:",
        "    one p",
        "    one L6",
        ". Z: 0",
        ". one: (-1)",
    ]
    assert again(text, image).words == image.words
