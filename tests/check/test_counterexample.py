"""Counterexamples: memories that lead an item where it is wanted, and what runs on them show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.definition import definition
from slotweave.check.definition.counterexample import counterexample, steered_words
from slotweave.check.definition.definition_run import run_definition
from slotweave.check.symbolic.witness import random_memory
from slotweave.ir.definition import Definition
from slotweave.ir.facts import Facts

SHAPE = {"height": 3, "rounds": 7, "batch": 3}
MEANT: Definition = definition(SHAPE)


def facts(contract: str, **ranges: tuple[int, int]) -> Facts:
    known = TREE_HASH.facts(SHAPE, contract)
    return Facts(known.memory_words, known.words, known.regions, {**known.ranges, **ranges})


def memory_of(known: Facts, seed: int, words: dict[int, int]) -> list[int]:
    memory = random_memory(known, known.memory_words or 0, seed)
    for address, word in words.items():
        memory[address] = word
    return memory


@pytest.mark.parametrize("path", [(0, 0, 0, 0, 1, 1, 1), (1, 0, 1, 0, 1, 0, 1), (1, 1)])
@pytest.mark.parametrize("start", [0, 5])
def test_an_item_is_led_along_a_path(path: tuple[int, ...], start: int) -> None:
    known = facts("any-start")
    found = steered_words(MEANT, known, 1, start, path)
    assert found is not None
    run = run_definition(MEANT, memory_of(known, *found))
    assert run.states[0][1] == start
    parities = [int(run.values[step + 1][1]) & 1 for step in range(len(path))]
    assert tuple(parities) == path


def test_words_that_lead_an_item_are_within_the_facts() -> None:
    known = facts("values", tree=(7, 9))
    found = steered_words(MEANT, known, 0, 0, (1, 1, 0, 1))
    assert found is not None
    _seed, words = found
    assert all(7 <= word <= 9 for word in words.values())


def test_a_path_that_the_facts_rule_out_is_not_found() -> None:
    memory = random_memory(facts("values"), facts("values").memory_words or 0, 0)
    known = Facts(len(memory), dict(enumerate(memory)), facts("values").regions)
    parity = int(run_definition(MEANT, memory).values[1][0]) & 1
    assert steered_words(MEANT, known, 0, 0, (parity,)) == (0, {})
    assert steered_words(MEANT, known, 0, 0, (1 - parity,)) is None


def right(memory: Sequence[int]) -> list[int]:
    words = np.array(memory, dtype=np.uint32)
    return [int(word) for word in TREE_HASH.reference(words, SHAPE, "values")]


def test_a_run_that_is_right_has_no_counterexample() -> None:
    assert all(counterexample(right, MEANT, facts("values"), seed) is None for seed in range(9))


@pytest.mark.parametrize(
    ("address", "judged"), [(0, True), (9, True), (22, False), (26, True)],
    ids=["header", "tree", "index region", "values"],
)  # fmt: skip
def test_a_wrong_word_counts_where_it_is_judged(address: int, judged: bool) -> None:
    def wrong(memory: Sequence[int]) -> list[int]:
        end = right(memory)
        end[address] ^= 1
        return end

    found = counterexample(wrong, MEANT, facts("values"), 3)
    assert (found is not None) == judged
    if found:
        assert f"(address {address})" in found.place
        assert found.got == found.expected ^ 1
        assert str(found).endswith("for the memory of seed 3")


def test_words_written_over_the_memory_are_part_of_it() -> None:
    def expects_zero(memory: Sequence[int]) -> list[int]:
        assert memory[26] == 0
        return [*memory]

    found = counterexample(expects_zero, MEANT, facts("values"), 1, {26: 0})
    assert found is not None
    assert found.words == {26: 0}
    assert "with 1 word changed" in str(found)


def test_a_run_that_fails_is_a_counterexample() -> None:
    def fails(memory: Sequence[int]) -> list[int]:
        raise CheckFailed(Diagnostic("SW106", f"load at {len(memory)}"))

    found = counterexample(fails, MEANT, facts("values"), 5)
    assert found is not None
    assert found.failure == "SW106 load at 28"
    assert "fails on the memory of seed 5" in str(found)
