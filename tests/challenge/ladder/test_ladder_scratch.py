"""The fewest words of scratch that hold a number of batches, found by scheduling."""

from __future__ import annotations

from dataclasses import replace

import slotweave.challenge.ladder.ladder_scratch as module
from slotweave.challenge.ladder.ladder_scratch import batches_in_scratch, spilling_in_scratch
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.job import Job
from slotweave.machine import CHALLENGE
from support.tree_hash import parameters


def target(batch: int, scratch_words: int = 1536) -> Job:
    machine = replace(CHALLENGE, scratch_words=scratch_words)
    values = parameters(3, 3, batch)
    return Job(TREE_HASH, values, "values", TREE_HASH.plan("default", values, "values"), machine)


def test_more_batches_want_more_words(monkeypatch) -> None:
    monkeypatch.setattr(module, "BATCHES", (1, 4))
    one, four = batches_in_scratch(target(128))
    assert (one["batches"], four["batches"]) == (1, 4)
    assert one["fewest_words"] < four["fewest_words"] <= four["peak"]
    assert four["fewest_words"] <= four["words_at_speed"]


def test_batches_that_the_workload_does_not_have_do_not_fit(monkeypatch) -> None:
    monkeypatch.setattr(module, "BATCHES", (2,))
    (row,) = batches_in_scratch(target(32))
    assert row["fewest_words"] is None


def test_batches_that_scratch_does_not_hold_do_not_fit(monkeypatch) -> None:
    monkeypatch.setattr(module, "BATCHES", (2,))
    (row,) = batches_in_scratch(target(64, scratch_words=160))
    assert row["fewest_words"] is None


def test_spilling_is_compared_with_doing_without(monkeypatch) -> None:
    monkeypatch.setattr(module, "WORDS", (150, 200, 1000))
    rows = list(spilling_in_scratch(target(128, scratch_words=400)))
    assert [row["words"] for row in rows] == [150, 200]  # what the machine does not have is not
    for row in rows:
        assert row["cycles"] is None or row["cycles_spilling"] <= row["cycles"]
        assert row["spills"] + row["made_anew"] > 0


def test_with_spilling_no_more_words_are_needed(monkeypatch) -> None:
    monkeypatch.setattr(module, "BATCHES", (2,))
    (row,) = batches_in_scratch(target(128))
    assert row["fewest_spilling"] <= row["fewest_words"]
