"""Operations grouped by the list of modes they may choose from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

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
    rows: list[ModeRow] = list(zip(*(column.tolist() for column in columns), strict=True))
    numbers: dict[tuple[ModeRow, ...], int] = {}
    of = [
        numbers.setdefault(tuple(rows[start:stop]), len(numbers))
        for start, stop in pairwise(problem.mode_offset.tolist())
    ]
    return ModeClasses(np.array(of, np.int32), tuple(numbers))
