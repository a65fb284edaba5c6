"""Binary search of many keys in one sorted table."""

from __future__ import annotations

from slotweave.frontend.kernel import Words
from slotweave.kernels.forms import Form, size, workload


def binary_search(form: Form, n: int, levels: int) -> None:
    """for n keys the number of entries before each in a sorted table of 2^levels - 1"""
    k = form.k
    entries = 2**levels - 1
    table = k.region("table", 0, entries, read_only=True)
    keys = k.region("keys", entries, n, read_only=True)
    found = k.region("found", entries + n, n, output=True)
    for i in form.vectors(n, "n"):
        at = i * k.vector_length
        key, place = keys.vload(at), k.literal_vector(0)
        for level in reversed(range(levels)):
            middle = table.gather(place + (2**level - 1))
            place = place + k.select(middle < key, k.literal_vector(2**level), k.literal_vector(0))
        found.vstore(at, place)


def reference(memory: Words, n: int, levels: int) -> None:
    """The same steps with NumPy; what a table that is not sorted gives is defined, too."""
    entries, whole = 2**levels - 1, n - n % 8
    keys, place = memory[entries : entries + whole], memory[:0].copy()
    place = 0 * keys
    for level in reversed(range(levels)):
        middle = memory[place + memory.dtype.type(2**level - 1)]
        place = place + (middle < keys) * memory.dtype.type(2**level)
    memory[entries + n : entries + n + whole] = place


BINARY_SEARCH = workload("binary-search", binary_search, reference, {
    "n": size(64, 8, text="keys, a multiple of 8"), "levels": size(6, 1, 16, "steps of a search"),
})  # fmt: skip
