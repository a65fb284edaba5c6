"""xxHash, 32 bits (Collet), of messages of at least four whole words, a batch at once."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload
from slotweave.kernels.hashes.murmur import rotate

P1, P2, P3, P4, P5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393
STARTS = ((P1 + P2) % 2**32, P2, 0, -P1 % 2**32)


def xxhash(form: Form, n: int, words: int) -> None:
    """xxHash32 of n messages of `words` words, seed 0; word j of message i is x[j n + i]"""
    k = form.k
    x = k.region("x", 0, n * words, read_only=True)
    y = k.region("hash", n * words, n, output=True)
    for i in form.vectors(n, "n"):
        at = i * k.vector_length
        lanes = [k.literal_vector(start) for start in STARTS]
        for word in range(words - words % 4):
            lane = word % 4
            lanes[lane] = rotate(lanes[lane] + x.vload(word * n + at) * P2, 13) * P1
        h = k.literal_vector(P5)
        if words >= 4:
            turned = [rotate(one, bits) for one, bits in zip(lanes, (1, 7, 12, 18), strict=True)]
            h = turned[0] + turned[1] + turned[2] + turned[3]
        h = h + 4 * words
        for word in range(words - words % 4, words):
            h = rotate(h + x.vload(word * n + at) * P3, 17) * P4
        h = (h ^ (h >> 15)) * P2
        h = (h ^ (h >> 13)) * P3
        y.vstore(at, h ^ (h >> 16))


def reference(memory: Words, n: int, words: int) -> None:
    """The same with NumPy."""
    whole = n - n % 8
    x = [memory[word * n : word * n + whole] for word in range(words)]
    lanes = [np.full(whole, start % 2**32, np.uint32) for start in STARTS]
    for word in range(words - words % 4):
        lanes[word % 4] = _rotated(lanes[word % 4] + x[word] * np.uint32(P2), 13) * np.uint32(P1)
    h = np.full(whole, P5, np.uint32)
    if words >= 4:
        turned = [_rotated(one, bits) for one, bits in zip(lanes, (1, 7, 12, 18), strict=True)]
        h = turned[0] + turned[1] + turned[2] + turned[3]
    h = h + np.uint32(4 * words)
    for word in range(words - words % 4, words):
        h = _rotated(h + x[word] * np.uint32(P3), 17) * np.uint32(P4)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(P2)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(P3)
    memory[n * words : n * words + whole] = h ^ (h >> np.uint32(16))


def _rotated(x: Words, bits: int) -> Words:
    return (x << np.uint32(bits)) | (x >> np.uint32(32 - bits))


XXHASH = workload("xxhash32", xxhash, reference, {
    "n": size(64, 8, text="messages, a multiple of 8"), "words": size(4, 1, 64, "words of each"),
})  # fmt: skip
