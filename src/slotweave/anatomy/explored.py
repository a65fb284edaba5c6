"""What exploring a grid of machines finds: a kernel's cycles on each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slotweave.base.wording import EVERY_RUN


@dataclass(frozen=True)
class Point:
    """A machine, and what the kernel takes there; `reason` says why it does not fit, if so.

    `cost` is what its slots and words cost, where that is known. `bound` holds for the operations
    of the plan, which is named. `binds` names an engine, scratch or latency; `cycles_of` says of
    which runs the cycles are.
    """

    change: Mapping[str, int]
    cost: float | None = None
    cycles: int | None = None
    bound: int | None = None
    binds: str = ""
    shares: Mapping[str, float] | None = None
    reason: str = ""
    known: bool = False
    cycles_of: str = EVERY_RUN
    plan: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "set": dict(self.change), "cost": self.cost, "cycles": self.cycles,
            "cycles_of": self.cycles_of, "plan": self.plan,
            "bound": self.bound, "binds": self.binds or None,
            "shares": None if self.shares is None else dict(self.shares),
            "reason": self.reason or None,
        }  # fmt: skip


@dataclass(frozen=True)
class Explored:
    """All machines in the order of the grid, and the settings that span it."""

    kernel: str
    settings: Mapping[str, Sequence[int]]
    points: tuple[Point, ...]

    @property
    def front(self) -> tuple[Point, ...]:
        """The machines that no other one beats in cost and cycles, the cheapest first."""
        known = [p for p in self.points if p.cycles is not None and p.cost is not None]
        found: list[Point] = []
        for point in sorted(known, key=lambda p: (p.cost, p.cycles)):
            assert point.cycles is not None
            if not found or point.cycles < (found[-1].cycles or 0):
                found.append(point)
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """What `slotweave explore --json` prints."""
        return {
            "kernel": self.kernel,
            "settings": {name: list(values) for name, values in self.settings.items()},
            "machines": [point.to_json() for point in self.points],
            "front": [point.to_json() for point in self.front],
        }
