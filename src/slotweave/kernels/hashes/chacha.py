"""ChaCha20's block function (RFC 8439), a batch of blocks at once."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload
from slotweave.kernels.hashes.murmur import rotate

#: The columns and diagonals that a double round works on.
QUARTERS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
            (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))  # fmt: skip
STEPS = ((0, 1, 3, 16), (2, 3, 1, 12), (0, 1, 3, 8), (2, 3, 1, 7))


def chacha(form: Form, n: int) -> None:
    """n blocks of ChaCha20; word j of the state of block i is x[j n + i], the stream likewise"""
    k = form.k
    x = k.region("state", 0, 16 * n, read_only=True)
    y = k.region("stream", 16 * n, 16 * n, output=True)
    for i in form.vectors(n, "n"):
        at = i * k.vector_length
        s = [x.vload(j * n + at) for j in range(16)]
        start = list(s)
        for _double in range(10):
            for quarter in QUARTERS:
                for to, by, turned, bits in STEPS:
                    one, two, three = quarter[to], quarter[by], quarter[turned]
                    s[one] = s[one] + s[two]
                    s[three] = rotate(s[three] ^ s[one], bits)
        for j in range(16):
            y.vstore(j * n + at, s[j] + start[j])


def reference(memory: Words, n: int) -> None:
    """The same with NumPy."""
    whole = n - n % 8
    s = [memory[j * n : j * n + whole].copy() for j in range(16)]
    for _double in range(10):
        for a, b, c, d in QUARTERS:
            for to, by, turned, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                s[to] = s[to] + s[by]
                mixed = s[turned] ^ s[to]
                s[turned] = (mixed << np.uint32(bits)) | (mixed >> np.uint32(32 - bits))
    for j in range(16):
        memory[(16 + j) * n : (16 + j) * n + whole] = s[j] + memory[j * n : j * n + whole]


CHACHA = workload("chacha20", chacha, reference, {"n": size(8, 8, 4096, "blocks, a multiple of 8")})
