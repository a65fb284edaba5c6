"""Pauses and reads of the core id in a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from slotweave.ir.program import Program
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.slots import slot_kinds


def control_met(program: Program, machine: Machine, path: Sequence[int]) -> dict[str, int]:
    """How many pauses and core ids a run through these bundles has."""
    kinds, runs = slot_kinds(machine), Counter(path)
    met = Counter[str]()
    for bundle, times in runs.items():
        for engine, slots in program.bundles[bundle].items():
            if engine != DEBUG_ENGINE:
                for slot in slots:
                    met[kinds[engine][slot[0]].operation.name] += times
    return {name: met[name] for name in ("pause", "core_id") if met[name]}
