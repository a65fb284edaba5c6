"""A kernel compiled for many machines: cycles, what binds where, and which machines are worth it.

What binds a program near its bound (NEAR) is the engine of which one slot more lowers the bound the
most, and latency if none does. What binds another one is scratch, if nearly all of it is live at
once (FULL); else the engine that is busiest. Of a kernel that jumps the bound has no engines: it is
latency if chains of operations give it, and the program is near it, and else as of other programs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

from slotweave.anatomy.explored import Explored, Point
from slotweave.base.diagnostics import InputError, NoSchedule
from slotweave.driver.job import Job
from slotweave.parallel import crew_of
from slotweave.recompiling.kept_results import KeptResults, compiled_or_kept
from slotweave.recompiling.machines import SCRATCH, Variant

#: A program at most this many times as long as its bound is near it.
NEAR = 1.05

#: Scratch is what binds if as much of it is live at once.
FULL = 0.95

LATENCY = "latency"

#: The bound that counts latencies alone.
CRITICAL_PATH = "critical path"


#: Told of each machine as soon as it is known, with how many there are.
Watch = Callable[[Point, int], None]


def explored_over(
    job: Job,
    settings: Mapping[str, Sequence[int]],
    variants: Sequence[Variant],
    kept: KeptResults,
    *,
    costs: Mapping[str, float] | None = None,
    workers: int = 1,
    watch: Watch = lambda _point, _count: None,
) -> Explored:
    """`job` compiled for each of `variants`, by the plan that is usual there if nobody named one.

    `costs` are those of a slot by engine, and of a word of scratch; without any there is no front.
    """
    points: dict[int, Point] = {}
    crew = crew_of(partial(_point, job, kept, costs), workers)
    try:
        for number, variant in enumerate(variants):
            crew.give(number, variant)
        while answers := crew.answers():
            for key, point in answers:
                points[cast("int", key)] = point
                watch(point, len(variants))
    finally:
        crew.close()
    ordered = tuple(points[number] for number in range(len(variants)))
    return Explored(job.kernel.name, dict(settings), ordered)


def _point(
    job: Job, kept: KeptResults, costs: Mapping[str, float] | None, variant: Variant
) -> Point:
    """The kernel on one machine."""
    there = job.on(variant.machine)
    point = Point(dict(variant.change), _cost(variant, costs), plan=there.plan.name)
    try:
        found = compiled_or_kept(there, kept)
    except (NoSchedule, InputError) as error:
        return replace(point, reason=str(error))
    summary = found.summary
    shares = {name: row["share"] for name, row in summary["engines"].items()}
    return replace(
        point, cycles=summary["cycles"], bound=summary["bound"]["cycles"],
        binds=binding(summary, shares, found.eased), shares=shares, known=found.known,
        cycles_of=summary["cycles_of"],
    )  # fmt: skip


def _cost(variant: Variant, costs: Mapping[str, float] | None) -> float | None:
    if not costs:
        return None
    machine = variant.machine
    amounts = {**machine.slots, SCRATCH: machine.scratch_words}
    return sum(amounts[name] * each for name, each in costs.items())


def binding(
    summary: Mapping[str, Any], shares: Mapping[str, float], eased: Mapping[str, int]
) -> str:
    """What binds the program of `summary`; `eased` is by engine how many cycles lower its bound is
    with one slot more."""
    bound, scratch = summary["bound"], summary["scratch"]
    near = summary["cycles"] <= NEAR * bound["cycles"]
    if not shares:
        return LATENCY
    if near and eased:
        most = max(shares, key=lambda name: (eased[name], shares[name]))
        return most if eased[most] > 0 else LATENCY
    if near and bound["name"] == CRITICAL_PATH:
        return LATENCY
    if not near and scratch["peak"] >= FULL * scratch["size"]:
        return SCRATCH
    return max(shares, key=shares.__getitem__)
