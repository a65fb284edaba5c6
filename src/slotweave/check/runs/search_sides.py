"""The search for memories that lead runs to sides of jumps that no run has reached.

Guarantees: what it finds depends on what it is given alone, not on time; each memory keeps to the
bounds of its words; a side counts as reached only by a run that is followed to its end, or that is
tried anyway. The work is bounded by words that are computed, whatever the flow or program is.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from slotweave.check.runs.concolic import Path, Side
from slotweave.check.runs.steering import Changes, undone
from slotweave.isa import WORD_MASK

Words = NDArray[np.uint32]

#: Runs that are tried to reach sides: for each decision that might lead there, and in all.
_TRIES, _MOST_TRIES = 24, 400

#: Words that are computed in runs, and terms that a solver is given, before it is given up.
_MOST_WORK = 150_000

#: How often a solver is asked.
_MOST_ASKED = 32

#: Decisions of one path that are taken as ways to one side.
_LEADS = 16


class Search:
    """The paths followed so far, and which sides they reach."""

    def __init__(
        self, follow: Callable[[Words], Path], bounds: Mapping[int, tuple[int, int]]
    ) -> None:
        self.reached: set[Side] = set()
        self.found: list[Words] = []
        self.whole = True
        self._follow, self._bounds = follow, bounds
        self._work, self._asked = 0, 0
        self._ended: set[bytes] = set()
        self._failed: set[bytes] = set()
        self._leads: dict[Side, deque[tuple[Words, Path, int]]] = {}
        self._fixed: set[int] = set()
        self._open: set[int] = set()

    def ended(self, memory: Words) -> bool:
        """Whether the run on `memory` was followed to its end, without a fault."""
        return memory.tobytes() in self._ended

    def failed(self, memory: Words) -> bool:
        """Whether the run on `memory` was followed to a fault."""
        return memory.tobytes() in self._failed

    def fixed(self) -> set[int]:
        """The jumps that only constants have decided."""
        return self._fixed - self._open

    def follow_given(self, memory: Words) -> None:
        """Follow the run on a memory that is tried anyway."""
        path = self._followed(memory)
        if path.cut:
            self.whole = False
            self.reached |= path.sides

    def follow_made(self, memory: Words) -> None:
        """Follow the run on a memory that is tried if the run ends, and if work is left."""
        if self._work < _MOST_WORK:
            self._followed(memory)

    def reach(self) -> None:
        """Lead runs to the sides that are missing, each in turn, as long as that gets on."""
        attempts: Counter[Side] = Counter()
        tries = 0
        while tries < _MOST_TRIES and self._work < _MOST_WORK:
            missing = [side for side, leads in self._leads.items() if leads]
            if not missing:
                return
            side = min(missing, key=lambda side: (attempts[side], side))
            attempts[side] += 1
            memory, path, index = self._leads[side].popleft()
            for changes in self._suggestions(path, index):
                tries += 1
                if self._tried(self._changed(memory, changes)):
                    break

    def _tried(self, memory: Words) -> bool:
        """Follow the run on `memory`; whether it ends and reaches something new."""
        before = len(self.reached)
        self._followed(memory)
        fresh = len(self.reached) > before
        if fresh:
            self.found.append(memory)
        return fresh

    def _followed(self, memory: Words) -> Path:
        path = self._follow(memory)
        self._work += path.steps
        if path.ended:
            self._ended.add(memory.tobytes())
            self.reached |= path.sides
            for side in path.sides & self._leads.keys():
                del self._leads[side]
        elif not path.cut:
            self._failed.add(memory.tobytes())
        self._open |= path.open
        self._fixed |= path.fixed
        self._note_leads(memory, path)
        return path

    def _note_leads(self, memory: Words, path: Path) -> None:
        """Where `path` might have gone to sides that are missing."""
        places: dict[Side, list[int]] = {}
        for index, decision in enumerate(path.decisions):
            if decision.side is not None:
                other = Side(decision.side.block, not decision.side.taken)
                if other not in self.reached:
                    places.setdefault(other, []).append(index)
        for side, indices in places.items():
            step = -(-len(indices) // _LEADS)
            leads = self._leads.setdefault(side, deque())
            leads.extend((memory, path, index) for index in indices[::step])

    def _suggestions(self, path: Path, index: int) -> Iterator[Changes]:
        for count, changes in enumerate(undone(path, index)):
            if count == _TRIES or self._work >= _MOST_WORK:
                break
            yield changes
        self._work += len(path.terms)
        if self._asked >= _MOST_ASKED or self._work >= _MOST_WORK:
            return
        try:
            from slotweave.check.definition.solver import words_leading
        except ImportError:
            return
        self._asked += 1
        found = words_leading(path, index, self._bounds)
        if found is not None:
            yield found

    def _changed(self, memory: Words, changes: Changes) -> Words:
        changed = memory.copy()
        for place, word in changes.items():
            low, high = self._bounds.get(place, (0, WORD_MASK))
            changed[place] = min(max(word, low), high)
        return changed
