"""A search from beginning to end: seeds side by side, workers, a store to go on from."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from slotweave.base.budget import Budget
from slotweave.bounds import best_bound
from slotweave.driver.compile import draft_after, no_single_problem
from slotweave.driver.job import Job
from slotweave.ir.fingerprint import fingerprint
from slotweave.ir.plan import Plan
from slotweave.machine import machine_to_toml
from slotweave.parallel import Cluster, Crew, SharedValues, crew_of
from slotweave.tuning.answers import evaluated
from slotweave.tuning.moves import Candidate
from slotweave.tuning.parameters import tuned_parameters
from slotweave.tuning.posed import Score
from slotweave.tuning.remote import remote_task
from slotweave.tuning.score import Task
from slotweave.tuning.search import State, Trial, search_all, start
from slotweave.tuning.store import BEGUN, Spec, Store


@dataclass(frozen=True)
class Step:
    """A search after one more candidate: its seed, its new state, and what was tried (None at the
    beginning). `states` are those of all seeds. `proof` says why its operations have no shorter
    schedule, if that is known: then the search ends."""

    seed: int
    state: State
    trial: Trial | None
    states: Mapping[int, State]
    proof: str = ""


@dataclass(frozen=True)
class Keeping:
    """Where to keep a search: a store, the name of its study, and the place as users gave it."""

    store: Store
    study: str
    place: str = ":memory:"


def spec_of(job: Job) -> Spec:
    """What a study of `job` searches a plan for. Raises InputError (SW212) if it jumps."""
    flow = draft_after(job, "trace").traced
    if len(flow.blocks) > 1:
        hint = "plans are searched for programs that do not jump; `slotweave compile --effort max`"
        raise no_single_problem(job, f"{hint} looks longer for short schedules of its blocks")
    prints = ",".join(fingerprint(block.graph, job.facts) for block in flow.blocks)
    return Spec(job.kernel.name, dict(job.parameters), job.contract,
                machine_to_toml(job.machine), prints)  # fmt: skip


def run(
    task: Task,
    plan: Plan,
    seeds: Sequence[int],
    keeping: Keeping,
    budget: Budget,
    workers: int = 1,
    cluster: str | None = None,
    parameters: int = 0,
    before: Plan | None = None,
) -> Generator[Step, None, None]:
    """The steps of all searches, the beginning of each first; ends with the budget.

    `budget.evaluations` counts for each seed, those of earlier runs included. What a search comes
    to does not depend on `workers`, or on the Dask `cluster` that does the work instead.
    `parameters` trials of the schedule's numbers come first (see `tuned_parameters`). The schedule
    of the plan `before` is carried over to `plan`.
    """
    shared = SharedValues() if workers > 1 or cluster is not None else None
    task = replace(task, shared=shared)
    states: dict[int, State] = {}
    proof = ""
    for seed in seeds:
        states[seed] = _begun(task, plan, seed, keeping, parameters, before)
        proof = proof_of_least(task, states[seed])
        yield Step(seed, states[seed], None, dict(states), proof)
        if proof:
            break
    crew: Crew
    if cluster is None:
        crew = crew_of(partial(evaluated, task), workers)
    else:
        crew = Cluster(remote_task(task), cluster)
    try:
        if not proof:
            yield from _searched(task, states, crew, keeping, budget)
    finally:
        crew.close()
        if shared is not None:
            shared.close()


def proof_of_least(task: Task, state: State) -> str:
    """Why no schedule of the best plan's operations takes fewer cycles; "" if that is not known.

    Accesses to memory and constants come in the order that the plan keeps.

    Only asked where a kernel leaves no choice open: others have plans with other operations.
    """
    if task.kernel.vary is not None:
        return ""
    bound = best_bound(task.lowered(state.best).ladder)
    return bound.why if bound.cycles == state.best_score.cycles else ""


def _begun(
    task: Task, plan: Plan, seed: int, keeping: Keeping, parameters: int, before: Plan | None
) -> State:
    """The state that was kept, or a new one."""
    kept = keeping.store.state(keeping.study, seed)
    if kept is not None:
        return kept
    first = tuned_parameters(task, plan, seed, parameters, keeping.place, keeping.study)
    state = start(task, first, seed, before)
    begun = Trial(seed, BEGUN, Candidate(state.current, "begun"), state.best_score)
    keeping.store.keep_trial(keeping.study, begun)
    keeping.store.keep(keeping.study, seed, state)
    return state


def _searched(
    task: Task, states: dict[int, State], crew: Crew, keeping: Keeping, budget: Budget
) -> Iterator[Step]:
    store, study = keeping.store, keeping.study
    found_before = [
        trial
        for seed, state in states.items()
        for trial in store.trials(study, seed, state.evaluations)
    ]
    known = {(trial.seed, trial.number): trial for trial in found_before}
    waiting = dict(known)

    def hear(trial: Trial) -> None:
        waiting[trial.seed, trial.number] = trial
        store.keep_trial(study, trial)

    steps = search_all(task, dict(states), crew, budget.evaluations, known, hear)
    clock = replace(budget, evaluations=None)
    while not clock.is_spent(0):
        step = next(steps, None)
        if step is None:
            return
        seed, state = step
        gained = state.best_score.cycles < states[seed].best_score.cycles
        states[seed] = state
        store.keep(study, seed, state)
        proof = proof_of_least(task, state) if gained else ""
        trial = waiting.pop((seed, state.evaluations - 1), None)
        yield Step(seed, state, trial, dict(states), proof)
        if proof:
            return


def best_of(states: Mapping[int, State]) -> int:
    """The seed with the best plan; the first one of those alike."""
    scores: dict[int, Score] = {seed: state.best_score for seed, state in states.items()}
    return min(scores, key=lambda seed: scores[seed].cycles)
