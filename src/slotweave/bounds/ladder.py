"""The ladder of lower bounds, weakest argument first."""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.analysis.mode_classes import mode_classes
from slotweave.bounds.critical_path import Distances, critical_path_bound, distances
from slotweave.bounds.engine import engine_bounds
from slotweave.bounds.heads_and_tails import heads_and_tails_bound
from slotweave.bounds.model import Bound
from slotweave.bounds.slots import dearest_prices, slots_bound
from slotweave.ir.problem import Problem


def bound_ladder(
    problem: Problem, at: Distances | None = None, names: Sequence[str] = ()
) -> tuple[Bound, ...]:
    """Every bound there is for `problem`; `at`: its `distances`, if known.

    `names` are what users call the operations, "" for those that they do not know; none if
    nothing is known of them but the problem.
    """
    at, classes = at or distances(problem), mode_classes(problem)
    dearest = dearest_prices(problem, classes)
    return (
        *engine_bounds(problem),
        slots_bound(problem, dearest),
        critical_path_bound(problem, at, names),
        heads_and_tails_bound(problem, at, classes, dearest),
    )


def best_bound(ladder: tuple[Bound, ...]) -> Bound:
    """The highest bound of the ladder; of equals the first."""
    return max(ladder, key=lambda bound: bound.cycles)
