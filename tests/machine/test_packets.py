"""Slot sets and limits of packets, against trying every placement."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.machine.packets import PacketMachine, PacketNeeds, slot_unions
from support.examples import examples

TOY = PacketMachine("toy", frozenset(range(3)), {"words": 4})


def has_matching(sets):
    """Whether some order of slots gives each set one of its own."""
    return (
        any(
            all(slot in each for slot, each in zip(order, sets, strict=False))
            for order in permutations(range(3), min(len(sets), 3))
        )
        and len(sets) <= 3
    )


slot_sets = st.frozensets(st.integers(0, 2), min_size=1)


@examples(300)
@given(st.lists(slot_sets, max_size=4))
def test_operations_fit_exactly_if_each_finds_a_slot(sets):
    assert TOY.fits([PacketNeeds(each) for each in sets]) == has_matching(sets)


@pytest.mark.parametrize(("words", "fits"), [((2, 2), True), ((2, 3), False), ((4,), True)])
def test_a_limit_is_shared_by_the_packet(words, fits):
    anywhere = frozenset(range(3))
    packet = [PacketNeeds(anywhere, (("words", amount),)) for amount in words]
    assert TOY.fits(packet) == fits


def test_unions_are_listed_once_and_closed():
    a, b = frozenset({0}), frozenset({1, 2})
    assert slot_unions([a, b, a]) == [a, b, a | b]
