"""What a run says of its slots while it goes on: when each could have run, and how many words live.

A slot of cycle t is idle, in the run watched, for the first of these reasons that holds:

    scratch     an operation for that engine which ran later in the same block had all it needed
    jump        one of a block still to come had all it needed
    dependence  operations for that engine were still to come, none had all it needs yet
    nothing     no operation for that engine was left

An operation has all it needs when the words that it reads are there, and what it may not overtake
in memory is done; the words that it writes are taken to be free. Its engine is the one it ran on.
A block is what runs from one jump, or place that a jump may lead to, to the next.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from slotweave.machine import Machine
from slotweave.simulate.run import Access, Event, Space

Cycles = NDArray[np.int64]

CAUSES = ("scratch", "jump", "dependence", "nothing")

#: (space, address)
_Place = tuple[Space, int]


class RunWatch:
    """Takes the events of one run in order; the rest can be asked when it is over."""

    def __init__(self) -> None:
        self._there: dict[_Place, int] = {}  # the cycle from which a word can be read
        self._read: dict[_Place, int] = {}  # the last cycle in which it was read
        self._alive: list[tuple[int, int]] = []  # cycles of landing and last read
        self._waits: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self._block = 0  # the cycle in which the block began
        self._cycle = 0

    def note(self, event: Event, begins: bool) -> None:
        """One more slot ran; `begins` says whether a block begins with its bundle."""
        if begins and event.cycle > self._cycle:
            self._block = event.cycle
        self._cycle = event.cycle
        ready = max((self._ready(access, False) for access in event.reads), default=0)
        ready = max((ready, *(self._ready(a, True) for a in event.writes if _in_memory(a))))
        self._waits[event.engine].append((ready, self._block, event.cycle))
        for access in event.reads:
            for place in _places(access):
                self._read[place] = event.cycle
        for access in event.writes:
            for place in _places(access):
                self._write(place, event.cycle + event.latency)

    def _ready(self, access: Access, store: bool) -> int:
        """The first cycle in which the words can be accessed; a store waits for loads, too."""
        first = 0
        for place in _places(access):
            first = max(first, self._there.get(place, 0))
            if store:
                first = max(first, self._read.get(place, 0))
        return first

    def _write(self, place: _Place, there: int) -> None:
        if place[0] is Space.SCRATCH:
            self._close(place)
        self._there[place] = there
        self._read.pop(place, None)

    def _close(self, place: _Place) -> None:
        if place in self._read and place in self._there:
            self._alive.append((self._there[place], self._read[place]))

    def idle(self, machine: Machine, cycles: int) -> dict[str, dict[str, int]]:
        """engine -> cause -> number of idle slots."""
        return {name: self._idle_of(name, width, cycles) for name, width in machine.engines}

    def _idle_of(self, engine: str, width: int, cycles: int) -> dict[str, int]:
        waits = np.array(self._waits[engine], np.int64).reshape(-1, 3)
        ready, block, issue = waits[:, 0], waits[:, 1], waits[:, 2]
        held = _covered(np.maximum(ready, block), issue, cycles)
        behind = _covered(ready, block, cycles)
        left = np.arange(cycles) < issue.max(initial=-1)
        cause = np.select([held, behind, left], range(3), 3)
        used = np.bincount(issue, minlength=cycles)
        counts = np.bincount(cause, weights=width - used, minlength=4).astype(int).tolist()
        return {name: count for name, count in zip(CAUSES, counts, strict=True) if count}

    def live_words(self, cycles: int) -> Cycles:
        """How many scratch words are live in each cycle: written, and to be read then or later."""
        change = np.zeros(cycles + 1, np.int64)
        still = [(self._there.get(place, 0), last) for place, last in self._read.items()
                 if place[0] is Space.SCRATCH and place in self._there]  # fmt: skip
        spans = np.array([*self._alive, *still], np.int64).reshape(-1, 2)
        np.add.at(change, spans[:, 0], 1)
        np.add.at(change, spans[:, 1] + 1, -1)
        return np.cumsum(change)[:cycles]


def _covered(start: Cycles, stop: Cycles, cycles: int) -> NDArray[np.bool_]:
    """The cycles that some interval start .. stop - 1 holds."""
    change = np.zeros(cycles + 1, np.int64)
    some = start < stop
    np.add.at(change, start[some], 1)
    np.add.at(change, stop[some], -1)
    covered: NDArray[np.bool_] = np.cumsum(change)[:cycles] > 0
    return covered


def _in_memory(access: Access) -> bool:
    return access.space is Space.MEMORY


def _places(access: Access) -> list[_Place]:
    return [(access.space, access.address + lane) for lane in range(len(access.words))]
