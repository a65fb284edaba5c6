"""The phases of a program as a person reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from rich.table import Table

from slotweave.anatomy.inspection import RunView
from slotweave.anatomy.phases import WORK, Phase
from slotweave.base.wording import plural
from slotweave.views.narrow import with_whole_numbers

#: Most stages shown; JSON has all.
_SHOWN = 20
#: Kinds of work whose names are too long for a column.
_SHORT = {"constants": "const", "arithmetic": "arith"}


def groups_line(view: RunView) -> str:
    """How many groups of items there are, how long each takes, how many are under way at a time."""
    spans = group_spans(view.phases)
    if not spans:
        return "none"
    lengths = [last - first + 1 for first, last in spans.values()]
    many = f"{plural(len(spans), 'group')} of items"
    length = plural(round(median(lengths)), "cycle")
    return (
        f"{many}, {length} from first to last operation at the median, "
        f"{view.under_way.groups:,.1f} under way at a time on average"
    )


def group_spans(phases: Sequence[Phase]) -> dict[int, tuple[int, int]]:
    """group -> first and last cycle of its operations."""
    spans: dict[int, tuple[int, int]] = {}
    for phase in phases:
        if phase.group is not None:
            first, last = spans.get(phase.group, (phase.first, phase.last))
            spans[phase.group] = min(first, phase.first), max(last, phase.last)
    return spans


def phase_table(phases: Sequence[Phase]) -> Table:
    """One row for each stage, over all groups; shared operations first."""
    rows = list(_stages(phases))
    works = [work for work in WORK if any(row[1][work] for row in rows)]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("stage")
    for heading in ("groups", "cycles", *(_SHORT.get(work, work) for work in works)):
        table.add_column(heading, justify="right")
    for stage, operations, span, groups in rows[: _SHOWN + 1]:
        name = "shared" if stage is None else str(stage)
        counts = [f"{operations[work]:,}" for work in works]
        table.add_row(name, f"{groups or ''}", f"{span[0]:,}–{span[1]:,}", *counts)
    if len(rows) > _SHOWN + 1:
        table.add_row(f"{len(rows) - _SHOWN - 1:,} more")
    return with_whole_numbers(table)


def _stages(
    phases: Sequence[Phase],
) -> Iterator[tuple[int | None, Counter[str], tuple[int, int], int]]:
    """(stage, operations by work, first and last cycle, number of groups) of each stage."""
    stages = sorted({phase.stage for phase in phases}, key=lambda stage: stage or 0)
    for stage in stages:
        of_it = [phase for phase in phases if phase.stage == stage]
        operations: Counter[str] = Counter()
        for phase in of_it:
            operations.update(phase.operations)
        span = (min(phase.first for phase in of_it), max(phase.last for phase in of_it))
        yield stage, operations, span, len(of_it) if stage is not None else 0
