"""Which stores of one bundle may go to one word: what masks say suffices, or what is under them."""

from __future__ import annotations

import pytest

from slotweave.check.symbolic.stores_together import doubtful_stores
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.terms import Terms


@pytest.mark.parametrize(
    ("shift", "mask", "other", "doubtful"),
    [(0, 1, 2, False), (0, 1, 1, True), (31, 0xFF, 5, False), (29, 0xFF, 5, True)],
    ids=["the mask is less", "the mask allows it", "the word is less", "the word allows it"],
)
def test_a_masked_word_and_a_constant(shift: int, mask: int, other: int, doubtful: bool) -> None:
    terms = Terms()
    word = terms.make("input", 3)
    shifted = terms.operation("shr", (word, terms.constant(shift)))
    address = terms.operation("and", (shifted, terms.constant(mask)))
    pair = (address, terms.constant(other))
    found = list(doubtful_stores({pair: 7}, terms, MemoryMap((), 512), {}))
    assert found == ([(7, *pair)] if doubtful else [])
