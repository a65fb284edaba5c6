"""Two programs with one schedule, and where they part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slotweave.anatomy.place import Place
from slotweave.anatomy.words.scratch_names import scratch_names
from slotweave.ir.program import Bundle, Program
from slotweave.machine import DEBUG_ENGINE, Machine


@dataclass(frozen=True, slots=True)
class Parting:
    """The first slot that two programs with one schedule fill otherwise."""

    a: Place
    b: Place

    def to_json(self) -> dict[str, Any]:
        return {"a": self.a.to_json(), "b": self.b.to_json()}


def one_schedule(a: Program, b: Program) -> bool:
    """Do both fill the same slots in each bundle, whatever with? Debug slots count for nothing."""
    return len(a.bundles) == len(b.bundles) and all(
        _filled(mine) == _filled(theirs) for mine, theirs in zip(a.bundles, b.bundles, strict=True)
    )


def parting(a: Program, b: Program, machine: Machine) -> Parting | None:
    """Where two programs with one schedule first differ; None if they are the same."""
    for bundle, (mine, theirs) in enumerate(zip(a.bundles, b.bundles, strict=True)):
        for engine in machine.slots:
            row = zip(mine.get(engine, ()), theirs.get(engine, ()), strict=True)
            for position, (one, other) in enumerate(row):
                if one != other:
                    return Parting(
                        scratch_names(a, machine).place(one, bundle, engine, position),
                        scratch_names(b, machine).place(other, bundle, engine, position),
                    )
    return None


def _filled(bundle: Bundle) -> dict[str, int]:
    return {
        engine: len(slots) for engine, slots in bundle.items() if slots and engine != DEBUG_ENGINE
    }
