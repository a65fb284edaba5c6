"""A plan: everything a kernel and the compiler leave open, as one value.

`choices` belong to the kernel (how each tree level is answered, for which items), `schedule` to the
list scheduler. A tuned plan also carries its origin: the command, the seed and what it took to find
it. Compiling with a plan is deterministic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """One choice that plans of a kernel may make, as users read it.

    `holds` says what its value is, `values` names the words that it (or an element, or the `way` of
    an entry of it) may be, with their meanings; empty if it holds no words. It is read in plans of
    `styles` only, in all of them if there are none.
    """

    name: str
    holds: str
    default: Any
    text: str
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    styles: tuple[str, ...] = ()


_METHODS = {
    "list": "the list scheduler",
    "in-order": "one slot a cycle, in the order of the graph",
}

_ORDERS = {
    "path": "the longest path from an operation to the end, the usual urgency",
    "program": "operations as the kernel wrote them, as far as they are ready; tries nothing else",
}

_MODES = {
    "any": "each operation takes the mode that is free first",
    "first": "each operation takes its first mode",
}

#: More passes than this find nothing more, and each may take a tenth of a second.
MAX_PASSES = 1000

#: Each step takes as long as a pass.
MAX_STEPS = 2000

#: How a problem may be scheduled, the usual way first.
METHODS = tuple(_METHODS)

#: What makes an operation urgent: the path after it, or its place in the kernel.
ORDERS = tuple(_ORDERS)

#: Which modes of an operation may be used.
MODES = tuple(_MODES)


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """What the scheduler may be told.

    `method` is "list" or "in-order" (one slot a cycle, in the order of the graph). `stagger` is how
    many cycles each item (group) starts after the one before it, in effect: it lowers the priority
    of later items by that much; `offsets`, if given, does so item by item instead. `seed` and
    `noise` (in cycles) perturb priorities. `passes` counts the passes of forward-backward
    improvement that follow; the shortest schedule is taken. `steps` are the seeds of changes that
    are made to it after that, one after the other (`changed_schedule`): what a local search found
    worth keeping. `due`, if given, stands in place of offsets and
    passes: numbers with spaces between them, the checksum of a problem and then for each of its
    operations, in order, when it is due, in hundredths of a cycle. What is due first is the most
    urgent. It says nothing of another problem: there the others count.

    The other options hold a list schedule back. `order` "program" issues operations as the kernel
    wrote them, as soon as they are ready, and tries nothing else. `modes` "first" leaves each
    operation its first mode. Of the kernel's stages, in the order written, `stages_open` may be
    under way at once (1: each ends before the next one begins; 0: any number); of the windows of
    `window` items each, in order, `windows_open`.

    With `spill`, values may leave scratch where that makes the program shorter: into memory that
    the graph is known to leave free (its working regions, and words that it overwrites later), or,
    if they are constants, to be rematerialized. With `pipeline`, iterations of a loop overlap where
    that is shorter (modulo scheduling).

    Constants are sums of earlier ones where that is possible, so most wait for the first. The first
    `outright` after that one are loaded and wait for nothing. Of at most `derived` operations of
    any kind, one after the other, constants are made where a sum would wait for more of them. With
    `zeros`, words of scratch that nothing has written yet, which are 0, stand in front of all.
    """

    method: str = "list"
    stagger: float = 0.0
    offsets: tuple[float, ...] = ()
    seed: int = 0
    noise: float = 0.0
    passes: int = 0
    steps: tuple[int, ...] = ()
    due: str = ""
    order: str = "path"
    modes: str = "any"
    stages_open: int = 0
    window: int = 1
    windows_open: int = 0
    spill: bool = False
    pipeline: bool = True
    outright: int = 0
    derived: int = 0
    zeros: bool = False

    def within(self, blocks: int) -> ScheduleOptions:
        """The same for one of so many blocks: zeros are there in a program of one block alone."""
        return self if blocks == 1 else replace(self, zeros=False)


#: The fields of ScheduleOptions as users read them; each name and default is that of a field.
SCHEDULE_CHOICES: tuple[PlanChoice, ...] = (
    PlanChoice("method", "a word", "list", "How operations are scheduled.", _METHODS),
    PlanChoice(
        "stagger", "a number of cycles", 0.0,
        "How many cycles each item (group) starts after the one before it, in effect: the priority "
        "of later items is lowered by that much.",
    ),
    PlanChoice(
        "offsets", "a list of numbers of cycles", (),
        "The same, item by item, in place of `stagger`.",
    ),
    PlanChoice("seed", "an integer from 0", 0, "The seed of what `noise` draws."),
    PlanChoice(
        "noise", "a number of cycles from 0", 0.0, "How far priorities are changed, at random."
    ),
    PlanChoice(
        "passes", f"an integer from 0 to {MAX_PASSES:,}", 0,
        "Passes of forward-backward improvement that follow; the shortest schedule is taken.",
    ),
    PlanChoice(
        "steps", f"a list of at most {MAX_STEPS:,} integers from 0", (),
        "The seeds of changes to the schedule after that, as a search found them.",
    ),
    PlanChoice(
        "due", "whole numbers in one text", "",
        "In place of `offsets` and `passes`: the checksum of a problem, and when each of its "
        "operations is due, in hundredths of a cycle, as `tune` carries schedules from one set of "
        "choices to another. Of another problem (other choices, another machine) it says nothing.",
    ),
    PlanChoice("order", "a word", "path", "What makes an operation urgent.", _ORDERS),
    PlanChoice("modes", "a word", "any", "Which modes an operation may take.", _MODES),
    PlanChoice(
        "stages_open", "an integer from 0", 0,
        "How many stages of the kernel, in the order written, may be under way at once. 1: each "
        "ends before the next one begins; 0: any number.",
    ),
    PlanChoice("window", "an integer from 1", 1, "How many items make a window."),
    PlanChoice(
        "windows_open", "an integer from 0", 0,
        "How many windows, in order, may be under way at once; 0: any number.",
    ),
    PlanChoice(
        "spill", "true or false", False,
        "Whether values may leave scratch where that makes the program shorter: into memory that "
        "the graph is known to leave free, or, if they are constants, to be made again.",
    ),
    PlanChoice(
        "pipeline", "true or false", True,
        "Whether iterations of a loop may overlap, by modulo scheduling, where that is shorter.",
    ),
    PlanChoice(
        "outright", "an integer from 0", 0,
        "How many constants after the first one, in the order of the kernel, are loaded whatever "
        "they are sums of, so that they wait for no other.",
    ),
    PlanChoice(
        "derived", "an integer from 0", 0,
        "How many operations of any kind, one after the other, may make a constant from earlier "
        "ones where a sum would wait for more of them; 0: constants are made by sums alone.",
    ),
    PlanChoice(
        "zeros", "true or false", False,
        "Whether constants may be made of words that nothing has written yet, which are 0, in "
        "programs that do not jump: so an immediate can be added in the first cycle.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """A named set of choices. `rewrite` off compiles the traced graph as it stands.

    `of` is the name of the plan of the kernel that this one is a variant of, if its own name says
    more than that.
    """

    name: str
    kernel: str
    rewrite: bool = True
    schedule: ScheduleOptions = field(default_factory=ScheduleOptions)
    choices: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    origin: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    of: str = ""

    @property
    def first_name(self) -> str:
        """The name that the kernel may know it by."""
        return self.of or self.name
