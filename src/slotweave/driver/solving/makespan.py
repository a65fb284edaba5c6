"""The least makespan of a project: list scheduling, tabu search, CP-SAT."""

from __future__ import annotations

import time
from collections.abc import Callable

from slotweave.backend.schedule.exact import (
    Outcome,
    Status,
    project_model,
    run_model,
    shorter_model,
)
from slotweave.backend.schedule.modulo import iterative_schedule
from slotweave.backend.schedule.project import DisjunctiveSearch, LearningSearch, ListSearch
from slotweave.bounds.projects import makespan_bounds
from slotweave.bounds.projects.chains import chains
from slotweave.bounds.projects.implied import implied_bound
from slotweave.driver.solving.learning import Learner, Raiser
from slotweave.driver.solving.solution import LIST, ONE_ITERATION, Shown
from slotweave.driver.solving.work import Work
from slotweave.ir.project import ProjectSchedule, horizon
from slotweave.ir.project_bound import MAKESPAN

#: Schedules that list scheduling makes in one step, and in all where nothing else limits it.
_BATCH, _SCHEDULES = 100, 20_000
#: Attempts of modulo scheduling where nothing else limits it.
_ATTEMPTS = 2_000
#: The share of the time, or the seconds, after which CP-SAT begins again with more patience.
_PLAIN_SHARE, _PLAIN_SECONDS = 0.25, 60.0
#: The same before a search that learns, and the seconds between two looks at that one.
_BRIEF_SHARE, _BRIEF, _LOOK = 0.1, 2.0, 0.05
#: The share of the time after which what such searches leave open gets a turn of CP-SAT as it is,
#: whose neighbourhoods find shorter schedules; without a limit the seconds. There is none if so few
#: makespans are open that the searches may be about to decide.
_LEARNING_SHARE, _LEARNING_SECONDS, _NEAR = 0.5, 60.0, 3
#: The share of what is left of the solver's steps, where these are limited, that a search takes.
_STEPS_SHARE = 0.6
#: Activities up to which it does so where no clock ends it: branching by the linear relaxation of
#: large projects takes many times as long as the solver's own count of its steps says.
_PATIENT_ACTIVITIES = 240
#: Activities up to which weights are looked for where the solver's steps are limited: those of more
#: may take longer than all of these.
_WEIGHED_ACTIVITIES = 64
#: Moves of tabu search in one step, and the seconds of its first turn.
_MOVES, _FIRST_TURN = 1_000, 2.0


def solve_makespan(work: Work) -> None:
    project = work.project
    work.show(makespan_bounds(project))
    if work.is_done():
        return
    search = ListSearch.of(project)
    all_of_it = not work.is_exact and work.limits.seconds is not None
    if all_of_it:  # then the heuristic takes all the time, and leaves none for bounds
        _show_implied(work)
        if work.is_done():
            return
    if search is not None:
        _list_schedules(work, search)
    elif not project.has_conditional_lags:
        _long_iteration(work)
    if not all_of_it and not work.is_done() and work.left() != 0.0:
        _show_implied(work)
    if work.is_exact and not work.is_done():
        known = work.solution.schedule
        tabu = None if known is None else DisjunctiveSearch.of(project, known)
        if tabu is None and work.limits.work is not None:
            _with_counted_steps(work)
        elif tabu is None:
            _with_more_patience(work)
        else:
            _in_turns(work, tabu)


def _show_implied(work: Work) -> None:
    """The bound that takes some tenths of a second, for what the others and a heuristic leave."""
    if work.limits.work is not None and work.project.size > _WEIGHED_ACTIVITIES:
        return
    longest = chains(work.project)
    assert longest is not None  # else there is a contradiction
    bound = implied_bound(work.project, longest, value_of(work.solution.best(MAKESPAN)))
    if bound is not None:
        work.show([bound])


def _with_more_patience(work: Work) -> None:
    """CP-SAT as it is, then searches that learn, or CP-SAT as it does better on what is hard."""
    left = work.left()
    is_bounded, learns = _is_bounded(work), _learns(work)
    share, most = (_BRIEF_SHARE, _BRIEF) if learns else (_PLAIN_SHARE, _PLAIN_SECONDS)
    _exact_makespan(work, most if left is None else min(most, share * left))
    if not is_bounded or work.is_done() or work.solution.infeasible is not None:
        return
    learners = _learners(work) if learns else []
    if not learners:
        _exact_makespan(work, work.left(), patient=True)
        return
    left = work.left()
    _let_learn(work, learners, _LEARNING_SECONDS if left is None else _LEARNING_SHARE * left)
    if not work.is_done() and not _is_near(work):
        left = work.left()
        _exact_makespan(work, _PLAIN_SECONDS if left is None else _LEARNING_SHARE * left)
    if not work.is_done():
        _let_learn(work, learners, work.left())


def _is_bounded(work: Work) -> bool:
    return work.limits.seconds is not None or work.project.size <= _PATIENT_ACTIVITIES


def _learns(work: Work) -> bool:
    """Whether searches that learn take what CP-SAT leaves; they soon find shorter schedules."""
    is_asked = work.is_exact and work.limits.workers > 1 and work.limits.work is None
    return is_asked and _is_bounded(work) and LearningSearch.is_for(work.project)


def _is_near(work: Work) -> bool:
    """Whether so few makespans are open that a proof may be near."""
    makespan = work.solution.makespan
    return makespan is not None and makespan - value_of(work.solution.best(MAKESPAN)) <= _NEAR


def _learners(work: Work) -> list[Learner]:
    """Downwards from the best schedule, and upwards from the best bound; none where these searches
    are not for the project."""
    found = [Learner.of(work), Raiser.of(work)]
    return [one for one in found if one is not None]


def _let_learn(work: Work, learners: list[Learner], seconds: float | None) -> None:
    """Until all is known, for so long at most. CP-SAT takes the workers that are left, and raises
    bounds."""
    end = None if seconds is None else time.monotonic() + seconds

    def is_over() -> bool:
        for one in learners:
            one.look(work)
        return work.is_done()

    for one in learners:
        one.start()
    try:
        workers = work.limits.workers - len(learners)
        if workers > 0:
            _exact_makespan(work, seconds, patient=True, is_over=is_over, workers=workers)
        while not is_over() and any(one.is_alive() for one in learners):
            if end is not None and time.monotonic() >= end:
                break
            for one in learners:
                one.wait(_LOOK)
    finally:
        for one in learners:
            one.stop()
    is_over()


def _with_counted_steps(work: Work) -> None:
    """CP-SAT, makespan by makespan down from what is known: by probing, and without."""
    if work.solution.schedule is None:
        _exact_makespan(work, work.left(), work.work_left())
    known = None
    while not work.is_done() and work.solution.schedule not in (None, known):
        known = work.solution.schedule
        assert known is not None
        for probes in (True, False):
            if work.solution.schedule is known and not work.is_done():
                _look_for_shorter(work, known, probes=probes)


def _look_for_shorter(work: Work, known: ProjectSchedule, *, probes: bool) -> None:
    """A schedule that is shorter than the one that is known, or the proof that there is none."""
    project, longest, best = work.project, chains(work.project), work.solution.best(MAKESPAN)
    assert longest is not None  # else there is a contradiction
    least, most = max(value_of(best), work.enough), known.makespan(project) - 1
    units = work.work_left()
    search = shorter_model(project, longest, least, most, probes=probes)
    share = None if units is None else _STEPS_SHARE * units
    outcome = run_model(search, work.left(), work.take, share)
    work.spend(outcome.work)
    if outcome.status is Status.INFEASIBLE:
        work.trust(MAKESPAN, most + 1, "CP-SAT finds none shorter")


def _in_turns(work: Work, tabu: DisjunctiveSearch) -> None:
    """Tabu search and CP-SAT in turns, each from the best schedule, for ever longer."""
    seconds = _FIRST_TURN
    while not work.is_done() and not work.is_over():
        _tabu_turn(work, tabu, seconds)
        if not work.is_done():
            left, units = work.left(), work.work_left()
            _exact_makespan(work, seconds if left is None else min(2 * seconds, left), units)
        seconds *= 2


def _tabu_turn(work: Work, tabu: DisjunctiveSearch, seconds: float) -> None:
    end, made = time.monotonic() + seconds, work.solution.evaluations
    while time.monotonic() < end and work.left() != 0.0 and not work.is_done():
        tabu.advance(_MOVES, work.limits.seed + made)
        made += _MOVES
        work.take(tabu.schedule())
    work.count(made)


def _list_schedules(work: Work, search: ListSearch) -> None:
    work.begin(LIST)
    known = work.solution.schedule
    state, made = search.start(), 0
    warm = {"warm": _BRIEF} if _learns(work) else {}
    while not work.is_spent(made, _SCHEDULES, **warm) or not made:
        batch = 1 if not made else _BATCH
        state = search.advance(state, batch, work.limits.seed + made)
        if not made and known is not None:
            state = search.with_schedule(state, known)
        made += batch
        work.count(made)
        schedule = search.schedule(state)
        if schedule is not None:
            work.take(schedule)
        if work.is_done():
            return


def _long_iteration(work: Work) -> None:
    """Maximal lags: modulo scheduling with a period that no iteration reaches."""
    work.begin(ONE_ITERATION)
    first = horizon(work.project) + 1
    for made, state in enumerate(iterative_schedule(work.project, first), 1):
        work.count(made)
        if state.schedule is not None:
            work.take(state.schedule)
        if work.is_done() or work.is_spent(made, _ATTEMPTS):
            return


def _exact_makespan(
    work: Work,
    seconds: float | None,
    units: float | None = None,
    *,
    patient: bool = False,
    is_over: Callable[[], bool] = lambda: False,
    workers: int | None = None,
) -> None:
    project, known = work.project, work.solution.schedule
    longest, best = chains(project), work.solution.best(MAKESPAN)
    assert longest is not None  # else there is a contradiction
    assert best is not None
    at_most = horizon(project) if known is None else known.makespan(project)
    least = max(best.value or 0, work.enough)
    search = project_model(
        project, longest, least, at_most, known, workers or work.limits.workers, patient=patient
    )
    outcome = run_model(search, seconds, work.take, units, is_over)
    work.spend(outcome.work)
    take_outcome(work, outcome, MAKESPAN)


def take_outcome(work: Work, outcome: Outcome, of: str) -> None:
    """Keep what the solver found and says of the makespan."""
    if outcome.schedule is not None:
        work.take(outcome.schedule)
    if outcome.status is Status.INFEASIBLE and work.solution.schedule is None:
        work.trust(of, None, "CP-SAT finds no schedule within any makespan")
    elif outcome.bound is not None and outcome.bound > max(
        value_of(work.solution.best(of)), work.enough
    ):
        work.trust(of, outcome.bound, "CP-SAT finds none shorter")


def value_of(shown: Shown | None) -> int:
    return 0 if shown is None or shown.value is None else shown.value
