"""Scheduling problems from anywhere, solved: bounds, a heuristic, CP-SAT, and checks of them all.

Guarantees: each schedule that is told has been checked against the project by what does not
know how it came about (`check.legality.project_legality`), and so has the proof of each bound of
our own (`project_bounds`); both raise CheckFailed (SW413). A claim that rests on the solver's word
alone says so: `by` is SOLVER.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from slotweave.backend.schedule.exact import (
    Outcome,
    Status,
    has_solver,
    modulo_model,
    project_model,
    run_model,
)
from slotweave.backend.schedule.exact.modulo_model import MOST_LITERALS, literals_of
from slotweave.backend.schedule.modulo import Attempt, ModuloState, iterative_schedule
from slotweave.backend.schedule.project import ListSearch
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.bounds.projects import contradiction, makespan_bounds, period_bounds
from slotweave.bounds.projects.chains import chains
from slotweave.check.legality.project_bounds import bound_faults
from slotweave.check.legality.project_legality import project_violations
from slotweave.ir.project import Project, ProjectSchedule, horizon, one_iteration
from slotweave.ir.project_bound import MAKESPAN, PERIOD, ProjectBound

#: Schedules that list scheduling makes in one step, and in all where nothing else limits it.
_BATCH, _SCHEDULES = 100, 20_000
#: Attempts of modulo scheduling where nothing else limits it.
_ATTEMPTS = 2_000
#: The share of the time that the heuristic has before CP-SAT, and the seconds at most.
_SHARE, _WARM_SECONDS = 0.1, 4.0
#: The same while a modulo schedule is longer than its bound.
_PATIENT_SHARE, _PATIENT_SECONDS = 0.2, 20.0

BOUND, SOLVER = "bound", "solver"


class Method(StrEnum):
    """How a problem is solved; AUTO is exact where the solver is installed."""

    LIST = "list"
    MODULO = "modulo"
    EXACT = "exact"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a search may take: seconds, evaluations of the heuristic, threads of the solver."""

    seconds: float | None = None
    evaluations: int | None = None
    workers: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """No schedule is below `value` (None: there is none), as `by` says: BOUND or SOLVER."""

    of: str
    value: int | None
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Solution:
    """What is known of a project: the best schedule, bounds, and what was tried."""

    project: Project
    method: str
    schedule: ProjectSchedule | None = None
    shown: tuple[Shown, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    evaluations: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def objective(self) -> str:
        return PERIOD if self.project.is_modulo else MAKESPAN

    @property
    def makespan(self) -> int | None:
        return None if self.schedule is None else self.schedule.makespan(self.project)

    @property
    def period(self) -> int | None:
        return None if self.schedule is None else self.schedule.period

    @property
    def infeasible(self) -> Shown | None:
        """What shows that there is no schedule."""
        return next((one for one in self.shown if one.value is None), None)

    def best(self, of: str) -> Shown | None:
        """The greatest bound; of equal ones the first, which is ours if one of ours is."""
        rows = [one for one in self.shown if one.of == of and one.value is not None]
        return max(rows, key=lambda one: one.value or 0, default=None)

    def proof(self, of: str) -> Shown | None:
        """What shows that the schedule's period or makespan is the least."""
        best = self.best(of)
        value = self.period if of == PERIOD else self.makespan
        return best if best is not None and value is not None and best.value == value else None


Tell = Callable[[Solution], None]


def solve(
    project: Project, method: Method, limits: Limits, tell: Tell = lambda _solution: None
) -> Solution:
    """The best that `method` comes to within `limits`; `tell` hears of each better schedule.

    Raises InputError (SW212) if the method is not for the project, ModuleNotFoundError if it is
    EXACT and ortools is missing.
    """
    if method is Method.MODULO and not project.is_modulo:
        reason = "--method modulo is for problems that ask for a period; this one has a makespan"
        raise InputError(Diagnostic("SW212", reason))
    if method is Method.EXACT and not has_solver():
        raise ModuleNotFoundError("ortools")
    work = _Work(project, method, limits, tell)
    plain = contradiction(project)
    if plain is not None:
        work.show([plain])
    elif project.is_modulo:
        _solve_modulo(work)
    else:
        _solve_project(work)
    return work.finished()


class _Work:
    """The solution as far as it has come, and the time that is left for it."""

    def __init__(self, project: Project, method: Method, limits: Limits, tell: Tell) -> None:
        self.project, self.limits, self._tell = project, limits, tell
        self.solution = Solution(project, method.value)
        self.is_exact = method in (Method.EXACT, Method.AUTO) and has_solver()
        self.is_list = method is Method.LIST
        self.began = time.monotonic()
        if method is Method.AUTO and not self.is_exact:
            note = "exact scheduling needs ortools: `pip install 'slotweave[exact]'`"
            self.solution = replace(self.solution, notes=(note,))

    def left(self) -> float | None:
        """Seconds until the limit; None without one."""
        if self.limits.seconds is None:
            return None
        return max(0.0, self.limits.seconds - (time.monotonic() - self.began))

    def is_spent(self, evaluations: int, most: int) -> bool:
        """Whether the heuristic has had its share."""
        allowed = self.limits.evaluations if self.limits.evaluations is not None else most
        if self.limits.evaluations is None and self.limits.seconds and not self.is_exact:
            allowed = evaluations + 1  # time alone ends it
        if evaluations >= allowed:
            return True
        seconds = self.limits.seconds
        if self.is_exact:
            most_seconds, share = _WARM_SECONDS, _SHARE
            if self.project.is_modulo and not self.is_proved(PERIOD):
                most_seconds, share = _PATIENT_SECONDS, _PATIENT_SHARE
            seconds = most_seconds if seconds is None else min(most_seconds, share * seconds)
        return seconds is not None and time.monotonic() - self.began >= seconds

    def show(self, bounds: Iterable[ProjectBound]) -> None:
        """Add bounds of our own, each checked."""
        for bound in bounds:
            for fault in bound_faults(bound, self.project):
                raise CheckFailed(fault)
            self._add(Shown(bound.of, bound.value, bound.why, BOUND))

    def trust(self, of: str, value: int | None, why: str) -> None:
        """Add what the solver alone says."""
        self._add(Shown(of, value, why, SOLVER))

    def _add(self, shown: Shown) -> None:
        self.solution = replace(self.solution, shown=(*self.solution.shown, shown))
        self._note_proofs()

    def take(self, schedule: ProjectSchedule) -> bool:
        """Keep a schedule if it is better than the one so far; it is checked first."""
        before = self.solution.schedule
        if before is not None and _rank(schedule, self.project) >= _rank(before, self.project):
            return False
        for violation in project_violations(schedule, self.project):
            raise CheckFailed(violation)
        self.solution = replace(self.solution, schedule=schedule)
        self._note("schedule")
        self._note_proofs()
        self._tell(self.solution)
        return True

    def count(self, evaluations: int, attempts: tuple[Attempt, ...] = ()) -> None:
        self.solution = replace(self.solution, evaluations=evaluations, attempts=attempts)

    def add_attempt(self, attempt: Attempt) -> None:
        attempts = tuple(a for a in self.solution.attempts if a.period != attempt.period)
        ordered = sorted((*attempts, attempt), key=lambda one: one.period)
        self.solution = replace(self.solution, attempts=tuple(ordered))

    def is_proved(self, of: str) -> bool:
        return self.solution.proof(of) is not None

    def _note_proofs(self) -> None:
        for of in (PERIOD, MAKESPAN):
            if of not in self.solution.seconds and self.is_proved(of):
                self._note(of)

    def _note(self, what: str) -> None:
        seconds = {**self.solution.seconds, what: time.monotonic() - self.began}
        self.solution = replace(self.solution, seconds=seconds)

    def finished(self) -> Solution:
        self._note("all")
        return self.solution


def _rank(schedule: ProjectSchedule, project: Project) -> tuple[int, int]:
    return (schedule.period or 0, schedule.makespan(project))


def _solve_project(work: _Work) -> None:
    project = work.project
    work.show(makespan_bounds(project))
    search = ListSearch.of(project)
    if search is not None:
        _list_schedules(work, search)
    else:
        _long_iteration(work)
    if work.is_exact and not work.is_proved(MAKESPAN):
        _exact_makespan(work)


def _list_schedules(work: _Work, search: ListSearch) -> None:
    state, made = search.start(), 0
    while not work.is_spent(made, _SCHEDULES) or not made:
        batch = 1 if not made else _BATCH
        state = search.advance(state, batch, work.limits.seed + made)
        made += batch
        work.count(made)
        schedule = search.schedule(state)
        if schedule is not None:
            work.take(schedule)
        if work.is_proved(MAKESPAN):
            return


def _long_iteration(work: _Work) -> None:
    """Maximal lags: modulo scheduling with a period that no iteration reaches."""
    first = horizon(work.project) + 1
    for made, state in enumerate(iterative_schedule(work.project, first), 1):
        work.count(made)
        if state.schedule is not None:
            work.take(state.schedule)
        if work.is_proved(MAKESPAN) or work.is_spent(made, _ATTEMPTS):
            return


def _exact_makespan(work: _Work) -> None:
    project, known = work.project, work.solution.schedule
    longest, best = chains(project), work.solution.best(MAKESPAN)
    assert longest is not None  # else there is a contradiction
    assert best is not None
    at_most = horizon(project) if known is None else known.makespan(project)
    search = project_model(project, longest, best.value or 0, at_most, known, work.limits.workers)
    outcome = run_model(search, work.left(), work.take)
    _take_outcome(work, outcome, MAKESPAN)


def _take_outcome(work: _Work, outcome: Outcome, of: str) -> None:
    """Keep what the solver found and says of the makespan."""
    if outcome.schedule is not None:
        work.take(outcome.schedule)
    if outcome.status is Status.INFEASIBLE and work.solution.schedule is None:
        work.trust(of, None, "CP-SAT finds no schedule within any makespan")
    elif outcome.bound is not None and outcome.bound > _value(work.solution.best(of)):
        work.trust(of, outcome.bound, "CP-SAT finds none shorter")


def _value(shown: Shown | None) -> int:
    return 0 if shown is None or shown.value is None else shown.value


def _solve_modulo(work: _Work) -> None:
    project = work.project
    work.show(period_bounds(project))
    first = _value(work.solution.best(PERIOD))
    for made, state in enumerate(_heuristic(work, first), 1):
        work.count(made, state.attempts)
        if state.schedule is not None and work.take(state.schedule):
            work.show(makespan_bounds(project, state.schedule.period))
        if work.is_proved(PERIOD) and work.is_proved(MAKESPAN):
            break
        if work.is_spent(made, _ATTEMPTS):
            break
    if work.is_exact:
        if work.solution.schedule is None:
            _exact_iteration(work)
        _exact_period(work, first)
        if work.solution.schedule is not None and not work.is_proved(MAKESPAN):
            _exact_makespan_of_period(work)


def _heuristic(work: _Work, first: int) -> Iterable[ModuloState]:
    return iterative_schedule(work.project, first, backtracks=not work.is_list)


def _exact_iteration(work: _Work) -> None:
    """Schedule one iteration alone, which shows whether there is any schedule."""
    project = one_iteration(work.project)
    longest, last = chains(project), horizon(project)
    assert longest is not None  # else there is a contradiction
    search = project_model(project, longest, longest.longest, last, workers=work.limits.workers)
    outcome = run_model(search, work.left())
    if outcome.status is Status.INFEASIBLE:
        work.trust(PERIOD, None, "CP-SAT finds no schedule of one iteration alone")
    elif outcome.schedule is not None:
        work.take(replace(outcome.schedule, period=2 * horizon(work.project) + 1))


def _exact_period(work: _Work, first: int) -> None:
    """Refute the periods below the best one, or find a schedule of one of them."""
    project = work.project
    period = first
    while (known := work.solution.schedule) is not None and (known.period or 0) > period:
        longest = chains(project, period)
        assert longest is not None  # `first` is not below the recurrence bound
        if literals_of(project, period) > MOST_LITERALS:
            work.add_attempt(Attempt(period, False, 0, "too large for the exact model"))
            return
        search = modulo_model(project, period, longest, workers=work.limits.workers)
        outcome = run_model(search, work.left())
        if outcome.schedule is not None:
            if work.take(outcome.schedule):
                work.show(makespan_bounds(project, period))
            work.add_attempt(Attempt(period, True, 0, "found by CP-SAT"))
            return
        if outcome.status is not Status.INFEASIBLE:
            work.add_attempt(Attempt(period, False, 0, "CP-SAT did not decide it in time"))
            return
        work.add_attempt(Attempt(period, False, 0, "CP-SAT finds that there is none"))
        work.trust(PERIOD, period + 1, f"CP-SAT finds no schedule of period {period}")
        period += 1


def _exact_makespan_of_period(work: _Work) -> None:
    project, known = work.project, work.solution.schedule
    assert known is not None
    assert known.period is not None
    longest = chains(project, known.period)
    assert longest is not None
    if literals_of(project, known.period) > MOST_LITERALS:
        return
    search = modulo_model(
        project, known.period, longest, known.makespan(project), known,
        work.limits.workers, least_makespan=True,
    )  # fmt: skip
    outcome = run_model(search, work.left(), work.take)
    _take_outcome(work, outcome, MAKESPAN)
