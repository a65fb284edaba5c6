"""Addresses that are affine in the path: computed afresh or extended from an earlier one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.challenge.tree_hash.walks.position import (
    Affine,
    PathBit,
    Position,
    affine_position,
    free_base,
)
from slotweave.frontend.tracer import Tracer
from slotweave.simulate.graph import run_graph

LANES = 4
WORD = 2**32

#: Path bits of each lane, oldest first.
PATHS = st.integers(1, 9).flatmap(
    lambda depth: st.lists(
        st.lists(st.integers(0, 1), min_size=depth, max_size=depth),
        min_size=LANES,
        max_size=LANES,
    )
)
#: What a kernel asks for: the tree counts backwards from the last node, tables in records of three.
SCALES = st.sampled_from([-1, 3, 1, -3, 5])
WANTED = st.lists(st.tuples(st.integers(0, 9), SCALES, st.integers(0, 3000)), max_size=4)


def place(bits: list[int]) -> int:
    """The mirrored place after these bits."""
    return int("".join(map(str, bits)) or "0", 2)


@given(PATHS, WANTED, st.integers(0, 3), st.integers(0, 511))
def test_each_address_is_affine_in_the_place(
    paths: list[list[int]], wanted: list[tuple[int, int, int]], selected: int, inverted: int
) -> None:
    """Addresses wanted at growing depths, each computed from the one before."""
    depths = len(paths[0])
    k = Tracer("position", LANES)
    source = k.region("bits", 0, depths * LANES, read_only=True)
    asked = sorted((depth, scale, base) for depth, scale, base in wanted if depth <= depths)
    out = k.region("out", depths * LANES, max(1, len(asked)) * LANES, output=True)
    position, expected = Position(), []
    for number, (depth, scale, base) in enumerate(asked):
        while len(position.bits) < depth:
            depth_of_bit = len(position.bits)
            flipped = bool(inverted >> depth_of_bit & 1)
            position.bits.append(PathBit(source.vload(depth_of_bit * LANES), flipped))
        out.vstore(number * LANES, affine_position(k, position, scale, base, selected))
        expected += [(scale * place(path[:depth]) + base) % WORD for path in paths]
    bits = [
        paths[lane][depth] ^ (inverted >> depth & 1)
        for depth in range(depths)
        for lane in range(LANES)
    ]
    words = run_graph(k.graph(), bits + [0] * max(1, len(asked)) * LANES)
    assert words[depths * LANES :][: len(expected)] == expected


@pytest.mark.parametrize(("odd", "twos"), [(3, 0), (3, 1), (5, 2), (7, 1)])
@given(st.integers(0, WORD - 1), st.integers(0, 1))
def test_an_even_scale_extends_to_a_multiple_of_its_power_of_two(
    odd: int, twos: int, base: int, bit: int
) -> None:
    k = Tracer("position", LANES)
    source = k.region("in", 0, 2 * LANES, read_only=True)
    out = k.region("out", 2 * LANES, LANES, output=True)
    scale = odd << twos
    known = Affine(source.vload(0), scale, base, depth=3)
    position = Position([PathBit(source.vload(LANES))] * 4, known)
    out.vstore(0, affine_position(k, position, 1 << twos, 9, bits_selected=0))
    places = [0, 1, 5, 7]
    words = [(scale * p + base) % WORD for p in places] + [bit] * LANES + [0] * LANES
    assert run_graph(k.graph(), words)[2 * LANES :] == [
        ((1 << twos) * (2 * p + bit) + 9) % WORD for p in places
    ]


def test_a_scale_that_does_not_divide_is_refused() -> None:
    k = Tracer("position", LANES)
    source = k.region("in", 0, LANES, read_only=True)
    bit = source.vload(0)
    position = Position([PathBit(bit)] * 2, Affine(bit, 8, 0, depth=1))
    with pytest.raises(ValueError, match="2 is no multiple of 8"):
        affine_position(k, position, 1, 0, bits_selected=1)


def operations(bits: int) -> list[str]:
    """What extending an address by one level takes, vectors only."""
    k = Tracer("position", LANES)
    source = k.region("in", 0, 8 * LANES, read_only=True)
    position = Position([PathBit(source.vload(i * LANES)) for i in range(3)])
    affine_position(k, position, -1, 100, bits)
    before = len(k.graph().nodes)
    position.bits.append(PathBit(source.vload(3 * LANES)))
    affine_position(k, position, -1, 200, bits)
    return [node.op for node in k.graph().nodes[before:] if node.op not in ("const", "broadcast")]


def test_a_level_more_costs_one_multiply_add_beside_the_choice_of_the_constant() -> None:
    assert operations(1) == ["vload", "select", "multiply_add"]
    assert operations(0) == ["vload", "multiply_add", "sub"]


def test_an_address_that_lies_some_words_before_needs_no_constant_for_the_next() -> None:
    """In a tree from word 7 on: the levels below end at 2^(d+1) + 5, their last nodes."""
    for depth in range(2, 11):
        last, next_last = 2 ** (depth + 1) + 5, 2 ** (depth + 2) + 5
        assert free_base(-1, last, True, 8, next_last) == 3
    assert free_base(-1, 100, True, 8, 400) == 0  # too far apart
    assert free_base(-1, 100, False, 8, 199) == 0  # half a word


def test_without_a_constant_a_level_more_costs_one_multiply_add() -> None:
    k = Tracer("position", LANES)
    source = k.region("in", 0, 8 * LANES, read_only=True)
    position = Position([PathBit(source.vload(i * LANES)) for i in range(3)])
    affine_position(k, position, -1, 18, 1)
    before = len(k.graph().nodes)
    position.bits.append(PathBit(source.vload(3 * LANES), inverted=True))
    affine_position(k, position, -1, 37, 0)
    added = [node.op for node in k.graph().nodes[before:]]
    assert [op for op in added if op not in ("const", "broadcast")] == ["vload", "multiply_add"]
