"""Scheduling problems from anywhere, solved: bounds, a heuristic, CP-SAT, and checks of them all.

Guarantees: each schedule that is told has been checked against the project by what does not
know how it came about (`check.legality.project_legality`), and so has the proof of each bound of
our own (`project_bounds`); both raise CheckFailed (SW413). A claim that rests on the solver's word
alone says so: `by` is SOLVER.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from slotweave.backend.schedule.exact import has_solver
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.bounds.projects import contradiction
from slotweave.driver.solving.makespan import solve_makespan
from slotweave.driver.solving.period import solve_period
from slotweave.driver.solving.solution import BOUND, SOLVER, Limits, Method, Shown, Solution
from slotweave.driver.solving.work import Work
from slotweave.ir.project import Project, ProjectSchedule

__all__ = ["BOUND", "SOLVER", "Limits", "Method", "Shown", "Solution", "Tell", "solve"]

Tell = Callable[[Solution], None]


def solve(
    project: Project,
    method: Method,
    limits: Limits,
    tell: Tell = lambda _solution: None,
    known: Iterable[ProjectSchedule] = (),
    enough: int = 0,
) -> Solution:
    """The best that `method` comes to within `limits`, from the schedules that are `known`; `tell`
    hears of each better one. No schedule is looked for whose makespan is below `enough`.

    Raises InputError (SW212) if the method is not for the project, ModuleNotFoundError if it is
    EXACT and ortools is missing.
    """
    if method is Method.MODULO and not project.is_modulo:
        reason = (
            "--method modulo is for problems that ask for a period; this one asks for a makespan, "
            "for which there are list, exact and auto"
        )
        raise InputError(Diagnostic("SW212", reason))
    if method is Method.EXACT and not has_solver():
        raise ModuleNotFoundError("ortools")
    work = Work(project, method, limits, tell, enough)
    for schedule in known:
        work.take(schedule)
    plain = contradiction(project)
    if plain is not None:
        work.show([plain])
    elif project.is_modulo:
        solve_period(work)
    else:
        solve_makespan(work)
    return work.finished()
