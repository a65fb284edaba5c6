"""What may be done to a program, and how long."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from slotweave.fit import Effort

#: Random memories on which the new program is held against the given one.
INSTANCES = 20

#: Told of each stage and each better program: what is tried, and the fewest cycles so far.
Listener = Callable[[str, int], None]


@dataclass(frozen=True)
class RepackOptions:
    """What may be done: rules, vectors, how many ways to schedule, and for how many seconds."""

    rewrite: bool = True
    vectorize: bool = False
    effort: Effort = Effort.DEFAULT
    time_limit: float | None = None
    seed: int = 0
    instances: int = INSTANCES


@dataclass(frozen=True)
class Deadline:
    """The moment (of the monotonic clock, in seconds) behind which nothing more is tried."""

    end: float | None = None

    def is_past(self) -> bool:
        return self.end is not None and time.monotonic() >= self.end


def deadline(start: float, options: RepackOptions) -> Deadline:
    """The one for work that began at `start`."""
    return Deadline(None if options.time_limit is None else start + options.time_limit)
