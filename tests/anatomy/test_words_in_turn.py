"""Words allocated in turn: the same values, and as long a rest as there is room for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.anatomy.timing.retiming import operations_of
from slotweave.anatomy.timing.scratch_prices import scratch_prices
from slotweave.anatomy.timing.words_in_turn import Touched, values_of
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from support.placed import placed_under

WORDS = st.lists(st.integers(0, 5), max_size=2)
BUNDLES = st.lists(st.lists(st.tuples(WORDS, WORDS), max_size=3), max_size=8)


def values_read(bundles: list[list[Touched]]) -> list[object]:
    """Who wrote each word that is read: bundle and place of the last write, or nobody."""
    writer: dict[object, object] = {}
    found: list[object] = []
    for at, bundle in enumerate(bundles):
        found += [writer.get(word) for reads, _writes in bundle for word in reads]
        writer.update(
            (word, (at, i, k))
            for i, (_reads, writes) in enumerate(bundle)
            for k, word in enumerate(writes)
        )
    return found


@given(BUNDLES, st.integers(0, 12))
def test_each_read_finds_the_value_that_it_found(bundles, spare):
    values = values_of(bundles)
    needed = values.needed()
    renamed = values.in_turn(needed + spare)
    assert renamed is not None
    assert values_read(renamed) == values_read(bundles)
    assert needed == 0 or values.in_turn(needed - 1) is None


def test_the_word_that_rested_longest_is_taken():
    bundles: list[list[Touched]] = [[([], [7])], [([7], [7])], [([7], [7])]]
    renamed = values_of(bundles).in_turn(3)
    assert renamed == [[([], [0])], [([0], [1])], [([1], [2])]]


def chains(count: int) -> Program:
    """So many chains of a constant, and two sums, one behind the other through two words."""
    rest = ({"alu": (("+", 2, 1, 1),)}, {"alu": (("+", 1, 2, 2),)})
    starts = ({"load": (("const", 1, number),)} for number in range(count))
    return Program("challenge", tuple(bundle for start in starts for bundle in (start, *rest)))


@pytest.mark.parametrize(("words", "saved", "lost"), [(200, 0, 0), (72, 0, 7), (8, 7, None)])
def test_words_have_a_price_as_long_as_they_are_waited_for(words, saved, lost):
    operations = operations_of(placed_under(chains(40), CHALLENGE), CHALLENGE)
    prices = scratch_prices(operations, CHALLENGE, CHALLENGE.slots, words).to_json()
    assert prices["needed"] == 1
    assert (prices["saved"], prices["lost"]) == (saved, lost)


def test_words_that_bind_operations_together_do_not_refuse_slots_that_the_program_has() -> None:
    """In two words each sum overwrites what the other reads; in those of the program none does."""
    program = Program("challenge", (
        {"load": (("const", 0, 1), ("const", 1, 2))},
        {"alu": (("+", 2, 1, 1), ("+", 3, 0, 0))},
        {"store": (("store", 2, 3),)},
    ))  # fmt: skip
    operations = operations_of(placed_under(program, CHALLENGE), CHALLENGE)
    prices = scratch_prices(operations, CHALLENGE, {**CHALLENGE.slots, "alu": 1}, 2)
    assert (prices.needed, prices.now, prices.saved) == (2, None, None)
    assert "operations that cannot be parted need more slots" in prices.why_not()
    wide = scratch_prices(operations, CHALLENGE, CHALLENGE.slots, 2)
    assert (wide.now, wide.lost) == (3, None)
