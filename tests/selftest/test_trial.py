"""The self-test: nothing is missed, everything is counted, and a blind check is found out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.base.verdict import Verdict
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.check.symbolic.equivalence import GraphOnTerms
from slotweave.ir.program import Bundle, Program
from slotweave.selftest import trial
from slotweave.selftest.outcome import Checker, Outcome, Subject, counts, summary
from slotweave.selftest.trial import Numbers, trials
from support.small_results import small_result
from support.tree_hash import compiled

FEW = Numbers(program=72, schedule=12, allocation=12, kernel=24, order=3)


def tried(numbers: Numbers = FEW, contract: str = "values", seed: int = 0) -> list[Outcome]:
    result = small_result(contract)
    return list(
        trials(result.job, result.block.traced, result.program, numbers, seed, result.block.fitted)
    )


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return tried()


def test_every_mutant_that_differs_is_caught(outcomes: list[Outcome]) -> None:
    assert [str(outcome) for outcome in outcomes if outcome.missed] == []


def test_most_mutants_differ(outcomes: list[Outcome]) -> None:
    assert sum(bool(outcome.difference) for outcome in outcomes) > len(outcomes) / 2


def test_each_checker_catches_what_is_its_own(outcomes: list[Outcome]) -> None:
    catchers = {
        subject: {o.caught_by for o in outcomes if o.subject is subject and o.caught_by}
        for subject in Subject
    }
    assert catchers[Subject.PROGRAM] == {Checker.LEGALITY, Checker.EQUIVALENCE}
    assert Checker.SCHEDULE in catchers[Subject.SCHEDULE]
    assert catchers[Subject.ALLOCATION] == {Checker.ALLOCATION}
    assert Checker.DEFINITION in catchers[Subject.KERNEL]


def test_the_counts_add_up(outcomes: list[Outcome]) -> None:
    found = summary(outcomes)
    assert found["mutants"] == len(outcomes) == FEW.all
    assert found["equivalent"] + found["caught"] + found["missed"] == found["mutants"]
    assert sum(found["by"].values()) == found["caught"]
    assert sum(found["equivalent_by"].values()) == found["equivalent"]
    for key in ("mutants", "equivalent", "caught", "missed"):
        assert sum(part[key] for part in found["subjects"].values()) == found[key]


def test_the_same_seed_tries_the_same(outcomes: list[Outcome]) -> None:
    assert tried() == outcomes
    assert tried(seed=1) != outcomes


@pytest.mark.parametrize("contract", ["full", "any-start"])
def test_nothing_is_missed_under_other_contracts(contract: str) -> None:
    found = summary(tried(Numbers(36, 6, 6, 16, 2), contract))
    assert found["missed_mutants"] == []


def test_a_program_without_its_schedule_is_tried_as_often() -> None:
    result = small_result()
    found = list(trials(result.job, result.block.traced, result.program, Numbers(10, 5, 5, 0, 0)))
    assert [outcome.subject for outcome in found] == [Subject.PROGRAM] * 20


def test_a_kernel_without_a_definition_is_not_mutated() -> None:
    result = small_result()
    job = replace(result.job, kernel=replace(TREE_HASH, definition=None))
    found = trials(job, result.block.traced, result.program, Numbers(6, 0, 0, 6, 6))
    assert {outcome.subject for outcome in found} == {Subject.PROGRAM}


def blinded(monkeypatch: pytest.MonkeyPatch, target: Any, name: str, answer: Any) -> list[Outcome]:
    monkeypatch.setattr(target, name, lambda *_arguments, **_options: answer)
    return tried(Numbers(36, 12, 12, 24, 0))


def test_an_equivalence_check_that_always_agrees_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = blinded(monkeypatch, GraphOnTerms, "equivalence", Verdict(True, ""))
    missed = [outcome.subject for outcome in found if outcome.missed]
    assert Subject.PROGRAM in missed
    assert Subject.KERNEL not in missed


def test_a_definition_check_that_always_agrees_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = blinded(monkeypatch, trial, "graph_meets_definition", Verdict(True, ""))
    assert {outcome.subject for outcome in found if outcome.missed} == {Subject.KERNEL}


def test_blind_checks_of_schedule_and_allocation_leave_the_mutants_to_equivalence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial, "schedule_violations", lambda *_: iter(()))
    found = blinded(monkeypatch, trial, "allocation_violations", iter(()))
    assert not any(outcome.missed for outcome in found)
    fitted = [o for o in found if o.subject in (Subject.SCHEDULE, Subject.ALLOCATION)]
    assert {o.caught_by for o in fitted if o.difference} == {
        Checker.LEGALITY, Checker.EQUIVALENCE,
    }  # fmt: skip


def test_what_is_wrong_to_begin_with_is_refused() -> None:
    result = small_result()
    wrong = replace(result.program, bundles=result.program.bundles[:-1])
    with pytest.raises(CheckFailed, match="before any mutation"):
        next(first_of(wrong))


def test_what_is_wrong_for_one_word_only_is_refused() -> None:
    """The oracle cannot tell it from what is right; the graph says something else."""
    result = small_result()
    address = 7 + 15 + 16
    spoil: tuple[Bundle, ...] = (
        {"load": (("const", 0, address), ("const", 1, 12345))},
        {"load": (("load", 2, 0),)},
        {"alu": (("==", 3, 2, 1),)},
        {"alu": (("+", 2, 2, 3),)},
        {"store": (("store", 0, 2),)},
    )
    cheating = replace(result.program, bundles=(*result.program.bundles, *spoil))
    with pytest.raises(CheckFailed, match="SW406 before any mutation"):
        next(first_of(cheating))


def first_of(program: Program) -> Iterator[Outcome]:
    return trials(small_result().job, small_result().block.traced, program, Numbers(1, 0, 0, 0, 0))


def test_a_missed_mutant_is_counted_and_said() -> None:
    missed = Outcome(Subject.KERNEL, "kind", "node 3", "memory[1] is 2 instead of 3", "harmless")
    equal = replace(missed, difference="")
    assert counts([missed, equal]) == {
        "mutants": 2, "equivalent": 1, "caught": 0, "by": {}, "missed": 1,
        "equivalent_by": {"harmless": 1},
    }  # fmt: skip
    assert summary([missed])["missed_mutants"] == [
        "kernel mutant: kind: node 3; memory[1] is 2 instead of 3"
    ]


def test_numbers_are_shared_out() -> None:
    assert Numbers.of(1000) == Numbers()
    assert Numbers.of(1000).all == 1100


@pytest.mark.long
def test_all_of_a_thousand_mutants_of_the_judged_program_and_a_hundred_of_its_kernel() -> None:
    result = compiled((10, 16, 256))
    block = result.block
    found = summary(trials(result.job, block.traced, result.program, Numbers(), 0, block.fitted))
    assert found["missed_mutants"] == []
    assert found["mutants"] == 1100
    kernel = found["subjects"]["kernel"]
    assert found["caught"] - kernel["caught"] >= 400
    assert kernel["mutants"] == 100
