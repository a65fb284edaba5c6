"""How many words of scratch are live in each cycle of a run, seen while it goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from slotweave.simulate.run import Access, Event, Space

Cycles = NDArray[np.int64]


class RunWatch:
    """Takes the events of one run in order; the rest can be asked when it is over."""

    def __init__(self) -> None:
        self._there: dict[int, int] = {}  # the cycle from which a word can be read
        self._read: dict[int, int] = {}  # the last cycle in which it was read
        self._alive: list[tuple[int, int]] = []  # cycles of landing and last read

    def note(self, event: Event) -> None:
        """One more slot ran."""
        for word in _words(event.reads):
            self._read[word] = event.cycle
        for word in _words(event.writes):
            if word in self._read and word in self._there:
                self._alive.append((self._there[word], self._read[word]))
            self._there[word] = event.cycle + event.latency
            self._read.pop(word, None)

    def live_words(self, cycles: int) -> Cycles:
        """How many scratch words are live in each cycle: written, and to be read then or later."""
        change = np.zeros(cycles + 1, np.int64)
        still = [(self._there[word], last) for word, last in self._read.items()
                 if word in self._there]  # fmt: skip
        spans = np.array([*self._alive, *still], np.int64).reshape(-1, 2)
        np.add.at(change, spans[:, 0], 1)
        np.add.at(change, spans[:, 1] + 1, -1)
        return np.cumsum(change)[:cycles]


def _words(accesses: tuple[Access, ...]) -> list[int]:
    return [access.address + lane for access in accesses if access.space is Space.SCRATCH
            for lane in range(len(access.words))]  # fmt: skip
