"""Stagger and noise, searched with Optuna in the store of the study."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.ir.plan import Plan
from slotweave.names import job
from slotweave.tuning.parameters import tuned_parameters
from slotweave.tuning.score import Task, score
from slotweave.tuning.search import start
from slotweave.tuning.store import Store

SHAPE: dict[str, Any] = {"height": 4, "rounds": 6, "batch": 32}
JOB = job("tree-hash", **SHAPE)
TASK = Task(JOB.kernel, JOB.machine, JOB.parameters, JOB.contract)


def tuned(place: str, trials: int = 6, seed: int = 1) -> Plan:
    pytest.importorskip("optuna", reason="Optuna is the extra `search`")
    return tuned_parameters(TASK, JOB.plan, seed, trials, place, "mine")


def test_the_same_seed_and_trials_give_the_same_plan() -> None:
    found = tuned(":memory:")
    assert tuned(":memory:") == found
    assert found.choices == JOB.plan.choices


def test_the_best_of_the_trials_is_taken_and_optuna_opens_our_store(tmp_path: Path) -> None:
    place = str(tmp_path / "studies.db")
    store = Store(place)
    found = tuned(place)
    import optuna

    kept = optuna.load_study(study_name="mine, seed 1", storage=f"sqlite:///{place}")
    assert len(kept.trials) == 6
    assert kept.best_value == min(trial.value for trial in kept.trials)
    assert score(TASK, found).cost == kept.best_value
    assert store.studies() == []
    store.close()


def test_trials_kept_before_are_not_made_again(tmp_path: Path) -> None:
    place = str(tmp_path / "studies.db")
    first = tuned(place, 4)
    assert tuned(place, 4) == first
    tuned(place, 5)
    import optuna

    assert (
        len(optuna.load_study(study_name="mine, seed 1", storage=f"sqlite:///{place}").trials) == 5
    )


def test_a_plan_with_starting_times_is_left_as_it_is() -> None:
    begun = start(TASK, JOB.plan, 0).best
    assert tuned_parameters(TASK, begun, 0, 3, ":memory:", "mine") is begun


def test_without_optuna_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(InputError, match=r"SW217 .*pip install 'slotweave\[search\]'"):
        tuned_parameters(TASK, JOB.plan, 0, 1, ":memory:", "mine")
    assert tuned_parameters(TASK, JOB.plan, 0, 0, ":memory:", "mine") is JOB.plan
