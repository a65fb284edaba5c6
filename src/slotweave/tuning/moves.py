"""What a candidate changes: choices, the seed of the passes, when items start, or the schedule.

All moves but the last are of annealing, and begin with the plan that is current. A step changes the
schedule of the best plan itself: it costs a seventh of the others, and is taken if the schedule is
no worse (iterated local search; Lourenço, Martin and Stützle, 2003).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from slotweave.backend.schedule.forward_backward import AT_AN_END
from slotweave.ir.plan import MAX_STEPS, Plan
from slotweave.tuning.score import Task

#: Candidates that follow each other are a block. A block changes what the kernel chooses, the same
#: way in each of its candidates, which have different seeds: posing a problem takes as long as
#: scoring it dozens of times, and one schedule says little of a choice.
BLOCK = 8

#: How often a block changes choices.
SHARE_OF_CHOICES = 0.25

#: How often a candidate that keeps the choices is a step from the best plan, and how often one of
#: the others has another seed.
SHARE_OF_STEPS, SHARE_OF_SEEDS = 2 / 3, 0.3

#: How often a step is a change at one end of the schedule: in between, few slots are free.
SHARE_AT_AN_END = 0.75

#: Changes of starting times, in cycles (standard deviation).
SHIFT = 4.0

#: What may be changed, by the name that results give it.
CHOICES, STEP = "choices", "step"
MOVES = (CHOICES, "seed", "stretch", "shift", STEP)


@dataclass(frozen=True)
class Candidate:
    """A plan that differs from another one by a move."""

    plan: Plan
    move: str


def changes_choices(task: Task, seed: int, block: int) -> bool:
    """Whether the candidates of a block change what the kernel chooses."""
    drawn = _of_block(seed, block, 2).random()
    return task.kernel.vary is not None and drawn < SHARE_OF_CHOICES


def _of_block(seed: int, block: int, purpose: int) -> np.random.Generator:
    """Random numbers that all candidates of a block draw for one purpose."""
    return np.random.default_rng([seed, block, purpose])


def proposed(task: Task, current: Plan, best: Plan, seed: int, number: int) -> Candidate:
    """Candidate `number` of the search with `seed`: `current` changed, or a step from `best`."""
    vary: Callable[..., Plan] | None = task.kernel.vary
    plain = replace(current, schedule=replace(current.schedule, steps=()))
    rng = np.random.default_rng([seed, number])
    if vary is not None and changes_choices(task, seed, number // BLOCK):
        varied = vary(plain, task.parameters, task.contract, _of_block(seed, number // BLOCK, 3))
        return Candidate(_seeded(varied, rng) if number % BLOCK else varied, CHOICES)
    steps = best.schedule.steps
    if rng.random() < SHARE_OF_STEPS and best.schedule.offsets and len(steps) < MAX_STEPS:
        step = int(rng.integers(AT_AN_END))
        step += AT_AN_END if rng.random() < SHARE_AT_AN_END else 0
        schedule = replace(best.schedule, steps=(*steps, step))
        return Candidate(replace(best, schedule=schedule), STEP)
    if rng.random() < SHARE_OF_SEEDS:
        return Candidate(_seeded(plain, rng), "seed")
    return _with_other_offsets(plain, rng)


def _seeded(plan: Plan, rng: np.random.Generator) -> Plan:
    return replace(plan, schedule=replace(plan.schedule, seed=int(rng.integers(2**31))))


def _with_other_offsets(plan: Plan, rng: np.random.Generator) -> Candidate:
    """`plan` with other starting times."""
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
