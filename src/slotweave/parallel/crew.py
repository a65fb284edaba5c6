"""What does units of work: given out under keys, answered in any order.

A unit and its answer are plain data that can be pickled; the work is a function of the unit alone,
so that it does not matter who does it, how often, or when.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Protocol

#: The work on one unit.
Work = Callable[[Any], Any]

#: Answers by the keys of their units.
Answers = list[tuple[Hashable, Any]]


class Crew(Protocol):
    """Does units of work; `workers` says how many it does at a time."""

    workers: int

    def give(self, key: Hashable, unit: Any) -> None:
        """Put a unit at the end of the queue."""

    def answers(self, seconds: float | None = None) -> Answers:
        """What was answered since; waits until there is something, or for so many seconds.

        Nothing is given out: there is nothing to wait for, and no answer.
        """

    def close(self) -> None:
        """End the work; what is under way is dropped."""


class Serial:
    """This process does the work, unit by unit, when it is asked for answers."""

    workers = 1

    def __init__(self, work: Work) -> None:
        self._work = work
        self._queue: deque[tuple[Hashable, Any]] = deque()

    def give(self, key: Hashable, unit: Any) -> None:
        self._queue.append((key, unit))

    def answers(self, seconds: float | None = None) -> Answers:
        del seconds  # what is begun comes to its end
        if not self._queue:
            return []
        key, unit = self._queue.popleft()
        return [(key, self._work(unit))]

    def close(self) -> None:
        self._queue.clear()
