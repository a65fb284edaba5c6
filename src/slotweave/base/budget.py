"""When a search ends: after a number of evaluations, or when its time is over.

A search is an iterator with one value for each evaluation, and looks at no clock. So what it came
to after N evaluations depends on N alone: a search that its time ended, after N of them, is
repeated by a budget of N.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Found = TypeVar("Found")

#: The largest seed of a search: what is kept of one, and what compiled code takes.
MOST_OF_A_SEED = 2**63 - 1

#: Seconds from any moment on that stays the same.
Clock = Callable[[], float]


@dataclass(frozen=True)
class Budget:
    """What a search may take: `evaluations`, and until `ends` on `clock`; None is no limit.

    What is under way when the time is over comes to its end, unless there is a `grace`: then it is
    abandoned that many seconds later.
    """

    evaluations: int | None = None
    ends: float | None = None
    clock: Clock = time.monotonic
    grace: float | None = None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until what is under way is abandoned; None for never."""
        if self.ends is None or self.grace is None:
            return None
        return max(0.0, self.ends + self.grace - self.clock())

    def is_spent(self, evaluations: int) -> bool:
        """Whether nothing more is to be tried after that many evaluations, now."""
        if self.evaluations is not None and evaluations >= self.evaluations:
            return True
        return self.ends is not None and self.clock() >= self.ends

    def limit(self, search: Iterator[Found], evaluations: int = 0) -> Iterator[Found]:
        """`search` until the budget is spent, of which `evaluations` have been made before."""
        while not self.is_spent(evaluations):
            try:
                found = next(search)
            except StopIteration:
                return
            yield found
            evaluations += 1

    def best(self, search: Iterator[Found | None]) -> tuple[Found, int]:
        """What an anytime search came to, and after how many evaluations.

        Its values are the best so far. While that is None the search goes on, whatever the budget
        says: a limit on the whole command (`interruption.time_limited`) is what ends it then. A
        search must raise an exception rather than end without a value.
        """
        best: Found | None = None
        evaluations = 0
        for best in search:
            evaluations += 1
            if best is not None and self.is_spent(evaluations):
                break
        assert best is not None
        return best, evaluations


UNLIMITED = Budget()


def budget(
    evaluations: int | None = None,
    seconds: float | None = None,
    clock: Clock = time.monotonic,
    grace: float | None = None,
) -> Budget:
    """The budget of a search that begins now."""
    return Budget(evaluations, None if seconds is None else clock() + seconds, clock, grace)
