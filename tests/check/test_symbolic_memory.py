"""Memory of terms: exact about constant addresses, careful about computed ones."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.check.symbolic import symbolic_memory
from slotweave.check.symbolic.symbolic_memory import MemoryMap, SymbolicMemory
from slotweave.check.symbolic.terms import Terms
from slotweave.ir.graph import Region

LEFT, RIGHT, REST = 0, 1, 2
LAYOUT = MemoryMap((Region("left", 2, 4), Region("none", 6, 0), Region("right", 6, 4)), 12)


@pytest.fixture
def terms() -> Terms:
    return Terms()


@pytest.fixture
def memory(terms: Terms) -> SymbolicMemory:
    return SymbolicMemory(terms, LAYOUT, {5: 55})


def computed(terms: Terms) -> int:
    return terms.make("input", 11)


def test_regions_are_found_by_address_and_name():
    assert [LAYOUT.region_at(address) for address in (1, 2, 5, 6, 9, 10)] == [3, 0, 0, 2, 2, 3]
    assert [LAYOUT.number(name) for name in ("left", "right", "", "nobody")] == [0, 2, None, None]
    assert LAYOUT.place(7) == "right[1] (address 7)"
    assert LAYOUT.place(11) == "memory[11]"
    assert list(LAYOUT.addresses(2)) == [6, 7, 8, 9]
    assert list(LAYOUT.addresses(LAYOUT.rest)) == [0, 1, 10, 11]
    assert MemoryMap((), 4).number("anything") == MemoryMap((), 4).rest


def test_words_are_what_they_were_until_they_are_stored(terms, memory):
    assert terms[memory.word(3)].kind == "input"
    assert memory.word(5) == terms.constant(55)
    memory.store(terms.constant(3), None, terms.constant(9))
    assert memory.load(terms.constant(3), None) == terms.constant(9)


def test_a_computed_store_makes_the_words_of_its_region_unknown(terms, memory):
    memory.store(terms.constant(3), LEFT, terms.constant(9))
    before = [memory.word(address) for address in range(12)]
    memory.store(computed(terms), LEFT, terms.constant(1))
    changed = [address for address in range(12) if memory.word(address) != before[address]]
    assert changed == [2, 3, 4, 5]


def test_a_computed_store_of_unknown_region_makes_all_words_unknown(terms, memory):
    before = [memory.word(address) for address in range(12)]
    memory.store(computed(terms), None, terms.constant(1))
    assert all(memory.word(address) != before[address] for address in range(12))


def test_a_word_stored_behind_a_computed_store_is_known_again(terms, memory):
    memory.store(computed(terms), LEFT, terms.constant(1))
    memory.store(terms.constant(4), LEFT, terms.constant(2))
    assert memory.word(4) == terms.constant(2)


def test_a_computed_load_sees_the_stores_of_its_region_only(terms, memory):
    address = computed(terms)
    before = memory.load(address, LEFT)
    memory.store(terms.constant(7), None, terms.constant(1))
    assert memory.load(address, LEFT) == before
    memory.store(terms.constant(3), None, terms.constant(1))
    assert memory.load(address, LEFT) != before


def test_a_computed_load_of_unknown_region_sees_all_stores(terms, memory):
    address = computed(terms)
    seen = {memory.load(address, None)}
    for stored in (0, 3, 7):
        memory.store(terms.constant(stored), None, terms.constant(1))
        seen.add(memory.load(address, None))
    assert len(seen) == 4


def test_stores_to_constant_addresses_make_one_version_in_any_order(terms):
    found = set()
    for order in ((2, 3), (3, 2), (3, 2, 3)):
        memory = SymbolicMemory(terms, LAYOUT, {})
        for address in order:
            memory.store(terms.constant(address), None, terms.constant(address))
        found.add(memory.load(computed(terms), LEFT))
    assert len(found) == 1


def test_stores_to_computed_addresses_make_a_version_for_each_order(terms):
    found = set()
    for order in ((8, 9), (9, 8)):
        memory = SymbolicMemory(terms, LAYOUT, {})
        for address in order:
            memory.store(terms.make("input", address), LEFT, terms.constant(address))
        found.add(memory.load(computed(terms), LEFT))
    assert len(found) == 2


def test_a_word_stored_back_as_it_was_leaves_no_mark(terms, memory):
    before = memory.load(computed(terms), LEFT)
    word = memory.word(3)
    memory.store(terms.constant(3), None, terms.constant(1))
    memory.store(terms.constant(3), None, word)
    assert memory.load(computed(terms), LEFT) == before


def test_differences_are_listed_by_address(terms, memory):
    other = SymbolicMemory(terms, LAYOUT, {5: 55})
    assert list(memory.differences(other, LEFT)) == []
    other.store(terms.constant(4), None, terms.constant(1))
    assert [address for address, _, _ in memory.differences(other, LEFT)] == [4]
    assert list(memory.differences(other, 2)) == []
    other.store(computed(terms), 2, terms.constant(1))
    assert [address for address, _, _ in memory.differences(other, 2)] == [6, 7, 8, 9]


def test_a_store_to_one_of_two_words_leaves_each_the_new_word_or_the_old_one(terms, memory):
    bit, word = computed(terms), terms.make("input", 10)
    before = {address: memory.word(address) for address in (3, 7)}
    address = terms.operation("select", (bit, terms.constant(3), terms.constant(7)))
    memory.store(address, None, word)
    assert memory.word(3) == terms.operation("select", (bit, word, before[3]))
    assert memory.word(7) == terms.operation("select", (bit, before[7], word))
    assert memory.word(5) == terms.constant(55)


def test_a_store_whose_words_may_be_any_is_followed_by_its_region_only(terms, memory):
    bit = computed(terms)
    for yes, no in ((bit, terms.constant(3)), (terms.constant(3), bit)):
        address = terms.operation("select", (bit, yes, no))
        memory.store(address, LEFT, terms.constant(1))
        assert terms[memory.word(3)].kind == "load"


#: An access: a load, or a store of that word, at a constant address of `left`, or at the one that
#: the word at that address of memory holds.
Access = tuple[bool, int | None, int]

accesses = st.lists(
    st.tuples(st.booleans(), st.none() | st.integers(0, 3), st.integers(2, 5)), max_size=14
)
words = st.lists(st.integers(2, 5), min_size=12, max_size=12)


def followed(terms: Terms, made: list[Access]) -> tuple[SymbolicMemory, list[int]]:
    """Memory after these accesses, and what was loaded."""
    memory, loaded = SymbolicMemory(terms, LAYOUT, {}), list[int]()
    for computed, stored, at in made:
        address = terms.make("input", at + 4) if computed else terms.constant(at)
        if stored is None:
            loaded.append(memory.load(address, LEFT))
        else:
            memory.store(address, LEFT, terms.constant(stored))
    return memory, loaded


def ran(made: list[Access], before: list[int]) -> tuple[list[int], list[int]]:
    """Memory after these accesses to `before`, and what was loaded."""
    after, loaded = list(before), list[int]()
    for computed, stored, at in made:
        address = before[at + 4] if computed else at
        if stored is None:
            loaded.append(after[address])
        else:
            after[address] = stored
    return after, loaded


def word_of(terms: Terms, term: int, before: list[int]) -> int:
    """The word that a term is on that memory."""
    kind, value, args = terms[term]
    if kind == "const":
        return value
    if kind == "input":
        return before[value]
    assert kind == "load"
    return word_in(terms, args[1], word_of(terms, args[0], before), before)


def word_in(terms: Terms, version: int, address: int, before: list[int]) -> int:
    kind, _value, args = terms[version]
    if kind == "region":
        return before[address]
    stores = zip(args[1::2], args[2::2], strict=True)
    for at, word in stores:
        if word_of(terms, at, before) == address:
            return word_of(terms, word, before)
    return word_in(terms, args[0], address, before)


@given(accesses, words, st.sampled_from([0, 1, 256]))
def test_words_are_those_of_a_run(made: list[Access], before: list[int], most: int) -> None:
    terms = Terms()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(symbolic_memory, "MOST_COMPUTED", most)
        memory, loaded = followed(terms, made)
        found = [memory.word(address) for address in range(2, 6)]
    after, seen = ran(made, before)
    assert [word_of(terms, term, before) for term in loaded] == seen
    assert [word_of(terms, term, before) for term in found] == after[2:6]


@given(accesses, st.data(), words)
def test_memory_without_differences_is_the_same_after_a_run(
    made: list[Access], data: st.DataObject, before: list[int]
) -> None:
    other = list(made)
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, max(len(other) - 1, 0)))
        other[at : at + 2] = data.draw(
            st.sampled_from([other[at : at + 2][::-1], other[at + 1 : at + 2]])
        )
    terms = Terms()
    (one, _), (two, _) = followed(terms, made), followed(terms, other)
    shown = list(one.differences(two, LEFT))
    assert [address for address, _, _ in two.differences(one, LEFT)] == [each[0] for each in shown]
    if not shown:
        assert ran(made, before)[0] == ran(other, before)[0]


SAME: Mapping[str, tuple[list[Access], list[Access]]] = {
    "a store that is stored over": (
        [(False, 0, 3), (True, 1, 2), (False, 2, 3)], [(True, 1, 2), (False, 2, 3)],
    ),
    "one at a computed address": (
        [(True, 0, 2), (False, 1, 3), (True, 2, 2)], [(False, 1, 3), (True, 2, 2)],
    ),
    "a store elsewhere before a load": (
        [(False, 0, 3), (True, 1, 2), (False, None, 4), (False, 2, 3)],
        [(True, 1, 2), (False, None, 4), (False, 2, 3)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_stores_that_leave_nothing_make_no_difference(name: str) -> None:
    terms = Terms()
    (one, loaded), (two, again) = (followed(terms, made) for made in SAME[name])
    assert list(one.differences(two, LEFT)) == []
    assert loaded == again


def test_differences_in_memory_of_any_size_are_looked_for_where_something_was_stored() -> None:
    terms, layout = Terms(), MemoryMap((), 2**32)
    one, two = (SymbolicMemory(terms, layout, {}) for _ in range(2))
    for memory, word in ((one, 1), (two, 2)):
        memory.store(terms.constant(7), None, terms.constant(word))
        memory.store(terms.make("input", 1), None, terms.constant(3))
    assert [address for address, _, _ in one.differences(two, layout.rest)] == [7]
