"""The forms that a program can be written in: ours, and those of extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slotweave.extensions import ExportForm, extensions, machines
from slotweave.extensions.lookup import unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slotweave.anatomy.timeline import Timeline
    from slotweave.ir.program import Program


def _json(program: Program) -> str:
    from slotweave.ir.text.program_files import program_to_json

    return program_to_json(program)


def _text(program: Program) -> str:
    from slotweave.ir.text.program_files import program_to_text

    return program_to_text(program)


def _perfetto(program: Program) -> bytes:
    from slotweave.views.trace import perfetto_trace

    return perfetto_trace(*_timeline(program))


def _perfetto_protobuf(program: Program) -> bytes:
    from slotweave.views.trace import perfetto_protobuf

    return perfetto_protobuf(*_timeline(program))


def _timeline(program: Program) -> tuple[str, Timeline, Sequence[int]]:
    """The program's name, its run, and the cycles that are over before each bundle of it."""
    from slotweave.anatomy.causes.placements import run_placements
    from slotweave.anatomy.inspect import refuse_faults
    from slotweave.anatomy.timeline import timeline
    from slotweave.anatomy.unrolled import MOST_SHOWN, unrolled
    from slotweave.ir.facts import NOTHING_KNOWN

    known = machines()
    if program.machine not in known:
        raise unknown(
            "SW208", "machine", program.machine, known, shown_by="slotweave machines list"
        )
    machine = known[program.machine]
    refuse_faults(program, machine)
    run = unrolled(program, machine, NOTHING_KNOWN, MOST_SHOWN)
    shown = timeline(run.program, machine, run_placements(run, machine))
    return str(program.meta.get("kernel", "program")), shown, run.cycles


def program_forms() -> dict[str, ExportForm]:
    """The forms a program can be written in."""
    ours = (
        ExportForm("json", "", _json),
        ExportForm("text", "", _text),
        ExportForm("perfetto", _PERFETTO, _perfetto),
        ExportForm("perfetto-protobuf", "", _perfetto_protobuf),
    )
    theirs = (form for extension in extensions() for form in extension.exports)
    return {form.name: form for form in (*ours, *theirs)}


_PERFETTO = (
    "`perfetto` is a packed trace for https://ui.perfetto.dev: a track for each slot; "
    "`perfetto-protobuf` is the same in the viewer's own form."
)
