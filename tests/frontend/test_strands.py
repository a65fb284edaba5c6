"""Strands: what is traced again is what running all of them gives, and misuse is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import InputError
from slotweave.frontend import recorder
from slotweave.frontend.strands import STRANDS_KEPT, StrandMemory
from slotweave.frontend.tracer import RegionHandle, Tracer, Vector, Word
from slotweave.ir.graph import Graph, Region
from slotweave.ir.verify.graph_verify import verify_graph

LANES = 4


@dataclass(frozen=True)
class Memory:
    """An input, scratch memory that all strands touch, and an output."""

    source: Region
    scratch: Region
    out: Region


def memory_of(k: Tracer) -> Memory:
    k.memory(512)
    source = k.region("in", 0, 16, read_only=True)
    scratch = k.region("scratch", 16, 16)
    return Memory(source.region, scratch.region, k.region("out", 32, 480, output=True).region)


def row(k: Tracer, memory: Memory, number: int) -> Vector:
    return k.vload(k.constant(LANES * number), memory.source)


def sum_of_rows(k: Tracer, memory: Memory, first: int, second: int) -> tuple[Vector, Word]:
    total = k.once(row, memory, first) + k.once(row, memory, second)
    return total, total.lane(1)


#: What a strand may do.
ACTIONS = (
    "literals", "constant", "shared row", "shared sum", "load", "load anywhere", "load one of two",
    "gather", "some lanes", "past the end", "past the end, anywhere", "store", "store anywhere",
    "scatter apart", "scatter in turn", "vstore", "block", "output",
)  # fmt: skip

#: The numbers with which strands ran that note it.
RUN: list[int] = []


def act(k: Tracer, m: Memory, name: str, n: int, v: Vector, w: Word) -> tuple[Vector, Word]:
    """What a strand goes on with after an action, of which `n` is a small number."""
    match name:
        case "literals":
            return v + n, w ^ (n + 1)
        case "constant":
            return v, w * k.constant(n)
        case "shared row":
            return v ^ k.once(row, m, n % 4), w
        case "shared sum":
            return k.once(sum_of_rows, m, n % 4, n % 3)
        case "load":
            return v, k.load(k.literal(16 + n), m.scratch)
        case "load anywhere":
            return v, k.load((w & 15) + 16, m.scratch)
        case "load one of two":
            return v, k.load(k.select(w, k.literal(16 + n), k.literal(17)), m.scratch)
        case "gather":
            return k.load((v & 7) + 16, m.scratch), w
        case "some lanes":
            return v, k.vload(k.literal(16 + n), m.scratch, used=[1, 2]).lane(1 + n % 2)
        case "past the end":
            return v, k.vload(k.literal(31), m.scratch).lane(0)
        case "past the end, anywhere":
            return v, k.vload((w & 1) + 30, m.scratch, used=1).lane(0)
        case "store":
            k.store(16 + n, w, m.scratch)
        case "store anywhere":
            k.store((w & 7) + 20, n, m.scratch)
        case "scatter apart":
            k.store(k.pack([16 + n, 26, 27, 28]), v, m.scratch)
        case "scatter in turn":
            k.store((v & 7) + 16, v, m.scratch)
        case "vstore":
            k.vstore(16 + n, v, m.scratch)
        case "block":
            return k.shift(v, v, n % 5), v.slice(n % 3, 2).lane(1)
        case "output":
            k.store(32 + n, w, m.out)
        case "note":
            RUN.append(n)
    return v, w


#: An action and its number; None ends a step.
Part = tuple[str, int] | None


def work(k: Tracer, memory: Memory, item: int, parts: tuple[Part, ...]) -> Iterator[None]:
    v, w = k.literal_vector(item), k.literal(7)
    with k.item(item):
        for part in parts:
            if part is None:
                yield
                continue
            name, n = part
            with k.stage(name):
                v, w = act(k, memory, name, n, v, w)
        k.store(48 + item, w + v.lane(2), memory.out)


Strands = Sequence[tuple[Part, ...]]


def traced(strands: Strands, turns: Sequence[int], kept: StrandMemory | None = None) -> Graph:
    """The graph of these strands, which go on in these turns and are then run to their ends."""
    k = Tracer("strands", LANES, kept)
    memory = memory_of(k)
    going = [k.strand(work, memory, item, parts) for item, parts in enumerate(strands)]
    for turn in turns:
        next(going[turn % len(going)], None)
    k.store(63, k.once(row, memory, 0).lane(0), memory.out)
    for strand in going:
        for _ in strand:
            pass
    graph = k.graph()
    k.forget()
    return graph


parts = st.one_of(st.none(), st.tuples(st.sampled_from(ACTIONS), st.integers(0, 9)))
strand_parts = st.lists(parts, max_size=8).map(tuple)
many = st.lists(strand_parts, min_size=1, max_size=4)
orders = st.lists(st.integers(0, 3), max_size=12)


@given(st.lists(st.tuples(many, orders), min_size=1, max_size=3), many, orders, st.data())
def test_a_graph_of_known_strands_is_that_of_all_strands_run(
    before: list[tuple[Strands, Sequence[int]]],
    strands: list[tuple[Part, ...]],
    turns: Sequence[int],
    data: st.DataObject,
) -> None:
    kept = StrandMemory()
    for each in before:
        traced(*each, kept)
    known = [parts for others, _ in before for parts in others]
    for at in range(len(strands)):  # most were there before, perhaps as another item
        strands[at] = data.draw(st.sampled_from([*known, strands[at]]))
    graph = traced(strands, turns, kept)
    assert graph == traced(strands, turns)
    assert graph == traced(strands, turns, kept)  # now all are known
    verify_graph(graph)


def test_a_known_strand_is_not_run_again() -> None:
    kept = StrandMemory()
    RUN.clear()
    traced([(("note", 1),), (("note", 2), None)], [0, 1], kept)
    traced([(("note", 1),), (("note", 3), None)], [1, 0], kept)
    assert RUN == [1, 2, 3]
    assert kept.kept == 3


def test_the_strands_kept_are_the_last_ones_and_those_of_two_traces() -> None:
    kept, many = StrandMemory(), STRANDS_KEPT - 10
    for number in range(STRANDS_KEPT + 20):
        traced([(("literals", number),)], [], kept)
    kept.make_room()
    assert kept.kept == STRANDS_KEPT
    for number in range(3):
        traced([(("constant", number),)] * many, [], kept)
    kept.make_room()
    assert kept.kept == 2 * many


def test_vectors_of_another_length_are_another_strand() -> None:
    kept = StrandMemory()
    for lanes in (4, 8):
        k = Tracer("lanes", lanes, kept)
        list(k.strand(lane_numbers))
        assert k.graph().nodes[-1].imm == lanes - 1


def lane_numbers(k: Tracer) -> Iterator[None]:
    for lane in range(k.vector_length):
        k.add_immediate(k.literal(0), lane)
    yield


def numbered(k: Tracer, region: Region, number: int) -> Iterator[None]:
    k.store(region.start, number if number is not True else 99, region)
    yield


def test_equal_arguments_of_different_kinds_are_not_the_same() -> None:
    kept = StrandMemory()
    for number, wanted in ((1, 1), (True, 99), (1, 1)):
        k = Tracer("kinds", LANES, kept)
        list(k.strand(numbered, k.region("out", 0, 8, output=True).region, number))
        assert [node.imm for node in k.graph().nodes if node.op == "const"] == [0, wanted]


def labelled(k: Tracer) -> Iterator[None]:
    with k.item(5), k.stage("mine"):
        k.constant(1)
        yield
        k.constant(2)
        yield
    k.constant(3)


def test_labels_are_the_strands_own_from_step_to_step() -> None:
    kept = StrandMemory()
    for _ in range(2):
        k = Tracer("labels", LANES, kept)
        strand = k.strand(labelled)
        with k.item(1), k.stage("theirs"):
            next(strand)
            k.constant(10)
            next(strand)
        next(strand, None)
        k.constant(11)
        found = [(node.imm, node.item, node.stage) for node in k.graph().nodes]
        assert found == [
            (1, 5, "mine"), (10, 1, "theirs"), (2, 5, "mine"), (3, -1, ""), (11, -1, ""),
        ]  # fmt: skip


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_strand_that_is_left_before_its_end_is_refused_where_it_began(steps: int) -> None:
    kept = StrandMemory()
    for known in (False, True):
        if known:
            whole = Tracer("whole", LANES, kept)
            list(whole.strand(labelled))
        k = Tracer("left", LANES, kept)
        strand = k.strand(labelled)
        for _ in range(steps):
            next(strand)
        del strand
        k.constant(7)  # with the labels that were there before
        with pytest.raises(InputError, match="not run to its end") as caught:
            k.graph()
        assert caught.value.diagnostic.file == __file__
        assert kept.kept == int(known)


def test_what_is_shared_is_traced_once_with_no_labels_of_who_asks() -> None:
    k = Tracer("once", LANES)
    memory = memory_of(k)
    with k.item(3), k.stage("asking"):
        assert k.once(row, memory, 1) is k.once(row, memory, 1)
    assert [(node.op, node.item, node.stage) for node in k.graph().nodes] == [
        ("const", -1, ""), ("vload", -1, ""),
    ]  # fmt: skip


def unusable(k: Tracer, out: Region, address: int) -> Iterator[None]:
    loaded = k.vload(k.literal(address), out, used=[0])
    yield
    k.store(out.start, loaded.lane(2), out)


@pytest.mark.parametrize("address", [8, 14])
def test_words_that_must_not_be_used_are_refused_at_the_end_of_the_strand(address: int) -> None:
    k = Tracer("unusable", LANES)
    strand = k.strand(unusable, k.region("out", 8, 8, output=True).region, address)
    next(strand)
    with pytest.raises(InputError, match="word 2 of this vload is used"):
        next(strand, None)


def test_a_vload_past_the_end_of_a_shorter_memory_is_refused_in_a_known_strand() -> None:
    kept = StrandMemory()
    for words in (64, 32):
        k = Tracer("short", LANES, kept)
        k.memory(words)
        region = k.region("scratch", 16, 16, output=True).region
        list(k.strand(loads_last, region))
        if words == 64:
            k.graph()
        else:
            with pytest.raises(InputError, match="memory has 32 words"):
                k.graph()


def loads_last(k: Tracer, region: Region) -> Iterator[None]:
    k.store(region.start, k.vload(k.literal(31), region).lane(0), region)
    yield


LEFT: list[Word] = []


def leaves_a_value(k: Tracer) -> Iterator[None]:
    LEFT.append(k.constant(3) + 1)
    yield


def takes_a_value(k: Tracer, out: Region) -> Iterator[None]:
    k.store(out.start, LEFT.pop() + 1, out)
    yield


def pauses(k: Tracer) -> Iterator[None]:
    k.pause()
    yield


def writes_to_the_trace(k: Tracer) -> Iterator[None]:
    k.trace_write(1)
    yield


def pausing_value(k: Tracer) -> Word:
    k.pause()
    return k.constant(1)


def jumps(k: Tracer) -> Iterator[None]:
    with k.loop(3):
        yield


def declares(k: Tracer) -> Iterator[None]:
    k.region("more", 20, 4)
    yield


def goes_on_with_another(k: Tracer) -> Iterator[None]:
    next(k.strand(leaves_a_value))
    yield


def plain(k: Tracer, out: Region) -> None:
    k.store(out.start, 1, out)


def no_value(k: Tracer) -> int:
    return k.vector_length


def closed_over(number: int) -> Callable[[Tracer], Iterator[None]]:
    def strand(k: Tracer) -> Iterator[None]:
        k.constant(number)
        yield

    return strand


def over_a_jump(k: Tracer, _out: RegionHandle) -> None:
    strand = k.strand(labelled)
    next(strand)
    with k.loop(2):
        next(strand)


def after_a_jump(k: Tracer, _out: RegionHandle) -> None:
    strand = k.strand(labelled)
    list(strand)
    with k.loop(2):
        k.constant(1)


@dataclass
class Changing:
    """What may change is not plain."""

    at: int


@dataclass(frozen=True)
class Holder:
    """What holds something else is as plain as that."""

    held: object


def gives(k: Tracer) -> Iterator[int]:
    yield k.vector_length


def takes_the_graph(k: Tracer) -> Iterator[None]:
    k.graph()
    yield


def lets_a_value_out(k: Tracer, out: RegionHandle) -> None:
    list(k.strand(leaves_a_value))
    out.store(0, LEFT.pop())


def holds_a_value(k: Tracer, out: Region, held: Holder) -> Iterator[None]:
    k.store(out.start, cast(Word, held.held), out)
    yield


MISUSES: dict[str, tuple[Callable[[Tracer, RegionHandle], object], str]] = {
    "value": (lambda k, _r: k.strand(takes_a_value, k.literal(1)), "not values"),
    "handle": (lambda k, r: k.strand(takes_a_value, r), "as `.region` of it"),
    "list": (lambda k, _r: k.once(row, [1], 2), "not a list"),
    "plain": (lambda k, r: k.strand(plain, r.region), "a generator function"),
    "closure": (lambda k, _r: k.strand(closed_over(2)), "no variables of functions around it"),
    "no function": (lambda k, _r: k.once(print), "not by a builtin_function_or_method"),
    "no value": (lambda k, _r: k.once(no_value), "a value or a tuple of values, not 4"),
    "pause": (lambda k, _r: next(k.strand(pauses)), "the program pauses within"),
    "pause once": (lambda k, _r: k.once(pausing_value), "within a strand or a shared value"),
    "trace": (lambda k, _r: next(k.strand(writes_to_the_trace)), "is written to within"),
    "jump": (lambda k, _r: next(k.strand(jumps)), "the program jumps within"),
    "region": (lambda k, _r: next(k.strand(declares)), "a region is declared within"),
    "nested": (lambda k, _r: next(k.strand(goes_on_with_another)), "a strand goes on within"),
    "over a jump": (over_a_jump, "not run to its end before a jump"),
    "changing": (lambda k, r: k.strand(holds_a_value, r.region, Changing(1)), "not a Changing"),
    "held": (lambda k, r: k.strand(holds_a_value, r.region, Holder(r)), "as `.region` of it"),
    "held value": (
        lambda k, r: k.strand(holds_a_value, r.region, Holder(k.literal(1))), "not values",
    ),
    "function": (lambda k, r: k.strand(holds_a_value, r.region, plain), "not a function"),
    "elsewhere": (
        lambda k, _r: k.strand(plain, Region("x", 0, 4)), "'x' is not declared in this trace",
    ),
    "gives": (lambda k, _r: next(k.strand(gives)), "gives nothing to anybody"),
    "graph": (lambda k, _r: next(k.strand(takes_the_graph)), "the graph is taken within"),
    "let out": (lets_a_value_out, "share values by k.once"),
    "generator once": (lambda k, _r: k.once(gives), "a plain function, which returns it"),
    "undeclared": (lambda k, _r: k.load(1, Region("x", 0, 4)), "'x' is not declared in this trace"),
    "no region": (lambda k, _r: k.load(1, "out"), "a region is needed here, not 'out'"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_is_refused_at_the_users_line(name: str) -> None:
    misuse, reason = MISUSES[name]
    k = Tracer("misuse", LANES)
    with pytest.raises(InputError) as caught:
        misuse(k, k.region("out", 8, 8, output=True))
    found = caught.value.diagnostic
    assert found.code == "SW211"
    assert reason in found.message
    assert found.file == __file__


def test_a_value_of_another_strand_is_refused() -> None:
    k = Tracer("foreign", LANES)
    region = k.region("out", 8, 8, output=True).region
    list(k.strand(leaves_a_value))
    with pytest.raises(InputError, match="share values by") as caught:
        next(k.strand(takes_a_value, region))
    assert caught.value.diagnostic.line == takes_a_value.__code__.co_firstlineno + 1


def test_a_strand_may_begin_and_end_before_a_jump() -> None:
    k = Tracer("before", LANES)
    after_a_jump(k, k.region("out", 8, 8, output=True))
    assert len(k.flow().blocks) == 3


def restricted_row(k: Tracer, source: Region) -> Vector:
    return k.vload(k.literal(source.start), source, used=[0])


def uses_one_word(k: Tracer, source: Region, out: Region) -> Iterator[None]:
    k.store(out.start, k.once(restricted_row, source).lane(0), out)
    yield


def test_what_a_strand_uses_of_a_shared_vload_is_not_all_that_is_used() -> None:
    kept = StrandMemory()
    for lane in (0, 2, 2):
        k = Tracer("shared", LANES, kept)
        source = k.region("in", 0, 8, output=True)
        out = k.region("out", 8, 8, output=True)
        list(k.strand(uses_one_word, source.region, out.region))
        out.store(1, k.once(restricted_row, source.region).lane(lane))
        if lane == 0:
            k.graph()
        else:
            with pytest.raises(InputError, match="word 2 of this vload is used"):
                k.graph()


def by_kind(k: Tracer, out: Region, held: Holder) -> Iterator[None]:
    k.store(out.start, 7 if held.held is True else 1, out)
    yield


@pytest.mark.parametrize(
    "others", [(1, True), (True, 1), (1, 1.0), (0.0, -0.0), ("1", b"1"), (range(0), range(1, 1))]
)
def test_what_is_held_is_known_by_its_kind_too(others: tuple[object, object]) -> None:
    kept = StrandMemory()
    for held in others:
        k = Tracer("kinds", LANES, kept)
        list(k.strand(by_kind, k.region("out", 0, 8, output=True).region, Holder(held)))
    assert kept.kept == 2


def test_known_strands_are_counted_among_all_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = StrandMemory()
    whole = traced([(("note", 1),)], [], kept)
    monkeypatch.setattr(recorder, "MOST_NODES", len(whole.nodes) - 1)
    with pytest.raises(InputError, match="traces to more than"):
        traced([(("note", 1),)], [], kept)


def test_without_a_memory_every_strand_is_run() -> None:
    RUN.clear()
    traced([(("note", 1),)], [])
    k = Tracer("twice", LANES)
    memory = memory_of(k)
    for _ in range(2):
        list(k.strand(work, memory, 0, (("note", 1),)))
    assert RUN == [1, 1, 1]
