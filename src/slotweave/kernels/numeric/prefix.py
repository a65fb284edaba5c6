"""Prefix sum: each output is the sum of all inputs so far."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def prefix(form: Form, n: int) -> None:
    """y[i] = x[0] + ... + x[i]"""
    k = form.k
    lanes = k.vector_length
    x = k.region("x", 0, n, read_only=True)
    y = k.region("y", n, n, output=True)
    zero = form.carried(k.literal_vector(0))
    carry = form.carried(k.literal(0))
    for i in form.rounds(n // lanes):
        at = i * lanes
        total, step = x.vload(at), 1
        while step < lanes:  # Hillis and Steele, 1986: each step doubles what is summed up
            total = total + k.shift(zero.value, total, lanes - step)
            step *= 2
        y.vstore(at, total + k.broadcast(carry.value))
        carry.value = carry.value + total.lane(lanes - 1)
    word = carry.value
    for at in range(n - n % lanes, n):
        word = word + x[at]
        y.store(at, word)


def reference(memory: Words, n: int) -> None:
    """The same with NumPy."""
    memory[n : 2 * n] = np.cumsum(memory[:n], dtype=memory.dtype)


PREFIX = workload("prefix-sum", prefix, reference, {"n": size(128, text="words")})
