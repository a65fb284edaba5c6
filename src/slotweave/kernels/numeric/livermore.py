"""Livermore loops 1, 5, 7 and 11 (McMahon, 1986), on integers modulo 2^32."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def hydro(form: Form, n: int) -> None:
    """Livermore 1, hydro fragment: x[i] = q + y[i] (r z[i + 10] + t z[i + 11])"""
    k = form.k
    c = k.region("qrt", 0, 8, read_only=True)
    y = k.region("y", 8, n, read_only=True)
    z = k.region("z", 8 + n, n + 11, read_only=True)
    x = k.region("x", 19 + 2 * n, n, output=True)
    q, r, t = (form.carried(k.broadcast(c[i])) for i in range(3))
    for i in form.rounds(n // k.vector_length):
        at = i * k.vector_length
        inner = r.value * z.vload(at + 10) + t.value * z.vload(at + 11)
        x.vstore(at, q.value + y.vload(at) * inner)
    for at in range(n - n % k.vector_length, n):
        x.store(at, c[0] + y[at] * (c[1] * z[at + 10] + c[2] * z[at + 11]))


def hydro_reference(memory: Words, n: int) -> None:
    """The same with NumPy."""
    q, r, t = memory[:3]
    y, z = memory[8 : 8 + n], memory[8 + n : 19 + 2 * n]
    memory[19 + 2 * n : 19 + 3 * n] = q + y * (r * z[10 : 10 + n] + t * z[11 : 11 + n])


def tridiagonal(form: Form, n: int) -> None:
    """Livermore 5, tri-diagonal elimination: x[i] = z[i] (y[i] - x[i - 1])"""
    k = form.k
    y = k.region("y", 0, n, read_only=True)
    z = k.region("z", n, n, read_only=True)
    x = k.region("x", 2 * n, n + 1, output=True)
    before = form.carried(x[0])
    for i in form.rounds(n):
        now = z[i] * (y[i] - before.value)
        x.store(i + 1, now)
        before.value = now


def tridiagonal_reference(memory: Words, n: int) -> None:
    """The same with Python's integers."""
    y, z = memory[:n].tolist(), memory[n : 2 * n].tolist()
    for i in range(n):
        memory[2 * n + i + 1] = z[i] * (y[i] - int(memory[2 * n + i])) & 0xFFFFFFFF


def state(form: Form, n: int) -> None:
    """Livermore 7, equation of state fragment"""
    k = form.k
    c = k.region("qrt", 0, 8, read_only=True)
    y = k.region("y", 8, n, read_only=True)
    z = k.region("z", 8 + n, n, read_only=True)
    u = k.region("u", 8 + 2 * n, n + 6, read_only=True)
    x = k.region("x", 14 + 3 * n, n, output=True)
    q, r, t = (form.carried(k.broadcast(c[i])) for i in range(3))
    for i in form.rounds(n // k.vector_length):
        at = i * k.vector_length
        w = [u.vload(at + j) for j in range(7)]
        near = w[3] + r.value * (w[2] + r.value * w[1])
        far = w[6] + q.value * (w[5] + q.value * w[4])
        x.vstore(at, w[0] + r.value * (z.vload(at) + r.value * y.vload(at))
                 + t.value * (near + t.value * far))  # fmt: skip


def state_reference(memory: Words, n: int) -> None:
    """The same with NumPy."""
    whole = n - n % 8
    q, r, t = memory[:3]
    y, z = memory[8 : 8 + n][:whole], memory[8 + n : 8 + 2 * n][:whole]
    u = memory[8 + 2 * n : 14 + 3 * n]
    w = [u[j : j + whole] for j in range(7)]
    near = w[3] + r * (w[2] + r * w[1])
    far = w[6] + q * (w[5] + q * w[4])
    memory[14 + 3 * n : 14 + 3 * n + whole] = w[0] + r * (z + r * y) + t * (near + t * far)


def first_sum(form: Form, n: int) -> None:
    """Livermore 11, first sum: x[i] = x[i - 1] + y[i], one word at a time"""
    k = form.k
    y = k.region("y", 0, n, read_only=True)
    x = k.region("x", n, n, output=True)
    total = form.carried(k.literal(0))
    for i in form.rounds(n):
        total.value = total.value + y[i]
        x.store(i, total.value)


def first_sum_reference(memory: Words, n: int) -> None:
    """The same with NumPy."""
    memory[n : 2 * n] = np.cumsum(memory[:n], dtype=memory.dtype)


_LENGTH = {"n": size(128, text="words")}
HYDRO = workload("livermore-1", hydro, hydro_reference, _LENGTH)
TRIDIAGONAL = workload("livermore-5", tridiagonal, tridiagonal_reference, {"n": size(64)})
STATE = workload("livermore-7", state, state_reference, _LENGTH)
FIRST_SUM = workload("livermore-11", first_sum, first_sum_reference, {"n": size(64)})
