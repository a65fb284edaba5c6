"""Why slots of a straight program are idle, by engine.

A slot of bundle t is idle for the first of these reasons that holds for its engine:

    free        an operation that stands later needs nothing that is not there at t
    scratch     one has its operands and memory, and waits for the word that it writes
    memory      one has its operands, and waits for an access that it may meet in memory
    elsewhere   an operand of one could have been computed at t, and the engine for it is full
    dependence  operations are still to come, and wait for operands that cannot be had yet
    nothing     no operation for the engine is left

Pauses and halts keep their place, and are no work that a slot could wait for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.report.placements import Placements
from slotweave.simulate.legality import costs_a_cycle

IDLE_CAUSES = ("free", "scratch", "memory", "elsewhere", "dependence", "nothing")


def idle_causes(
    program: Program, machine: Machine, placed: Placements
) -> dict[str, dict[str, int]]:
    """engine -> cause -> number of idle slots, in the bundles that cost a cycle."""
    table = idle_table(program, machine, placed)
    counted = np.array([costs_a_cycle(bundle) for bundle in program.bundles], bool)
    result = {}
    for engine, slots in machine.engines:
        used = [len(bundle.get(engine, ())) for bundle in program.bundles]
        spare = (slots - np.array(used, np.int64)) * counted
        counts = np.bincount(table[engine], weights=spare, minlength=len(IDLE_CAUSES))
        named = zip(IDLE_CAUSES, counts.astype(int).tolist(), strict=True)
        result[engine] = {cause: number for cause, number in named if number}
    return result


def idle_table(
    program: Program, machine: Machine, placed: Placements
) -> dict[str, NDArray[np.int64]]:
    """engine -> for each bundle, the cause (its place in IDLE_CAUSES) of slots idle there."""
    size = len(program.bundles)
    waits = {engine: [[0] * (size + 1) for _ in range(3)] for engine in machine.slots}
    last = dict.fromkeys(machine.slots, -1)
    held = (placed.earliest[cause] for cause in ("operand", "memory", "scratch"))
    for operation, operands, memory, scratch in zip(placed.issued, *held, strict=True):
        if operation.kind.breaks:
            continue
        ordered = max(operands, memory)
        free = max(ordered, scratch)
        rows = waits[operation.engine]
        for row, start, end in (
            (0, free, operation.bundle), (1, ordered, free), (2, operands, ordered)
        ):  # fmt: skip
            if start < end:
                rows[row][start] += 1
                rows[row][end] -= 1
        last[operation.engine] = max(last[operation.engine], operation.bundle)
    elsewhere = _elsewhere(program, machine, placed)
    bundles = np.arange(size)
    table = {}
    for engine, rows in waits.items():
        waiting = np.cumsum(rows, axis=1)[:, :size] > 0
        cases = [*waiting, elsewhere[engine], bundles < last[engine]]
        table[engine] = np.select(cases, range(5), 5).astype(np.int64)
    return table


def _elsewhere(
    program: Program, machine: Machine, placed: Placements
) -> dict[str, NDArray[np.bool_]]:
    """engine -> bundles in which an operand for it was held back by a full engine alone."""
    size = len(program.bundles)
    waits = {(user, engine): [0] * (size + 1) for user in machine.slots for engine in machine.slots}
    pairs = {(user.engine, made) for user in placed.issued for made in user.producers}
    for user, made in pairs:
        producer, free = placed.issued[made], placed.free_from(made)
        if free < producer.bundle:
            waits[user, producer.engine][free] += 1
            waits[user, producer.engine][producer.bundle] -= 1
    full = {
        engine: np.array([len(bundle.get(engine, ())) >= slots for bundle in program.bundles], bool)
        for engine, slots in machine.engines
    }
    found = {engine: np.zeros(size, bool) for engine in machine.slots}
    for (user, engine), change in waits.items():
        found[user] |= (np.cumsum(change)[:size] > 0) & full[engine]
    return found
