"""The search that learns from conflicts, in a thread of its own beside others."""

from __future__ import annotations

import threading
from collections import deque

from slotweave.backend.schedule.project import Answer, LearningSearch
from slotweave.driver.solving.work import Work
from slotweave.ir.project import ProjectSchedule
from slotweave.ir.project_bound import MAKESPAN

#: Conflicts between two looks at what others have found.
_BATCH = 2_000
#: What its word is called.
_WHY = "search that learns from conflicts finds none shorter"


class Learner:
    """Looks for ever shorter schedules until it refutes the next one or is stopped.

    The caller's thread has to `look` now and then: what has been found is taken there, and shorter
    schedules of others are passed on.
    """

    def __init__(self, search: LearningSearch) -> None:
        self._search = search
        self._found: deque[ProjectSchedule] = deque()
        self._bound: int | None = None
        self._at_most = search.makespan
        self._is_stopped = False
        self._raised: BaseException | None = None
        self._thread: threading.Thread | None = None

    @staticmethod
    def of(work: Work) -> Learner | None:
        """One that begins from the best schedule; None if there is none or it is of another kind
        than `LearningSearch` is for."""
        known = work.solution.schedule
        if known is None:
            return None
        at_most = known.makespan(work.project) - 1
        search = LearningSearch.of(work.project, at_most, known, work.limits.seed)
        return None if search is None else Learner(search)

    def start(self) -> None:
        """Go on from where it was stopped."""
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="learning", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until it ends, for so long at most."""
        if self._thread is not None:
            self._thread.join(seconds)

    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        self._is_stopped = True
        if self._thread is not None:
            self._thread.join()

    def look(self, work: Work) -> bool:
        """Take what has been found and shown; whether that, or what others found, is enough."""
        if self._raised is not None:
            raise self._raised
        while self._found:
            work.take(self._found.popleft())
        bound = self._bound
        if bound is not None and not work.is_proved(MAKESPAN):
            work.trust(MAKESPAN, bound, _WHY)
        if work.solution.makespan is not None:
            self._at_most = min(self._at_most, work.solution.makespan - 1)
        return work.is_done()

    def _run(self) -> None:
        try:
            while not self._is_stopped and self._bound is None:
                self._step()
        except BaseException as error:
            self._raised = error

    def _step(self) -> None:
        search, project = self._search, self._search.project
        at_most = self._at_most
        if at_most < search.makespan and not search.shorten(at_most):
            self._bound = at_most + 1
            return
        answer = search.advance(_BATCH)
        if answer is Answer.FOUND:
            schedule = search.schedule()
            self._found.append(schedule)
            shorter = schedule.makespan(project) - 1
            self._at_most = min(self._at_most, shorter)
            if not search.shorten(self._at_most):
                self._bound = self._at_most + 1
        elif answer is Answer.REFUTED:
            self._bound = search.makespan + 1
