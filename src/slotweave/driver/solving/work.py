"""The work on a scheduling problem as far as it has come, and the time that is left for it.

Whatever is added to the solution has been checked, but for what the solver alone says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from slotweave.backend.schedule.exact import has_solver
from slotweave.backend.schedule.modulo import Attempt
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.project_bounds import bound_faults
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving.solution import BOUND, SOLVER, Limits, Method, Shown, Solution
from slotweave.ir.project import Project, ProjectSchedule
from slotweave.ir.project_bound import MAKESPAN, PERIOD, ProjectBound

#: The share of the time that the heuristic has before CP-SAT, and the seconds at most.
_SHARE, _WARM_SECONDS = 0.1, 4.0
#: The seconds that the heuristic has at least: in less CP-SAT does not even begin to search.
_LEAST_SECONDS = 0.5
#: The same while a modulo schedule is longer than its bound.
_PATIENT_SHARE, _PATIENT_SECONDS = 0.3, 20.0


class Work:
    """The solution as far as it has come, and the time that is left for it."""

    def __init__(
        self,
        project: Project,
        method: Method,
        limits: Limits,
        tell: Callable[[Solution], None],
        enough: int = 0,
    ) -> None:
        self.project, self.limits, self._tell, self.enough = project, limits, tell, enough
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

    def work_left(self) -> float | None:
        """Units of the solver's own count of its steps until the limit; None without one."""
        if self.limits.work is None:
            return None
        return max(0.0, self.limits.work - self.solution.work)

    def is_over(self) -> bool:
        """Whether nothing is left for the solver."""
        return self.left() == 0.0 or self.work_left() == 0.0

    def is_spent(self, evaluations: int, most: int, warm: float = _WARM_SECONDS) -> bool:
        """Whether the heuristic has had its share, `warm` seconds at most before the solver."""
        allowed = self.limits.evaluations if self.limits.evaluations is not None else most
        if self.limits.evaluations is None and self.limits.seconds and not self.is_exact:
            allowed = evaluations + 1  # time alone ends it
        if evaluations >= allowed:
            return True
        seconds = self.limits.seconds
        if seconds is None and self.limits.work is not None:
            return False  # where steps are counted, no clock may change what is found
        if self.is_exact:
            most_seconds, share = warm, _SHARE
            if self.project.is_modulo and not self.is_proved(PERIOD):
                most_seconds, share = _PATIENT_SECONDS, _PATIENT_SHARE
            if seconds is not None:
                most_seconds = min(most_seconds, max(share * seconds, min(_LEAST_SECONDS, seconds)))
            seconds = most_seconds
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

    def begin(self, heuristic: str) -> None:
        """Note which heuristic runs."""
        self.solution = replace(self.solution, heuristic=heuristic)

    def count(self, evaluations: int, attempts: tuple[Attempt, ...] = ()) -> None:
        self.solution = replace(self.solution, evaluations=evaluations, attempts=attempts)

    def add_attempt(self, attempt: Attempt) -> None:
        attempts = tuple(a for a in self.solution.attempts if a.period != attempt.period)
        ordered = sorted((*attempts, attempt), key=lambda one: one.period)
        self.solution = replace(self.solution, attempts=tuple(ordered))

    def is_proved(self, of: str) -> bool:
        return self.solution.proof(of) is not None

    def is_done(self) -> bool:
        """Whether no shorter schedule is there, or none is asked for."""
        makespan = self.solution.makespan
        return self.is_proved(MAKESPAN) or (makespan is not None and makespan <= self.enough)

    def spend(self, work: float) -> None:
        self.solution = replace(self.solution, work=self.solution.work + work)

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
