"""Distances between accesses of different iterations, against trying all pairs of iterations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.iteration_order import iteration_conflicts
from slotweave.frontend.tracer import RegionHandle, Tracer, Word
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from support.examples import examples

ROUNDS = 40
WORDS = 4096


def body_of(write) -> tuple[Graph, dict[int, int]]:
    """The body of a loop with a variable that counts, and the constants of variables (none)."""
    k = Tracer("loop", 4)
    a = k.region("a", 0, WORDS, output=True)
    number = k.variable(0)
    with k.loop(ROUNDS):
        write(a, number.value)
        number.value = number.value + 1
    flow: Flow = k.flow()
    return flow.blocks[1].graph, {}


def found(write) -> set[tuple[str, str, int]]:
    graph, constants = body_of(write)
    return {
        (graph.nodes[one.earlier].op, graph.nodes[one.later].op, one.distance)
        for one in iteration_conflicts(graph, constants)
    }


def test_a_word_of_its_own_for_each_iteration_is_no_conflict():
    assert not found(lambda a, i: a.store(i, a[i]))


def test_a_word_of_two_iterations_before_conflicts_at_distance_two():
    assert found(lambda a, i: a.store(i + 2, a[i])) == {("store", "load", 2)}


def test_a_word_that_a_later_iteration_overwrites_is_read_before():
    assert found(lambda a, i: a.store(i, a[i + 3])) == {("load", "store", 3)}


def test_one_word_for_all_conflicts_from_one_iteration_to_the_next():
    assert found(lambda a, _i: a.store(5, a[5])) == {
        ("store", "load", 1), ("load", "store", 1), ("store", "store", 1),
    }  # fmt: skip


def test_what_is_loaded_is_no_place_that_is_known():
    assert ("store", "store", 1) in found(lambda a, i: a.store(a[i], i))


def test_a_gather_may_read_what_any_iteration_before_stored():
    def write(a: RegionHandle, i: Word) -> None:
        a.store(i, a.gather(a.vload(0)).lane(0))

    assert ("store", "load", 1) in found(write)


def test_accesses_of_read_only_memory_are_in_no_order():
    k = Tracer("loop", 4)
    a, b = k.region("a", 0, 8, read_only=True), k.region("b", 8, 8, output=True)
    number = k.variable(0)
    with k.loop(8):
        b.store(number.value, a[a[0]])
        number.value = number.value + 1
    assert not list(iteration_conflicts(k.flow().blocks[1].graph, {}))


@pytest.mark.parametrize("wide", [False, True])
@examples(200)
@given(
    factor=st.integers(-5, 5), first=st.integers(0, 12), second=st.integers(0, 12),
)  # fmt: skip
def test_the_least_distance_is_what_trying_all_iterations_gives(
    wide: bool, factor: int, first: int, second: int
) -> None:
    middle = WORDS // 2

    def write(a: RegionHandle, i: Word) -> None:
        at = i * factor + middle
        if wide:
            a.vstore(at + first, a.vload(at + second))
        else:
            a.store(at + first, a[at + second])

    words = 4 if wide else 1

    def touched(offset: int, iteration: int) -> set[int]:
        begin = middle + factor * iteration + offset
        return set(range(begin, begin + words))

    offset = {"load": second, "vload": second, "store": first, "vstore": first}
    graph, constants = body_of(write)
    given_ = {
        (graph.nodes[one.earlier].op, graph.nodes[one.later].op): one.distance
        for one in iteration_conflicts(graph, constants)
    }
    kinds = ("vload", "vstore") if wide else ("load", "store")
    for earlier in kinds:
        for later in kinds:
            if (earlier, later) != (kinds[0], kinds[0]):
                tried = (
                    d for d in range(1, ROUNDS)
                    if touched(offset[earlier], 0) & touched(offset[later], d)
                )  # fmt: skip
                assert given_.get((earlier, later)) == next(tried, None)
