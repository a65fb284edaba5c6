"""Basic blocks: the straight parts of a program that jumps, and what passes between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BasicBlock:
    """The bundles from `start` up to before `stop`: entered at the first, left after the last.

    `after` are the numbers of the blocks that may run next; that of the end of the program is the
    number of blocks. `live_in` are the scratch words that may be read before they are written from
    its entry on, `live_out` those from its exit on. `settled` says that no result is in flight at
    its entry, nor at its exit, unless the program ends there.
    """

    start: int
    stop: int
    after: tuple[int, ...]
    live_in: frozenset[int]
    live_out: frozenset[int]
    settled: bool
