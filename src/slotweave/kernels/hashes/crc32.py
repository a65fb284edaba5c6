"""CRC-32 (ISO 3309, as in zlib) of messages of whole words, a batch at once, by a table."""

from __future__ import annotations

import zlib

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload

POLYNOMIAL = 0xEDB88320


def crc32(form: Form, n: int, words: int) -> None:
    """CRC-32 of n messages of `words` words, low byte first; word j of message i is x[j n + i]

    The table of 256 words is part of memory, so a message is a fetch for each of its bytes.
    """
    k = form.k
    table = k.region("table", 0, 256, read_only=True)
    x = k.region("x", 256, n * words, read_only=True)
    y = k.region("crc", 256 + n * words, n, output=True)
    for i in form.vectors(n, "n"):
        at = i * k.vector_length
        crc = k.literal_vector(0xFFFFFFFF)
        for word in range(words):
            crc = crc ^ x.vload(word * n + at)
            for _byte in range(4):
                crc = table.gather(crc & 255) ^ (crc >> 8)
        y.vstore(at, crc ^ 0xFFFFFFFF)


def crc_table() -> Words:
    """The table with which the kernel computes CRC-32: that of the polynomial, reflected."""
    table = np.arange(256, dtype=np.uint32)
    for _bit in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(POLYNOMIAL), table >> 1)
    return table.astype(np.uint32)


def reference(memory: Words, n: int, words: int) -> None:
    """The same steps with NumPy, for whatever is in the table."""
    whole, table = n - n % 8, memory[:256]
    crc = np.full(whole, 0xFFFFFFFF, np.uint32)
    for word in range(words):
        crc = crc ^ memory[256 + word * n : 256 + word * n + whole]
        for _byte in range(4):
            crc = table[crc & np.uint32(255)] ^ (crc >> np.uint32(8))
    memory[256 + n * words : 256 + n * words + whole] = ~crc


def published(message: bytes) -> int:
    """What zlib says."""
    return zlib.crc32(message)


CRC32 = workload("crc32", crc32, reference, {
    "n": size(64, 8, text="messages, a multiple of 8"), "words": size(2, 1, 64, "words of each"),
})  # fmt: skip
