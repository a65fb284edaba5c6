"""FNV-1a, 32 bits (Fowler, Noll, Vo), over the bytes of words, a batch at once."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload

OFFSET, PRIME = 2166136261, 16777619


def fnv(form: Form, n: int, words: int) -> None:
    """FNV-1a of n messages of `words` words, low byte first; word j of message i is x[j n + i]"""
    k = form.k
    x = k.region("x", 0, n * words, read_only=True)
    y = k.region("hash", n * words, n, output=True)
    for i in form.vectors(n, "n"):
        at = i * k.vector_length
        digest = k.literal_vector(OFFSET)
        for word in range(words):
            text = x.vload(word * n + at)
            for byte in range(4):
                digest = (digest ^ ((text >> (8 * byte)) & 255)) * PRIME
        y.vstore(at, digest)


def reference(memory: Words, n: int, words: int) -> None:
    """The same with NumPy."""
    whole = n - n % 8
    digest = np.full(whole, OFFSET, np.uint32)
    for word in range(words):
        for byte in range(4):
            text = memory[word * n : word * n + whole] >> np.uint32(8 * byte)
            digest = (digest ^ (text & np.uint32(255))) * np.uint32(PRIME)
    memory[n * words : n * words + whole] = digest


FNV = workload("fnv", fnv, reference, {
    "n": size(64, 8, text="messages, a multiple of 8"), "words": size(4, 1, 64, "words of each"),
})  # fmt: skip
