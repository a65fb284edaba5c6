"""Searches that learn from conflicts, each in a thread of its own: down from the best schedule, and
up from the best bound."""

from __future__ import annotations

import math
import threading
from collections import deque

from slotweave.backend.schedule.project import Answer, LearningSearch
from slotweave.driver.solving.work import Work
from slotweave.ir.project import ProjectSchedule
from slotweave.ir.project_bound import MAKESPAN

#: Conflicts between two looks at what others have found.
_BATCH = 2_000
#: Conflicts that a refutation above the bound may be expected to take, and may take; twice as many
#: if it would be the last.
_EXPECTED, _MOST = 150_000, 300_000
#: What its word is called.
_WHY = "search that learns from conflicts finds none shorter"


class Learner:
    """Looks for ever shorter schedules until it refutes the next one or is stopped.

    The caller's thread has to `look` now and then: what has been found is taken there, and what
    others found is passed on.
    """

    def __init__(self, search: LearningSearch) -> None:
        self._search = search
        self._found: deque[ProjectSchedule] = deque()
        self._bound: int | None = None
        self._is_over = False
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
        bound, best = self._bound, work.solution.best(MAKESPAN)
        if bound is not None and (best is None or best.value is None or bound > best.value):
            work.trust(MAKESPAN, bound, _WHY)
        self._hear(work)
        return work.is_done()

    def _hear(self, work: Work) -> None:
        if work.solution.makespan is not None:
            self._at_most = min(self._at_most, work.solution.makespan - 1)

    def _run(self) -> None:
        try:
            while not self._is_stopped and not self._is_over:
                self._step()
        except BaseException as error:
            self._raised = error

    def _step(self) -> None:
        search = self._search
        if self._at_most < search.makespan and not search.shorten(self._at_most):
            self._end(self._at_most + 1)
            return
        answer = search.advance(_BATCH)
        if answer is Answer.FOUND:
            schedule = search.schedule()
            self._found.append(schedule)
            self._at_most = min(self._at_most, schedule.makespan(search.project) - 1)
            if not search.shorten(self._at_most):
                self._end(self._at_most + 1)
        elif answer is Answer.REFUTED:
            self._end(search.makespan + 1)

    def _end(self, bound: int) -> None:
        self._bound, self._is_over = bound, True


class Raiser(Learner):
    """Looks for a schedule that is as long as the best bound says, and raises that where there is
    none, until it meets the best schedule.

    A refutation of one cycle more takes about twice as many conflicts. So where the last one took
    few, the next one is looked for as far above the bound as these let expect.
    """

    def __init__(self, search: LearningSearch, at_most: int) -> None:
        super().__init__(search)
        self._at_most, self._at_least = at_most, search.makespan
        self._step_up, self._before = 0, 0

    @staticmethod
    def of(work: Work) -> Raiser | None:
        """One that begins from the best bound; None as for `Learner`, or if all is known."""
        known, best = work.solution.schedule, work.solution.best(MAKESPAN)
        if known is None or best is None or best.value is None:
            return None
        at_most = known.makespan(work.project) - 1
        if best.value > at_most:
            return None
        search = LearningSearch.of(work.project, best.value, known, work.limits.seed + 1)
        return None if search is None else Raiser(search, at_most)

    def _hear(self, work: Work) -> None:
        super()._hear(work)
        best = work.solution.best(MAKESPAN)
        if best is not None and best.value is not None:
            self._at_least = max(self._at_least, best.value)

    def _step(self) -> None:
        search, at_least, at_most = self._search, self._at_least, self._at_most
        if at_least > at_most:
            self._is_over = True
            return
        if search.makespan < at_least:
            after = search.widened(min(at_least + self._step_up, at_most))
            if after is None:
                self._is_over = True
                return
            search = self._search = after
            self._before = 0
        if at_most < search.makespan and not search.shorten(at_most):
            self._bound = self._at_least = at_most + 1
            return
        answer = search.advance(_BATCH)
        conflicts = search.conflicts - self._before
        if answer is Answer.FOUND:
            self._found.append(search.schedule())
            self._at_most = min(at_most, search.schedule().makespan(search.project) - 1)
            self._lower()
        elif answer is Answer.REFUTED:
            self._bound = self._at_least = max(self._at_least, search.makespan + 1)
            self._step_up = int(math.log2(max(1.0, _EXPECTED / max(1, conflicts))))
        elif at_least < search.makespan and conflicts >= _MOST * (1 + (search.makespan == at_most)):
            self._lower()

    def _lower(self) -> None:
        """Look for what is as long as the bound says, with what has been learned."""
        self._step_up, self._before = 0, self._search.conflicts
        at_least = self._at_least  # as it is now: the caller's thread may raise it meanwhile
        if at_least <= self._at_most and not self._search.shorten(at_least):
            self._bound = self._at_least = max(self._at_least, at_least + 1)
