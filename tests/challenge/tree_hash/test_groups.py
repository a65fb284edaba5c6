"""Vectors of items: each item is in one, and none passes the end of memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slotweave.challenge.tree_hash.walks.groups import (
    groups_of,
    load_group,
    overlapping_groups,
    store_group,
)
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.frontend.tracer import Tracer
from slotweave.simulate.graph import run_graph

BATCHES = st.integers(1, 70)
LANES = st.sampled_from([2, 4, 8, 16])


@given(BATCHES, LANES)
def test_every_item_is_in_a_group_and_all_groups_are_needed(batch: int, lanes: int) -> None:
    groups = groups_of(Shape(2, 1, batch), lanes)
    covered = {group.first + i for group in groups for i in range(group.items)}
    assert covered == set(range(batch))
    assert len(groups) == -(-batch // lanes)
    assert [group.number for group in groups] == list(range(len(groups)))


@given(BATCHES, LANES)
def test_groups_are_whole_vectors_unless_the_batch_is_smaller_than_one(
    batch: int, lanes: int
) -> None:
    sizes = {group.items for group in groups_of(Shape(2, 1, batch), lanes)}
    assert sizes == {min(batch, lanes)}


@given(BATCHES, LANES)
def test_groups_overlap_exactly_where_it_is_said(batch: int, lanes: int) -> None:
    shape = Shape(2, 1, batch)
    groups = groups_of(shape, lanes)
    sharing = {
        group
        for group in groups
        for other in groups
        if group != other and abs(group.first - other.first) < lanes
    }
    assert overlapping_groups(shape, lanes) == sharing


@given(BATCHES, LANES)
def test_what_is_loaded_is_stored_back_and_nothing_else(batch: int, lanes: int) -> None:
    k = Tracer("copy", lanes)
    source = k.region("in", 0, batch, read_only=True)
    target = k.region("out", batch, batch, output=True)
    for group in groups_of(Shape(2, 1, batch), lanes):
        vector = load_group(k, group, source.region, source.start + group.first)
        store_group(k, group, target.region, target.start + group.first, vector)
    words = [*range(1, batch + 1), *[0] * batch]
    assert run_graph(k.graph(), words) == 2 * [*range(1, batch + 1)]
