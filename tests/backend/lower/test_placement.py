"""Where words lie: slices and overlays only name them, where that can be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slotweave.backend.lower.placement import Placement, place
from slotweave.ir.graph import Graph, Node, Region
from slotweave.isa import Shape
from slotweave.machine import MINIMAL, Machine, Mode

LANES = range(4)


def graph_of(*nodes: Node) -> Graph:
    return Graph("test", 4, 64, (Region("r", 0, 64),), nodes)


def placed(*nodes: Node, machine: Machine = MINIMAL) -> Placement:
    return place(graph_of(*nodes), machine)


def words(placement: Placement, node: int) -> list[tuple[int, int]]:
    """(storage, word) of each word of a node."""
    row = slice(*placement.layout.offset[node : node + 2].tolist())
    columns = placement.layout.storage[row].tolist(), placement.layout.word[row].tolist()
    return list(zip(*columns, strict=True))


def const(value: int = 0) -> Node:
    return Node("const", 1, imm=value)


def vload(address: int) -> Node:
    return Node("vload", 4, (address,), region="r")


def overlay(*parts: tuple[int, int], width: int = 4) -> Node:
    args, offsets = zip(*parts, strict=True)
    return Node("overlay", width, args, offsets=offsets)


def test_each_result_has_a_storage_of_its_own():
    placement = placed(const(), vload(0))
    assert placement.storage_words == (1, 4)
    assert words(placement, 1) == [(1, 0), (1, 1), (1, 2), (1, 3)]


def test_a_slice_names_words_of_its_argument():
    placement = placed(const(), vload(0), Node("slice", 1, (1,), imm=2))
    assert words(placement, 2) == [(1, 2)]
    assert placement.storage_words == (1, 4)


def test_words_of_a_pack_are_written_where_they_are_wanted():
    pack = overlay((3, 0), (2, 1), (1, 2), (0, 3))
    placement = placed(*(const(k) for k in LANES), pack)
    assert placement.storage_words == (4,)
    assert words(placement, 4) == [(0, 0), (0, 1), (0, 2), (0, 3)]
    assert words(placement, 0) == [(0, 3)]
    assert placement.contiguous[4]
    assert placement.covers == ()


def test_vectors_side_by_side_are_one_block():
    placement = placed(const(), vload(0), vload(0), overlay((2, 0), (1, 4), width=8))
    assert placement.storage_words == (8, 1)
    assert words(placement, 1) == [(0, 4), (0, 5), (0, 6), (0, 7)]


def test_a_slice_of_a_block_is_a_vector_at_any_word():
    block = overlay((1, 0), (2, 4), width=8)
    placement = placed(const(), vload(0), vload(0), block, Node("slice", 4, (3,), imm=3))
    assert words(placement, 4) == [(0, 3), (0, 4), (0, 5), (0, 6)]
    assert placement.contiguous[4]


def test_a_word_in_two_packs_lies_in_the_first_only():
    first = overlay((0, 0), (1, 1), (2, 2), (3, 3))
    second = overlay((3, 0), (2, 1), (1, 2), (0, 3))
    placement = placed(*(const(k) for k in LANES), first, second)
    assert words(placement, 5) == [(0, 3), (0, 2), (0, 1), (0, 0)]
    assert placement.contiguous[4:].tolist() == [True, False]


def test_a_pack_of_one_word_again_and_again_stays_virtual():
    placement = placed(const(), overlay((0, 0), (0, 1), (0, 2), (0, 3)))
    assert placement.storage_words == (1,)
    assert words(placement, 1) == [(0, 0)] * 4


def test_lanes_of_a_vector_are_laid_again_only_if_it_is_written_lane_by_lane():
    """A reversed vector: `add` has a per-lane mode on minimal, `vload` has none."""
    lanes = [Node("slice", 1, (2,), imm=k) for k in LANES]
    reverse = overlay((6, 0), (5, 1), (4, 2), (3, 3))
    add = placed(const(), vload(0), Node("add", 4, (1, 1)), *lanes, reverse)
    assert words(add, 7) == [(0, 0), (0, 1), (0, 2), (0, 3)]
    assert words(add, 2) == [(0, 3), (0, 2), (0, 1), (0, 0)]
    assert not add.contiguous[2]
    load = placed(const(), const(), vload(0), *lanes, reverse)
    assert words(load, 7) == [(2, 3), (2, 2), (2, 1), (2, 0)]
    assert load.contiguous[2]


def test_lanes_that_no_slot_can_write_are_not_laid_again():
    lanes = [Node("slice", 1, (2,), imm=k) for k in LANES]
    nodes = (const(), vload(0), Node("add", 4, (1, 1)), *lanes,
             overlay((6, 0), (5, 1), (4, 2), (3, 3)))  # fmt: skip
    engines = tuple((name, n * (name != "scalar")) for name, n in MINIMAL.engines)
    placement = placed(*nodes, machine=replace(MINIMAL, engines=engines))
    assert placement.contiguous[2]
    assert not placement.contiguous[7]


def test_a_vector_of_which_lanes_are_missing_stays_where_it_is():
    lanes = [Node("slice", 1, (1,), imm=k) for k in range(2)]
    pack = overlay((2, 0), (3, 1), (4, 2), (5, 3))
    placement = placed(const(), vload(0), *lanes, const(), const(), pack)
    assert words(placement, 6) == [(1, 0), (1, 1), (2, 0), (3, 0)]
    assert not placement.contiguous[6]


def test_a_sum_of_which_lanes_are_missing_stays_where_it_is():
    lanes = [Node("slice", 1, (2,), imm=k) for k in range(2)]
    pack = overlay((3, 0), (4, 1), (5, 2), (6, 3))
    nodes = (const(), vload(0), Node("add", 4, (1, 1)), *lanes, const(), const(), pack)
    placement = placed(*nodes)
    assert len({storage for storage, _word in words(placement, 2)}) == 1
    assert placement.contiguous[2]
    assert not placement.contiguous[7]


def test_a_whole_vector_in_another_order_is_not_the_vector():
    lanes = [Node("slice", 1, (1,), imm=k) for k in LANES]
    reverse = overlay((5, 0), (4, 1), (3, 2), (2, 3))
    again = Node("overlay", 4, (6,), offsets=(0,))
    placement = placed(const(), vload(0), *lanes, reverse, again)
    assert words(placement, 1) == [(1, 0), (1, 1), (1, 2), (1, 3)]
    assert words(placement, 7) == [(1, 3), (1, 2), (1, 1), (1, 0)]


def test_an_overlay_of_an_overlay_lies_in_the_inner_one_where_it_can():
    inner = overlay((0, 0), (1, 1), width=2)
    placement = placed(const(), const(), inner, Node("overlay", 2, (2,), offsets=(0,)))
    assert words(placement, 3) == words(placement, 2) == [(0, 0), (0, 1)]
    assert placement.contiguous[3]


# Overlays whose parts cover each other


def test_what_is_covered_lands_first():
    placement = placed(const(), vload(0), vload(0), overlay((1, 0), (2, 2), width=6))
    assert placement.storage_words == (6, 1)
    assert placement.covers == ((1, 2),)
    assert words(placement, 2) == [(0, 2), (0, 3), (0, 4), (0, 5)]


def test_a_chain_of_tails_is_ordered_link_by_link():
    """Node 4 covers word 2 of node 3 and what is left of node 2."""
    block = overlay((1, 0), (2, 1), (3, 2), width=6)
    placement = placed(const(), vload(0), vload(0), vload(0), block)
    assert set(placement.covers) == {(1, 2), (2, 3)}


def test_what_must_stand_but_was_written_earlier_is_not_placed():
    placement = placed(const(), vload(0), vload(0), overlay((2, 0), (1, 2), width=6))
    assert placement.covers == ()
    assert words(placement, 3) == [(2, 0), (2, 1), (1, 0), (1, 1), (1, 2), (1, 3)]


def test_a_covered_value_that_is_read_elsewhere_keeps_its_words():
    block = overlay((1, 0), (2, 2), width=6)
    nodes = (const(), vload(0), vload(0), block, Node("add", 4, (1, 1)))
    placement = placed(*nodes)
    assert placement.covers == ()
    assert words(placement, 3) == [(1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (2, 3)]


@pytest.mark.parametrize(
    ("first", "width", "is_placed"), [(0, 2, True), (1, 1, True), (1, 2, False)]
)
def test_words_that_nothing_covers_may_be_read_by_themselves(first, width, is_placed):
    """The overlay covers words 2 and 3 of the first vector."""
    block = overlay((1, 0), (2, 2), width=6)
    part = Node("slice", width, (1,), imm=first)
    placement = placed(const(), vload(0), vload(0), block, part)
    assert placement.covers == (((1, 2),) if is_placed else ())
    assert placement.contiguous[3] == is_placed
    assert words(placement, 4) == words(placement, 1)[first : first + width]


def test_a_part_that_lies_there_twice_is_not_placed():
    placement = placed(const(), vload(0), overlay((1, 0), (1, 2), width=6))
    assert placement.covers == ()
    assert not placement.contiguous[2]


def test_a_covered_value_that_is_read_under_the_name_it_was_sliced_from_keeps_its_words():
    whole = Node("slice", 4, (1,))
    block = overlay((2, 0), (3, 2), width=6)
    placement = placed(const(), vload(0), whole, vload(0), block, Node("add", 4, (1, 1)))
    assert placement.covers == ()
    assert placement.storage_words == (1, 4, 4, 4)


def test_a_covered_value_that_is_read_through_another_overlay_keeps_its_words():
    inner = overlay((1, 0), (1, 4), width=8)
    placement = placed(
        const(), vload(0), inner, vload(0), overlay((2, 0), (3, 2), width=8),
        Node("add", 4, (1, 1)),
    )  # fmt: skip
    assert placement.covers == ()


@pytest.mark.parametrize("per_lane", [True, False])
def test_single_words_need_a_mode_that_writes_them(per_lane):
    """The lanes of a product, swapped in pairs; vectors can be multiplied lane by lane or not."""
    modes = tuple(
        mode
        for mode in MINIMAL.modes
        if not mode.per_lane or (per_lane and mode == Mode("mul", Shape.VECTOR, "scalar", True))
    )
    lanes = [Node("slice", 1, (2,), imm=k) for k in (1, 0, 3, 2)]
    swapped = overlay((3, 0), (4, 1), (5, 2), (6, 3))
    placement = placed(
        const(), vload(0), Node("mul", 4, (1, 1)), *lanes, swapped,
        machine=replace(MINIMAL, modes=modes),
    )  # fmt: skip
    assert placement.contiguous[7] == per_lane
    assert placement.contiguous[2] != per_lane
