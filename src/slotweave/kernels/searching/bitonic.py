"""Bitonic sort (Batcher, 1968), of vectors that each sort a column of their own."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.frontend.tracer import Tracer
from slotweave.frontend.values import Vector
from slotweave.kernels.forms import Form, size, workload


def bitonic(form: Form, keys: int, columns: int) -> None:
    """sort each column of `keys` rows of `columns` words; 8 and 64 keys are usual"""
    k = form.k
    lanes = k.vector_length
    x = k.region("x", 0, keys * columns, output=True)
    for i in form.vectors(columns, "columns"):
        at = i * lanes
        rows = [x.vload(row * columns + at) for row in range(keys)]
        for low, high in comparators(keys):
            rows[low], rows[high] = _in_order(k, rows[low], rows[high])
        for row, vector in enumerate(rows):
            x.vstore(row * columns + at, vector)


def _in_order(k: Tracer, one: Vector, other: Vector) -> tuple[Vector, Vector]:
    less = one < other
    return k.select(less, one, other), k.select(less, other, one)


def comparators(keys: int) -> list[tuple[int, int]]:
    """The pairs (lower, higher) that are put in order, one after the other; a power of two keys."""
    pairs = []
    width = 2
    while width <= keys:
        distance = width // 2
        while distance:
            for one in range(keys):
                other = one ^ distance
                if one < other:
                    pairs.append((one, other) if one & width == 0 else (other, one))
            distance //= 2
        width *= 2
    return pairs


def reference(memory: Words, keys: int, columns: int) -> None:
    """The same with NumPy."""
    whole = columns - columns % 8
    table = memory[: keys * columns].reshape(keys, columns)
    table[:, :whole] = np.sort(table[:, :whole], axis=0)


BITONIC = workload("bitonic-sort", bitonic, reference, {
    "keys": size(8, 1, 64, "keys of a column, a power of two"),
    "columns": size(64, 8, text="columns, a multiple of 8"),
})  # fmt: skip
