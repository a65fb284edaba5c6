"""What the searches of a study came to, seed by seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class SeedOutcome:
    """The search of a seed: its best cycles, evaluations in all, and how many there were when it
    had found that (0: it began with it)."""

    cycles: int
    bound: int
    evaluations: int
    to_best: int


def outcome_of_seeds(seeds: Mapping[int, SeedOutcome]) -> dict[str, Any]:
    """Cycles by seed, the best and the median of them, how far they are apart, and how many
    evaluations each took to its best, as JSON knows them."""
    cycles = [seed.cycles for seed in seeds.values()]
    return {
        "seeds": {str(seed): outcome.cycles for seed, outcome in seeds.items()},
        "best": min(cycles, default=None),
        "median": median(cycles) if cycles else None,
        "spread": max(cycles) - min(cycles) if cycles else None,
        "evaluations_to_best": {str(seed): outcome.to_best for seed, outcome in seeds.items()},
    }
