"""Tree hash compiled for shapes so small that a test can break it a hundred times."""

from __future__ import annotations

from functools import cache

from slotweave.kernels.tree_hash import TREE_HASH
from slotweave.machine import CHALLENGE
from slotweave.pipeline import Result
from slotweave.selftest.fitted_mutations import Fitted
from slotweave.selftest.trial import Origin
from support.tree_hash import compiled


@cache
def small_result(contract: str = "values") -> Result:
    """Two vectors of items, five rounds in a tree of height 3."""
    return compiled((3, 5, 16), contract, instances=2)


@cache
def result_with_sums() -> Result:
    """Eight vectors of items: so many that some constants may also be sums, or added immediates."""
    return compiled((3, 5, 64), "values", instances=2)


def origin_of(result: Result) -> Origin:
    return Origin(TREE_HASH, result.parameters, result.contract, result.plan, CHALLENGE)


def fitted_of(result: Result) -> Fitted:
    return Fitted(result.schedule, result.allocation)
