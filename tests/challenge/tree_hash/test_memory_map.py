"""Tables lie in working memory, one behind the other, and never where something else is needed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slotweave.challenge.tree_hash.tables.memory_map import (
    FAMILY_WORDS,
    RECORD_WORDS,
    Table,
    declare_memory,
    index_table,
    room_for_tables,
    table_words,
)
from slotweave.challenge.tree_hash.workload import CONTRACTS, Shape
from slotweave.frontend.tracer import Tracer

SHAPES = st.builds(Shape, st.integers(1, 10), st.just(1), st.integers(1, 300))


def test_a_table_holds_a_record_of_three_words_for_each_parent() -> None:
    assert RECORD_WORDS == 3
    assert [table_words(depth) for depth in range(4)] == [3, 6, 12, 24]


def records(*depths: int) -> list[Table]:
    return [Table(depth, RECORD_WORDS) for depth in depths]


def test_a_table_answers_as_many_levels_as_its_entries_have() -> None:
    assert [Table(3, words).levels for words in (1, RECORD_WORDS, FAMILY_WORDS)] == [1, 2, 3]
    assert [Table(3, words).name for words in (1, 3, 7)] == ["copies 3", "records 3", "families 3"]


def test_the_judged_shape_has_room_for_the_index_words_and_as_many_of_the_values() -> None:
    assert room_for_tables(Shape(10, 16, 256), 8) == 256 + 256
    assert room_for_tables(Shape(10, 16, 1024), 8) == 1024 + 256


@given(SHAPES)
def test_tables_never_reach_words_of_overlapping_vectors(shape: Shape) -> None:
    room = room_for_tables(shape, 8)
    if shape.batch % 8:
        assert room <= shape.batch - 8 or room == 0
    else:
        assert room == shape.batch + min(shape.batch, 256)


@pytest.mark.parametrize("contract", CONTRACTS)
@given(shape=SHAPES, depths=st.lists(st.integers(3, 7), unique=True, max_size=3))
def test_every_word_of_memory_belongs_to_one_region(
    contract: str, shape: Shape, depths: list[int]
) -> None:
    assume(sum(map(table_words, depths)) <= room_for_tables(shape, 8))
    k = Tracer("memory", 8)
    memory = declare_memory(k, shape, contract, records(*depths))
    regions = sorted(k.graph().regions, key=lambda region: region.start)
    assert regions[0].start == 0
    assert regions[-1].stop == shape.memory_words == k.graph().memory_words
    assert all(before.stop == after.start for before, after in pairwise(regions))
    assert {table.depth: region.length for table, region in memory.tables.items()} == {
        depth: table_words(depth) for depth in depths
    }
    for address in range(shape.indices, shape.memory_words):
        region = memory.at(address)
        assert region.start <= address < region.start + region.length


def test_inputs_and_header_are_no_working_memory() -> None:
    memory = declare_memory(Tracer("memory", 8), Shape(3, 1, 8), "values", ())
    for address in (0, 7, 7 + 14, 7 + 15 + 16):
        with pytest.raises(ValueError, match=f"no working region holds address {address}"):
            memory.at(address)


def test_index_words_are_output_only_where_the_contract_says_so() -> None:
    for contract, wanted in (("values", False), ("full", True), ("any-start", True)):
        k = Tracer("memory", 8)
        declare_memory(k, Shape(6, 1, 64), contract, records(3))
        by_name = k.graph().region_by_name
        assert by_name["records 3"].output is wanted
        assert by_name["indices"].output is wanted
        assert by_name["values"].output


def test_a_table_over_value_words_is_output_under_every_contract() -> None:
    k = Tracer("memory", 8)
    memory = declare_memory(k, Shape(10, 16, 256), "values", records(6, 4, 3))
    assert not k.graph().region_by_name["records 6"].output
    assert k.graph().region_by_name["records 3"].output
    assert memory.at(2310).name == "records 3"
    assert memory.at(2318).name == "values"


def test_borrowed_nodes_are_written_and_the_others_are_not() -> None:
    k = Tracer("memory", 8)
    memory = declare_memory(k, Shape(6, 1, 64), "values", (), borrowed=range(7, 23))
    assert memory.borrowed is not None
    assert memory.borrowed.output
    assert memory.tree.read_only
    assert memory.node_region(7 + 15) is memory.borrowed
    assert memory.node_region(7 + 16) is memory.tree
    assert (memory.borrowed.start, memory.tree.start) == (7, 23)
    assert memory.borrowed.words == ()
    assert memory.header.words == (1, 127, 64, 6, 7, 134, 198)


def test_words_from_the_start_of_memory_are_header_and_first_nodes() -> None:
    k = Tracer("memory", 8)
    memory = declare_memory(k, Shape(6, 1, 64), "values", (), borrowed=range(23))
    assert memory.borrowed is memory.header
    assert memory.borrowed.output
    assert memory.borrowed.words == (1, 127, 64, 6, 7, 134, 198)
    assert (memory.borrowed.start, memory.tree.start) == (0, 23)


def test_a_vector_that_begins_at_an_index_ends_with_the_record_two_levels_above() -> None:
    shape = Shape(10, 16, 256)
    index = index_table(shape, 8)
    assert index is not None
    assert (index.table, index.last_index) == (Table(3, RECORD_WORDS), 62)
    assert index.words == range(39, 71)
    k = Tracer("memory", 8)
    memory = declare_memory(k, shape, "full", records(3, 5), range(39), index=index)
    entries = memory.entries(index.table)
    assert [entries.scale * p + entries.base for p in range(8)] == [62 - 4 * p for p in range(8)]
    assert sorted(entries.first_word(p) for p in range(8)) == list(range(39, 71, 4))
    assert entries.begin + RECORD_WORDS == 8
    assert memory.entries(Table(5, RECORD_WORDS)).base == shape.indices
    regions = sorted(k.graph().regions, key=lambda region: region.start)
    assert [(region.name, region.start) for region in regions[:3]] == [
        ("borrowed", 0), ("records 3", 39), ("tree", 71)
    ]  # fmt: skip
    assert all(before.stop == after.start for before, after in pairwise(regions))
    assert memory.node_region(38) is memory.borrowed
    assert memory.node_region(39) is memory.node_region(70) is entries.region
    assert memory.node_region(71) is memory.tree


@pytest.mark.parametrize(
    ("shape", "lanes"),
    [
        (Shape(10, 11, 256), 8),  # ends at the root
        (Shape(10, 12, 256), 8),  # has no level two above the end
        (Shape(10, 15, 256), 8),  # has fewer records than a vector has words
        (Shape(5, 5, 256), 8),  # nodes end before the records
        (Shape(10, 16, 256), 2),  # a record is wider than a vector
        (Shape(10, 16, 256), 16),  # records would begin within a vector of nodes
    ],
)
def test_records_are_laid_at_indices_only_where_they_fit(shape: Shape, lanes: int) -> None:
    assert index_table(shape, lanes) is None
