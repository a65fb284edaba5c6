"""Bloom filter probe (Bloom, 1970): might a key be in the set?"""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload

#: Odd multipliers, one for each hash: Knuth's for the first, the others of xxHash32.
MULTIPLIERS = (2654435761, 2246822519, 3266489917)


def bloom(form: Form, n: int, bits: int) -> None:
    """1 for each of n keys whose three bits are set in a filter of 2^bits bits, else 0"""
    k = form.k
    words = 2 ** (bits - 5)
    table = k.region("filter", 0, words, read_only=True)
    keys = k.region("keys", words, n, read_only=True)
    found = k.region("found", words + n, n, output=True)
    for i in form.vectors(n, "n"):
        at = i * k.vector_length
        key, all_set = keys.vload(at), k.literal_vector(1)
        for multiplier in MULTIPLIERS:
            bit = (key * multiplier) >> (32 - bits)
            all_set = all_set & (table.gather(bit >> 5) >> (bit & 31))
        found.vstore(at, all_set)


def reference(memory: Words, n: int, bits: int) -> None:
    """The same with NumPy."""
    words, whole = 2 ** (bits - 5), n - n % 8
    keys = memory[words : words + whole]
    found = np.ones_like(keys)
    for multiplier in MULTIPLIERS:
        bit = (keys * np.uint32(multiplier)) >> np.uint32(32 - bits)
        found &= memory[bit >> np.uint32(5)] >> (bit & np.uint32(31))
    memory[words + n : words + n + whole] = found


BLOOM = workload("bloom-filter", bloom, reference, {
    "n": size(64, 8, text="keys, a multiple of 8"),
    "bits": size(10, 5, 20, "logarithm of the filter's bits"),
})  # fmt: skip
