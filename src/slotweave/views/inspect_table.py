"""Where the cycles of a program go, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from slotweave.anatomy.headline import headline
from slotweave.anatomy.inspection import Inspection, RunView
from slotweave.anatomy.words.never_written import NeverWritten
from slotweave.base.wording import plural
from slotweave.ir.text.loop_json import loops_said
from slotweave.views.loops import loop_text
from slotweave.views.parts import engine_table, grid, idle_legend, idle_table, title
from slotweave.views.phase_table import groups_line, phase_table
from slotweave.views.result_table import bound_rows

#: What is printed before the second of the commands to type next.
_OR = ("or",)
_LEGEND_OF_PHASES = (
    "Stages: how often the data of a group of items went from arithmetic to a load or a select; "
    "operations for several groups are shared."
)
#: Most words named that operations wait for; JSON has more.
_WORDS_SHOWN = 3


def inspect_view(
    found: Inspection, context: Iterable[tuple[str, str]] = (), commands: Sequence[str] = ()
) -> RenderableType:
    """`found` as a rich view; below its rows those of `context`, and what to type next."""
    rows = [*_rows(found), *((name, Text(said)) for name, said in context)]
    parts: list[RenderableType] = [
        title_of(found), Text(headline(found)), "", grid(rows), "",
        engine_table(found.engines),
    ]  # fmt: skip
    if found.view is not None:
        parts += ["", idle_table(found.view.idle), "", idle_legend(found.view.idle)]
        parts += ["", phase_table(found.view.phases), "", Text(_LEGEND_OF_PHASES, style="dim")]
    if commands:
        parts += ["", Text("\n".join(map("{}: {}".format, ("next", *_OR), commands)))]
    return Group(*parts)


def title_of(found: Inspection) -> Text:
    """What the program is, as far as it says so."""
    origin: Mapping[str, Any] = found.origin
    params = origin.get("params")
    return title(
        origin.get("kernel"), found.machine, params if isinstance(params, dict) else {},
        contract=origin.get("contract"), plan=origin.get("plan"),
    )  # fmt: skip


def _rows(found: Inspection) -> Iterator[tuple[str, Text]]:
    yield "cycles", Text(f"{found.cycles:,}", style="bold green")
    if found.run_bundles is not None:
        run, text = plural(found.run_bundles, "bundle"), f"{found.bundles:,}"
        why = "it ends at a halt" if found.straight else "its jumps are followed"
        yield "run", Text(f"{run}, from {text} in the program: {why}")
    elif found.refusal is not None:
        yield "", Text(found.cycles_of)
    if found.bound is not None:
        slots = "for these slots" if found.run_bundles is None else "for the slots of this run"
        yield from bound_rows(found.cycles, found.bound, found.dataflow, slots)
    for loop in loops_said(found.origin):
        yield f"loop {loop['where']}", Text(loop_text(loop))
    yield "scratch", Text(_scratch(found))
    if found.never_written is not None and found.never_written.reads:
        yield "never written", Text(_never_written(found, found.never_written), style="yellow")
    if found.double_writes:
        yield "two writes", Text(_double_writes(found), style="yellow")
    if found.view is not None:
        yield from _run_rows(found, found.view)


def _run_rows(found: Inspection, view: RunView) -> Iterator[tuple[str, Text]]:
    """What only a program has whose bundles run as they stand."""
    spans = view.spans
    text = (
        f"head {spans.head:,}, body {spans.body:,}, tail {spans.tail:,} cycles "
        f"(the body begins and ends where {spans.engine} is full)"
    )
    yield "spans", Text(text if spans.body else f"{spans.engine} is never full")
    yield "groups", Text(groups_line(view))
    yield "unused", Text(f"{plural(view.unused, 'operation')} with no effect on output")
    repeat = "repeats" if view.repeated == 1 else "repeat"
    yield "repeated", Text(f"{plural(view.repeated, 'operation')} that {repeat} an earlier one")
    could_move = [f"{count:,} on {name}" for name, count in view.could_move.items() if count]
    movable = f"{', '.join(could_move)} could each" if could_move else "no operation could"
    yield "could move", Text(f"{movable} move to a free slot of an earlier bundle")
    if view.word_waits:
        waits = [
            f"{plural(one.operations, 'operation')} for {_words(found, one.first, one.words)}"
            for one in view.word_waits[:_WORDS_SHOWN]
        ]
        yield "word used", Text(f"waiting only for a word in use: {', '.join(waits)}")
    for engine, others in view.movable.items():
        for other, number in others.items():
            yield f"on {engine}", Text(f"{plural(number, 'operation')} could run on {other}")


def _words(found: Inspection, first: int, words: int) -> str:
    """`v_idx (8)`, `word 8` or `words 8 to 15`."""
    name = found.names.of(first, words) if found.names else None
    if name is not None:
        return f"{name} ({first})"
    return f"word {first}" if words == 1 else f"words {first} to {first + words - 1}"


def _scratch(found: Inspection) -> str:
    scratch = found.scratch
    if found.refusal is not None:
        return f"{scratch.peak:,} of {scratch.size:,} words are used"
    at_the_peak = f"{scratch.peak:,} of {scratch.size:,} words still to be read at the peak"
    return f"{at_the_peak}, {scratch.mean:,} on average"


def _never_written(found: Inspection, unwritten: NeverWritten) -> str:
    reads = f"{plural(unwritten.reads, 'read')} of scratch that nothing has written"
    first = unwritten.first
    if first is None:
        return reads
    place = f"bundle {first.bundle}, {first.engine}[{first.slot}]"
    return f"{reads}, the first of {_words(found, first.word, 1)} in {place}"


def _double_writes(found: Inspection) -> str:
    first = found.double_writes[0].message
    slots = f"{plural(len(found.double_writes), 'slot')} that write a word that another slot writes"
    return f"{slots}: {first}" if len(found.double_writes) == 1 else f"{slots}, the first: {first}"
