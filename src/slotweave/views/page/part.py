"""The page of a part of a long run, with an overview of all of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from slotweave.analysis.utilisation import EngineUse, utilisation
from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.inspect import refuse_faults
from slotweave.anatomy.phases import phases
from slotweave.anatomy.timeline import timeline
from slotweave.anatomy.unrolled import MOST_SHOWN, unrolled, up_to_halt
from slotweave.anatomy.words.live_scratch import is_straight
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.facts import Facts
from slotweave.ir.program import Bundle, Program
from slotweave.machine import Machine
from slotweave.simulate.legality import costs_a_cycle
from slotweave.views.drawn import (
    Overview,
    ReportProgram,
    kernel_lines,
    phase_rows,
    short_name,
)
from slotweave.views.page.page import Table, report_page

#: Longer programs are shown in part, with an overview of all of it: a browser could draw more (a
#: million operations are tried), but what waits for what takes minutes and gigabytes to find.
MOST_BUNDLES, MOST_SLOTS = 60_000, 250_000
#: Cycles of the part, and columns of the overview.
PART, COLUMNS = 4_000, 2_000


@dataclass(frozen=True)
class Reported:
    """A program to report, under `facts`, called `name`.

    `file` and `options` are what a command that takes it is given ("": there is no such file);
    `assumed` is what the facts are called.
    """

    name: str
    program: Program
    machine: Machine
    facts: Facts
    file: str = ""
    options: Mapping[str, str | None] = field(default_factory=dict)
    assumed: str = ""


def too_long(program: Program) -> bool:
    """Is only a part of it shown?"""
    return len(program.bundles) > MOST_BUNDLES or program.slots > MOST_SLOTS


def page_of_part(one: Reported, span: tuple[int, int] | None) -> str:
    """A part of a long run, each access in it taken to alias every other one."""
    refuse_faults(one.program, one.machine)
    whole, path = _as_it_runs(one)
    bundles = whole.bundles
    cycles = list(accumulate(map(costs_a_cycle, bundles), initial=0))
    total = cycles[-1]
    first, end = span or (max(0, (total - PART) // 2), min(total, (total + PART) // 2))
    if not 0 <= first < end <= total:
        raise InputError(Diagnostic("SW212", f"there are cycles 0 to {total - 1:,} to show"))
    end = min(end, first + MOST_BUNDLES, _last_of(bundles, cycles, first))
    begin = next(at for at, cycle in enumerate(cycles) if cycle >= first)
    stop = next(at for at, cycle in enumerate(cycles) if cycle >= end)
    part = replace(whole, bundles=bundles[begin:stop])
    placed = placements(part, one.machine, {})
    spent = list(accumulate(map(costs_a_cycle, part.bundles), initial=0))
    use = utilisation(whole, one.machine)
    ladder = [(name, -(-use[name].used // slots), f"its slots on {name}, {slots} a cycle")
              for name, slots in one.machine.engines if slots]  # fmt: skip
    name, cycles_of, _why = max(ladder, key=lambda rung: rung[1])
    sentence = (
        f"It takes {total:,} cycles, and its slots on {name} alone need {cycles_of:,}: "
        f"{100 * use[name].share:.1f} % of the slots on {name} are used."
    )
    drawn = timeline(part, one.machine, placed)
    stages = phase_rows(phases(placed, drawn.groups, spent))
    shown = ReportProgram(
        short_name(one.name), drawn, spent, ladder, stages, None, None,
        overview=_overview(whole, one.machine, cycles, (first, end)),
        lines=kernel_lines(one.program, path[begin:stop]),
    )  # fmt: skip
    said = (
        f"Of the {total:,} cycles of the run the overview shows how much of each engine is used; "
        f"the other pictures show cycles {first:,} to {end - 1:,} alone (`--cycles A..B` chooses "
        "others). What they say of waiting knows only this part: any two accesses to memory are "
        "taken to alias, and results from before it are taken to be there when it begins."
    )
    return report_page(short_name(one.name), sentence, [shown], [use_table(use)], sampled=said)


def _last_of(bundles: Sequence[Bundle], cycles: Sequence[int], first: int) -> int:
    """The cycle before which the bundles from cycle `first` on fill MOST_SLOTS slots."""
    slots = 0
    for at in range(bisect_left(cycles, first), len(bundles)):
        slots += sum(map(len, bundles[at].values()))
        if slots > MOST_SLOTS:
            return cycles[at]
    return cycles[-1]


def _as_it_runs(one: Reported) -> tuple[Program, Sequence[int]]:
    """The bundles that run, in order, and their places in the text.

    Raises InputError (SW219) if jumps keep them from being known, or are too many to follow.
    """
    if is_straight(one.program):
        found = up_to_halt(one.program)
        return found, range(len(found.bundles))
    run = unrolled(one.program, one.machine, one.facts, MOST_SHOWN)
    return run.program, run.path


def _overview(
    program: Program, machine: Machine, cycles: Sequence[int], part: tuple[int, int]
) -> Overview:
    total = cycles[-1]
    columns = min(COLUMNS, total)
    used = {engine: [0] * columns for engine in machine.slots}
    for cycle, bundle in zip(cycles, program.bundles, strict=False):
        at = min(cycle * columns // total, columns - 1)
        for engine, slots in bundle.items():
            if engine in used:
                used[engine][at] += len(slots)
    widths = [total * (at + 1) // columns - total * at // columns for at in range(columns)]
    shares = {
        engine: [round(255 * count / (width * slots)) for count, width in
                 zip(used[engine], widths, strict=True)]
        for engine, slots in machine.engines if slots
    }  # fmt: skip
    return Overview(total, part, shares)


def use_table(use: Mapping[str, EngineUse]) -> Table:
    """How many slots of each engine are used."""
    rows = [[name, each.used, each.slots, f"{100 * each.share:.1f} %"]
            for name, each in use.items()]  # fmt: skip
    return "Engines", ("engine", "used", "slots", "share"), rows
