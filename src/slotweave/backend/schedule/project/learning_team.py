"""Two searches that learn, side by side, each of which tells the other what is short of levels."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from slotweave.backend.schedule.project.learning_search import Answer, LearningSearch
from slotweave.ir.project import Project, ProjectSchedule

#: More than two gain little.
_MOST = 2


@dataclass(eq=False)
class LearningTeam:
    """Searches of one project and makespan from different seeds, each in a thread of its own."""

    searches: list[LearningSearch]

    @staticmethod
    def of(
        project: Project, makespan: int, known: ProjectSchedule | None, workers: int, seed: int = 0
    ) -> LearningTeam | None:
        """One search for each worker, up to two; None as in `LearningSearch.of`."""
        seeds = range(seed, seed + max(1, min(workers, _MOST)))
        rows = [LearningSearch.of(project, makespan, known, number) for number in seeds]
        searches = [search for search in rows if search is not None]
        return LearningTeam(searches) if len(searches) == len(rows) else None

    @property
    def makespan(self) -> int:
        """Within which schedules are looked for."""
        return self.searches[0].makespan

    def advance(self, conflicts: int) -> tuple[Answer, ProjectSchedule | None]:
        """Go on for so many conflicts each, and exchange what was learned. The same seed gives the
        same answers, whichever thread is faster."""
        answers = self._advance_all(conflicts)
        if Answer.REFUTED in answers:
            return Answer.REFUTED, None
        if Answer.FOUND in answers:
            return Answer.FOUND, self.searches[answers.index(Answer.FOUND)].schedule()
        for one in self.searches:
            for other in self.searches:
                if one is not other and not one.tell(other):
                    return Answer.REFUTED, None
        return Answer.OPEN, None

    def shorten(self, makespan: int) -> bool:
        """Look for schedules within `makespan` from now on; False if there are none."""
        return all(search.shorten(makespan) for search in self.searches)

    def _advance_all(self, conflicts: int) -> list[Answer]:
        answers = [Answer.OPEN] * len(self.searches)
        raised: list[BaseException] = []

        def advance(number: int) -> None:
            try:
                answers[number] = self.searches[number].advance(conflicts)
            except BaseException as error:
                raised.append(error)

        threads = [
            threading.Thread(target=advance, args=(number,), name="learning", daemon=True)
            for number in range(1, len(self.searches))
        ]
        for thread in threads:
            thread.start()
        try:
            advance(0)
        finally:
            for thread in threads:
                thread.join()
        for error in raised:
            raise error
        return answers
