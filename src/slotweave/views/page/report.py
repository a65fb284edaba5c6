"""The report of one program, or of two on one axis of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from slotweave.anatomy.compare.matching import Numbering, diff_sides, side_of
from slotweave.anatomy.compare.program_diff import ProgramDiff
from slotweave.anatomy.findings import findings
from slotweave.anatomy.headline import headline
from slotweave.anatomy.inspect import inspect_and_place
from slotweave.anatomy.inspection import Inspection
from slotweave.anatomy.phases import WORK, Spans
from slotweave.anatomy.timing.slot_curves import slot_curves
from slotweave.base.diagnostics import Diagnostic, InputError, naming
from slotweave.base.wording import plural
from slotweave.views.drawn import ReportProgram, kernel_lines, program_drawn, short_name
from slotweave.views.inspect_table import title_of
from slotweave.views.next_command import next_commands
from slotweave.views.page.page import Table, report_page
from slotweave.views.page.part import (
    MOST_BUNDLES,
    MOST_SLOTS,
    Reported,
    page_of_part,
    too_long,
    use_table,
)
from slotweave.views.parts import IDLE_CAUSE_NAMES
from slotweave.views.svg.matched import counterparts
from slotweave.views.svg.program_svg import PICTURES, program_svg


def report(
    one: Reported, other: Reported | None = None, span: tuple[int, int] | None = None
) -> str:
    """The page of one program, or of two. `span` are the cycles to show of a long one.

    Raises CheckFailed for what the machine cannot run, InputError (SW219) for a program whose run
    is not known, and SW212 for two programs that are too long, or a span that is none.
    """
    if other is not None:
        return _of_two(one, other)
    if too_long(one.program) or span is not None:
        return page_of_part(one, span)
    shown, found = program_and_inspection(one)
    return report_page(short_name(one.name), headline(found), [shown], _tables(found))


def report_svg(
    programs: Sequence[Reported],
    span: tuple[int, int] | None = None,
    wanted: Sequence[str] = PICTURES,
) -> str:
    """The pictures of the page as SVG, for one program or two; raises as `report` does."""
    for one in programs:
        _expect_short(one)
    names = _names(programs)
    drawn = [program_and_inspection(one) for one in programs]
    shown = [replace(each, name=name) for (each, _found), name in zip(drawn, names, strict=True)]
    heading = _compared(names, [found for _each, found in drawn])
    match = None
    if len(shown) > 1 and "match" in wanted:
        match = counterparts(compared_sides(*programs), *shown)
    return program_svg(heading, shown, span, wanted, match)


def _names(programs: Sequence[Reported]) -> list[str]:
    """Short names, if they tell the programs apart."""
    short = [short_name(one.name) for one in programs]
    return short if len(set(short)) == len(short) else [one.name for one in programs]


def _expect_short(one: Reported) -> None:
    if too_long(one.program):
        reason = (
            f"programs of more than {MOST_BUNDLES:,} bundles or {MOST_SLOTS:,} slots are shown in "
            "part, on a page of their own: `slotweave report PROGRAM --cycles A..B`"
        )
        raise InputError(Diagnostic("SW212", reason, file=one.name))


def _compared(names: Sequence[str], found: Sequence[Inspection]) -> str:
    """What to know first of one program, or of two."""
    if len(found) == 1:
        return f"{title_of(found[0]).plain}. {headline(found[0])}"
    fewer = found[0].cycles - found[1].cycles
    than = "as long as" if not fewer else "shorter than" if fewer > 0 else "longer than"
    by = f"{plural(abs(fewer), 'cycle')} " if fewer else ""
    return f"{names[1]} is {by}{than} {names[0]}. {names[0]}: {headline(found[0])}"


def program_and_inspection(one: Reported) -> tuple[ReportProgram, Inspection]:
    """All that the pictures show of a program whose run is known, and what was inspected."""
    with naming(one.name if one.file else ""):
        found, run = inspect_and_place(one.program, one.machine, one.facts)
        if found.refusal is not None:
            raise InputError(found.refusal)
    assert run is not None  # the run of what is not refused is known
    ran, placed = run
    curves = slot_curves(placed, one.machine, found.cycles)
    return replace(
        program_drawn(one.name, one.machine, found, run),
        what_if=curves,
        lines=kernel_lines(one.program, ran.path),
        findings=findings(found, curves),
        about=f"{title_of(found).plain}{one.assumed and '. Facts: '}{one.assumed}",
        commands=next_commands(found, one.file, one.machine, one.options) if one.file else (),
    ), found


def _of_two(one: Reported, other: Reported) -> str:
    for each in (one, other):
        _expect_short(each)
    names = _names((one, other))
    (first, seen), (second, seen_too) = program_and_inspection(one), program_and_inspection(other)
    match = counterparts(compared_sides(one, other), first, second)
    tables = [(f"{name}: {caption}", heads, rows)
              for name, found in zip(names, (seen, seen_too), strict=True)
              for caption, heads, rows in _tables(found)]  # fmt: skip
    shown = [replace(each, name=name) for each, name in zip((first, second), names, strict=True)]
    return report_page(
        " and ".join(names), _compared(names, (seen, seen_too)), shown, tables, match
    )


def compared_sides(one: Reported, other: Reported) -> ProgramDiff:
    """The operations of both, matched by what they compute."""
    numbering = Numbering()
    a, b = (side_of(each.program, each.machine, each.facts, numbering) for each in (one, other))
    return diff_sides(a, b)


def _tables(found: Inspection) -> list[Table]:
    """The numbers behind the pictures, as `inspect --json` has them."""
    tables: list[Table] = [
        use_table(found.engines),
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
        *_spans(view.spans),
        ("Operations over time, by kind of work", ("cycles", *WORK),
         [[f"{one.first:,} to {one.last:,}", *(one.operations.get(work, 0) for work in WORK)]
          for one in view.slices]),
        ("Scratch", ("peak", "average", "words"), [[scratch.peak, scratch.mean, scratch.size]]),
        ("Groups of items by stage", ("group", "stage", "first cycle", "last cycle"),
         [["shared" if phase.group is None else str(phase.group),
           "" if phase.stage is None else str(phase.stage), phase.first, phase.last]
          for phase in view.phases]),
    ]  # fmt: skip
    return tables


def _spans(spans: Spans) -> Iterator[Table]:
    """Head, body and tail, of a program that has a body."""
    if spans.body:
        yield ("Spans", ("engine", "head", "body", "tail"),
               [[spans.engine, spans.head, spans.body, spans.tail]])  # fmt: skip
