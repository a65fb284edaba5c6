"""Stencils: each word becomes a weighted sum of its neighbours."""

from __future__ import annotations

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def stencil_1d(form: Form, n: int) -> None:
    """y[i] = x[i] + 2 x[i + 1] + x[i + 2], for n outputs"""
    k = form.k
    x = k.region("x", 0, n + 2, read_only=True)
    y = k.region("y", n + 2, n, output=True)
    for i in form.rounds(n // k.vector_length):
        at = i * k.vector_length
        y.vstore(at, x.vload(at) + 2 * x.vload(at + 1) + x.vload(at + 2))
    for at in range(n - n % k.vector_length, n):
        y.store(at, x[at] + 2 * x[at + 1] + x[at + 2])


def reference_1d(memory: Words, n: int) -> None:
    """The same with NumPy."""
    x = memory[: n + 2].copy()
    memory[n + 2 : 2 * n + 2] = x[:-2] + 2 * x[1:-1] + x[2:]


def stencil_2d(form: Form, n: int, rows: int) -> None:
    """five points: each inner word 4 times, less its four neighbours; `rows` rows of n words"""
    k = form.k
    wide = n + 2
    x = k.region("x", 0, wide * (rows + 2), read_only=True)
    y = k.region("y", wide * (rows + 2), n * rows, output=True)
    for row in form.rounds(rows):
        above = row * wide
        for at in range(0, n - n % k.vector_length, k.vector_length):
            up, left = x.vload(above + at + 1), x.vload(above + wide + at)
            right, down = x.vload(above + wide + at + 2), x.vload(above + 2 * wide + at + 1)
            y.vstore(row * n + at, 4 * x.vload(above + wide + at + 1) - up - left - right - down)
        for at in range(n - n % k.vector_length, n):
            words = (x[above + at + 1], x[above + wide + at], x[above + wide + at + 2])
            rest = words[0] + words[1] + words[2] + x[above + 2 * wide + at + 1]
            y.store(row * n + at, 4 * x[above + wide + at + 1] - rest)


def reference_2d(memory: Words, n: int, rows: int) -> None:
    """The same with NumPy."""
    size_of_x = (n + 2) * (rows + 2)
    x = memory[:size_of_x].reshape(rows + 2, n + 2)
    y = 4 * x[1:-1, 1:-1] - x[:-2, 1:-1] - x[1:-1, :-2] - x[1:-1, 2:] - x[2:, 1:-1]
    memory[size_of_x : size_of_x + n * rows] = y.ravel()


STENCIL_1D = workload("stencil-1d", stencil_1d, reference_1d, {"n": size(256, text="outputs")})
STENCIL_2D = workload("stencil-2d", stencil_2d, reference_2d, {
    "n": size(16, text="outputs in a row"), "rows": size(16, text="rows"),
})  # fmt: skip
