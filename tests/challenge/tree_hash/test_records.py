"""Tables of records: a node between its children, by mirrored place, all xored."""

from __future__ import annotations

import random

import pytest

from slotweave.challenge.tree_hash.tables.memory_map import (
    COPY_WORDS,
    FAMILY_WORDS,
    RECORD_WORDS,
    Table,
    declare_memory,
)
from slotweave.challenge.tree_hash.tables.records import (
    FIRST_CHILD,
    NODE,
    SECOND_CHILD,
    build_tables,
    read_records,
    side_by_side,
    windows_of_records,
)
from slotweave.challenge.tree_hash.tables.tree_top import CARRIED_CONSTANT
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.frontend.tracer import Tracer
from slotweave.simulate.graph import run_graph
from support.tree_hash import random_instance


def expected_words(node: int, words: int) -> list[int]:
    """The nodes of an entry; carried parities are opposite to true ones: bit 0 leads right."""
    right, left = 2 * node + 2, 2 * node + 1
    grandchildren = [2 * right + 2, 2 * right + 1, 2 * left + 2, 2 * left + 1]
    return [node] if words == 1 else [right, node, left, *grandchildren][:words]


@pytest.mark.parametrize("words", [COPY_WORDS, RECORD_WORDS, FAMILY_WORDS])
@pytest.mark.parametrize("depth", [3, 4])
def test_a_table_holds_each_node_with_what_lies_below_it_from_the_right(
    depth: int, words: int
) -> None:
    shape = Shape(height=6, rounds=1, batch=128)
    k = Tracer("table", 8)
    table = Table(depth, words)
    memory = declare_memory(k, shape, "values", (table,))
    build_tables(k, shape, memory)
    before = random_instance(6, 1, 128, seed=depth)
    after = run_graph(k.graph(), before)

    tree = before[7 : 7 + shape.nodes]
    expected = []
    for place in range(2**depth):
        node = 2 ** (depth + 1) - 2 - place
        expected += [tree[other] for other in expected_words(node, words)]
    written = slice(shape.indices, shape.indices + table.size)
    assert after[written] == [word ^ CARRIED_CONSTANT for word in expected]
    assert after[: written.start] == before[: written.start]
    assert after[written.stop :] == before[written.stop :]


@pytest.mark.parametrize("lanes", [4, 8])
def test_records_are_read_where_they_lie_and_words_of_them_taken(lanes: int) -> None:
    records = 16
    k = Tracer("records", lanes)
    table = k.region("table", 0, 3 * records, read_only=True)
    addresses = k.region("addresses", table.length, lanes, read_only=True)
    out = k.region("out", table.length + lanes, 3 * lanes, output=True)
    k.memory(table.length + 5 * lanes)
    read = read_records(k, table.region, addresses.vload(0), RECORD_WORDS)
    for number, which in enumerate((FIRST_CHILD, NODE, SECOND_CHILD)):
        out.vstore(number * lanes, k.pack(read.words(which)))
    chosen = [*random.Random(lanes).choices(range(records), k=lanes - 1), records - 1]
    words = [100 + i for i in range(3 * records)] + [3 * r for r in chosen] + [0] * 4 * lanes
    after = run_graph(k.graph(), words)[out.start :][: out.length]
    assert after == [100 + 3 * r + which for which in range(3) for r in chosen]


@pytest.mark.parametrize("lanes", [1, 2, 4, 8, 16])
def test_windows_of_records_hold_both_children_of_each(lanes: int) -> None:
    windows = windows_of_records(lanes)
    for record in range(lanes):
        first = RECORD_WORDS * record + FIRST_CHILD
        assert any(begin <= first < begin + lanes for begin in windows)
    assert all(0 <= begin <= RECORD_WORDS * lanes - lanes - SECOND_CHILD for begin in windows)
    assert len(windows) == min(3, lanes)


def test_words_from_some_offset_on_are_read_from_where_the_address_lies_before() -> None:
    k = Tracer("window", 8)
    source = k.region("source", 0, 64, read_only=True)
    addresses = k.region("addresses", 64, 8, read_only=True)
    out = k.region("out", 72, 8, output=True)
    read = read_records(k, source.region, addresses.vload(0), 4, first=3)
    out.vstore(0, k.pack(read.words(3)))
    begins = [5, 50, 0, 7, 7, 23, 40, 11]
    after = run_graph(k.graph(), [*range(100, 164), *begins, *[0] * 8])
    assert after[72:] == [103 + begin for begin in begins]


def test_records_that_end_what_is_loaded_are_covered_by_those_of_items_before() -> None:
    """The last load reaches no further than the table, the first one begins before it."""
    k = Tracer("records", 8)
    table = k.region("table", 5, 24, read_only=True)
    addresses = k.region("addresses", 29, 8, read_only=True)
    out = k.region("out", 37, 24, output=True)
    k.memory(61)
    read = read_records(k, table.region, addresses.vload(0), RECORD_WORDS, begin=5)
    assert read.block.width == 3 * 7 + 8
    for number, which in enumerate((FIRST_CHILD, NODE, SECOND_CHILD)):
        out.vstore(number * 8, k.pack(read.words(which)))
    chosen = [7, 0, 3, 3, 1, 6, 0, 7]
    words = [*range(100, 129), *(3 * record for record in chosen), *[0] * 24]
    after = run_graph(k.graph(), words)[37:]
    assert after == [105 + 3 * record + which for which in range(3) for record in chosen]


def test_words_laid_side_by_side_are_a_vector_again() -> None:
    k = Tracer("children", 8)
    source = k.region("in", 0, 8, read_only=True)
    buffer = k.region("buffer", 8, 8)
    out = k.region("out", 16, 8, output=True)
    addresses = k.pack([8 + i for i in range(8)])
    words = [source[(3 * i) % 8] for i in range(8)]
    out.vstore(0, side_by_side(k, words, buffer.region, addresses))
    after = run_graph(k.graph(), [*range(1, 9), *[0] * 16])
    assert after[16:] == [1 + (3 * i) % 8 for i in range(8)]
