"""Which accesses wait for which: all that may meet, no others, and few edges."""

from __future__ import annotations

from slotweave.frontend.tracer import RegionHandle, Tracer
from slotweave.ir.graph import Graph
from slotweave.ir.verify.graph_verify import verify_graph


def kernel() -> tuple[Tracer, RegionHandle]:
    k = Tracer("k", 4)
    k.memory(4096)
    k.region("in", 0, 8, read_only=True)
    return k, k.region("work", 8, 4000)


def accesses(k: Tracer) -> list[tuple[str, list[int]]]:
    """Loads and stores of `work`, with the accesses that each waits for, numbered in order."""
    graph = k.graph()
    verify_graph(graph)
    inside = [i for i, node in enumerate(graph.nodes) if node.region == "work"]
    return [
        (graph.nodes[i].op, sorted({inside.index(x) for x in _without_joins(graph, i)}))
        for i in inside
    ]


def _without_joins(graph: Graph, index: int) -> list[int]:
    found = []
    for earlier in graph.nodes[index].after:
        if graph.nodes[earlier].op == "join":
            found += _without_joins(graph, earlier)
        else:
            found.append(earlier)
    return found


def edges(k: Tracer) -> int:
    return sum(len(node.after) for node in k.graph().nodes)


def test_different_words_are_in_no_order() -> None:
    k, work = kernel()
    for i in range(4):
        work.store(i, 7)
        work.store(10 + i, work[20 + i])
        work.vstore(40 + 4 * i, 7)
    assert all(after == [] for _op, after in accesses(k))


def test_a_load_waits_for_the_store_to_its_word() -> None:
    k, work = kernel()
    work.store(0, 7)
    work.store(1, 7)
    work.store(5, work.vload(1).lane(0) + work[0])
    assert accesses(k)[2:] == [("vload", [1]), ("load", [0]), ("store", [])]


def test_a_store_waits_for_the_loads_since_the_last_store() -> None:
    k, work = kernel()
    work.store(0, 7)
    work.store(8, work[0] + work[0])
    work.store(0, 8)
    assert accesses(k)[-1] == ("store", [1, 2])


def test_stores_to_one_word_stay_in_order() -> None:
    k, work = kernel()
    work.store(2, 7)
    work.vstore(0, 8)
    assert accesses(k)[-1] == ("vstore", [0])


def test_loads_from_read_only_regions_wait_for_nothing() -> None:
    k = Tracer("k", 4)
    source, out = k.region("in", 0, 8, read_only=True), k.region("out", 8, 8)
    out.store(out[0], 3)
    out.store(0, source[source[0] & 7])
    assert all(not node.after for node in k.graph().nodes if node.region == "in")


def test_an_unknown_load_waits_for_all_stores_and_none_for_each_other() -> None:
    k, work = kernel()
    i = k.core_id()
    work.store(0, 7)
    work.store(1, 7)
    work.store(2, work[i] + work[i + 1])
    assert accesses(k) == [
        ("store", []), ("store", []), ("load", [0, 1]), ("load", [0, 1]), ("store", [2, 3]),
    ]  # fmt: skip


def test_an_unknown_store_parts_what_is_before_from_what_is_behind() -> None:
    k, work = kernel()
    i = k.core_id()
    work.store(0, 7)
    work.store(1, work[0])
    work.store(i, 9)
    work.store(2, work[3])
    assert accesses(k) == [
        ("store", []), ("load", [0]), ("store", []), ("store", [1, 2]), ("load", [3]),
        ("store", [3]),
    ]  # fmt: skip


def test_addresses_computed_from_constants_are_known() -> None:
    k, work = kernel()
    base = k.constant(100)
    work.store(0, 7)
    k.store(base + 8, 7, work)
    k.store(base * 2, 7, work)
    lanes = k.load(k.pack([50, 51, 52, 53]) + 1, work)
    work.vstore(60, lanes)
    assert all(after == [] for _op, after in accesses(k))


def test_words_said_to_be_unused_need_not_wait() -> None:
    k, work = kernel()
    work.store(1, 7)
    work.store(3, 7)
    work.store(8, work.vload(0, used=[0, 2]).lane(2))
    work.store(9, work.vload(0, used=2).lane(1))
    assert [after for op, after in accesses(k) if op == "vload"] == [[], [0]]


def test_a_store_to_one_of_two_words_is_ordered_against_both_and_no_others() -> None:
    k, work = kernel()
    inputs = RegionHandle(k, k.graph().region_by_name["in"])
    for i in range(3):
        work.store(i, 7)
    k.store(k.select(inputs[0], k.literal(8), k.literal(9)), 9, work)
    for i in range(3):
        k.store(k.literal(100 + i), work[i], work)
    assert [after for op, after in accesses(k) if op == "load"] == [[3], [3], [2]]
    assert accesses(k)[3] == ("store", [0, 1])


def test_lanes_of_a_select_among_constant_vectors_are_one_of_two_words_each() -> None:
    k, work = kernel()
    inputs = RegionHandle(k, k.graph().region_by_name["in"])
    mine, other = (k.pack([first + i for i in range(4)]) for first in (8, 12))
    for i in range(8):
        work.store(i, 7)
    chosen = k.select(inputs.vload(0), mine, other)
    k.store(chosen.lane(1), 9, work)
    assert accesses(k)[-1] == ("store", [1, 5])


def test_the_number_of_edges_grows_with_the_number_of_accesses() -> None:
    k, work = kernel()
    i = k.core_id()
    count = 300
    for n in range(count):
        work.store(n, 7)
    value = work[i]
    for _ in range(count):
        value = value + work[i]
    for n in range(count):
        work.store(n, value)
    verify_graph(k.graph())
    assert edges(k) < 6 * count


def test_mixed_accesses_keep_the_number_of_edges_down() -> None:
    k, work = kernel()
    i = k.core_id()
    count = 300
    for n in range(count):
        work.store(n, work[i])
    verify_graph(k.graph())
    assert edges(k) < 8 * count
