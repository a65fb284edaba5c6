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

#: What makes an operation urgent: the path behind it, or its place in the kernel.
ORDERS = ("path", "program")

#: Which modes of an operation may be used.
MODES = ("any", "first")


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """What the scheduler may be told.

    `method` is "list" or "in-order" (one slot a cycle, in the order of the graph). `stagger` is how
    many cycles each item (group) starts behind the one before it, in effect: it lowers the priority
    of later items by that much; `offsets`, if given, does so item by item instead. `seed` and
    `noise` (in cycles) perturb priorities. `passes` counts the passes of forward-backward
    improvement that follow; the shortest schedule is taken.

    The other options hold a list schedule back. `order` "program" issues operations as the kernel
    wrote them, as far as they are ready, and tries nothing else. `modes` "first" leaves each
    operation its first mode. Of the kernel's stages, in the order written, `stages_open` may be
    under way at once (1: each ends before the next one begins; 0: any number); of the windows of
    `window` items each, in order, `windows_open`.

    With `spill`, values may leave scratch where that makes the program shorter: into memory that
    the graph is known to leave free (its working regions, and words that it overwrites later), or,
    if they are constants, to be made anew.
    """

    method: str = "list"
    stagger: float = 0.0
    offsets: tuple[float, ...] = ()
    seed: int = 0
    noise: float = 0.0
    passes: int = 0
    order: str = "path"
    modes: str = "any"
    stages_open: int = 0
    window: int = 1
    windows_open: int = 0
    spill: bool = False


@dataclass(frozen=True)
class Plan:
    """A named set of choices. `rewrite` off compiles the traced graph as it stands."""

    name: str
    kernel: str
    rewrite: bool = True
    schedule: ScheduleOptions = field(default_factory=ScheduleOptions)
    choices: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    origin: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
