"""What searches have kept: studies, their trials, their best plans, and which choices matter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slotweave.arguments import text_of, whole_number
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.ir.plan import Plan
from slotweave.names import AnyPath, job, store_named

if TYPE_CHECKING:
    from slotweave.tuning.ablation import Ablation
    from slotweave.tuning.report import StudyReport
    from slotweave.tuning.search import State
    from slotweave.tuning.store import Store


@dataclass(frozen=True, repr=False)
class KeptStudy:
    """What a study came to, by seeds and by moves; `store` is where it is kept."""

    name: str
    store: str
    report: StudyReport

    def __repr__(self) -> str:
        best = self.to_json()["best"]
        cycles = "no plan yet" if best is None else f"best {plural(best, 'cycle')}"
        return f"<study {self.name}: {cycles} after {plural(self.report.evaluations, 'plan')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave study show --json` prints."""
        return self.report.to_json()

    def best_plan(self) -> Plan:
        """The best plan; `compile` takes it as its `plan`. Raises SW227 if there is none yet.

        Its origin has the command that finds it again, if it was a command that began the study.
        """
        from slotweave.machine import machine_from_toml
        from slotweave.tuning.report import command_of

        with _opened(self.store) as opened:
            seed, state = _best(opened, self.name)
            told = opened.begun_by(self.name, seed)
        spec, tried, score = self.report.study.spec, state.evaluations, state.best_score
        machine = machine_from_toml(spec.machine).name
        search = spec.kernel, spec.parameters, spec.contract, machine
        command = command_of(search, told, seed, tried, "plan.json")
        origin: dict[str, Any] = {"command": command} if told else {}
        origin |= {"cycles": score.cycles, "bound": score.bound, "evaluations": tried, "seed": seed}
        return replace(state.best, name="tuned", of=state.best.first_name, origin=origin)

    def trials(self) -> Iterator[dict[str, Any]]:
        """Every plan evaluated, one after the other: `seed`, `number`, `move`, `cycles` and `bound`
        (None if it does not fit), and the `plan` as JSON knows it."""
        from slotweave.ir.text.plan_json import plan_to_json

        with _opened(self.store) as opened:
            for kept in opened.searches(self.name):
                for trial in opened.trials(self.name, kept.seed):
                    found = trial.score
                    yield {
                        "seed": trial.seed, "number": trial.number, "move": trial.candidate.move,
                        "cycles": found and found.cycles, "bound": found and found.bound,
                        "plan": json.loads(plan_to_json(trial.candidate.plan)),
                    }  # fmt: skip

    def ablation(self, *, seeds: int = 5, workers: int = 1) -> tuple[Ablation, ...]:
        """What each choice of the best plan is worth, the dearest first.

        Each is taken back to what the search began with, and both plans are scored with the same
        `seeds` seeds of the schedule.
        """
        from slotweave.machine import machine_from_toml
        from slotweave.tuning.ablation import ablations
        from slotweave.tuning.score import Task

        with _opened(self.store) as opened:
            seed, state = _best(opened, self.name)
            begun = opened.begun_with(self.name, seed)
        spec = self.report.study.spec
        machine = machine_from_toml(spec.machine)
        options: dict[str, Any] = dict(spec.parameters)
        about = job(spec.kernel, contract=spec.contract, machine=machine, **options)
        task = Task(about.kernel, about.machine, about.parameters, about.contract)
        most, hands = whole_number("seeds", seeds, 1), whole_number("workers", workers, 1)
        return ablations(task, begun or about.plan, state.best, range(most), hands)


def studies(*, store: AnyPath | None = None) -> list[KeptStudy]:
    """The studies in a store (the user's own if left out), the oldest first.

    >>> sw.studies(store=":memory:")
    []
    """
    from slotweave.tuning.report import study_report

    place = store_named(store)
    with _opened(place) as opened:
        found = [study_report(opened, each) for each in opened.studies()]
    return [KeptStudy(report.study.name, place, report) for report in found]


def study(name: str, *, store: AnyPath | None = None) -> KeptStudy:
    """The study called `name`: its seeds side by side, its plans, and which choices matter.

    Raises InputError (SW227) if there is none of that name.

    >>> tuned = sw.tune("saxpy", study="an example", evaluations=0)
    >>> sw.study("an example")
    <study an example: best 35 cycles after 0 plans>
    """
    from slotweave.tuning.report import study_report

    place, wanted = store_named(store), text_of("name", name)
    with _opened(place) as opened:
        found = opened.find(wanted)
        if found is None:
            names = ", ".join(each.name for each in opened.studies()) or "none"
            reason = f"there is no study {wanted!r} in {place} (known: {names})"
            raise InputError(Diagnostic("SW227", reason))
        return KeptStudy(wanted, place, study_report(opened, found))


@contextmanager
def _opened(place: str) -> Iterator[Store]:
    """The store that is there. Raises SW226 for a file that is not: looking makes none."""
    from slotweave.tuning.store import Store, default_store, expect_store

    if place == default_store() and not Path(place).exists():
        place = ":memory:"  # nothing is kept yet
    expect_store(place)
    store = Store(place)
    try:
        yield store
    finally:
        store.close()


def _best(store: Store, study: str) -> tuple[int, State]:
    """The seed of the best plan of a study, and its search."""
    kept = store.searches(study)
    if not kept:
        raise InputError(Diagnostic("SW227", f"the study {study!r} has evaluated no plan yet"))
    seed = min(kept, key=lambda each: each.best.cycles).seed
    state = store.state(study, seed)
    assert state is not None  # `searches` has it
    return seed, state
