"""saxpy: y = a x + y."""

from __future__ import annotations

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def saxpy(form: Form, n: int) -> None:
    """y = a x + y for n words"""
    k = form.k
    a = k.region("a", 0, 8, read_only=True)
    x = k.region("x", 8, n, read_only=True)
    y = k.region("y", 8 + n, n, output=True)
    factor = form.carried(k.broadcast(a[0]))
    for i in form.rounds(n // k.vector_length):
        at = i * k.vector_length
        y.vstore(at, factor.value * x.vload(at) + y.vload(at))
    for at in range(n - n % k.vector_length, n):
        y.store(at, a[0] * x[at] + y[at])


def reference(memory: Words, n: int) -> None:
    """The same with NumPy."""
    memory[8 + n : 8 + 2 * n] += memory[0] * memory[8 : 8 + n]


SAXPY = workload("saxpy", saxpy, reference, {"n": size(256, text="words of x and y")})
