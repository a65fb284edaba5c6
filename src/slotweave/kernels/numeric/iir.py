"""An infinite impulse response filter: each output needs the two before it."""

from __future__ import annotations

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def iir(form: Form, n: int) -> None:
    """y[i] = x[i] + a y[i - 1] + b y[i - 2]: bound by its recurrence"""
    k = form.k
    c = k.region("coefficients", 0, 2, read_only=True)
    x = k.region("x", 2, n, read_only=True)
    y = k.region("y", 2 + n, n, output=True)
    a, b = form.carried(c[0]), form.carried(c[1])
    one, two = form.carried(k.literal(0)), form.carried(k.literal(0))
    for i in form.rounds(n):
        now = x[i] + b.value * two.value + a.value * one.value
        y.store(i, now)
        two.value = one.value
        one.value = now


def reference(memory: Words, n: int) -> None:
    """The same with Python's integers."""
    a, b = int(memory[0]), int(memory[1])
    one = two = 0
    for i in range(n):
        one, two = (int(memory[2 + i]) + a * one + b * two) & 0xFFFFFFFF, one
        memory[2 + n + i] = one


IIR = workload("iir", iir, reference, {"n": size(64, text="words")})
