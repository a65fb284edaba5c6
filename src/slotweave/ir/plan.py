"""A plan: everything a kernel and the compiler leave open, as one value.

`choices` belong to the kernel (how each tree level is answered, for which items), `schedule` to the
list scheduler. A tuned plan also carries its origin: the command, the seed and what it took to find
it. Compiling with a plan is deterministic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

#: How a problem may be scheduled, the usual way first.
METHODS = ("list", "in-order")


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """What the scheduler may be told.

    `method` is "list" or "in-order" (one slot a cycle, in the order of the graph). `stagger` is how
    many cycles each item (group) starts behind the one before it, in effect: it lowers the priority
    of later items by that much; `offsets`, if given, does so item by item instead. `seed` and
    `noise` (in cycles) perturb priorities. `passes` counts the passes of forward-backward
    improvement that follow; the shortest schedule is taken.
    """

    method: str = "list"
    stagger: float = 0.0
    offsets: tuple[float, ...] = ()
    seed: int = 0
    noise: float = 0.0
    passes: int = 0


@dataclass(frozen=True)
class Plan:
    """A named set of choices. `rewrite` off compiles the traced graph as it stands."""

    name: str
    kernel: str
    rewrite: bool = True
    schedule: ScheduleOptions = field(default_factory=ScheduleOptions)
    choices: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    origin: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
