"""Operations grouped by the list of modes they may choose from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.ir.problem import Ints, Problem

ModeRow = tuple[int, int, int]  # engine, slots, latency


@dataclass(frozen=True)
class ModeClasses:
    """`of[i]` is the class of operation i; `modes[c]` the modes that its operations have."""

    of: Ints
    modes: tuple[tuple[ModeRow, ...], ...]


def mode_classes(problem: Problem) -> ModeClasses:
    """Operations with equal lists of modes share a class; classes are numbered as they come."""
    columns = (problem.mode_engine, problem.mode_slots, problem.mode_latency)
    key = np.zeros(len(problem.mode_engine), np.int64)
    for column in columns:
        key = key * (int(column.max(initial=0)) + 2) + column + 1  # no engine is -1
    _rows, mode = np.unique(key, return_inverse=True)
    count = np.diff(problem.mode_offset)
    kind = np.zeros(problem.size, np.int64)
    for place in range(int(count.max(initial=0))):  # splits lists that are equal up to here
        present = count > place
        here = np.zeros(problem.size, np.int64)
        here[present] = mode[problem.mode_offset[:-1][present] + place] + 1
        kind = np.unique(kind * (len(mode) + 2) + here, return_inverse=True)[1]
    _kinds, first, kind = np.unique(kind, return_index=True, return_inverse=True)
    number = np.argsort(np.argsort(first)).astype(np.int32)
    modes = []
    for operation in np.sort(first).tolist():
        rows = slice(problem.mode_offset[operation], problem.mode_offset[operation + 1])
        modes.append(tuple(zip(*(column[rows].tolist() for column in columns), strict=True)))
    return ModeClasses(number[kind], tuple(modes))
