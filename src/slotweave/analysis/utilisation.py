"""How busy each engine of a machine is over a program, bundle by bundle."""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.ir.program import Program
from slotweave.machine import DEBUG_ENGINE, Machine


@dataclass(frozen=True, slots=True)
class EngineUse:
    """`used` slots hold an operation, of `slots` that the engine has in all bundles together."""

    used: int
    slots: int

    @property
    def share(self) -> float:
        return self.used / self.slots if self.slots else 0.0


def counted_bundles(program: Program) -> int:
    """Bundles that cost a cycle when they are executed: those that name an engine but debug."""
    return sum(len(bundle) > (DEBUG_ENGINE in bundle) for bundle in program.bundles)


def utilisation(program: Program, machine: Machine) -> dict[str, EngineUse]:
    """The use of each engine in the text of `program` (each bundle counted once)."""
    bundles = counted_bundles(program)
    used = dict.fromkeys((*machine.slots, DEBUG_ENGINE), 0)
    for bundle in program.bundles:
        for engine, slots in bundle.items():
            used[engine] = used.get(engine, 0) + len(slots)
    return {engine: EngineUse(used[engine], width * bundles) for engine, width in machine.engines}


def widest(program: Program) -> tuple[int, int]:
    """The most operations that a bundle of `program` holds, and the most engines that one uses."""
    rows = [
        [len(slots) for engine, slots in bundle.items() if engine != DEBUG_ENGINE and slots]
        for bundle in program.bundles
    ]
    return max(map(sum, rows), default=0), max(map(len, rows), default=0)
