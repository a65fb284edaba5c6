"""Ever shorter schedules by a search that learns from conflicts, until it refutes the next one."""

from __future__ import annotations

import time

from slotweave.backend.schedule.project import Answer, LearningTeam
from slotweave.driver.solving.work import Work
from slotweave.ir.project_bound import MAKESPAN

#: Conflicts between two looks at the clock, and exchanges of what was learned.
_BATCH = 2_000
#: What its word is called.
_WHY = "search that learns from conflicts finds none shorter"


def learn_shorter(work: Work, seconds: float) -> None:
    """Look for schedules that are shorter than the one that is known, for so many seconds at most.

    Nothing is done for projects of other kinds than `LearningSearch` is for.
    """
    known, end = work.solution.schedule, time.monotonic() + seconds
    if known is None:
        return
    at_most = known.makespan(work.project) - 1
    limits = work.limits
    team = LearningTeam.of(work.project, at_most, known, limits.workers, limits.seed)
    while team is not None and not work.is_done() and time.monotonic() < end:
        answer, schedule = team.advance(_BATCH)
        if schedule is not None:
            work.take(schedule)
            if work.is_done():
                return
            if not team.shorten(schedule.makespan(work.project) - 1):
                answer = Answer.REFUTED
        if answer is Answer.REFUTED:
            work.trust(MAKESPAN, team.makespan + 1, _WHY)
