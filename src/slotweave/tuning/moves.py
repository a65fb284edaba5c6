"""What a candidate changes: choices, the seed of the passes, when items start, or the schedule.

Most moves are of annealing, and begin with the plan that is current. A step changes the schedule of
the leading plan itself: it costs a seventh of the others, and is taken if the schedule reaches no
further (iterated local search; Lourenço, Martin and Stützle, 2003). A few choices of the leading
plan are changed while its schedule is carried over, and then improved by steps: so what hours of
steps came to is not lost by a change of choices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.plan import MAX_STEPS, Plan
from slotweave.tuning.carried import drawn_step
from slotweave.tuning.score import Task

#: Candidates that follow each other are a block. A block changes what the kernel chooses, the same
#: way in each of its candidates, which have different seeds: posing a problem takes as long as
#: scoring it dozens of times, and one schedule says little of a choice.
BLOCK = 8

#: How often a block changes choices, and how often it carries the schedule over then: each
#: candidate of such a block is CARRIED_STEPS steps further than the one before.
SHARE_OF_CHOICES, SHARE_CARRIED, CARRIED_STEPS = 0.25, 0.8, 2

#: How often a candidate goes on from the leading plan, once that was carried over itself: it is far
#: ahead then of what annealing makes anew.
SHARE_IN_THE_LEAD = 0.95

#: How often a candidate that keeps the choices is a step from the leading plan, and how often one
#: of the others has another seed.
SHARE_OF_STEPS, SHARE_OF_SEEDS = 2 / 3, 0.3

#: Changes of starting times, in cycles (standard deviation).
SHIFT = 4.0

#: What may be changed, by the name that results give it.
CHOICES, CARRIED, STEP = "choices", "carried", "step"
MOVES = (CHOICES, CARRIED, "seed", "stretch", "shift", STEP)


@dataclass(frozen=True)
class Candidate:
    """A plan that differs from another one by a move.

    To be CARRIED from `before`, it is to have the schedule of that one after `steps` more steps.
    """

    plan: Plan
    move: str
    before: Plan | None = None
    steps: int = 0


def changes_choices(task: Task, seed: int, block: int) -> bool:
    """Whether the candidates of a block change what the kernel chooses."""
    drawn = _of_block(seed, block, 2).random()
    return task.kernel.vary is not None and drawn < SHARE_OF_CHOICES


def _of_block(seed: int, block: int, purpose: int) -> np.random.Generator:
    """Random numbers that all candidates of a block draw for one purpose."""
    return np.random.default_rng([seed, block, purpose])


def proposed(task: Task, current: Plan, leading: Plan, seed: int, number: int) -> Candidate:
    """Candidate `number` of the search with `seed`: `current` or `leading` changed."""
    held = leading.schedule
    ahead = SHARE_IN_THE_LEAD if held.due else 0.0
    plain = replace(current, schedule=replace(current.schedule, steps=(), due=""))
    rng = np.random.default_rng([seed, number])
    if changes_choices(task, seed, number // BLOCK):
        block, at = divmod(number, BLOCK)
        first = task.kept_block(
            (seed, block), current, leading,
            lambda: _with_other_choices(task, plain, leading, _of_block(seed, block, 3), ahead),
        )  # fmt: skip
        if first.before is not None:
            return replace(first, steps=CARRIED_STEPS * (at + 1))
        return replace(first, plan=_seeded(first.plan, rng)) if at else first
    if rng.random() < max(SHARE_OF_STEPS, ahead) and held.offsets and len(held.steps) < MAX_STEPS:
        schedule = replace(held, steps=(*held.steps, drawn_step(rng)))
        return Candidate(replace(leading, schedule=schedule), STEP)
    if rng.random() < SHARE_OF_SEEDS:
        return Candidate(_seeded(plain, rng), "seed")
    return _with_other_offsets(plain, rng)


def _with_other_choices(
    task: Task, current: Plan, leading: Plan, rng: np.random.Generator, ahead: float
) -> Candidate:
    """The first candidate of a block that changes what the kernel chooses."""
    vary, held = task.kernel.vary, leading.schedule
    assert vary is not None  # there is something to choose
    if rng.random() < max(SHARE_CARRIED, ahead) and held.offsets:
        varied = vary(leading, task.parameters, task.contract, rng, few=True)
        other = replace(held, due="", steps=(), seed=int(rng.integers(2**31)))
        return Candidate(replace(varied, schedule=other), CARRIED, leading, CARRIED_STEPS)
    return Candidate(vary(current, task.parameters, task.contract, rng), CHOICES)


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
