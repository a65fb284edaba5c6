"""Histogram: how often each value of a few low bits occurs."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def histogram(form: Form, n: int, bins: int) -> None:
    """counts of x[i] modulo `bins`, a power of two"""
    k = form.k
    x = k.region("x", 0, n, read_only=True)
    counts = k.region("counts", n, bins, output=True)
    for at in range(bins):
        counts.store(at, 0)
    for i in form.rounds(n):
        place = x[i] & (bins - 1)
        counts.store(place, counts[place] + 1)


def reference(memory: Words, n: int, bins: int) -> None:
    """The same with NumPy."""
    memory[n : n + bins] = np.bincount(memory[:n] % bins, minlength=bins)


HISTOGRAM = workload("histogram", histogram, reference, {
    "n": size(64, text="words"), "bins": size(16, 2, 4096, "bins, a power of two"),
})  # fmt: skip
