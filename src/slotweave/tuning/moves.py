"""What a candidate changes: choices, the seed of the passes, or when items start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.plan import Plan
from slotweave.tuning.score import Task

#: How often a candidate changes what the kernel chooses (else only when items start, or the seed of
#: the passes), which costs more time.
SHARE_OF_CHOICES = 0.25

#: How often a candidate that keeps the kernel's choices has another seed.
SHARE_OF_SEEDS = 0.3

#: Changes of starting times, in cycles (standard deviation).
SHIFT = 4.0

#: What may be changed, by the name that results give it.
MOVES = ("choices", "seed", "stretch", "shift")


@dataclass(frozen=True)
class Candidate:
    """A plan that differs from another one by a move."""

    plan: Plan
    move: str


def changed(task: Task, plan: Plan, rng: np.random.Generator) -> Candidate:
    """`plan` with other choices, other starting times, or another seed."""
    vary: Callable[..., Plan] | None = task.kernel.vary
    if vary is not None and rng.random() < SHARE_OF_CHOICES:
        return Candidate(vary(plan, task.parameters, task.contract, rng), "choices")
    if rng.random() < SHARE_OF_SEEDS:
        seeded = replace(plan.schedule, seed=int(rng.integers(2**31)))
        return Candidate(replace(plan, schedule=seeded), "seed")
    offsets, move = np.array(plan.schedule.offsets), "shift"
    if len(offsets):
        first, last = sorted(rng.integers(0, len(offsets), 2))
        if rng.random() < 0.5:
            offsets, move = offsets * rng.normal(1.0, 0.1), "stretch"
        else:
            offsets[first : last + 1] += rng.normal(0.0, SHIFT)
    moved = replace(plan.schedule, offsets=as_offsets(offsets))
    return Candidate(replace(plan, schedule=moved), move)


def as_offsets(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Starting times with one decimal, as they are written into plans."""
    return tuple(round(float(value), 1) for value in values)
