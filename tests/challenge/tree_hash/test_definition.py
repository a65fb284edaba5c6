"""The definition that proofs use is the plain NumPy reference, said in another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.challenge.tree_hash.definition import definition, hash_word
from slotweave.challenge.tree_hash.workload import (
    CONTRACTS,
    Shape,
    hash_words,
    random_memory,
    reference,
)
from slotweave.check.definition.definition_run import ArrayArithmetic, run_definition


@pytest.mark.parametrize("contract", CONTRACTS)
@given(
    height=st.integers(1, 6),
    rounds=st.integers(1, 20),
    batch=st.integers(1, 20),
    seed=st.integers(0, 99),
)
def test_the_definition_leaves_the_memory_that_the_reference_leaves(
    contract: str, height: int, rounds: int, batch: int, seed: int
) -> None:
    shape = {"height": height, "rounds": rounds, "batch": batch}
    memory = random_memory(shape, contract, np.random.default_rng(seed))
    run = run_definition(definition(shape), memory.tolist())
    assert run.memory == reference(memory, shape, contract).tolist()


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=8))
def test_both_hashes_are_one(words: list[int]) -> None:
    array = np.array(words, dtype=np.uint64)
    hashed = hash_word(ArrayArithmetic(), array)
    assert hashed.tolist() == hash_words(np.array(words, dtype=np.uint32)).tolist()


def test_items_lie_where_the_workload_puts_them() -> None:
    shape = {"height": 3, "rounds": 1, "batch": 5}
    found, where = definition(shape), Shape.of(shape)
    assert found.states == tuple(range(where.indices, where.values))
    assert found.values == tuple(range(where.values, where.memory_words))
