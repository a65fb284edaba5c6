"""Clocks that tests can rely on."""

from __future__ import annotations


class TickingClock:
    """A second passes each time that it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now
