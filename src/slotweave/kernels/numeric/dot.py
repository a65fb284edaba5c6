"""Dot product: the sum of x[i] y[i]."""

from __future__ import annotations

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def dot(form: Form, n: int) -> None:
    """the sum of x[i] y[i] over n words"""
    k = form.k
    x = k.region("x", 0, n, read_only=True)
    y = k.region("y", n, n, read_only=True)
    result = k.region("result", 2 * n, 1, output=True)
    total = form.carried(k.literal_vector(0))
    for i in form.rounds(n // k.vector_length):
        at = i * k.vector_length
        total.value = total.value + x.vload(at) * y.vload(at)
    word = k.literal(0)
    for lane in range(k.vector_length):
        word = word + total.value.lane(lane)
    for at in range(n - n % k.vector_length, n):
        word = word + x[at] * y[at]
    result.store(0, word)


def reference(memory: Words, n: int) -> None:
    """The same with NumPy."""
    memory[2 * n] = (memory[:n] * memory[n : 2 * n]).sum(dtype=memory.dtype)


DOT = workload("dot", dot, reference, {"n": size(256, text="words of x and y")})
