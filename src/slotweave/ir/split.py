"""Live ranges to be split: a storage leaves scratch after a use and comes back for later ones.

Operations and storages are those of a Problem, cycles those of the schedule on which the split was
chosen.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reload:
    """What is brought back for `readers`, the first of which runs in `cycle`.

    `trigger` is an operation that may come first (-1: none).
    """

    readers: tuple[int, ...]
    trigger: int
    cycle: int


@dataclass(frozen=True, slots=True)
class Split:
    """`storage`, written by operation `maker` and there from cycle `landed` on, comes back later.

    Readers that no reload lists read it as before.
    """

    storage: int
    maker: int
    landed: int
    reloads: tuple[Reload, ...]
