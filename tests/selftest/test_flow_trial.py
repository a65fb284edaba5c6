"""The self-test of programs that jump: what differs is caught, or the result says `unknown`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.machine import CHALLENGE
from slotweave.selftest import flow_trial
from slotweave.selftest.flow_mutations import FLOW_MUTATIONS
from slotweave.selftest.flow_trial import flow_trials
from slotweave.selftest.mutant import mutants
from slotweave.selftest.outcome import Checker, Outcome, Subject, summary
from slotweave.selftest.trial import Numbers
from support.command_line import slotweave
from support.tree_hash import parameters

FEW = Numbers(program=60, schedule=12, allocation=12, kernel=15, order=5)


def branches(k: Tracer) -> None:
    a = k.region("a", 0, 8, output=True)
    x = k.variable(a[1])

    def inner() -> None:
        k.branch(x.value == 0x12345678, lambda: a.store(2, x.value + 1), lambda: None)

    k.branch(a[0] & 1, inner, lambda: a.store(3, 9))


def loops(k: Tracer) -> None:
    a = k.region("a", 0, 8, output=True)
    x, i = k.variable(a[0]), k.variable(0)
    with k.loop(5):
        x.value = (x.value << 1) ^ a[i.value]
        i.value = i.value + 1
    a.store(7, x.value)


def counted(k: Tracer) -> None:
    """A loop that is pipelined, of as many rounds as a word says: of this there is no proof."""
    x, y = k.region("x", 0, 32, read_only=True), k.region("y", 32, 32, output=True)
    i = k.variable(0)
    with k.loop(x[0] & 31):
        y.store(i.value, x[i.value] * 2 + 1)
        i.value = i.value + 1


@cache
def compiled(function) -> Compiled:
    kernel = kernel_of_function(function, "k.py:f")
    return compile_job(Job(kernel, {}, "graph", kernel.plan("default", {}, "graph"), CHALLENGE))


@cache
def rung() -> Compiled:
    shape = parameters(3, 3, 16)
    plan = TREE_HASH.plan("dedup-runtime", shape, "values")
    return compile_job(Job(TREE_HASH, shape, "values", plan, CHALLENGE, instances=2))


def tried(result: Compiled, seed: int = 0) -> list[Outcome]:
    return list(flow_trials(result, FEW, seed))


@pytest.mark.parametrize("make", [lambda: compiled(branches), lambda: compiled(loops), rung],
                         ids=["branches", "loops", "rung"])  # fmt: skip
def test_every_mutant_that_differs_is_caught_or_said_to_be_unknown(make) -> None:
    result = make()
    outcomes = tried(result)
    assert [str(outcome) for outcome in outcomes if outcome.missed] == []
    assert sum(bool(outcome.difference) for outcome in outcomes) > len(outcomes) / 3
    for subject in (Subject.PROGRAM, Subject.JUMPS, Subject.SCHEDULE, Subject.ALLOCATION):
        assert any(o.difference for o in outcomes if o.subject is subject), subject
    unknown = [outcome for outcome in outcomes if outcome.caught_by is Checker.UNKNOWN]
    assert len(unknown) <= len(outcomes) / 20
    if unknown:
        assert result.equivalence.answer == "unknown"


@pytest.mark.parametrize("function", [loops, branches])
def test_where_there_is_a_proof_no_run_is_asked(function) -> None:
    assert compiled(function).equivalence.answer is True
    catchers = {outcome.caught_by for outcome in tried(compiled(function))}
    assert Checker.EQUIVALENCE in catchers
    assert not catchers & {Checker.RUNS, Checker.UNKNOWN}


def test_where_there_is_none_runs_catch() -> None:
    assert compiled(counted).equivalence.answer == "unknown"
    catchers = {outcome.caught_by for outcome in tried(compiled(counted))}
    assert Checker.RUNS in catchers
    assert Checker.EQUIVALENCE not in catchers


def test_a_blind_proof_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind:
        def equivalence(self, *_: object) -> object:
            return compiled(loops).equivalence

    monkeypatch.setattr(flow_trial, "GraphOnTerms", lambda *_: Blind())
    assert any(outcome.missed for outcome in tried(compiled(loops)))


def test_a_program_that_is_wrong_is_not_mutated() -> None:
    from dataclasses import replace

    right = compiled(loops)
    bundles = right.program.bundles[:-2]
    wrong = replace(right, program=replace(right.program, bundles=bundles))
    with pytest.raises(CheckFailed, match="before any mutation"):
        tried(wrong)


def test_the_same_seed_tries_the_same() -> None:
    assert tried(compiled(branches)) == tried(compiled(branches))
    assert tried(compiled(branches)) != tried(compiled(branches), seed=1)


def test_each_mutation_of_jumps_changes_a_jump() -> None:
    flow = compiled(branches).flow
    for mutation in FLOW_MUTATIONS:
        for mutant in mutants(flow, [mutation], 4, 0):
            assert mutant.value != flow
            assert [block.graph for block in mutant.value.blocks] == [
                block.graph for block in flow.blocks
            ]


def test_the_command_takes_kernels_and_programs_that_jump(tmp_path: Path) -> None:
    file, made = tmp_path / "k.py", tmp_path / "rung.json"
    file.write_text(
        "def f(k):\n"
        "    a = k.region('a', 0, 4, output=True)\n"
        "    k.branch(a[0] == 5, lambda: a.store(1, 7), lambda: None)\n"
    )
    options = ("--mutants", "30", "--json")
    answer = slotweave("verify", "--self-test", f"{file}:f", *options)
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)["self_test"]
    assert found["missed"] == 0
    assert found["subjects"]["jumps"]["mutants"] > 0
    shape = ("-p", "height=2", "-p", "rounds=2", "-p", "batch=8", "--plan", "dedup-runtime")
    assert slotweave("compile", "tree-hash", *shape, "-o", made, "-q").code == 0
    answer = slotweave("verify", "--self-test", made, *options)
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["self_test"]["missed"] == 0


def test_the_counts_add_up() -> None:
    found = summary(tried(compiled(loops)))
    assert found["equivalent"] + found["caught"] + found["missed"] == found["mutants"]
