"""CP-SAT, run so that its answers mean what they say.

Guarantees: nothing is solved without time left; values are read only after a solution; `OPTIMAL`
is said only where objective and bound are equal; Ctrl-C and time limits raise in the caller as they
do elsewhere, after the search has been stopped, for it runs in a thread of its own and leaves
signals to Python.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from slotweave.ir.project import ProjectSchedule

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

#: Seconds below which a search is not begun.
_LEAST_SECONDS = 0.01
#: Units of its count of steps below which none is begun either.
_LEAST_WORK = 0.001
#: Longer limits are no limits (CP-SAT takes any number; a year is as good as none).
_MOST_SECONDS = 3e7
#: Seconds between two looks at signals while the solver works.
_LOOK = 0.05


class Status(StrEnum):
    """What the solver says."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search came to. `bound` is the solver's word, None where it has none; `work` is what
    it took of the solver's own count of its steps."""

    status: Status
    schedule: ProjectSchedule | None = None
    bound: int | None = None
    seconds: float = 0.0
    work: float = 0.0


@dataclass
class Search:
    """A model with what reads a schedule from its values, and the workers it may use.

    `strategies` names CP-SAT's subsolvers in their order, one for each worker; none is its choice.
    `pace` is how many units of work one of the solver's own count takes: its count leaves out much
    of what takes time in some searches. One that is `quick` goes through more conflicts a second
    and learns less from each: it looks for no activities in turn within resources, and does not
    simplify what it has learned.
    """

    model: cp_model.CpModel
    read: Callable[[Callable[[Any], int]], ProjectSchedule]
    has_objective: bool
    workers: int = 2
    seed: int = 0
    strategies: tuple[str, ...] = ()
    pace: float = 1.0
    quick: bool = False


def has_solver() -> bool:
    """Whether ortools is installed."""
    return find_spec("ortools") is not None


def run_model(
    search: Search,
    seconds: float | None,
    found: Callable[[ProjectSchedule], object] = lambda _schedule: None,
    work: float | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Solve `search` in `seconds` at most, and `work` units of the solver's own count of its steps
    at the search's pace (None is no limit); with one worker the same work ends the same search
    everywhere.

    `found` is told each better schedule, in the caller's thread, which asks now and then whether it
    `is_over`. KeyboardInterrupt and the like are raised after the solver has stopped, and what it
    found by then has been told.
    """
    from ortools.sat.python import cp_model

    is_late = seconds is not None and seconds < _LEAST_SECONDS
    if is_late or (work is not None and work < _LEAST_WORK):
        return Outcome(Status.UNKNOWN)
    solver = cp_model.CpSolver()
    _set_parameters(solver.parameters, search, seconds, work)

    class Told(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            fresh.append(search.read(self.value))

    began = time.monotonic()
    fresh: deque[ProjectSchedule] = deque()
    answer: list[Any] = []
    raised: list[BaseException] = []

    def solve() -> None:
        try:
            answer.append(solver.solve(search.model, Told()))
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=solve, name="cp-sat", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_LOOK)
            _tell(fresh, found)
            if is_over():
                break
    finally:
        if thread.is_alive():
            solver.stop_search()
            thread.join()
        _tell(fresh, found)
    if raised:
        raise raised[0]
    outcome = _outcome(solver, answer[0], search)
    seconds = time.monotonic() - began
    return replace(outcome, seconds=seconds, work=search.pace * solver.deterministic_time)


def _set_parameters(
    parameters: Any, search: Search, seconds: float | None, work: float | None
) -> None:
    parameters.max_time_in_seconds = _MOST_SECONDS if seconds is None else seconds
    if work is not None:
        parameters.max_deterministic_time = work / search.pace
    parameters.num_workers = search.workers
    parameters.random_seed = search.seed
    parameters.catch_sigint_signal = False
    if search.quick:
        parameters.use_disjunctive_constraint_in_cumulative = False
        parameters.inprocessing_dtime_ratio = 0.0
    if search.strategies:
        parameters.subsolvers.extend(search.strategies)
        # or the last worker is kept for neighbourhoods (findings/cpsat-listed-subsolvers.sh)
        parameters.num_full_subsolvers = search.workers


def _tell(fresh: deque[ProjectSchedule], found: Callable[[ProjectSchedule], object]) -> None:
    while fresh:
        found(fresh.popleft())


def _outcome(solver: cp_model.CpSolver, status: Any, search: Search) -> Outcome:
    from ortools.sat.python import cp_model

    if status == cp_model.INFEASIBLE:
        return Outcome(Status.INFEASIBLE)
    if status == cp_model.MODEL_INVALID:
        raise ValueError(f"CP-SAT refuses the model: {search.model.validate()}")
    bound = round(solver.best_objective_bound) if search.has_objective else None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(Status.UNKNOWN, None, bound)
    schedule = search.read(solver.value)
    is_met = not search.has_objective or round(solver.objective_value) == bound
    optimal = status == cp_model.OPTIMAL and is_met
    said = Status.OPTIMAL if optimal else Status.FEASIBLE
    return Outcome(said, schedule, bound)
