"""How many words of scratch a program holds at once.

A value is live from the bundle in which it lands in its word until the last bundle that reads it.
That is known exactly for a program that runs straight through; where it jumps, each word that
it touches is counted as live throughout.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.program import Bundle, Program, Slot
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.slots import SlotKind, SlotKinds, slot_kinds

#: Operations behind which another bundle than the next one may run, and the run goes on.
JUMPS = frozenset({"jump", "jump_indirect", "cond_jump", "cond_jump_rel"})


def is_straight(program: Program) -> bool:
    """Does `program` run each of its bundles at most once, in listing order?"""
    return not any(
        slot[0] in JUMPS
        for bundle in program.bundles
        for engine, slots in bundle.items()
        if engine != DEBUG_ENGINE
        for slot in slots
    )


def live_scratch(program: Program, machine: Machine) -> dict[str, float]:
    """Words live at the peak, on the mean of all bundles (to a tenth), and in the machine."""
    live = _live_words(program, machine)
    return {
        "peak": int(live.max(initial=0)),
        "mean": round(float(live.mean()), 1) if len(live) else 0.0,
        "size": machine.scratch_words,
    }


def peak_scratch(program: Program, machine: Machine) -> int:
    """The largest number of words live at once; `program` must be legal on `machine`."""
    return int(_live_words(program, machine).max(initial=0))


def _live_words(program: Program, machine: Machine) -> NDArray[np.int64]:
    """The number of live words in each bundle."""
    kinds = slot_kinds(machine)
    if not is_straight(program):
        return np.full(len(program.bundles), len(_touched_words(program, kinds)), np.int64)
    change = np.zeros(len(program.bundles) + 1, np.int64)
    for landed, last_read in _live_ranges(program, kinds):
        change[landed] += 1
        change[last_read + 1] -= 1
    return np.cumsum(change)[: len(program.bundles)]


def _live_ranges(program: Program, kinds: SlotKinds) -> Iterator[tuple[int, int]]:
    """(bundle of landing, bundle of the last read) of every value that is read."""
    landed: dict[int, int] = {}
    last_read: dict[int, int] = {}
    in_flight: dict[int, list[range]] = {}
    for number, bundle in enumerate(program.bundles):
        for words in in_flight.pop(number, ()):
            for word in words:
                if word in last_read and word in landed:
                    yield landed[word], last_read[word]
                last_read.pop(word, None)
                landed[word] = number
        for kind, slot in _slots(bundle, kinds):
            for words in kind.words_read(slot):
                last_read.update(dict.fromkeys(words, number))
            in_flight.setdefault(number + kind.latency, []).append(kind.words_written(slot))
    for word, last in last_read.items():
        if word in landed:
            yield landed[word], last


def _touched_words(program: Program, kinds: SlotKinds) -> set[int]:
    touched: set[int] = set()
    for bundle in program.bundles:
        for kind, slot in _slots(bundle, kinds):
            touched.update(kind.words_written(slot), *kind.words_read(slot))
    return touched


def _slots(bundle: Bundle, kinds: SlotKinds) -> Iterator[tuple[SlotKind, Slot]]:
    for engine, slots in bundle.items():
        if engine != DEBUG_ENGINE:
            for slot in slots:
                yield kinds[engine][slot[0]], slot
