"""The NumPy reference is the plain definition; memory is laid out as the workload says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.challenge.tree_hash.workload import (
    CONTRACTS,
    Shape,
    facts,
    hash_words,
    random_memory,
    reference,
)
from slotweave.ir.facts import Facts
from support.tree_hash import parameters, plain_hash, plain_memory, random_instance

WORDS = st.integers(0, 2**32 - 1)
SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 20))


def test_the_layout_is_that_of_the_judged_instance() -> None:
    shape = Shape(height=10, rounds=16, batch=256)
    assert shape.nodes == 2047
    assert shape.header() == (16, 2047, 256, 10, 7, 2054, 2310)
    assert (shape.tree, shape.indices, shape.values) == (7, 2054, 2310)
    assert shape.memory_words == 2566


@given(st.lists(WORDS, min_size=1, max_size=20))
def test_the_hash_of_words_is_that_of_each_word(words: list[int]) -> None:
    hashed = hash_words(np.array(words, np.uint32))
    assert hashed.tolist() == [plain_hash(word) for word in words]


@pytest.mark.parametrize("contract", CONTRACTS)
@given(shape=SHAPES, seed=st.integers(0, 99))
def test_the_reference_is_the_plain_definition(
    contract: str, shape: tuple[int, int, int], seed: int
) -> None:
    memory = random_instance(*shape, seed=seed, any_start=contract == "any-start")
    after = reference(np.array(memory, np.uint32), parameters(*shape), contract)
    assert after.tolist() == plain_memory(memory)


def test_the_reference_leaves_the_memory_it_is_given_alone() -> None:
    memory = np.array(random_instance(2, 3, 5, seed=1), np.uint32)
    before = memory.copy()
    reference(memory, parameters(2, 3, 5), "values")
    assert np.array_equal(memory, before)


@pytest.mark.parametrize("contract", CONTRACTS)
@given(shape=SHAPES, seed=st.integers(0, 99))
def test_random_memory_is_what_the_facts_allow(
    contract: str, shape: tuple[int, int, int], seed: int
) -> None:
    values = parameters(*shape)
    memory = random_memory(values, contract, np.random.default_rng(seed)).tolist()
    known = facts(values, contract)
    assert len(memory) == known.memory_words
    assert all(memory[address] == word for address, word in known.words.items())
    for name, (lowest, highest) in known.ranges.items():
        region = region_of(known, name)
        assert all(lowest <= memory[at] <= highest for at in range(*region))


def region_of(known: Facts, name: str) -> tuple[int, int]:
    (region,) = (region for region in known.regions if region.name == name)
    return region.start, region.stop


def test_random_words_use_all_32_bits() -> None:
    memory = random_memory(parameters(8, 1, 64), "values", np.random.default_rng(0))
    free = np.concatenate([memory[7 : 7 + 511], memory[-64:]])
    assert np.bitwise_or.reduce(free) == 2**32 - 1
    assert (free >= 2**31).mean() > 0.4


def test_what_is_judged_depends_on_the_contract() -> None:
    def outputs(contract: str) -> set[str]:
        known = facts(parameters(3, 2, 8), contract)
        return {region.name for region in known.regions if region.output}

    assert outputs("values") == {"values"}
    assert outputs("full") == outputs("any-start") == {"indices", "values"}
    assert outputs("judged") == outputs("values")


def test_the_tree_and_the_header_are_inputs_but_for_judged() -> None:
    for contract in CONTRACTS:
        known = facts(parameters(3, 2, 8), contract)
        kept = set() if contract == "judged" else {"header", "tree"}
        assert {r.name for r in known.regions if r.read_only} == kept


def test_starting_indices_are_known_unless_any_start_is_promised() -> None:
    values = parameters(3, 2, 8)
    indices = range(7 + 15, 7 + 15 + 8)
    for contract in ("values", "full"):
        assert all(facts(values, contract).words[address] == 0 for address in indices)
    known = facts(values, "any-start")
    assert not set(indices) & set(known.words)
    assert known.ranges == {"indices": (0, 14)}
