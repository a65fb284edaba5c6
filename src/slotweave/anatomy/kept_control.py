"""What becomes of pauses and of questions for the core when a program is repacked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slotweave.repacking import Repacked, control_met


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
