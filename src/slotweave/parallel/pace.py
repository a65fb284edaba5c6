"""How long units of work take: which of them take far longer than the others."""

from __future__ import annotations

import time
from collections import deque
from statistics import median

#: A unit that takes longer than this many times the median, and than STRAGGLES seconds, is given
#: out again.
TIMES_MEDIAN, STRAGGLES = 4.0, 1.0

#: The median is that of so many units.
REMEMBERED = 64


class Pace:
    """The seconds that the last units took."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)
        self._usual: float | None = None

    def took(self, seconds: float) -> None:
        """Remember that a unit took so many seconds."""
        self._seconds.append(seconds)
        self._usual = None

    def left(self, since: float) -> float:
        """Seconds until a unit that was given out at time `since` (monotonic) takes too long.

        Before there is an answer nobody knows what that is: it is STRAGGLES from now.
        """
        if not self._seconds:
            return STRAGGLES
        if self._usual is None:
            self._usual = max(STRAGGLES, TIMES_MEDIAN * median(self._seconds))
        return since + self._usual - time.monotonic()
