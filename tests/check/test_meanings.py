"""Meanings of terms: words of one item as forms, and a reason where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from slotweave.check.definition.cases import Walks
from slotweave.check.definition.meanings import Meaning, Meanings
from slotweave.check.definition.prover import Prover
from slotweave.check.symbolic.symbolic_memory import MemoryMap, SymbolicMemory
from slotweave.check.symbolic.terms import Terms
from slotweave.check.symbolic.witness import cone_of
from slotweave.ir.definition import Arithmetic, Definition, Integers
from slotweave.ir.graph import Region

#: A list of four nodes, each followed by itself or by the next one; values of two items after.
LIST = Region("list", 0, 4, read_only=True)
WORK = Region("work", 4, 4)
VALUES = Region("values", 8, 2, output=True)
MAP = MemoryMap((LIST, WORK, VALUES), 12)


def add_one(words: Arithmetic[int], value: int) -> int:
    return words.operation("add", (value, words.constant(1)))


def next_node(state: Integers, parity: Integers) -> Integers:
    return np.minimum(state + parity, 3)


DEFINITION = Definition(3, (8, 9), (10, 11), lambda state: state, next_node, add_one)


class Bench:
    """Terms, the memory they come from, and what they mean."""

    def __init__(self) -> None:
        self.terms = Terms()
        self.memory = SymbolicMemory(self.terms, MAP, {})
        self.prover = Prover(Walks(DEFINITION, [0, 1]))
        self.forms = self.prover.forms
        given = {
            address: Meaning(self.forms.leaf(kind, 0), item)
            for kind, addresses in (("value", (8, 9)), ("state", (10, 11)))
            for item, address in enumerate(addresses)
        }
        self.meanings = Meanings(self.terms, MAP, self.prover, given)

    def word(self, address: int) -> int:
        return self.memory.word(address)

    def op(self, name: str, *args: int) -> int:
        return self.terms.operation(name, args)

    def meaning(self, term: int) -> Meaning:
        for part in cone_of([term], self.terms):
            if self.terms[part].kind not in ("region", "cells", "store", "everything"):
                self.meanings.work_out(part)
        return self.meanings.of(term)

    def reason(self, term: int) -> str | None:
        return self.meanings.reason(self.meaning(term))


def test_words_before_the_run_are_leaves_of_their_item() -> None:
    bench = Bench()
    forms = bench.forms
    assert bench.meaning(bench.word(9)) == Meaning(forms.leaf("value", 0), 1)
    assert bench.meaning(bench.word(10)) == Meaning(forms.leaf("state", 0), 0)
    assert bench.meaning(bench.word(2)) == Meaning(forms.leaf("input", 2), None)


def test_equal_words_of_different_items_are_one_form() -> None:
    bench = Bench()
    first, second = (
        bench.meaning(bench.op("xor", bench.word(8 + item), bench.word(2))) for item in (0, 1)
    )
    assert first.form == second.form
    assert (first.item, second.item) == (0, 1)


@pytest.mark.parametrize("region", [0, None], ids=["region known", "region unknown"])
def test_a_load_lists_the_words_at_every_address_it_can_have(region: int | None) -> None:
    bench = Bench()
    bench.memory.store(bench.terms.constant(5), 1, bench.terms.constant(99))
    loaded = bench.meaning(bench.memory.load(bench.word(11), region))
    inputs = {place: bench.forms.leaf("input", place) for place in (0, 1)}
    assert loaded == Meaning(bench.forms.lookup(bench.forms.leaf("state", 0), inputs), 1)


def test_a_load_finds_what_was_stored_before() -> None:
    bench = Bench()
    bench.memory.store(bench.terms.constant(4), 1, bench.op("xor", bench.word(0), bench.word(8)))
    address = bench.op("add", bench.word(10), bench.terms.constant(4))
    loaded = bench.meaning(bench.memory.load(address, 1))
    mixed = bench.forms.xor((bench.forms.leaf("value", 0), bench.forms.leaf("input", 0)))
    words = {4: mixed, 5: bench.forms.leaf("input", 5)}
    place = bench.forms.operation("add", (bench.forms.leaf("state", 0), bench.forms.constant(4)))
    assert loaded == Meaning(bench.forms.lookup(place, words), 0)


def test_a_load_in_another_region_than_was_said_is_unknown() -> None:
    bench = Bench()
    address = bench.op("add", bench.word(10), bench.terms.constant(3))
    assert "not in list" in str(bench.reason(bench.memory.load(address, 0)))


def test_a_load_past_the_end_of_memory_is_unknown() -> None:
    bench = Bench()
    address = bench.op("add", bench.word(10), bench.terms.constant(12))
    assert "past the end of memory" in str(bench.reason(bench.memory.load(address, None)))


def test_a_load_behind_a_store_at_a_computed_address_is_unknown() -> None:
    bench = Bench()
    bench.memory.store(bench.op("add", bench.word(10), bench.terms.constant(4)), 1, bench.word(8))
    assert "computed address" in str(bench.reason(bench.memory.word(5)))


def test_a_load_whose_address_depends_on_a_value_is_unknown() -> None:
    bench = Bench()
    assert "more than the path" in str(bench.reason(bench.memory.load(bench.word(8), 0)))


def test_an_undetermined_word_is_unknown() -> None:
    bench = Bench()
    undefined = bench.terms.make("undefined")
    assert "nothing determines" in str(bench.reason(bench.op("add", undefined, bench.word(8))))


def test_words_of_two_items_do_not_mean_one() -> None:
    bench = Bench()
    assert "items interact: 0, 1" in str(
        bench.reason(bench.op("add", bench.word(8), bench.word(9)))
    )


def test_the_same_unknown_word_is_itself() -> None:
    bench = Bench()
    mixed = bench.op("add", bench.word(8), bench.word(9))
    assert bench.meaning(bench.op("xor", mixed, bench.op("xor", mixed, bench.word(1)))) == Meaning(
        bench.forms.leaf("input", 1), None
    )


def test_a_claim_about_a_step_cannot_rest_on_later_ones() -> None:
    bench = Bench()
    doubt = bench.prover.doubt("state", bench.forms.leaf("parity", 2), 1, 0)
    assert doubt is not None
    assert "after step 1" in doubt.reason


def test_a_divisor_that_can_be_zero_is_noticed() -> None:
    bench = Bench()
    parity = bench.forms.leaf("parity", 1)
    form = bench.forms.operation("div", (bench.forms.constant(7), parity))
    doubt = bench.prover.doubt("state", form, 1, 0)
    assert doubt is not None
    assert "divide by zero" in doubt.reason
    assert bench.prover.constant_word(form) is None


def test_what_is_one_word_in_all_cases_is_a_constant() -> None:
    bench = Bench()
    state, parity = bench.forms.leaf("state", 1), bench.forms.leaf("parity", 2)
    child = bench.forms.operation("add", (state, parity))
    inside = bench.forms.operation("lt", (child, bench.forms.constant(4)))
    assert bench.prover.constant_word(inside) == 1
    assert bench.prover.constant_word(child) is None
    assert bench.prover.constant_word(bench.forms.leaf("value", 1)) is None
