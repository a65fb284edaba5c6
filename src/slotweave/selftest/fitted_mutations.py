"""Small changes of a schedule and of an allocation, as values: before a program is made of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from slotweave.backend.fitted import Fitted
from slotweave.ir.problem import Ints, Problem
from slotweave.selftest.mutant import Mutant, Mutation

#: How many cycles an operation is moved at most.
REACH = 12

LEGAL = "a legal schedule and allocation"


def schedule_mutations(problem: Problem) -> tuple[Mutation[Fitted], ...]:
    """All kinds of changes of schedules of `problem`."""

    def change_mode(fitted: Fitted, rng: np.random.Generator) -> Mutant[Fitted] | None:
        return _change_mode(fitted, problem, rng)

    return (_move, _exchange, change_mode)


def allocation_mutations(problem: Problem) -> tuple[Mutation[Fitted], ...]:
    """All kinds of changes of allocations for `problem`."""

    def reach_past_the_end(fitted: Fitted, rng: np.random.Generator) -> Mutant[Fitted] | None:
        return _reach_past_the_end(fitted, problem, rng)

    return (_share, _shift, _exchange_addresses, reach_past_the_end)


def _move(fitted: Fitted, rng: np.random.Generator) -> Mutant[Fitted] | None:
    """A slot goes to a cycle nearby."""
    cycle = fitted.schedule.cycle
    slot = int(rng.integers(len(cycle)))
    moved = int(cycle[slot] + rng.integers(-REACH, REACH + 1))
    if moved == cycle[slot] or not 0 <= moved < fitted.schedule.makespan:
        return None
    change = f"slot {slot} of the schedule from cycle {cycle[slot]} to {moved}"
    return _scheduled("move in the schedule", change, fitted, _with(cycle, slot, moved))


def _exchange(fitted: Fitted, rng: np.random.Generator) -> Mutant[Fitted] | None:
    """Two slots change cycles."""
    cycle = fitted.schedule.cycle
    one, other = rng.integers(len(cycle), size=2).tolist()
    if cycle[one] == cycle[other]:
        return None
    changed = _with(_with(cycle, one, int(cycle[other])), other, int(cycle[one]))
    return _scheduled("exchange cycles", f"slots {one} and {other}", fitted, changed)


def _change_mode(
    fitted: Fitted, problem: Problem, rng: np.random.Generator
) -> Mutant[Fitted] | None:
    """An operation runs in another mode of as many slots."""
    schedule = fitted.schedule
    operation = int(rng.integers(problem.size))
    first, stop = problem.mode_offset[operation : operation + 2].tolist()
    now = first + int(schedule.mode[operation])
    slots = problem.mode_slots
    others = [m for m in range(first, stop) if m != now and slots[m] == slots[now]]
    if not others:
        return None
    mode = others[int(rng.integers(len(others)))] - first
    changed = replace(schedule, mode=_with(schedule.mode, operation, mode))
    return Mutant("change a mode", f"operation {operation} in mode {mode}",
                  replace(fitted, schedule=changed), LEGAL)  # fmt: skip


def _share(fitted: Fitted, rng: np.random.Generator) -> Mutant[Fitted] | None:
    """A storage gets the address of another one."""
    address = fitted.allocation.address
    one, other = rng.integers(len(address), size=2).tolist()
    if address[one] < 0 or address[other] < 0 or address[one] == address[other]:
        return None
    change = f"storage {one} where storage {other} is, at {address[other]}"
    return _allocated("share an address", change, fitted, _with(address, one, int(address[other])))


def _shift(fitted: Fitted, rng: np.random.Generator) -> Mutant[Fitted] | None:
    """A storage lies a few words from its place."""
    allocation = fitted.allocation
    storage = int(rng.integers(len(allocation.address)))
    old = int(allocation.address[storage])
    new = old + int(rng.integers(-REACH, REACH + 1))
    if old < 0 or new == old or not 0 <= new < allocation.size - REACH:
        return None
    change = f"storage {storage} from {old} to {new}"
    return _allocated("shift an address", change, fitted, _with(allocation.address, storage, new))


def _exchange_addresses(fitted: Fitted, rng: np.random.Generator) -> Mutant[Fitted] | None:
    """Two storages lie where the other one should."""
    address = fitted.allocation.address
    one, other = rng.integers(len(address), size=2).tolist()
    if address[one] < 0 or address[other] < 0 or address[one] == address[other]:
        return None
    changed = _with(_with(address, one, int(address[other])), other, int(address[one]))
    return _allocated("exchange addresses", f"storages {one} and {other}", fitted, changed)


def _reach_past_the_end(
    fitted: Fitted, problem: Problem, rng: np.random.Generator
) -> Mutant[Fitted] | None:
    """The last word of a storage lies past the end of scratch."""
    allocation = fitted.allocation
    storage = int(rng.integers(len(allocation.address)))
    if allocation.address[storage] < 0:
        return None
    new = allocation.size + 1 - int(problem.storage_words[storage])
    change = f"storage {storage} at {new}"
    return _allocated("leave scratch", change, fitted, _with(allocation.address, storage, new))


def _scheduled(kind: str, change: str, fitted: Fitted, cycle: Ints) -> Mutant[Fitted]:
    schedule = replace(fitted.schedule, cycle=cycle)
    return Mutant(kind, change, replace(fitted, schedule=schedule), LEGAL)


def _allocated(kind: str, change: str, fitted: Fitted, address: Ints) -> Mutant[Fitted]:
    allocation = replace(fitted.allocation, address=address)
    return Mutant(kind, change, replace(fitted, allocation=allocation), LEGAL)


def _with(column: Ints, index: int, value: int) -> Ints:
    """`column` with another value at `index`."""
    changed = column.copy()
    changed[index] = value
    return changed
