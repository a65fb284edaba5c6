"""How far apart two operations on memory, traces or control must stand: the one table of it.

All slots of a bundle read the state before it. A store of latency l that issues in bundle t lands
before bundle t + l is run; of two that land together the one issued later stands. A trace is
appended when it issues. A pause or halt takes effect when its bundle is over, and lets all that is
in flight land. So, if what comes first issues in bundle t, what follows issues no earlier than t
plus

    first    then     lag
    store    load     latency of the store
    store    store    latency of the first - latency of the second + 1
    load     store    1 - latency of the store
    trace    trace    1 (they stand in the order in which they are appended)
    any      pause    0: what stands beside a pause or halt is done when it takes effect
    pause    any      1: nothing of the bundle of a pause is left when it takes effect

With pauses disabled what is in flight at one lands later; programs that are made here have nothing
in flight there (`backend.lower`), so that both are the same. All other pairs have no order. Where a
bundle lists the two in their order, two stores may land together and two traces stand side by side;
a scheduler does not choose that order, so this is left out of what it must keep, but not of what a
bound may assume. Where modes differ in latency the lag is one that every choice obeys (`safe_lag`),
or that no choice undercuts (`least_lag`).
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.isa.operations import LOADS, STORES, TRACES, Operation

#: Operations after which nothing of their bundle is left to run.
STOPS = frozenset({"pause", "halt"})


@dataclass(frozen=True, slots=True)
class Access:
    """An operation that has an order, and the shortest and longest latency that it can have."""

    operation: Operation
    fastest: int = 1
    slowest: int = 1


def safe_lag(first: Access, then: Access) -> int | None:
    """The least lag that keeps the order of the two however their bundle lists them.

    None: they have no order.
    """
    return _lag(first.operation, then.operation, first.slowest, then.fastest, 1)


def least_lag(first: Access, then: Access) -> int | None:
    """No schedule that keeps the order of the two has a smaller lag; None: they have no order."""
    return _lag(first.operation, then.operation, first.fastest, then.slowest, 0)


def _lag(
    first: Operation, then: Operation, first_lands: int, then_lands: int, beside: int
) -> int | None:
    """`beside` is the lag of two that may stand beside each other where they are listed so."""
    if first.name in STOPS:
        return 1
    if then.name in STOPS:
        return 0
    if then.effect is STORES:
        if first.effect is STORES:
            return first_lands - then_lands + beside
        return 1 - then_lands if first.effect is LOADS else None
    if then.effect is LOADS:
        return first_lands if first.effect is STORES else None
    return beside if first.effect is then.effect is TRACES else None
