"""What is known of a scheduling problem: the best schedule, bounds and who shows them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from slotweave.backend.schedule.modulo import Attempt
from slotweave.ir.project import Project, ProjectSchedule
from slotweave.ir.project_bound import MAKESPAN, PERIOD

BOUND, SOLVER = "bound", "solver"

#: What heuristics are called where results say which one ran.
LIST, LIST_BY_PERIOD, MODULO, ONE_ITERATION = (
    "list scheduling",
    "list scheduling at one period after another (each activity is placed once)",
    "iterative modulo scheduling",
    "iterative modulo scheduling of one iteration (there are maximal lags)",
)


class Method(StrEnum):
    """How a problem is solved; AUTO is exact where the solver is installed."""

    LIST = "list"
    MODULO = "modulo"
    EXACT = "exact"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a search may take: seconds, evaluations of the heuristic, threads of the solver, and
    units of the solver's own count of its steps, which no machine's speed changes, for all that it
    is asked.
    """

    seconds: float | None = None
    evaluations: int | None = None
    workers: int = 2
    seed: int = 0
    work: float | None = None

    def after(self, seconds: float, work: float) -> Limits:
        """What is left of them after so many seconds and units of work."""
        return replace(
            self,
            seconds=None if self.seconds is None else max(0.0, self.seconds - seconds),
            work=None if self.work is None else max(0.0, self.work - work),
        )

    def share(self, part: float) -> Limits:
        """A part of the seconds and of the solver's steps."""
        return replace(
            self,
            seconds=None if self.seconds is None else part * self.seconds,
            work=None if self.work is None else part * self.work,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """No schedule is below `value` (None: there is none), as `by` says: BOUND or SOLVER."""

    of: str
    value: int | None
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Solution:
    """What is known of a project: the best schedule, bounds, and what was tried.

    `heuristic` says which one ran, "" if none did: what `method` stands for depends on the project.
    `work` is what the solver took of its own count of its steps.
    """

    project: Project
    method: str
    heuristic: str = ""
    schedule: ProjectSchedule | None = None
    shown: tuple[Shown, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    evaluations: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    work: float = 0.0

    @property
    def spent(self) -> tuple[float, float]:
        """What it took of `Limits`: seconds, and units of the solver's count."""
        return self.seconds["all"], self.work

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
