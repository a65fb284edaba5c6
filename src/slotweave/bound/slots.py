"""The slots bound: the work of a set of engines against the slots they have.

Put a price on a slot of each engine so that the slots of one cycle cost 1 in all. An operation
costs at least its cheapest mode, so the cheapest total is a number of cycles that no schedule
beats: this is the dual of the linear program that spreads operations over their modes. At its
optimum the engines with a price are tied together by operations that are as dear on one as on the
other (otherwise all prices could move to the dearer part), so the candidates are the trees of such
ties.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np

from slotweave.analysis.mode_classes import ModeClasses, mode_classes
from slotweave.bound.model import Bound
from slotweave.ir.problem import Problem

Prices = tuple[Fraction, ...]

#: Candidates looked at before the search for dearer prices stops; any of them gives a valid bound.
MOST_CANDIDATES = 20_000


def slots_bound(problem: Problem) -> Bound:
    """The best bound from the slots of a set of engines, operations choosing the cheapest mode."""
    total, prices = _dearest(problem)
    return Bound("slots", ceil(total), _why(problem, prices, total))


def best_prices(problem: Problem) -> tuple[float, ...]:
    """The prices a slot of each engine has at the bound: what it is worth to spare one."""
    return tuple(float(price) for price in _dearest(problem)[1])


def _dearest(problem: Problem) -> tuple[Fraction, Prices]:
    """The prices at which the cheapest total is largest, and that total."""
    classes = mode_classes(problem)
    counts = np.bincount(classes.of, minlength=len(classes.modes)).tolist()
    best = (Fraction(0), tuple(Fraction(0) for _ in problem.engines))
    for prices in candidate_prices(problem, classes):
        total = priced_work(classes, counts, prices)
        if total > best[0]:
            best = (total, prices)
    return best


def priced_work(classes: ModeClasses, counts: list[int], prices: Prices) -> Fraction:
    """What all operations cost at least, at these prices: a number of cycles."""
    total = Fraction(0)
    for modes, count in zip(classes.modes, counts, strict=True):
        cheapest = min(
            prices[engine] * slots if engine >= 0 else Fraction(0)
            for engine, slots, _latency in modes
        )
        total += cheapest * count
    return total


def candidate_prices(problem: Problem, classes: ModeClasses) -> list[Prices]:
    """Prices, scaled to 1 a cycle, under which operations tie a set of engines together."""
    ties = _ties(classes)
    found: dict[Prices, None] = {}
    for start, slots in enumerate(problem.slots):
        if slots == 0:
            continue
        stack = [{start: Fraction(1)}]
        while stack and len(found) < MOST_CANDIDATES:
            relative = stack.pop()
            cycle = sum(price * problem.slots[engine] for engine, price in relative.items())
            prices = tuple(
                relative.get(engine, Fraction(0)) / cycle for engine in range(len(problem.slots))
            )
            if prices in found:
                continue
            found[prices] = None
            for engine, price in relative.items():
                stack += [
                    {**relative, other: price * ratio}
                    for other, ratio in ties.get(engine, ())
                    if other not in relative
                ]
    return list(found)


def _ties(classes: ModeClasses) -> dict[int, list[tuple[int, Fraction]]]:
    """engine -> (other engine, price there for a price of 1 here) at which a class is torn."""
    ties: dict[int, dict[tuple[int, Fraction], None]] = {}
    for modes in classes.modes:
        for engine, slots, _ in modes:
            for other, other_slots, _ in modes:
                if engine >= 0 and other >= 0 and engine != other:
                    ratio = Fraction(slots, other_slots)
                    ties.setdefault(engine, {})[other, ratio] = None
    return {engine: list(row) for engine, row in ties.items()}


def _why(problem: Problem, prices: Prices, total: Fraction) -> str:
    engines = [name for name, price in zip(problem.engines, prices, strict=True) if price]
    if not engines:
        return "there is nothing to do"
    return f"the work that only {' and '.join(engines)} can do fills {float(total):.1f} cycles"
