"""Debug slots: `compare` and `vcompare` hold scratch words against a value trace.

Other debug slots are notes for readers. Without a value trace none of them does anything.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from slotweave.ir.program import Slot
from slotweave.simulate.slots import Fault

#: The word that a key stands for; lists in keys are written as tuples.
ValueTrace = Mapping[Hashable, int]


def debug_fault(
    slot: Slot, scratch: Sequence[int], trace: ValueTrace, vector_length: int
) -> Fault | None:
    """What is wrong with what a debug slot finds in `scratch`; None if nothing is."""
    match slot:
        case ("compare", address, key):
            keys: Sequence[Any] = (key,)
        case ("vcompare", address, list(keys) | tuple(keys)) if len(keys) == vector_length:
            pass
        case ("compare" | "vcompare", *_):
            return "SW111", f"{slot[0]} takes an address and a key for each word"
        case _:
            return None
    if type(address) is not int:
        return "SW110", f"{slot[0]} of scratch address {address!r}"
    if not 0 <= address <= len(scratch) - len(keys):
        return "SW105", f"{slot[0]} of scratch address {address}, of {len(scratch)} words"
    for word, key in zip(scratch[address : address + len(keys)], keys, strict=True):
        fault = _compare(word, _hashable(key), trace)
        if fault:
            return fault
    return None


def _compare(word: int, key: Hashable, trace: ValueTrace) -> Fault | None:
    if key not in trace:
        return "SW115", f"the value trace has no word for {key!r}"
    if word != trace[key]:
        return "SW115", f"{word} where the value trace has {trace[key]} for {key!r}"
    return None


def _hashable(key: Any) -> Hashable:
    """`key` with lists and objects as tuples."""
    if isinstance(key, list | tuple):
        return tuple(_hashable(part) for part in key)
    if isinstance(key, dict):
        return tuple((name, _hashable(part)) for name, part in key.items())
    assert isinstance(key, Hashable)  # JSON has no other containers
    return key
