"""Where the cycles of any program go, from its text alone, in the JSON form of a result."""

from __future__ import annotations

from typing import Any

from slotweave.analysis.utilisation import EngineUse, counted_bundles, utilisation
from slotweave.diagnostics import CheckFailed
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.report.live_scratch import is_straight, peak_scratch
from slotweave.simulate.legality import static_faults

#: What a program may say of itself that a result repeats.
_FROM_META = ("kernel", "params", "contract", "plan", "seed")


def inspect_program(program: Program, machine: Machine) -> dict[str, Any]:
    """Cycles, engines, scratch and the bound of each engine, for a program of any origin.

    Each bundle counts once; where the program jumps, `straight` is false and a run may take another
    number of cycles. Raises CheckFailed for a program that the machine cannot run; two writes to
    one word, which it obeys, are let pass.
    """
    for fault in static_faults(program, machine):
        if fault.code != "SW104":
            raise CheckFailed(fault)
    use = utilisation(program, machine)
    ladder = [_engine_bound(name, slots, use[name]) for name, slots in machine.engines]
    return {
        "cycles": counted_bundles(program),
        "straight": is_straight(program),
        "bound": max(ladder, key=lambda bound: int(bound["cycles"])),
        "ladder": ladder,
        "engines": engine_rows(use),
        "scratch": {"peak": peak_scratch(program, machine), "size": machine.scratch_words},
        "machine": machine.name,
        "bundles": len(program.bundles),
        **{key: program.meta[key] for key in _FROM_META if key in program.meta},
    }


def engine_rows(use: dict[str, EngineUse]) -> dict[str, dict[str, Any]]:
    """The use of engines in the JSON form of a result."""
    return {
        name: {"used": engine.used, "slots": engine.slots, "share": round(engine.share, 6)}
        for name, engine in use.items()
    }


def _engine_bound(name: str, slots: int, use: EngineUse) -> dict[str, Any]:
    """As few cycles as the slots that the program uses on one engine fit into."""
    why = f"its {use.used:,} slots on {name}, {slots} a cycle"
    return {"name": name, "cycles": -(-use.used // slots) if slots else 0, "why": why}
