"""Pauses and questions for the core in a run, and what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slotweave.ir.program import Program
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.slots import slot_kinds

if TYPE_CHECKING:
    from slotweave.repacking.repack import Repacked


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


@dataclass(frozen=True, slots=True)
class Kept:
    """How many a run of the given program has, and one of the program returned."""

    before: int
    now: int

    def to_json(self) -> dict[str, int]:
        return {"before": self.before, "now": self.now}


@dataclass(frozen=True, slots=True)
class KeptControl:
    """Pauses and core ids."""

    pauses: Kept
    core_ids: Kept

    def to_json(self) -> dict[str, Any]:
        return {"pauses": self.pauses.to_json(), "core_ids": self.core_ids.to_json()}


def kept_control(result: Repacked) -> KeptControl:
    """How many pauses and core ids a run of the given program has, and one of the one returned."""
    before, now = result.met, result.met
    if result.best is not None:
        program = result.program
        now = control_met(program, result.machine, range(len(program.bundles)))
    kept = [Kept(before.get(name, 0), now.get(name, 0)) for name in ("pause", "core_id")]
    return KeptControl(*kept)
