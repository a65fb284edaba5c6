"""The slots bound: the work of a set of engines against the slots they have.

Put a price on a slot of each engine so that the slots of one cycle cost 1 in all. An operation
costs at least its cheapest mode, so the cheapest total is a number of cycles that no schedule
beats: this is the dual of the linear program that spreads operations over their modes. At its
optimum the engines with a price are tied together by operations that are as dear on one as on the
other (otherwise all prices could move to the dearer part), so the candidates are the trees of such
ties. They are searched best first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from heapq import heappop, heappush
from itertools import permutations
from math import ceil, floor

import numpy as np

from slotweave.analysis.mode_classes import ModeClasses, mode_classes
from slotweave.bounds.model import Bound
from slotweave.ir.certificate import PriceCertificate
from slotweave.ir.problem import Problem

Prices = tuple[Fraction, ...]
_Costs = frozenset[tuple[int, int]]  # (engine, slots) of the modes of an operation
_Ties = dict[int, list[tuple[int, Fraction]]]

#: Candidates looked at before the search for dearer prices stops; any of them gives a valid bound.
MOST_CANDIDATES = 1_000


def slots_bound(problem: Problem, dearest: tuple[Fraction, Prices] | None = None) -> Bound:
    """The best bound from the slots of a set of engines, operations choosing the cheapest mode.

    `dearest` are the `dearest_prices` of the problem, if they are known.
    """
    total, prices = dearest or dearest_prices(problem)
    none = (0,) * len(prices)
    certificate = PriceCertificate(prices, none, none)
    return Bound("slots", ceil(total), _why(problem, prices, total), certificate)


def dearest_prices(problem: Problem, classes: ModeClasses | None = None) -> tuple[Fraction, Prices]:
    """The prices at which the cheapest total is largest, and that total.

    `classes` are the `mode_classes` of the problem, if they are known.
    """
    classes = classes or mode_classes(problem)
    work = Counter[_Costs]()
    for modes, count in zip(classes.modes, np.bincount(classes.of).tolist(), strict=True):
        work[frozenset((engine, slots) for engine, slots, _latency in modes)] += count
    ties = _ties(work)
    best = (Fraction(0), tuple(Fraction(0) for _ in problem.engines))
    found: set[Prices] = set()
    queue: list[tuple[Fraction, Prices]] = []

    def look_at(prices: Prices) -> None:
        if prices not in found and len(found) < MOST_CANDIDATES:
            found.add(prices)
            heappush(queue, (-_priced(work, prices), prices))

    for engine, slots in enumerate(problem.slots):
        if slots > 0:
            look_at(_scaled({engine: Fraction(1)}, problem.slots))
    while queue:
        negated, prices = heappop(queue)
        best = max(best, (-negated, prices), key=lambda pair: pair[0])
        for tied in _tied_to(prices, ties):
            look_at(_scaled(tied, problem.slots))
    return best


def _priced(work: Counter[_Costs], prices: Prices) -> Fraction:
    """What all operations cost at least, at these prices: a number of cycles."""
    free = Fraction(0)
    return sum(
        (
            count * min(prices[engine] * slots if engine >= 0 else free for engine, slots in modes)
            for modes, count in work.items()
        ),
        free,
    )


def _scaled(relative: dict[int, Fraction], slots: tuple[int, ...]) -> Prices:
    """Prices of all engines, in the proportions given, at which the slots of a cycle cost 1."""
    cycle = sum(price * slots[engine] for engine, price in relative.items())
    return tuple(relative.get(engine, Fraction(0)) / cycle for engine in range(len(slots)))


def _tied_to(prices: Prices, ties: _Ties) -> Iterator[dict[int, Fraction]]:
    """`prices` with one more engine priced so that some operation is torn between two."""
    priced = {engine: price for engine, price in enumerate(prices) if price}
    for engine, price in priced.items():
        for other, ratio in ties.get(engine, ()):
            if other not in priced:
                yield {**priced, other: price * ratio}


def _ties(work: Counter[_Costs]) -> _Ties:
    """engine -> (other engine, price there for a price of 1 here) at which operations are torn."""
    ties: dict[int, set[tuple[int, Fraction]]] = {}
    for modes in work:
        for (engine, slots), (other, other_slots) in permutations(modes, 2):
            if engine >= 0 and other >= 0 and engine != other:
                ties.setdefault(engine, set()).add((other, Fraction(slots, other_slots)))
    return {engine: sorted(row) for engine, row in ties.items()}


def _why(problem: Problem, prices: Prices, total: Fraction) -> str:
    engines = [name for name, price in zip(problem.engines, prices, strict=True) if price]
    if not engines:
        return "there is nothing to do"
    return f"the work that only {' and '.join(engines)} can do fills {_amount(total)} cycles"


def _amount(cycles: Fraction) -> str:
    """`cycles` with one digit, if that does not say that a whole number of them would do."""
    whole, shown = floor(cycles), f"{float(cycles):,.1f}"
    return f"a little over {whole:,}" if cycles > whole and shown == f"{whole:,}.0" else shown
