"""Annealing over plans: change something, schedule, keep it unless it is much worse.

A candidate is judged by scheduling it as `compile` would, without emitting or checking anything;
the winner goes through the ordinary pipeline like any other plan. What is tried depends on the
seed and on the number of evaluations alone, so a search can be repeated, and continued from its
state.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from slotweave.backend.fit import Effort, fit, made_ready
from slotweave.backend.lower import Lowered
from slotweave.backend.schedule import BothWays
from slotweave.base.diagnostics import NoSchedule
from slotweave.bounds.slots import slots_bound
from slotweave.driver.compile import lowered_of
from slotweave.driver.job import Job
from slotweave.frontend.kernel import Kernel
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.machine import Machine

#: Problems kept at a time: many candidates differ from the current plan in their schedule only.
PROBLEMS_KEPT = 4

#: Passes of forward-backward improvement for each candidate.
PASSES = 7

#: How often a candidate changes what the kernel chooses (else only when items start, or the seed of
#: the passes), which costs more time.
SHARE_OF_CHOICES = 0.25

#: How often a candidate that keeps the kernel's choices has another seed.
SHARE_OF_SEEDS = 0.3

#: A candidate that costs this many cycles more is taken one time in e.
TEMPERATURE = 0.4

#: What a cycle of the bound is worth, and a slot issued in the last cycles of a schedule: both say
#: how near plans of as many cycles are to one less.
WORTH_OF_BOUND, WORTH_OF_LATE_SLOTS, LATE_CYCLES = 0.2, 0.005, 8

#: Changes of starting times, in cycles (standard deviation).
SHIFT = 4.0


@dataclass(frozen=True)
class Score:
    """What a plan takes: cycles, the bound of its operations, and slots in the last cycles.

    Less is better: in cycles first, then in `cost`.
    """

    cycles: int
    bound: int
    late: int = 0

    @property
    def cost(self) -> float:
        """Cycles, and what speaks for and against the plan apart from them."""
        return self.cycles + WORTH_OF_BOUND * self.bound + WORTH_OF_LATE_SLOTS * self.late

    def __lt__(self, other: Score) -> bool:
        return (self.cycles, self.cost) < (other.cycles, other.cost)


@dataclass(frozen=True)
class State:
    """A search: its current plan and the best one, after `evaluations` candidates."""

    current: Plan
    current_score: Score
    best: Plan
    best_score: Score
    evaluations: int


@dataclass(frozen=True)
class Posed:
    """A plan's problem, ready for many schedules, and the bound of its operations in cycles."""

    lowered: Lowered
    ready: BothWays | None
    bound: int


@dataclass(frozen=True)
class Task:
    """What a plan is wanted for."""

    kernel: Kernel
    machine: Machine
    parameters: Mapping[str, int]
    contract: str
    _recent: OrderedDict[str, Posed] = field(default_factory=OrderedDict, repr=False, compare=False)

    def posed(self, plan: Plan) -> Posed:
        """The problem of `plan`, whatever its priorities; the last few are kept."""
        held = plan.schedule
        key = repr((plan.rewrite, sorted(plan.choices.items()), held.method, held.modes,
                    held.stages_open, held.window, held.windows_open))  # fmt: skip
        if key not in self._recent:
            job = Job(self.kernel, self.parameters, self.contract, plan, self.machine)
            self._recent[key] = _pose(lowered_of(job), held)
        self._recent.move_to_end(key)
        while len(self._recent) > PROBLEMS_KEPT:
            self._recent.popitem(last=False)
        return self._recent[key]


def _pose(lowered: Lowered, options: ScheduleOptions) -> Posed:
    by_list = options.method == "list"
    ready = made_ready(lowered.graph, lowered.problem, options) if by_list else None
    return Posed(lowered, ready, slots_bound(lowered.problem).cycles)


def score(task: Task, plan: Plan) -> Score:
    """Schedule `plan` as it says. Raises NoSchedule if it does not fit, InputError if it is bad."""
    posed, scratch = task.posed(plan), task.machine.scratch_words
    graph, problem = posed.lowered.graph, posed.lowered.problem
    schedule, _ = fit(graph, problem, plan.schedule, scratch, Effort.FAST, posed.ready)
    late = int(np.count_nonzero(schedule.cycle >= schedule.makespan - LATE_CYCLES))
    return Score(schedule.makespan, posed.bound, late)


def start(task: Task, plan: Plan, seed: int) -> State:
    """The state of a search that begins with `plan`, its starting times written out.

    The best plan is at once the one that `compile` would make of `plan`: nothing that the search
    comes to is longer. Starting times that were found before keep the seed they were found with.
    """
    items, held = _items(task, plan), plan.schedule
    given = (*held.offsets[:items], *_spread(items, held.stagger)[len(held.offsets) :])
    options = replace(held, stagger=0.0, offsets=given, passes=max(held.passes, PASSES),
                      seed=held.seed if held.offsets else seed)  # fmt: skip
    begun = replace(plan, schedule=options)
    first = best_score = score(task, begun)
    best = begun
    for stagger, passes in _usual_schedules(plan):
        usual = replace(options, offsets=_spread(items, stagger), passes=passes)
        candidate = replace(begun, schedule=usual)
        found = score(task, candidate)
        if found < best_score:
            best, best_score = candidate, found
    return State(begun, first, best, best_score, 0)


def _usual_schedules(plan: Plan) -> Iterator[tuple[float, int]]:
    """The staggers and passes that `compile` tries for a plan without offsets."""
    if plan.schedule.offsets or not plan.schedule.stagger:
        return
    staggers, passes = Effort.DEFAULT.value
    for factor in staggers:
        yield plan.schedule.stagger * factor, passes


def search(task: Task, state: State, seed: int) -> Iterator[State]:
    """The states after `state`, one for each candidate, without end."""
    while True:
        rng = np.random.default_rng([seed, state.evaluations])
        candidate = _changed(task, state.current, rng)
        try:
            found = score(task, candidate)
        except NoSchedule:  # too much in flight
            found = None
        state = replace(state, evaluations=state.evaluations + 1)
        if found is not None and _taken(found, state.current_score, rng):
            state = replace(state, current=candidate, current_score=found)
        if found is not None and found < state.best_score:
            state = replace(state, best=candidate, best_score=found)
        yield state


def _taken(found: Score, current: Score, rng: np.random.Generator) -> bool:
    worse = found.cost - current.cost
    return worse <= 0 or bool(rng.random() < np.exp(-worse / TEMPERATURE))


def _changed(task: Task, plan: Plan, rng: np.random.Generator) -> Plan:
    """`plan` with other choices, other starting times, or another seed."""
    vary: Callable[..., Plan] | None = task.kernel.vary
    if vary is not None and rng.random() < SHARE_OF_CHOICES:
        return vary(plan, task.parameters, task.contract, rng)
    if rng.random() < SHARE_OF_SEEDS:
        return replace(plan, schedule=replace(plan.schedule, seed=int(rng.integers(2**31))))
    offsets = np.array(plan.schedule.offsets)
    if len(offsets):
        first, last = sorted(rng.integers(0, len(offsets), 2))
        if rng.random() < 0.5:
            offsets *= rng.normal(1.0, 0.1)
        else:
            offsets[first : last + 1] += rng.normal(0.0, SHIFT)
    return replace(plan, schedule=replace(plan.schedule, offsets=_offsets(offsets)))


def _items(task: Task, plan: Plan) -> int:
    return 1 + int(task.posed(plan).lowered.problem.items.max(initial=-1))


def _spread(items: int, stagger: float) -> tuple[float, ...]:
    """Starting times `stagger` cycles apart."""
    return tuple(round(item * stagger, 1) for item in range(items))


def _offsets(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Starting times with one decimal, as they are written into plans."""
    return tuple(round(float(value), 1) for value in values)
