"""The numbers of a plan's schedule, searched with Optuna before the annealing begins.

Where a plan has no starting times of its own, `stagger` and `noise` are two numbers that say when
items start and how far priorities are shaken: a space for a sampler (the tree-structured Parzen
estimator; Bergstra et al., NIPS 2011), not for a walk. Trials are kept in the store of the study by
Optuna itself, in tables of its own, so that optuna-dashboard opens it. They are made one after the
other: the same seed and number give the same plan.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.plan import Plan
from slotweave.tuning.answers import Asked, evaluated, text_of
from slotweave.tuning.score import Task
from slotweave.tuning.search import PASSES

#: Ranges: cycles from one item to the next, and cycles by which priorities are shaken.
MOST_STAGGER, MOST_NOISE = 64.0, 8.0

#: What a plan that does not fit is told to cost, in cycles.
UNFIT = 1e9


def tuned_parameters(
    task: Task, plan: Plan, seed: int, trials: int, place: str, study: str
) -> Plan:
    """`plan` with the best stagger and noise of so many trials, those kept before included.

    A plan with starting times of its own is left as it is. Raises InputError (SW217) if Optuna is
    not installed.
    """
    if plan.schedule.offsets or not trials:
        return plan
    optuna = _optuna()
    found = optuna.create_study(
        study_name=f"{study}, seed {seed}", storage=_storage(optuna, place), load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=seed),
    )  # fmt: skip

    def objective(trial: Any) -> float:
        candidate = _with_parameters(
            plan, seed, trial.suggest_float("stagger", 0.0, MOST_STAGGER),
            trial.suggest_float("noise", 0.0, MOST_NOISE),
        )  # fmt: skip
        (answer,) = evaluated(task, (Asked(text_of(candidate)),))
        return UNFIT if answer.score is None else float(answer.score.cost)

    found.optimize(objective, n_trials=max(0, trials - len(found.trials)))
    best = found.best_params
    return plan if found.best_value >= UNFIT else _with_parameters(plan, seed, **best)


def _with_parameters(plan: Plan, seed: int, stagger: float, noise: float) -> Plan:
    schedule = replace(plan.schedule, stagger=round(stagger, 2), noise=round(noise, 2), seed=seed,
                       passes=max(plan.schedule.passes, PASSES))  # fmt: skip
    return replace(plan, schedule=schedule)


def _storage(optuna: Any, place: str) -> Any:
    if place == ":memory:":
        return optuna.storages.InMemoryStorage()
    scheme, separator, rest = place.partition("://")
    url = f"postgresql+psycopg://{rest}" if separator else f"sqlite:///{scheme}"
    return optuna.storages.RDBStorage(url)


def _optuna() -> Any:
    try:
        optuna: Any = import_module("optuna")
    except ImportError:
        reason = "a search of parameters needs Optuna: pip install 'slotweave[search]'"
        raise InputError(Diagnostic("SW217", reason)) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
