"""A finite impulse response filter: each output is a weighted sum of the inputs around it."""

from __future__ import annotations

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def fir(form: Form, n: int, taps: int) -> None:
    """y[i] = sum of h[j] x[i + j], for n outputs (a multiple of 8 is fastest)"""
    k = form.k
    h = k.region("h", 0, taps, read_only=True)
    x = k.region("x", taps, n + taps - 1, read_only=True)
    y = k.region("y", n + 2 * taps - 1, n, output=True)
    weights = [form.carried(k.broadcast(h[j])) for j in range(taps)]
    for i in form.rounds(n // k.vector_length):
        at = i * k.vector_length
        total = weights[0].value * x.vload(at)
        for j in range(1, taps):
            total = total + weights[j].value * x.vload(at + j)
        y.vstore(at, total)
    for at in range(n - n % k.vector_length, n):
        word = h[0] * x[at]
        for j in range(1, taps):
            word = word + h[j] * x[at + j]
        y.store(at, word)


def reference(memory: Words, n: int, taps: int) -> None:
    """The same with NumPy."""
    h, x = memory[:taps], memory[taps : n + 2 * taps - 1]
    y = memory[n + 2 * taps - 1 : 2 * n + 2 * taps - 1]
    y[:] = 0
    for j in range(taps):
        y += h[j] * x[j : j + n]


FIR = workload("fir", fir, reference, {
    "n": size(128, text="outputs"), "taps": size(8, 1, 64, "weights"),
})  # fmt: skip
