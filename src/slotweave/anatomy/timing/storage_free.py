"""A scheduling problem whose operations may use any words of scratch: modes and edges alone."""

from __future__ import annotations

import numpy as np

from slotweave.ir.problem import Ints, Problem
from slotweave.machine import Machine


def storage_free_problem(
    machine: Machine, modes: tuple[Ints, Ints], edges: tuple[Ints, Ints]
) -> Problem:
    """The problem of operations of which none writes or reads a storage.

    Each of the two is the first row of each operation (and the end), and a table of three columns:
    engine, slots and latency of modes; predecessor, kind and lag of edges.
    """
    mode_offset, mode = modes
    pred_offset, pred = edges
    size, none = len(mode_offset) - 1, np.zeros(0, np.int32)
    mode_engine, mode_slots, mode_latency = _columns(mode)
    pred_of, pred_kind, pred_lag = _columns(pred)
    return Problem(
        engines=tuple(machine.slots),
        slots=tuple(machine.slots.values()),
        nodes=np.arange(size, dtype=np.int32),
        items=np.full(size, -1, np.int32),
        mode_offset=mode_offset,
        mode_engine=mode_engine,
        mode_slots=mode_slots,
        mode_latency=mode_latency,
        mode_source=np.full(len(mode), -1, np.int32),
        pred_offset=pred_offset,
        pred=pred_of,
        pred_kind=pred_kind,
        pred_lag=pred_lag,
        writes=np.full(size, -1, np.int32),
        read_offset=np.zeros(size + 1, np.int32),
        read=none,
        storage_words=none,
    )


def _columns(table: Ints) -> tuple[Ints, Ints, Ints]:
    first, second, third = (np.ascontiguousarray(column, np.int32) for column in table.T)
    return first, second, third
