"""How many cycles a program takes with more or fewer slots of one engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from slotweave.anatomy.causes.placements import Placements
from slotweave.anatomy.timing.retiming import groups_of, operations_of, words_of
from slotweave.machine import Machine

#: Slots more than the machine's own that are tried, and how often its own at most.
MORE = 4
_TIMES = 2


def slot_curves(
    placed: Placements, machine: Machine, cycles: int
) -> Mapping[str, Sequence[tuple[int, int]]]:
    """engine -> (slots, cycles), from one slot on; the figures of `what_if`.

    `cycles` is what the program takes as it is. Fewer slots than operations that cannot be parted
    need are left out; more slots never cost a cycle.
    """
    groups = groups_of(operations_of(placed, machine), *words_of(placed))
    used = _most_used(placed)
    curves = {}
    for engine, own in machine.engines:
        if not own or engine not in used:
            continue
        found = []
        for slots in range(1, min(own + MORE, _TIMES * own + MORE) + 1):
            changed = {**machine.slots, engine: slots}
            if not groups.fit(changed):
                continue
            takes = groups.retimed(changed)
            known = cycles if slots >= used[engine] else takes
            found.append((slots, min(takes, known)))
        best = accumulate((takes for _slots, takes in found), min)
        curves[engine] = [(slots, takes) for (slots, _), takes in zip(found, best, strict=True)]
    return curves


def _most_used(placed: Placements) -> dict[str, int]:
    """The most slots of each engine that a bundle fills."""
    most: dict[str, int] = {}
    for _bundle, engine, slot in placed.columns.places:
        most[engine] = max(most.get(engine, 0), slot + 1)
    return most
