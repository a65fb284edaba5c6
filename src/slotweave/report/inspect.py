"""Where the cycles of any program go, from its text alone, in the JSON form of a result."""

from __future__ import annotations

from typing import Any

from slotweave.analysis.utilisation import EngineUse, counted_bundles, utilisation
from slotweave.bound import Bound, best_bound, bound_ladder
from slotweave.diagnostics import CheckFailed
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.report.dataflow_problem import dataflow_problem
from slotweave.report.idle_causes import idle_causes
from slotweave.report.item_groups import item_groups
from slotweave.report.live_scratch import is_straight, live_scratch, live_words
from slotweave.report.never_written import (
    never_written,
    never_written_json,
    unwritten_in_columns,
)
from slotweave.report.phases import head_body_tail, phases, slices
from slotweave.report.placements import Placements, placements
from slotweave.report.waste import critical_path, movable
from slotweave.simulate.legality import static_faults

#: What a program may say of itself that a result repeats.
_FROM_META = ("kernel", "params", "contract", "plan", "seed")

#: Jumps are followed for as many bundles, so that inspecting is quick; see `never_written`.
_FOLLOWED_BUNDLES = 5_000


def inspect_program(
    program: Program, machine: Machine, facts: Facts = NOTHING_KNOWN
) -> dict[str, Any]:
    """Cycles, engines, scratch and the bound of each engine, for a program of any origin.

    Of a straight program also why slots are idle, its phases, and what it could do without; which
    accesses to memory must stay in order is known from `facts`.

    Each bundle counts once; where the program jumps, `straight` is false and a run may take another
    number of cycles. What a run of it reads of scratch never written is known if `facts` decide its
    jumps and it does not run for long. Raises CheckFailed for a program that the machine cannot
    run; two writes to one word, which it obeys, are let pass.
    """
    refuse_faults(program, machine)
    use = utilisation(program, machine)
    ladder = [_engine_bound(name, slots, use[name]) for name, slots in machine.engines]
    placed = placements(program, machine, facts) if is_straight(program) else None
    live = placed.live if placed else live_words(program, machine)
    unwritten = (
        unwritten_in_columns(placed.columns, placed.maker)
        if placed
        else never_written(program, machine, facts, _FOLLOWED_BUNDLES)
    )
    if placed:
        ladder.append(_path_bound(placed))
    return {
        "cycles": counted_bundles(program),
        "straight": is_straight(program),
        "bound": max(ladder, key=lambda bound: int(bound["cycles"])),
        "ladder": ladder,
        "engines": engine_rows(use),
        "scratch": live_scratch(live, machine),
        "never_written": never_written_json(unwritten),
        **(_straight_view(program, machine, placed, ladder) if placed else {}),
        "machine": machine.name,
        "bundles": len(program.bundles),
        **{key: program.meta[key] for key in _FROM_META if key in program.meta},
    }


def refuse_faults(program: Program, machine: Machine) -> None:
    """Raise CheckFailed if the machine cannot run `program`; two writes to a word are let pass."""
    for fault in static_faults(program, machine):
        if fault.code != "SW104":
            raise CheckFailed(fault)


def bound_json(bound: Bound) -> dict[str, Any]:
    """A bound as the JSON of all commands has it."""
    return {"cycles": bound.cycles, "name": bound.name, "why": bound.why}


def engine_rows(use: dict[str, EngineUse]) -> dict[str, dict[str, Any]]:
    """The use of engines in the JSON form of a result."""
    return {
        name: {"used": engine.used, "slots": engine.slots, "share": round(engine.share, 6)}
        for name, engine in use.items()
    }


def _engine_bound(name: str, slots: int, use: EngineUse) -> dict[str, Any]:
    """As few cycles as the slots that the program uses on one engine fit into."""
    why = f"its {use.used:,} slots on {name}, {slots} a cycle" if use.used else "it fills no slot"
    return {"name": name, "cycles": -(-use.used // slots) if slots else 0, "why": why}


def _path_bound(placed: Placements) -> dict[str, Any]:
    why = "its longest chain of operations, each waiting for the one before"
    return {"name": "critical path", "cycles": critical_path(placed), "why": why}


def _straight_view(
    program: Program, machine: Machine, placed: Placements, ladder: list[dict[str, Any]]
) -> dict[str, Any]:
    """What can be said of a program that runs each of its bundles once."""
    engines = [bound for bound in ladder if bound["name"] in machine.slots]
    busiest = max(engines, key=lambda bound: int(bound["cycles"]))["name"]
    return {
        "idle": idle_causes(program, machine, placed),
        "spans": head_body_tail(program, machine, busiest),
        "phases": phases(placed, item_groups(placed)),
        "slices": slices(placed, len(program.bundles)),
        "unused": len(placed.unused),
        "repeated": len(placed.values.again),
        "movable": movable(placed, machine),
        "dataflow": bound_json(best_bound(bound_ladder(dataflow_problem(placed, machine)))),
    }
