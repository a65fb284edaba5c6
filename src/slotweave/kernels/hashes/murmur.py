"""MurmurHash3, x86, 32 bits (Appleby), of messages of whole words, a batch at once."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.frontend.values import Vector
from slotweave.kernels.forms import Form, size, workload


def rotate(x: Vector, bits: int) -> Vector:
    """`x` rotated to the left, lane by lane."""
    return (x << bits) | (x >> (32 - bits))


def murmur(form: Form, n: int, words: int) -> None:
    """MurmurHash3 of n messages of `words` words, seed 0; word j of message i is x[j n + i]"""
    k = form.k
    x = k.region("x", 0, n * words, read_only=True)
    y = k.region("hash", n * words, n, output=True)
    for i in form.vectors(n, "n"):
        at = i * k.vector_length
        h = k.literal_vector(0)
        for word in range(words):
            mixed = rotate(x.vload(word * n + at) * 0xCC9E2D51, 15) * 0x1B873593
            h = rotate(h ^ mixed, 13) * 5 + 0xE6546B64
        h = h ^ (4 * words)
        h = (h ^ (h >> 16)) * 0x85EBCA6B
        h = (h ^ (h >> 13)) * 0xC2B2AE35
        y.vstore(at, h ^ (h >> 16))


def reference(memory: Words, n: int, words: int) -> None:
    """The same with Python's integers."""
    for i in range(n - n % 8):
        h = 0
        for word in range(words):
            mixed = _rotated(int(memory[word * n + i]) * 0xCC9E2D51, 15) * 0x1B873593
            h = _rotated(h ^ (mixed & 0xFFFFFFFF), 13) * 5 + 0xE6546B64 & 0xFFFFFFFF
        h ^= 4 * words
        h = (h ^ (h >> 16)) * 0x85EBCA6B & 0xFFFFFFFF
        h = (h ^ (h >> 13)) * 0xC2B2AE35 & 0xFFFFFFFF
        memory[n * words + i] = np.uint32(h ^ (h >> 16))


def _rotated(x: int, bits: int) -> int:
    x &= 0xFFFFFFFF
    return (x << bits | x >> (32 - bits)) & 0xFFFFFFFF


MURMUR = workload("murmur3", murmur, reference, {
    "n": size(64, 8, text="messages, a multiple of 8"), "words": size(4, 1, 64, "words of each"),
})  # fmt: skip
