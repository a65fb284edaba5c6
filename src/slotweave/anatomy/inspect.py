"""Where the cycles of any program go, from its text alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from slotweave.analysis.utilisation import EngineUse, counted_bundles, utilisation, widest
from slotweave.anatomy.causes.idle_causes import could_move, idle_causes, word_waits
from slotweave.anatomy.causes.placements import Placements, run_placements
from slotweave.anatomy.causes.waste import critical_path, movable
from slotweave.anatomy.inspection import Inspection, RunView
from slotweave.anatomy.item_groups import item_groups
from slotweave.anatomy.phases import head_body_tail, phases, slices, under_way
from slotweave.anatomy.read_only_stores import read_only_store_of
from slotweave.anatomy.timing.block_bounds import once_because
from slotweave.anatomy.timing.dataflow_problem import dataflow_ladder
from slotweave.anatomy.timing.own_bounds import own_slots_bound
from slotweave.anatomy.unrolled import MOST_SHOWN, Unrolled, unrolled
from slotweave.anatomy.words.live_scratch import is_straight, live_scratch, live_words
from slotweave.anatomy.words.never_written import unwritten_in_columns
from slotweave.anatomy.words.scratch_names import scratch_names
from slotweave.anatomy.words.slot_columns import Longs
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.bounds import Bound, best_bound
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.legality import static_faults

#: What a program may say of itself that a result repeats.
_FROM_META = ("kernel", "params", "contract", "plan", "seed", "loops")


def inspect_program(
    program: Program,
    machine: Machine,
    facts: Facts = NOTHING_KNOWN,
    max_bundles: int = MOST_SHOWN,
) -> Inspection:
    """Where the cycles of a program of any origin go.

    Which accesses to memory must stay in order is known from `facts` and from what addresses are
    computed of. A program that jumps or halts on the way is taken as it runs. If a jump depends on
    data, or more than `max_bundles` bundles are run, each bundle of the text counts once.

    Raises CheckFailed for a program that the machine cannot run; two writes to one word, which it
    obeys, are let pass and counted.
    """
    return inspect_and_place(program, machine, facts, max_bundles)[0]


def inspect_and_place(
    program: Program, machine: Machine, facts: Facts, max_bundles: int = MOST_SHOWN
) -> tuple[Inspection, tuple[Unrolled, Placements] | None]:
    """What `inspect_program` gives, with the run that it is of and its placements, if known."""
    doubled = refuse_faults(program, machine)
    try:
        run = unrolled(program, machine, facts, max_bundles, apart=True, checked=True)
    except InputError as refusal:
        live = live_words(program, machine)
        about = _about(program, program, machine, live, doubled)
        why = once_because(refusal)
        return replace(about, refusal=refusal.diagnostic, once=why), None
    placed = run_placements(run, machine)
    about = _about(program, run.program, machine, placed.live, doubled)
    return _with_run(about, run, placed, machine, facts), (run, placed)


def _about(
    program: Program, ran: Program, machine: Machine, live: Longs, doubled: Sequence[Diagnostic]
) -> Inspection:
    """What the bundles of `ran` say, which are those of a run of `program`, or of its text."""
    return Inspection(
        machine=machine.name,
        cycles=counted_bundles(ran),
        bundles=len(program.bundles),
        straight=is_straight(program),
        engines=utilisation(ran, machine),
        scratch=live_scratch(live, machine),
        double_writes=doubled,
        origin={key: program.meta[key] for key in _FROM_META if key in program.meta},
        names=scratch_names(program, machine),
    )


def _with_run(
    about: Inspection, run: Unrolled, placed: Placements, machine: Machine, facts: Facts
) -> Inspection:
    """What is known besides of a program whose run is known."""
    dataflow = best_bound(dataflow_ladder(run.lifted, machine))
    engines = [_engine_bound(name, slots, about.engines[name]) for name, slots in machine.engines]
    own = [_path_bound(placed), own_slots_bound(placed, machine)]
    as_written = about.straight and len(run.path) == about.bundles
    return replace(
        about,
        never_written=unwritten_in_columns(placed.columns, placed.maker, run.path, run.text.zeros),
        read_only_store=read_only_store_of(run, machine, facts),
        run_bundles=None if as_written else len(run.path),
        ladder=(*engines, *own, replace(dataflow, name="dataflow")),
        dataflow=dataflow,
        view=_run_view(run, machine, placed, _busiest(about)),
    )


def _busiest(about: Inspection) -> str:
    """The engine that fills most of its slots; of several the first."""
    return max(about.engines, key=lambda name: about.engines[name].share)


def refuse_faults(program: Program, machine: Machine) -> tuple[Diagnostic, ...]:
    """Two writes to one word, which the machine obeys; raises CheckFailed for what it refuses."""
    let_pass = []
    for fault in static_faults(program, machine):
        if fault.code != "SW104":
            raise CheckFailed(fault)
        let_pass.append(fault)
    return tuple(let_pass)


def _engine_bound(name: str, slots: int, use: EngineUse) -> Bound:
    """As few cycles as the slots that the program uses on one engine fit into."""
    why = f"its {plural(use.used, 'slot')} on {name}, {slots:,} a cycle"
    why = why if use.used else "it fills no slot"
    return Bound(name, -(-use.used // slots) if slots else 0, why)


def _path_bound(placed: Placements) -> Bound:
    why = "its longest chain of operations, each waiting for the one before"
    return Bound("critical path", critical_path(placed), why)


def _run_view(run: Unrolled, machine: Machine, placed: Placements, busiest: str) -> RunView:
    """What can be said of bundles that run as they stand, each once."""
    program = run.program
    wide, many = widest(program)
    stages = phases(placed, item_groups(placed), run.cycles)
    return RunView(
        idle=idle_causes(program, machine, placed),
        spans=head_body_tail(program, machine, busiest, run.cycles),
        phases=stages,
        under_way=under_way(stages, run.cycles[-1]),
        slices=slices(placed, run.cycles),
        unused=len(placed.unused),
        repeated=len(placed.values.redundant),
        movable=movable(placed, machine),
        could_move=could_move(program, machine, placed),
        word_waits=word_waits(placed),
        widest=wide,
        most_engines=many,
    )
