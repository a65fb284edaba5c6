"""Which choices of a plan matter: each taken back alone, scored with the same seeds.

A choice is taken back to what the search began with, and both plans are scored without steps, which
belong to one schedule alone. What that costs is the difference of two
schedules with one seed, for each of a few seeds, so that the noise of the passes is in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from types import MappingProxyType
from typing import Any, cast

from slotweave.ir.plan import Plan
from slotweave.parallel import crew_of
from slotweave.tuning.answers import Asked, evaluated, text_of
from slotweave.tuning.posed import Score
from slotweave.tuning.score import Task

#: The starting times of items, as a choice like the others.
OFFSETS = "offsets"


@dataclass(frozen=True)
class Ablation:
    """What it costs to take `choice` back, in cycles, by the seeds of the schedule.

    None where the plan without it does not fit.
    """

    choice: str
    costs: tuple[int | None, ...]

    @property
    def cost(self) -> float | None:
        """The median over seeds; None if it mostly does not fit."""
        known = [cost for cost in self.costs if cost is not None]
        return median(known) if 2 * len(known) > len(self.costs) else None

    @property
    def is_dead(self) -> bool:
        """Whether nothing changed with any seed."""
        return all(cost == 0 for cost in self.costs)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"choice": self.choice, "costs": list(self.costs), "cost": self.cost,
                "dead": self.is_dead}  # fmt: skip


def ablations(
    task: Task, begun: Plan, found: Plan, seeds: Sequence[int], workers: int = 1
) -> tuple[Ablation, ...]:
    """What each choice in which `found` differs from `begun` is worth, the dearest first."""
    variants = {"": found, **dict(_taken_back(begun, found))}
    scores: dict[tuple[str, int], Score | None] = {}
    crew = crew_of(partial(evaluated, task), workers)
    try:
        for choice, plan in variants.items():
            for seed in seeds:
                held = replace(plan.schedule, seed=seed, steps=(), due="")
                seeded = replace(plan, schedule=held)
                crew.give((choice, seed), (Asked(text_of(seeded)),))
        while answers := crew.answers():
            for key, (answer,) in answers:
                scores[cast("tuple[str, int]", key)] = answer.score
    finally:
        crew.close()
    made = [_compared(choice, seeds, scores) for choice in variants if choice]
    return tuple(sorted(made, key=lambda each: (each.cost is not None, -(each.cost or 0))))


def _compared(
    choice: str, seeds: Sequence[int], scores: dict[tuple[str, int], Score | None]
) -> Ablation:
    costs = []
    for seed in seeds:
        without, whole = scores[choice, seed], scores["", seed]
        both = without is not None and whole is not None
        costs.append(without.cycles - whole.cycles if both else None)  # type: ignore[union-attr]
    return Ablation(choice, tuple(costs))


def _taken_back(begun: Plan, found: Plan) -> Iterator[tuple[str, Plan]]:
    """`found` with one of its choices as in `begun`."""
    for name in sorted({*begun.choices, *found.choices}):
        if begun.choices.get(name) == found.choices.get(name):
            continue
        choices = dict(found.choices)
        if name in begun.choices:
            choices[name] = begun.choices[name]
        else:
            del choices[name]
        yield name, replace(found, choices=MappingProxyType(choices))
    if begun.schedule.offsets != found.schedule.offsets:
        schedule = replace(found.schedule, offsets=begun.schedule.offsets)
        yield OFFSETS, replace(found, schedule=schedule)
