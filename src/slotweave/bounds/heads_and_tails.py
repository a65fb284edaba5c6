"""The slots bound with heads and tails: no work before its inputs exist, none after which its
successors do not fit.

Let p[e] be the price of a slot of engine e, the slots of one cycle costing 1 in all, and let only
cycles a[e] .. T - 1 - b[e] of engine e be priced. An operation with a longest path of `head` cycles
before it and of `tail` cycles after its last slot issues in cycles head .. T - 1 - tail, so it
pays for a mode on e if head >= a[e] and tail >= b[e]; it pays at least for its cheapest mode. With
W for what all operations pay, T >= W + sum of p[e] * slots[e] * (a[e] + b[e]).

Heads and tails are those of the critical path, slots of a mode may lie in any cycles, and so the
bound holds for split vector operations. a and b are found by coordinate ascent; any are valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from slotweave.analysis.mode_classes import ModeClasses, mode_classes
from slotweave.bounds.critical_path import NO_TAIL, Distances, distances, least_span
from slotweave.bounds.model import Bound
from slotweave.bounds.slots import Prices, dearest_prices
from slotweave.ir.certificate import PriceCertificate
from slotweave.ir.problem import Problem

_Longs = NDArray[np.int64]
_Floats = NDArray[np.float64]

#: Rounds of coordinate ascent; each of them only ever raises the bound.
ROUNDS = 6


@dataclass(frozen=True)
class _Work:
    """Operations of one head, tail and class of modes as one row; `count` of them.

    `slots[row, e]` is the fewest slots of a mode on engine e, infinite if there is none; `kind` is
    the number of the class.
    """

    head: _Longs
    tail: _Longs
    count: _Longs
    slots: _Floats
    kind: _Longs

    def flipped(self) -> _Work:
        """The same seen from the end."""
        return replace(self, head=self.tail, tail=self.head)

    def that_pays(self, prices: Prices) -> _Work:
        """The rows that have no mode for nothing, whatever cycles are priced."""
        free = np.array([price == 0 for price in prices], bool)
        pays = ~np.isfinite(self.slots[:, free]).any(axis=1)
        return replace(
            self, head=self.head[pays], tail=self.tail[pays], count=self.count[pays],
            slots=self.slots[pays], kind=self.kind[pays],
        )  # fmt: skip


def heads_and_tails_bound(
    problem: Problem,
    at: Distances | None = None,
    classes: ModeClasses | None = None,
    dearest: tuple[Fraction, Prices] | None = None,
) -> Bound:
    """The highest bound over a few prices, each with the windows found for it.

    `at` are the `distances` of the problem, `classes` its `mode_classes` and `dearest` its
    `dearest_prices`, as far as they are known.
    """
    classes = classes or mode_classes(problem)
    work = _work(problem, at or distances(problem), classes)
    vectors = [(dearest or dearest_prices(problem, classes))[1]]
    for engine, slots in enumerate(problem.slots):
        if slots > 0:
            alone = [Fraction(0)] * len(problem.slots)
            alone[engine] = Fraction(1, slots)
            vectors.append(tuple(alone))
    best = max((_windowed(problem, work, prices) for prices in vectors), key=lambda pair: pair[0])
    cycles, certificate = best
    return Bound("heads and tails", cycles, _why(problem, certificate), certificate)


def _work(problem: Problem, at: Distances, classes: ModeClasses) -> _Work:
    """The operations that must have a slot, identical ones together."""
    fewest = np.full((max(1, len(classes.modes)), len(problem.engines)), np.inf)
    for number, modes in enumerate(classes.modes):
        for engine, slots, _latency in modes:
            if engine >= 0:
                fewest[number, engine] = min(fewest[number, engine], slots)
    free = np.array([any(mode[1] == 0 for mode in modes) for modes in classes.modes], bool)
    tail = np.maximum(at.tail - np.array(least_span(problem), np.int64), 0)
    rows = np.stack([at.head, tail, classes.of], axis=1).astype(np.int64)
    rows = rows[(at.tail > NO_TAIL) & ~free[classes.of]] if problem.size else rows
    _keys, at_row, count = np.unique(_row_keys(rows.T), return_index=True, return_counts=True)
    rows = rows[at_row]
    head, tail, kind = rows.T
    return _Work(head, tail, count.astype(np.int64), fewest[kind], kind)


def _row_keys(columns: Iterable[_Longs]) -> _Longs:
    """A number for each row of these columns of numbers from 0 on: equal rows, equal numbers.

    In the order of the rows, which np.unique(axis=0) gives too, but far more slowly.
    """
    keys: _Longs = np.zeros(1, np.int64)
    for column in columns:
        values = int(column.max(initial=0)) + 1
        if int(keys.max(initial=0)) >= 2**62 // values:
            keys = np.unique(keys, return_inverse=True)[1].astype(np.int64)
        keys = keys * values + column
    return keys


def _grouped(keys: _Longs, count: _Longs) -> tuple[_Longs, _Longs]:
    """A row of each key, and the sum of the `count`, which are above 0, of all its rows."""
    if keys.max(initial=0) > len(keys):
        keys = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    sums = np.bincount(keys, count).astype(np.int64)
    rows = np.zeros(len(sums), np.int64)
    rows[keys] = np.arange(len(keys))
    present = np.flatnonzero(sums)
    return rows[present], sums[present]


def _windowed(problem: Problem, work: _Work, prices: Prices) -> tuple[int, PriceCertificate]:
    """The bound at these prices, by the best windows that coordinate ascent finds.

    First all engines have one window, then each of them its own; until nothing moves any more.
    """
    none = np.zeros(len(prices), np.int64)
    first, last = none.copy(), none.copy()
    engines = [engine for engine, price in enumerate(prices) if price and len(work.count)]
    steps = [engines, *([engine] for engine in engines)] if engines else []
    paying = work.that_pays(prices)
    flipped = paying.flipped()
    still = 0  # the steps in a row that have moved nothing
    for moved in steps * ROUNDS:
        before = (first, last)
        first = _moved(problem, paying, prices, moved, (first, last))
        last = _moved(problem, flipped, prices, moved, (last, first))
        still = still + 1 if np.array_equal(before, (first, last)) else 0
        if still == len(set(map(tuple, steps))):
            break
    found = (_certified(problem, work, prices, *pair) for pair in ((none, none), (first, last)))
    return max(found, key=lambda pair: pair[0])


def _moved(
    problem: Problem, work: _Work, prices: Prices, moved: list[int], windows: tuple[_Longs, _Longs]
) -> _Longs:
    """The first priced cycles, those of the engines `moved` at the one that bounds the most.

    No later than the last head, for windows that hold no work prove nothing.
    """
    first = windows[0].copy()
    first[moved] = 0
    inside = _costs(work, prices, (first, windows[1]))
    outside = np.where(np.isfinite(work.slots[:, moved]).any(axis=1), 0.0, inside)
    lost = np.bincount(work.head, (inside - outside) * work.count, 1)
    weight = sum(float(prices[engine] * problem.slots[engine]) for engine in moved)
    gain = weight * np.arange(len(lost)) - np.cumsum(lost) + lost
    first[moved] = int(np.argmax(gain > gain.max() - 1e-9))
    return first


def _costs(work: _Work, prices: Prices, windows: tuple[_Longs, _Longs]) -> _Floats:
    """What an operation of each row pays at least, where no mode is for nothing."""
    result = np.full(len(work.count), inf)
    for engine, (price, pays) in enumerate(zip(prices, _pays(work, windows), strict=True)):
        if price:
            slots = work.slots[:, engine]
            costs = np.where(pays | ~np.isfinite(slots), slots * float(price), 0.0)
            result = np.minimum(result, costs)
    return result


def _pays(work: _Work, windows: tuple[_Longs, _Longs]) -> Iterator[NDArray[np.bool_]]:
    """For each engine, of each row whether all cycles of the operations are priced."""
    for first, last in zip(*windows, strict=True):
        yield (work.head >= first) & (work.tail >= last)


def _certified(
    problem: Problem, work: _Work, prices: Prices, first: _Longs, last: _Longs
) -> tuple[int, PriceCertificate]:
    """The cycles that these windows prove, in exact numbers."""
    pays = list(_pays(work, (first, last)))
    keys = work.kind
    for paid in pays:
        keys = 2 * keys + paid
    at, counts = _grouped(keys, work.count)
    slots = work.slots[at]
    paid_at = np.array([paid[at] for paid in pays], bool).reshape(len(pays), len(at)).T
    rows = np.where(paid_at | ~np.isfinite(slots), slots, 0.0)
    pairs = zip(rows.tolist(), counts.tolist(), strict=True)
    total = sum((count * _cheapest(row, prices) for row, count in pairs), Fraction(0))
    certificate = PriceCertificate(prices, tuple(first.tolist()), tuple(last.tolist()))
    return _fewest_cycles(problem, certificate, total), certificate


def _cheapest(row: list[float], prices: Prices) -> Fraction:
    """The price of the cheapest mode; `row` has its slots by engine, infinite for no mode."""
    return min(int(slots) * price for slots, price in zip(row, prices, strict=True) if slots < inf)


def _fewest_cycles(problem: Problem, certificate: PriceCertificate, total: Fraction) -> int:
    """The fewest cycles in which the priced slots cost `total` or more."""
    rows = zip(
        certificate.first, certificate.last, certificate.prices, problem.slots, strict=True
    )  # the window of an engine is empty until its idle cycles have passed
    idle = sorted((first + last, price * slots) for first, last, price, slots in rows if price)
    cycles, weight, cost = Fraction(0), Fraction(0), total
    for index, (begin, value) in enumerate(idle):
        weight, cost = weight + value, cost + begin * value
        cycles = cost / weight
        if index + 1 == len(idle) or cycles <= idle[index + 1][0]:
            break
    return ceil(cycles) if total else 0


def _why(problem: Problem, certificate: PriceCertificate) -> str:
    """Which engines bound, and how long each of them waits at either end."""
    rows = zip(
        problem.engines, certificate.prices, certificate.first, certificate.last, strict=True
    )
    waits = [name + _left_out(first, last) for name, price, first, last in rows if price]
    if not waits:
        return "there is nothing to do"
    return f"the work that only {' and '.join(waits)} can do"


def _left_out(first: int, last: int) -> str:
    """The cycles at both ends that hold none of the work."""
    if first == last == 1:
        return " (without its first and last cycle)"
    ends = [f"{end} cycle" if count == 1 else f"{end} {count:,} cycles"
            for end, count in (("first", first), ("last", last)) if count]  # fmt: skip
    return f" (without its {' and '.join(ends)})" if ends else ""
