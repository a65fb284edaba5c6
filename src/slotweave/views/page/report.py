"""The report of one program, or of two on one axis of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import PurePath

from slotweave.analysis.utilisation import EngineUse, utilisation
from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.compare.matching import Numbering, diff_sides, side_of
from slotweave.anatomy.findings import findings
from slotweave.anatomy.headline import headline
from slotweave.anatomy.inspect import inspect_and_place, refuse_faults
from slotweave.anatomy.inspection import Inspection
from slotweave.anatomy.timeline import timeline
from slotweave.anatomy.timing.slot_curves import slot_curves
from slotweave.anatomy.unrolled import MOST_SHOWN, Unrolled, unrolled, up_to_halt
from slotweave.anatomy.words.live_scratch import is_straight
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.lift import Ran
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.legality import costs_a_cycle
from slotweave.views.inspect_table import title_of
from slotweave.views.next_command import next_command
from slotweave.views.page.page import Overview, ReportProgram, Table, report_page
from slotweave.views.parts import IDLE_CAUSE_NAMES

#: Longer programs are shown in part, with an overview of all of it.
MOST_BUNDLES = 60_000
#: Cycles of the part, and columns of the overview.
PART, COLUMNS = 4_000, 2_000


@dataclass(frozen=True)
class Reported:
    """A program to report, under `facts`, called `name`.

    `file` and `options` are what a command that takes it is given ("": there is no such file).
    """

    name: str
    program: Program
    machine: Machine
    facts: Facts
    file: str = ""
    options: Mapping[str, str | None] = field(default_factory=dict)


def report(
    one: Reported, other: Reported | None = None, span: tuple[int, int] | None = None
) -> str:
    """The page of one program, or of two. `span` are the cycles to show of a long one.

    Raises CheckFailed for what the machine cannot run, InputError (SW219) for a program whose run
    is not known, and SW212 for two programs that are too long, or a span that is none.
    """
    if other is not None:
        return _of_two(one, other)
    if len(one.program.bundles) > MOST_BUNDLES or span is not None:
        return _of_part(one, span)
    shown, found = _whole(one)
    return report_page(_short(one.name), headline(found), [shown], _tables(found))


def _whole(one: Reported) -> tuple[ReportProgram, Inspection]:
    found, run = inspect_and_place(one.program, one.machine, one.facts)
    if found.refusal is not None:
        raise InputError(found.refusal)
    assert run is not None  # the run of what is not refused is known
    assert found.view is not None
    (ran, placed), view = run, found.view
    curves = slot_curves(placed, one.machine, found.cycles)
    return ReportProgram(
        _short(one.name),
        timeline(ran.program, one.machine, placed),
        ran.cycles,
        [(rung.name, rung.cycles, rung.why) for rung in found.ladder],
        [(phase.group, phase.stage, phase.first, phase.last) for phase in view.phases],
        (view.spans.head, view.spans.body),
        curves,
        lines=_lines(one.program, ran),
        findings=findings(found, curves),
        about=title_of(found).plain,
        command=next_command(found, one.file, one.options) if one.file else "",
    ), found


def _short(name: str) -> str:
    """The last part of the path to a file."""
    return PurePath(name).name or name


def _lines(program: Program, ran: Unrolled) -> tuple[Sequence[int], Sequence[str]]:
    """The kernel's line of each operation of the run, and the texts of these lines."""
    lines = program.lines
    if len(lines.slots) != program.slots:
        return (), ()
    first = list(accumulate((sum(map(len, b.values())) for b in program.bundles), initial=0))
    slots: list[int] = []
    for bundle in ran.path:
        at = first[bundle]
        for engine, row in program.bundles[bundle].items():
            slots += () if engine == DEBUG_ENGINE else lines.slots[at : at + len(row)]
            at += len(row)
    return slots, lines.texts


def _of_two(one: Reported, other: Reported) -> str:
    for each in (one, other):
        if len(each.program.bundles) > MOST_BUNDLES:
            reason = f"programs of more than {MOST_BUNDLES:,} bundles are reported one at a time"
            raise InputError(Diagnostic("SW212", reason, file=each.name))
    (first, seen), (second, seen_too) = _whole(one), _whole(other)
    numbering = Numbering()
    sides = [side_of(each.program, each.machine, each.facts, numbering) for each in (one, other)]
    diff = diff_sides(sides[0], sides[1])
    places = [_numbers(shown) for shown in (first, second)]
    of_second = {}
    for found in diff.matches:
        mine = _operation(places[0], diff.a.done[found.a[0]].ran)
        of_second[mine] = _operation(places[1], diff.b.done[found.b[0]].ran)
    size = first.shown.placed.columns.size
    match = [of_second.get(number, -1) for number in range(size)]
    fewer = seen.cycles - seen_too.cycles
    than = "as long as" if not fewer else "shorter than" if fewer > 0 else "longer than"
    by = f"{plural(abs(fewer), 'cycle')} " if fewer else ""
    names = [_short(each.name) for each in (one, other)]
    sentence = f"{names[1]} is {by}{than} {names[0]}. {names[0]}: {headline(seen)}"
    tables = [(f"{_short(each.name)}: {caption}", heads, rows)
              for each, found in ((one, seen), (other, seen_too))
              for caption, heads, rows in _tables(found)]  # fmt: skip
    return report_page(" and ".join(names), sentence, [first, second], tables, match)


#: Bundle of the text or of the run, engine, slot -> number of the operation.
_Numbers = dict[tuple[int, str, int], int]


def _numbers(shown: ReportProgram) -> _Numbers:
    columns = shown.shown.placed.columns
    cycles = shown.cycles
    return {
        (cycles[bundle], engine, slot): number
        for number, (bundle, engine, slot) in enumerate(columns.places)
    }


def _operation(numbers: _Numbers, ran: Ran) -> int:
    place = (ran.cycle, ran.engine, ran.slot)
    return numbers.get(place, -1)


def _of_part(one: Reported, span: tuple[int, int] | None) -> str:
    """A part of a long run, each access in it taken to alias every other one."""
    refuse_faults(one.program, one.machine)
    whole = _as_it_runs(one)
    bundles = whole.bundles
    cycles = list(accumulate(map(costs_a_cycle, bundles), initial=0))
    total = cycles[-1]
    first, end = span or (max(0, (total - PART) // 2), min(total, (total + PART) // 2))
    if not 0 <= first < end <= total:
        raise InputError(Diagnostic("SW212", f"there are cycles 0 to {total - 1:,} to show"))
    end = min(end, first + MOST_BUNDLES)
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
    shown = ReportProgram(
        _short(one.name), timeline(part, one.machine, placed), spent, ladder, [], None, None,
        overview=_overview(whole, one.machine, cycles, (first, end)),
    )  # fmt: skip
    said = (
        f"Of the {total:,} cycles of the run the overview shows how much of each engine is used; "
        f"the other pictures show cycles {first:,} to {end - 1:,} alone (`--cycles A..B` chooses "
        "others). What they say of waiting knows only this part: any two accesses to memory are "
        "taken to alias, and results from before it are taken to be there when it begins."
    )
    return report_page(_short(one.name), sentence, [shown], [_use_table(use)], sampled=said)


def _as_it_runs(one: Reported) -> Program:
    """The bundles that run, in order. Raises InputError (SW219) if jumps keep them from being
    known, or are too many to follow."""
    if is_straight(one.program):
        return up_to_halt(one.program)
    return unrolled(one.program, one.machine, one.facts, MOST_SHOWN).program


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


def _tables(found: Inspection) -> list[Table]:
    """The numbers behind the pictures, as `inspect --json` has them."""
    tables: list[Table] = [
        _use_table(found.engines),
        ("Lower bounds and cycles", ("bound", "cycles", "why"),
         [*([rung.name, rung.cycles, rung.why] for rung in found.ladder),
          ["this program", found.cycles, "what it takes"]]),
    ]  # fmt: skip
    view = found.view
    if view is None:
        return tables
    idle = [[name, *(causes.get(cause, 0) for cause in IDLE_CAUSE_NAMES)]
            for name, causes in view.idle.items()]  # fmt: skip
    scratch = found.scratch
    tables += [
        ("Idle slots by cause", ("engine", *IDLE_CAUSE_NAMES.values()), idle),
        ("Spans", ("engine", "head", "body", "tail"),
         [[view.spans.engine, view.spans.head, view.spans.body, view.spans.tail]]),
        ("Scratch", ("peak", "average", "words"), [[scratch.peak, scratch.mean, scratch.size]]),
        ("Groups of items by stage", ("group", "stage", "first cycle", "last cycle"),
         [["shared" if phase.group is None else str(phase.group),
           "" if phase.stage is None else str(phase.stage), phase.first, phase.last]
          for phase in view.phases]),
    ]  # fmt: skip
    return tables


def _use_table(use: Mapping[str, EngineUse]) -> Table:
    rows = [[name, each.used, each.slots, f"{100 * each.share:.1f} %"]
            for name, each in use.items()]  # fmt: skip
    return "Engines", ("engine", "used", "slots", "share"), rows
