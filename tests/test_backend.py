"""Whole SSA programs through selection, allocation and layout, on the reference machine."""

from __future__ import annotations

import pytest

from mlpl.backend.subleq import assembler
from mlpl.backend.subleq.compile import allocate, assemble, select_module
from mlpl.backend.subleq.layout import TooLargeError
from mlpl.base.source import Source
from mlpl.base.traps import TrapKind
from mlpl.ir.read import parse_module
from tests.compiled import image_of, run_image

HEAD = """
module word_bits=16 entry=@.start
object @n[1]: int
object @a[4] = 10 20 30 40: int[4]
object @r[1]: int
argument n @n: int
argument a @a: int[4]
result @r: int

fn @.start() {
entry:
  %1: int = load @n, 0
  %2: int = call @f(%1, @a, 4)
  store @r, 0, %2
  halt
}
"""


def ran(body: str, n: int = 0, a: tuple[int, ...] = (10, 20, 30, 40), memory: int | None = None):
    return run_image(image_of(HEAD + body, memory), (n, a))


ACCESS = """
fn @f(%n.0: int, %a.1: ref, %len.2: int) -> int {
entry:
  %3 = within %n.0, %len.2
  branch %3, ok, bad  ! x.mlpl:3:4
ok:
  %4: int = load %a.1, %n.0
  %5: int = load @a, %n.0
  %6 = offset %a.1, 1
  %7: int = load %6, 0
  store %a.1, %n.0, 5
  store @a, 0, %7
  store %6, 1, 0
  store @a, %n.0, %5
  %8 = add %4, %7
  return %8
bad:
  trap index-out-of-bounds %n.0, %len.2  ! x.mlpl:3:4
}
"""


def test_loads_and_stores_through_objects_and_references() -> None:
    result = ran(ACCESS, 3)
    assert result.value == 40 + 20
    address = next(v.address for v in image_of(HEAD + ACCESS).facts.variables if v.name == "a")
    assert result.state.memory[address : address + 4].tolist() == [20, 20, 0, 40]


@pytest.mark.parametrize("n", [-1, 4, 32767, -32768])
def test_a_trap_has_its_kind_place_and_values(n: int) -> None:
    trap = ran(ACCESS, n).halt.trap
    assert trap is not None
    assert trap.kind is TrapKind.INDEX_OUT_OF_BOUNDS
    assert str(trap.location) == "x.mlpl:3:4"
    assert trap.values == (n, 4)


@pytest.mark.parametrize("count", [1, 3, 16, 17, 40])
def test_blocks_are_cleared_and_copied(count: int) -> None:
    body = f"""
fn @f(%n.0: int, %a.1: ref, %len.2: int) -> int {{
  object $x[{count + 1}]: int
  object $y[{count + 1}]: int
entry:
  store $x, 0, 7
  store $x, {count}, 9
  store $y, 0, 3
  store $y, {count}, 5
  copy $y, $x, {count}
  %3: int = load $y, 0
  zero $x, {count}
  %4: int = load $x, 0
  %5: int = load $x, {count}
  %6: int = load $y, {count}
  %7 = add %3, %4
  %8 = add %7, %5
  %9 = add %8, %6
  %10 = offset $y, 0
  call @wipe(%10)
  %12: int = load $y, 0
  %13 = add %9, %12
  return %13
}}
fn @wipe(%p.1: ref) {{
entry:
  copy %p.1, %p.1, {count}
  zero %p.1, {count}
  return
}}
"""
    assert ran(body).value == 7 + 0 + 9 + 5


FIB = """
fn @f(%n.0: int, %a.1: ref, %len.2: int) -> int {
entry:
  %3 = call @fib(%n.0)
  return %3
}
fn @fib(%n.0: int) -> int {
entry:
  %1 = lt %n.0, 2
  branch %1, small, large
small:
  return %n.0
large:
  %2 = sub %n.0, 1
  %3: int = call @fib(%2)  ! fib.mlpl:5:6
  %4 = sub %n.0, 2
  %5: int = call @fib(%4)  ! fib.mlpl:5:17
  %6 = add %3, %5
  return %6
}
""".replace("%3 = call", "%3: int = call")


def test_recursion() -> None:
    assert ran(FIB, 12).value == 144


def test_deep_recursion_ends_in_a_stack_overflow_at_its_call() -> None:
    trap = ran(FIB, 2000).halt.trap
    assert trap is not None
    assert trap.kind is TrapKind.STACK_OVERFLOW
    assert str(trap.location) == "fib.mlpl:5:6"


def test_more_memory_is_more_stack() -> None:
    image = image_of(HEAD + FIB)
    assert image.facts.stack is not None
    assert image.memory % 64 == 0
    larger = image_of(HEAD + FIB, memory=4096)
    assert larger.facts.stack is not None
    assert sum(larger.facts.stack) == 4096


def test_recursive_arguments_are_handed_over_at_once() -> None:
    body = """
fn @f(%n.0: int, %a.1: ref, %len.2: int) -> int {
entry:
  %3: int = call @gcd(%n.0, 36)
  return %3
}
fn @gcd(%x.0: int, %y.1: int) -> int {
entry:
  %2 = eq %x.0, %y.1
  branch %2, done, differ
done:
  return %x.0
differ:
  %3 = lt %x.0, %y.1
  branch %3, exchange, less
exchange:
  %4: int = call @gcd(%y.1, %x.0)
  return %4
less:
  %5 = sub %x.0, %y.1
  %6: int = call @gcd(%5, %y.1)
  return %6
}
"""
    assert ran(body, 84).value == 12
    assert ran(body, 8).value == 4


def test_mutual_recursion_with_arrays_in_every_activation() -> None:
    """even(n) and odd(n) each keep n in an array of their own across the other's calls."""
    body = """
fn @f(%n.0: int, %a.1: ref, %len.2: int) -> int {
entry:
  %3: int = call @even(%n.0, @a)
  return %3
}
fn @even(%n.0: int, %p.1: ref) -> int {
  object $keep[3]: int
entry:
  %2 = eq %n.0, 0
  branch %2, done, more
done:
  return 0
more:
  store $keep, 2, %n.0
  %3 = sub %n.0, 1
  %4: int = call @odd(%3, $keep)
  %5: int = load $keep, 2
  %6 = add %4, %5
  return %6
}
fn @odd(%n.0: int, %p.1: ref) -> int {
  object $mine[2]: int
entry:
  %2 = eq %n.0, 0
  branch %2, done, more
done:
  %9: int = load %p.1, 2
  return %9
more:
  store $mine, 0, %n.0
  store $mine, 1, 1
  %3 = sub %n.0, 1
  %4: int = call @even(%3, $mine)
  %5: int = load $mine, 0
  %6: int = load $mine, 1
  %7 = add %4, %5
  %8 = add %7, %6
  return %8
}
"""
    n = 7
    # each activation adds its n, each odd one adds 1; the innermost odd(0) reads its caller's n
    expected = sum(range(1, n + 1)) + 3 + 1
    assert ran(body, n).value == expected


def test_frames_of_functions_that_are_never_active_together_are_shared() -> None:
    leaf = """
fn @g{i}(%x.0: int) -> int {{
  object $t[20]: int
entry:
  store $t, %x.0, 4
  %1: int = load $t, %x.0
  return %1
}}
"""
    calls = "\n".join(f"  %{10 + i}: int = call @g{i}(%n.0)" for i in range(5))
    body = f"""
fn @f(%n.0: int, %a.1: ref, %len.2: int) -> int {{
entry:
{calls}
  %20 = add %10, %11
  %21 = add %20, %12
  %22 = add %21, %13
  %23 = add %22, %14
  return %23
}}
""" + "".join(leaf.format(i=i) for i in range(5))
    image = image_of(HEAD + body)
    places = {v.address for v in image.facts.variables if v.name.endswith(".t")}
    assert len(places) == 1
    assert run_image(image, (3, (1, 2, 3, 4))).value == 20


def test_ports() -> None:
    text = """
module word_bits=16 entry=@.start

fn @.start() {
entry:
  jump loop
loop:
  %1 = getc
  %2 = lt %1, 0
  branch %2, end, echo
echo:
  putc %1
  putc 33
  jump loop
end:
  halt
}
"""
    assert run_image(image_of(text), (), b"abc").output == b"a!b!c!"


def test_exchanged_block_parameters() -> None:
    body = """
fn @f(%n.0: int, %a.1: ref, %len.2: int) -> int {
entry:
  jump loop(%n.0, 1, 2)
loop(%i.3: int, %x.4: int, %y.5: int):
  %6 = eq %i.3, 0
  branch %6, done, again
again:
  %7 = sub %i.3, 1
  jump loop(%7, %y.5, %x.4)
done:
  %8 = add %x.4, %x.4
  %9 = add %8, %y.5
  return %9
}
"""
    assert ran(body, 4).value == 4
    assert ran(body, 5).value == 5


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(TooLargeError) as caught:
        image_of(HEAD + FIB, memory=50)
    assert caught.value.needed > 50
    assert caught.value.limit == 50


def test_every_cell_is_written_before_it_is_read() -> None:
    """Live cells at the entry of a function are its parameters and nothing else."""
    from mlpl.backend.subleq.live import live_out, members

    for text in (HEAD + FIB, HEAD + ACCESS):
        selected = select_module(parse_module(text))
        for function in selected.functions.values():
            cells = function.cells()
            live = live_out(function, {cell: number for number, cell in enumerate(cells)})
            assert {cells[n] for n in members(live[0])} <= set(function.parameters)


def test_what_is_live_across_a_call_shares_no_cell_with_the_callee() -> None:
    body = """
fn @f(%n.0: int, %a.1: ref, %len.2: int) -> int {
entry:
  %3: int = call @g(%n.0)
  %4: int = call @g(%3)
  %5 = sub %4, %n.0
  %6 = add %5, %3
  return %6
}

fn @g(%x.0: int) -> int {
entry:
  %1 = add %x.0, %x.0
  return %1
}
"""
    allocation = allocate(select_module(parse_module(HEAD + body)))
    colors = allocation.coloring.colors
    inside = {c for cell, c in colors.items() if cell.function == "g"}
    n = next(c for cell, c in colors.items() if cell.function == "f" and cell.name == "n")
    assert n not in inside
    assert ran(body, 3).value == 4 * 3 - 3 + 2 * 3


def test_the_assembly_has_the_words_of_the_image() -> None:
    allocation = allocate(select_module(parse_module(HEAD + FIB)))
    layout = assemble(allocation)
    assert layout.assembly.words() == image_of(HEAD + FIB).words


@pytest.mark.parametrize("body", [FIB, ACCESS], ids=["fib", "access"])
def test_the_text_of_the_assembly_assembles_to_the_same_words(body: str) -> None:
    layout = assemble(allocate(select_module(parse_module(HEAD + body))))
    again = assembler.assemble(Source("x.asq", layout.assembly.text()), 16, layout.memory)
    assert again.words == layout.assembly.words()


def test_the_same_module_gives_the_same_words() -> None:
    assert image_of(HEAD + ACCESS) == image_of(HEAD + ACCESS)


def test_facts_say_which_cells_a_run_writes() -> None:
    for body, n in ((ACCESS, 2), (FIB, 7)):
        image = image_of(HEAD + body)
        result = run_image(image, (n, (1, 2, 3, 4)))
        written = set(image.facts.written or ())
        start = image.start().memory
        changed = {i for i in range(image.memory) if start[i] != result.state.memory[i]}
        arguments = {
            a for v in image.facts.arguments for a in range(v.address, v.address + v.length)
        }
        assert changed <= written | arguments


def test_a_constant_in_an_index_goes_into_the_address() -> None:
    body = """
fn @f(%n.0: int, %a.1: ref, %len.2: int) -> int {
entry:
  %3 = add %n.0, 1
  %4: int = load @a, %3
  %5 = add %n.0, -1
  %6: int = load @a, %5
  store @a, %5, %4
  %7: int = load @a, %n.0
  %8 = sub %4, %6
  %9 = add %8, %7
  return %9
}
"""
    for n in (1, 2):
        a = (10, 20, 35, 50)
        assert ran(body, n, a).value == a[n + 1] - a[n - 1] + a[n]
    text = select_module(parse_module(HEAD + body)).text()
    assert "@a+1" in text and "@a-1" in text
