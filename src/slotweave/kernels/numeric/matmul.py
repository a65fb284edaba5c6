"""Matrix multiply: C = A B, square."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def matmul(form: Form, n: int) -> None:
    """C = A B for n by n words, row by row"""
    k = form.k
    a = k.region("A", 0, n * n, read_only=True)
    b = k.region("B", n * n, n * n, read_only=True)
    c = k.region("C", 2 * n * n, n * n, output=True)
    lanes = k.vector_length
    for i in form.rounds(n):
        row = i * n
        words = [a[row + j] for j in range(n)]
        for at in range(0, n - n % lanes, lanes):
            total = k.broadcast(words[0]) * b.vload(at)
            for j in range(1, n):
                total = total + k.broadcast(words[j]) * b.vload(j * n + at)
            c.vstore(row + at, total)
        for at in range(n - n % lanes, n):
            word = words[0] * b[at]
            for j in range(1, n):
                word = word + words[j] * b[j * n + at]
            c.store(row + at, word)


def reference(memory: Words, n: int) -> None:
    """The same with NumPy."""
    a, b = memory[: n * n].reshape(n, n), memory[n * n : 2 * n * n].reshape(n, n)
    memory[2 * n * n : 3 * n * n] = np.matmul(a, b).ravel()


MATMUL = workload("matmul", matmul, reference, {"n": size(16, 1, 128, "rows and columns")})
