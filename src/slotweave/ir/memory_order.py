"""The order of memory accesses in one region, worked out while they are traced.

Two accesses are ordered if at least one is a store and they are not known to touch different words.
Edges implied by others are left out where that is cheap to see, and joins keep their number linear
in the number of accesses: an access of unknown address waits for one join of everything before it
that it may alias, not for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

#: Adds a join after the given nodes to the trace and returns it.
Join = Callable[[tuple[int, ...]], int]
Words = Iterable[int]


class _Gathered:
    """Nodes to wait for all at once: those after a point, and those that came since."""

    def __init__(self) -> None:
        self.point: int | None = None
        self.since: list[int] = []

    def wait(self, join: Join) -> tuple[int, ...]:
        """One node after all of them (none if there are none)."""
        if self.since:
            nodes = self.since if self.point is None else [self.point, *self.since]
            self.point = nodes[0] if len(nodes) == 1 else join(tuple(nodes))
            self.since = []
        return () if self.point is None else (self.point,)


class MemoryOrder:
    """What later accesses of one region may have to wait for.

    `barrier` is the last store of unknown address: it waits for all before it, and all after wait
    for it. The rest is about accesses since then: for each known word its last store and the loads
    after that, and all stores and all loads of unknown address, gathered.
    """

    def __init__(self, join: Join) -> None:
        self._join = join
        self._start_anew(None)

    def _start_anew(self, barrier: int | None) -> None:
        self._barrier: tuple[int, ...] = () if barrier is None else (barrier,)
        self._writer: dict[int, int] = {}
        self._readers: dict[int, list[int]] = {}
        self._stores = _Gathered()
        self._loads = _Gathered()

    def before_load(self, words: Words | None) -> tuple[int, ...]:
        """What a load of `words` (None: unknown) waits for."""
        if words is None:
            return self._stores.wait(self._join) or self._barrier
        writers = {self._writer[word] for word in words if word in self._writer}
        return tuple(sorted(writers)) or self._barrier

    def note_load(self, load: int, words: Words | None) -> None:
        """`load` is now part of the trace."""
        if words is None:
            self._loads.since.append(load)
            return
        for word in words:
            self._readers.setdefault(word, []).append(load)

    def before_store(self, words: Words | None) -> tuple[int, ...]:
        """What a store to `words` (None: unknown) waits for."""
        if words is None:
            return self._everything() or self._barrier
        waits = set(self._loads.wait(self._join))
        for word in words:
            waits.update(self._last_accesses(word))
        return tuple(sorted(waits)) or self._barrier

    def note_store(self, store: int, words: Words | None) -> None:
        """`store` is now part of the trace."""
        if words is None:
            self._start_anew(store)
            return
        for word in words:
            self._writer[word] = store
            self._readers.pop(word, None)
        self._stores.since.append(store)

    def _last_accesses(self, word: int) -> list[int]:
        """The loads since the last store to `word`, which wait for it; else that store."""
        if word in self._readers:
            return self._readers[word]
        return [self._writer[word]] if word in self._writer else []

    def _everything(self) -> tuple[int, ...]:
        waits = set(self._loads.wait(self._join))
        for word in self._writer.keys() | self._readers.keys():
            waits.update(self._last_accesses(word))
        return tuple(sorted(waits))
