"""The least period of a modulo project, and then the least makespan: iterative, and by CP-SAT."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from slotweave.backend.schedule.exact import Status, modulo_model, project_model, run_model
from slotweave.backend.schedule.exact.modulo_model import MOST_LITERALS, literals_of
from slotweave.backend.schedule.modulo import Attempt, ModuloState, iterative_schedule
from slotweave.bounds.projects import makespan_bounds, period_bounds
from slotweave.bounds.projects.chains import chains
from slotweave.driver.solving.makespan import take_outcome, value_of
from slotweave.driver.solving.solution import LIST_BY_PERIOD, MODULO
from slotweave.driver.solving.work import Work
from slotweave.ir.project import horizon, one_iteration
from slotweave.ir.project_bound import MAKESPAN, PERIOD

#: Attempts of modulo scheduling where nothing else limits it.
_ATTEMPTS = 2_000


def solve_period(work: Work) -> None:
    project = work.project
    work.show(period_bounds(project))
    first = value_of(work.solution.best(PERIOD))
    work.begin(LIST_BY_PERIOD if work.is_list else MODULO)
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


def _heuristic(work: Work, first: int) -> Iterable[ModuloState]:
    return iterative_schedule(work.project, first, backtracks=not work.is_list)


def _exact_iteration(work: Work) -> None:
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


def _exact_period(work: Work, first: int) -> None:
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


def _exact_makespan_of_period(work: Work) -> None:
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
    take_outcome(work, outcome, MAKESPAN)
