"""Verbs that search: for a plan, and over machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from slotweave.arguments import (
    address_of,
    evaluations_of,
    function_of,
    seconds,
    seed_of,
    text_of,
    whole_number,
)
from slotweave.base.budget import budget
from slotweave.driver.job import Job
from slotweave.names import AnyKernel, AnyPath, job_of, plan_of, store_named
from slotweave.results.searched import Explored, Tuned
from slotweave.results.shown import shown_as
from slotweave.tuning.outcome import SeedOutcome

if TYPE_CHECKING:
    from slotweave.ir.plan import Plan
    from slotweave.recompiling import Point
    from slotweave.tuning.run import Keeping, Step


def tune(
    what: Job | AnyKernel,
    *,
    time_limit: float | None = 60.0,
    evaluations: int | None = None,
    seed: int = 0,
    seeds: int = 1,
    workers: int = 1,
    cluster: str | None = None,
    parameters: int = 0,
    before: Plan | AnyPath | None = None,
    study: str | None = None,
    store: AnyPath | None = None,
    watch: Callable[[Step, Keeping], None] = lambda _step, _keeping: None,
    **options: Any,
) -> Tuned:
    """Search for a plan that takes fewer cycles; `compile` takes it as its `plan`.

    It ends where a kernel leaves no choice open and a plan takes the lower bound of its operations:
    the result's `proof` says why none takes fewer.

    `seeds` searches run side by side, with seeds from `seed` on, in `workers` processes, or on the
    Dask `cluster` at an address. Each ends after `evaluations` plans in all, or when the time is
    over. The same seed and `evaluations` give the same plan, on any number of workers. If the plan
    is `before` with other choices, the schedule of that one is carried over. First come
    `parameters` trials of the stagger and the noise of a plan that has no starting times yet, by
    Optuna's sampler; its dashboard opens the store (extra `search`).

    Every plan that was evaluated is kept in `store`, a path or a PostgreSQL URL (a file in the
    user's cache folder if left out; ":memory:" keeps nothing). A search with the name of a `study`
    goes on where that was left, however it ended. `watch` is told of each step.

    Raises InputError: SW228 for a cluster and SW226 for a store that cannot be used, SW227 for a
    study that is about something else or that another process is at.

    >>> options = {"store": ":memory:", "time_limit": None, "evaluations": 1}
    >>> sw.tune("tree-hash", height=3, batch=16, rounds=2, **options)
    <tuned: 26 cycles after 1 plan>
    """
    from slotweave.tuning.run import Keeping, run, spec_of
    from slotweave.tuning.score import Task
    from slotweave.tuning.store import Store

    wanted, first = job_of(what, options), seed_of(seed)
    held = _plan_before(wanted, before)
    numbers = range(first, first + whole_number("seeds", seeds, 1))
    hands = whole_number("workers", workers, 1)
    limit = budget(evaluations_of(evaluations), seconds(time_limit))
    name, tell = None if study is None else text_of("study", study), function_of("watch", watch)
    address = None if cluster is None else address_of("cluster", cluster)
    numbers_tried, place = whole_number("parameters", parameters, 0), store_named(store)
    kept = Store(place)
    try:
        keeping = Keeping(kept, kept.begin(name, spec_of(wanted)), place)
        task = Task(wanted.kernel, wanted.machine, wanted.parameters, wanted.contract)
        tried = run(task, wanted.plan, numbers, keeping, limit, hands, address, numbers_tried, held)
        with closing(tried) as steps:
            return _outcome_of(steps, keeping, tell)
    finally:
        kept.close()


def _plan_before(job: Job, given: Plan | AnyPath | None) -> Plan | None:
    if given is None:
        return None
    return plan_of(job.kernel, given, job.parameters, job.contract, job.machine)


def explore(
    what: Job | AnyKernel,
    *,
    set: Mapping[str, Sequence[int] | str],
    cost: Mapping[str, float] | None = None,
    sample: int | None = None,
    seed: int = 0,
    workers: int = 1,
    watch: Callable[[Point, int], None] = lambda _point, _count: None,
    **options: Any,
) -> Explored:
    """Compile a kernel for a grid of machines: cycles, what binds where, and the Pareto front.

    `set` gives slots by engine, and words of `scratch`; all combinations are tried, or a `sample`
    of them drawn with `seed`. `cost` is what a slot of each engine, and a word of scratch, costs.
    `workers` processes compile; what was compiled before is taken from the user's cache. `watch`
    is told of each machine. A machine on which nothing fits has the reason.

    >>> found = sw.explore("saxpy", n=64, set={"load": [1, 2]}, cost={"load": 1})
    >>> [(point.change["load"], point.cycles, point.binds) for point in found.front]
    [(1, 20, 'load'), (2, 12, 'load')]
    """
    from slotweave.recompiling import KeptResults, explored_over, machines_of, result_entries
    from slotweave.recompiling.machines import costs_of, settings_of

    wanted = job_of(what, options)
    machine = wanted.machine
    settings, costs = settings_of(machine, set), costs_of(machine, cost)
    most = None if sample is None else whole_number("sample", sample, 1)
    variants = machines_of(machine, settings, most, seed_of(seed))
    found = explored_over(
        wanted, settings, variants, KeptResults(result_entries()), costs=costs,
        workers=whole_number("workers", workers, 1), watch=function_of("watch", watch),
    )  # fmt: skip
    return shown_as(Explored, found)


def _outcome_of(
    steps: Iterable[Step], keeping: Keeping, tell: Callable[[Step, Keeping], None]
) -> Tuned:
    """Follow a search to its end, each step told: what it came to."""
    from slotweave.tuning.run import best_of

    gains: dict[int, list[tuple[int, int]]] = {}
    proof = ""
    for step in steps:
        cycles, known = step.state.best_score.cycles, gains.setdefault(step.seed, [])
        if not known or cycles < known[-1][1]:
            known.append((step.state.evaluations, cycles))
        proof = step.proof
        tell(step, keeping)
    states = step.states
    best = best_of(states)
    state = states[best]
    return Tuned(
        state.best, state.best_score.cycles, state.best_score.bound, state.evaluations, best,
        {number: _outcome(keeping, number, step) for number in states},
        tuple(gains[best]), keeping.study, keeping.store.name, proof,
    )  # fmt: skip


def _outcome(keeping: Keeping, seed: int, last: Step) -> SeedOutcome:
    state = last.states[seed]
    best = state.best_score
    to_best = keeping.store.evaluations_to_best(keeping.study, seed, best)
    return SeedOutcome(best.cycles, best.bound, state.evaluations, to_best)
