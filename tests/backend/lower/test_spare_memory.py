"""Memory is free behind its last access, or until it is overwritten, and nowhere else."""

from __future__ import annotations

from slotweave.backend.lower.spare_memory import spare_memory
from slotweave.ir.graph import Graph, Node, Region

LANES = 4
WORK = Region("work", 0, 8)
OUT = Region("out", 8, 4, output=True)
IN = Region("in", 12, 4, read_only=True)


def spare(nodes: list[Node], *regions: Region) -> list[tuple[int, int, int | None]]:
    """(address, free behind node, until node) of all that is free."""
    graph = Graph("test", LANES, 16, regions or (WORK, OUT, IN), tuple(nodes))
    found = spare_memory(graph, list(range(len(nodes))))
    return [(each.address, each.first, each.until) for each in found]


def const(word: int) -> Node:
    return Node("const", 1, imm=word)


def test_working_memory_that_nothing_accesses_is_free() -> None:
    assert spare([]) == [(0, -1, None), (4, -1, None)]


def test_working_memory_is_free_behind_its_last_access() -> None:
    nodes = [const(4), Node("vload", LANES, (0,), region="work")]
    assert spare(nodes) == [(0, -1, None), (4, 1, None)]


def test_output_is_free_until_it_is_written_and_from_its_reading_on() -> None:
    read = Node("vload", LANES, (0,), region="out")
    write = Node("vstore", 0, (0, 1), region="out", after=(1,))
    assert spare([const(8), read, write], OUT) == [(8, 1, 2)]
    assert spare([const(8), Node("broadcast", LANES, (0,)), write], OUT) == [(8, -1, 2)]


def test_a_store_that_covers_only_a_part_frees_nothing() -> None:
    assert spare([const(9), Node("store", 0, (0, 0), region="out")], OUT) == []


def test_nothing_is_known_to_be_free_where_addresses_are_not_known() -> None:
    nodes = [const(12), Node("load", 1, (0,), region="in"), Node("load", 1, (1,), region="work")]
    assert spare(nodes) == []


def test_places_lie_as_the_vectors_do_that_the_graph_accesses() -> None:
    nodes = [const(2), Node("vload", LANES, (0,), region="work")]
    assert spare(nodes, WORK) == [(2, 1, None)]


def test_without_regions_all_of_memory_is_judged() -> None:
    graph = Graph("test", LANES, 16, (), ())
    assert spare_memory(graph, []) == []
