"""Results of `compile` and `repack` as a person reads them: cycles, bound, gap, engines, checks.

(`inspect` has a table of its own.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from slotweave.base.wording import (
    ANY_ORDER,
    EVERY_RUN,
    OF_DATAFLOW,
    plural,
)
from slotweave.ir.text.loop_json import loop_json
from slotweave.views.checked.inputs_tried import inputs_tried
from slotweave.views.loops import loop_text
from slotweave.views.parts import engine_table, gap_text, grid, idle_legend, idle_table, title

if TYPE_CHECKING:  # `compile` loads nothing of `repack`
    from slotweave.anatomy.summaries.compiled import CompiledSummary
    from slotweave.anatomy.words.never_written import UnwrittenRead
    from slotweave.base.diagnostics import Diagnostic
    from slotweave.bounds import Bound
    from slotweave.check.runs.execution import Verified
    from slotweave.check.runs.inputs import Coverage
    from slotweave.repacking.summary import RepackedSummary


def compiled_view(found: CompiledSummary) -> RenderableType:
    """`found` as a rich view."""
    job = found.result.job
    heading = title(
        job.kernel.name, job.machine.name, job.parameters,
        contract=job.contract, plan=job.plan.name,
    )  # fmt: skip
    why = Text("`slotweave inspect PROGRAM` shows why the other slots are idle.", style="dim")
    return Group(heading, "", grid(_compiled_rows(found)), "", engine_table(found.engines), "", why)


def repacked_view(
    found: RepackedSummary, context: Iterable[tuple[str, str]] = ()
) -> RenderableType:
    """`found` as a rich view; below its rows those of `context`."""
    origin = found.origin
    params = origin.get("params")
    heading = title(
        origin.get("kernel"), found.result.machine.name, params if params is not None else {},
        contract=origin.get("contract"),
    )  # fmt: skip
    rows = [*_repacked_rows(found), *((name, Text(said)) for name, said in context)]
    parts: list[RenderableType] = [heading, "", grid(rows), "", engine_table(found.engines)]
    if found.idle:
        parts += ["", idle_table(found.idle), "", idle_legend(found.idle)]
    return Group(*parts)


def _compiled_rows(found: CompiledSummary) -> Iterator[tuple[str, Text]]:
    result = found.result
    yield _cycles(found.cycles, found.cycles_of)
    of = found.bound_of
    if found.run is not None:
        taken = ", ".join(f"{count:,} {name}" for name, count in found.run.jumps.items())
        text = f"{len(result.program.bundles):,} in the program; jumps in a run: {taken or 'none'}"
        yield "bundles", Text(text)
    yield _bound(found.bound, f"{of}{found.order_of}")
    yield "gap", Text(gap_text(found.cycles, found.bound.cycles, of))
    for report in () if found.run is None else found.run.loops:
        loop = loop_json(report)
        yield f"loop {loop['where']}", Text(loop_text(loop))
    yield "scratch", _scratch(result.scratch_peak, result.job.machine.scratch_words, "allocated")
    yield _evaluations(result.evaluations)
    if result.verified.instances:
        yield "verified", _verified(result.verified)
    yield "proved", Text(_proved(found))
    for promise in result.promises:
        yield "promised", Text(f"{promise}", style="yellow")


def _repacked_rows(found: RepackedSummary) -> Iterator[tuple[str, Text]]:
    result, bound = found.result, found.bound
    yield _cycles(result.cycles, found.cycles_of)
    if bound is not None:
        yield from bound_rows(result.cycles, bound, found.dataflow, "for these slots")
    size = result.machine.scratch_words
    if result.blocks:  # what is live at a time depends on the jumps
        yield "scratch", Text(f"{found.scratch_peak:,} of {size:,} words are used")
    else:
        yield "scratch", _scratch(found.scratch_peak, size, "still to be read")
    unwritten = found.never_written
    if unwritten is not None and unwritten.first is not None:
        text = _never_written(unwritten.reads, unwritten.first)
        yield "never written", Text(text, style="yellow")
    if found.double_writes:
        text = _double_writes(len(found.double_writes), found.double_writes[0])
        yield "two writes", Text(text, style="yellow")
    yield _evaluations(result.evaluations)


def _cycles(cycles: int, of: str) -> tuple[str, Text]:
    said = Text(f"{cycles:,}", style="bold green")
    return "cycles", said if of == EVERY_RUN else said.append(f" ({of})", style="not bold default")


def _bound(bound: Bound, of: str) -> tuple[str, Text]:
    return "lower bound", Text(f"{bound.cycles:,} {of}: {bound.why}")


def bound_rows(
    cycles: int, bound: Bound, dataflow: Bound | None, slots: str
) -> Iterator[tuple[str, Text]]:
    """The bounds of a program that is there: of its slots, and of its operations on any engine."""
    of = f"{slots}, each on its engine"
    yield _bound(bound, f"{of}, {ANY_ORDER}")
    yield "gap", Text(gap_text(cycles, bound.cycles, of))
    if dataflow is not None:
        of = f"for the operations {OF_DATAFLOW}"
        yield "dataflow", Text(f"{dataflow.cycles:,} {of}: {dataflow.why}")


def _evaluations(made: int) -> tuple[str, Text]:
    return "evaluations", Text(f"{made:,} (see --evaluations)")


def _scratch(peak: int, size: int, taken: str) -> Text:
    """Of a kernel the words given to live values, whole vectors; of a program those still read."""
    return Text(f"{peak:,} of {size:,} words {taken} at the peak")


def _never_written(number: int, first: UnwrittenRead) -> str:
    place = f"bundle {first.bundle}, {first.engine}[{first.slot}]"
    reads = f"{plural(number, 'read')} of scratch that nothing has written"
    return f"{reads}, the first of word {first.word} in {place}"


def _double_writes(number: int, first: Diagnostic) -> str:
    slots = f"{plural(number, 'slot')} that write a word that another slot writes"
    return f"{slots}: {first.message}" if number == 1 else f"{slots}, the first: {first.message}"


def _verified(verified: Verified) -> Text:
    inputs = inputs_tried(verified)
    text = Text(f"agrees with {verified.against} on {inputs}", style="green")
    missing = coverage_line(verified.coverage)
    return text if not missing else text.append(f"; {missing}", style="yellow")


def coverage_line(coverage: Coverage) -> str:
    """What to say of sides of branches that no input reached; nothing if there are none."""
    unreached = coverage.unreached
    if not unreached:
        return ""
    first = ", ".join(unreached[:2]) + (", ..." if len(unreached) > 2 else "")
    so_far = "not reached by any input" if coverage.followed else (
        "not seen to be reached, because long runs are followed only for a while"
    )  # fmt: skip
    return f"{len(unreached):,} of the {coverage.sides:,} sides of branches {so_far} ({first})"


def _proved(found: CompiledSummary) -> str:
    result = found.result
    program, definition = result.equivalence.answer, result.definition.answer
    given = ", given what it promises" if result.promises else ""
    verdicts = {True: f"yes{given}", False: "no", "unknown": "unknown"}
    said = f"program does what its kernel says: {verdicts[program]}"
    if not found.defined:
        return f"{said} ({found.why})"
    said = f"{said}; kernel does what its definition says: {verdicts[definition]}"
    return said if program is definition is True else f"{said} ({found.why})"
