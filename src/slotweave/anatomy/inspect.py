"""Where the cycles of any program go, from its text alone, in the JSON form of a result."""

from __future__ import annotations

from typing import Any

from slotweave.analysis.utilisation import EngineUse, counted_bundles, utilisation
from slotweave.anatomy.causes.idle_causes import could_move, idle_causes
from slotweave.anatomy.causes.placements import Placements, placements
from slotweave.anatomy.causes.waste import critical_path, movable
from slotweave.anatomy.fault_json import fault_json
from slotweave.anatomy.item_groups import item_groups
from slotweave.anatomy.phases import head_body_tail, phases, slices
from slotweave.anatomy.read_only_stores import read_only_store_of
from slotweave.anatomy.timing.own_bounds import own_slots_bound
from slotweave.anatomy.timing.program_bounds import program_bounds
from slotweave.anatomy.unrolled import MOST_SHOWN, Unrolled, unrolled
from slotweave.anatomy.words.double_writes import double_writes_json
from slotweave.anatomy.words.live_scratch import is_straight, live_scratch, live_words
from slotweave.anatomy.words.never_written import never_written_json, unwritten_in_columns
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.bounds import Bound, best_bound
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.legality import static_faults

#: What a program may say of itself that a result repeats.
_FROM_META = ("kernel", "params", "contract", "plan", "seed")


def inspect_program(
    program: Program,
    machine: Machine,
    facts: Facts = NOTHING_KNOWN,
    max_bundles: int = MOST_SHOWN,
) -> dict[str, Any]:
    """Cycles, engines, scratch and the bound of each engine, for a program of any origin.

    Also why slots are idle, its phases, and what it could do without; which accesses to memory must
    stay in order is known from `facts` and from what addresses are computed of.

    A program that jumps or halts on the way is taken as it runs, and `run` counts the bundles of
    the run; `bundles` are those of the text, and `straight` is false if it jumps. If a jump depends
    on data, or more than `max_bundles` bundles are run, `run` says why; then each bundle of the
    text counts once, a run may take another number of cycles, no bound is known, and what it reads
    of scratch never written is not known.

    Raises CheckFailed for a program that the machine cannot run; two writes to one word, which it
    obeys, are let pass and counted.
    """
    doubled = refuse_faults(program, machine)
    run, about = _run(program, machine, facts, max_bundles)
    placed = placements(run.program, machine, run.known) if run else None
    ran = run.program if run else program
    use = utilisation(ran, machine)
    live = placed.live if placed else live_words(program, machine)
    unwritten = dataflow = None
    ladder = []
    if run and placed:
        unwritten = unwritten_in_columns(placed.columns, placed.maker, run.path)
        dataflow = bound_json(best_bound(program_bounds(program, machine, facts)))
        ladder = [_engine_bound(name, slots, use[name]) for name, slots in machine.engines]
        ladder += [_path_bound(placed), bound_json(own_slots_bound(placed, machine))]
        ladder += [{**dataflow, "name": "dataflow"}]
    return {
        "cycles": counted_bundles(ran),
        "straight": is_straight(program),
        **about,
        **({"bound": _highest(ladder), "ladder": ladder} if ladder else {}),
        "engines": engine_rows(use),
        "scratch": live_scratch(live, machine),
        "never_written": never_written_json(unwritten),
        "double_writes": double_writes_json(doubled),
        "read_only_store": fault_json(read_only_store_of(run, machine, facts) if run else None),
        **(_run_view(run, machine, placed, ladder) if run and placed else {}),
        **({"dataflow": dataflow} if dataflow else {}),
        "machine": machine.name,
        "bundles": len(program.bundles),
        **{key: program.meta[key] for key in _FROM_META if key in program.meta},
    }


def _run(
    program: Program, machine: Machine, facts: Facts, max_bundles: int
) -> tuple[Unrolled | None, dict[str, Any]]:
    """The run of `program`, if it is known; and what to say of one that is not as it is written."""
    try:
        run = unrolled(program, machine, facts, max_bundles)
    except InputError as refusal:
        why = refusal.diagnostic
        about = {"known": False, "code": why.code, "bundle": why.bundle, "why": why.message}
        return None, {"run": about}
    as_written = is_straight(program) and len(run.path) == len(program.bundles)
    return run, {} if as_written else {"run": {"known": True, "bundles": len(run.path)}}


def _highest(ladder: list[dict[str, Any]]) -> dict[str, Any]:
    """Of equals the first."""
    return max(ladder, key=lambda bound: int(bound["cycles"]))


def refuse_faults(program: Program, machine: Machine) -> tuple[Diagnostic, ...]:
    """Two writes to one word, which the machine obeys; raises CheckFailed for what it refuses."""
    let_pass = []
    for fault in static_faults(program, machine):
        if fault.code != "SW104":
            raise CheckFailed(fault)
        let_pass.append(fault)
    return tuple(let_pass)


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
    why = f"its {plural(use.used, 'slot')} on {name}, {slots:,} a cycle"
    why = why if use.used else "it fills no slot"
    return {"name": name, "cycles": -(-use.used // slots) if slots else 0, "why": why}


def _path_bound(placed: Placements) -> dict[str, Any]:
    why = "its longest chain of operations, each waiting for the one before"
    return {"name": "critical path", "cycles": critical_path(placed), "why": why}


def _run_view(
    run: Unrolled, machine: Machine, placed: Placements, ladder: list[dict[str, Any]]
) -> dict[str, Any]:
    """What can be said of a program whose bundles run as they stand, each once."""
    program = run.program
    engines = [bound for bound in ladder if bound["name"] in machine.slots]
    busiest = _highest(engines)["name"]
    return {
        "idle": idle_causes(program, machine, placed),
        "spans": head_body_tail(program, machine, busiest, run.cycles),
        "phases": phases(placed, item_groups(placed), run.cycles),
        "slices": slices(placed, run.cycles),
        "unused": len(placed.unused),
        "repeated": len(placed.values.redundant),
        "movable": movable(placed, machine),
        "could_move": could_move(program, machine, placed),
    }
