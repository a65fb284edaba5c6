"""What the tables of several commands share: title, rows, engines, idle slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from slotweave.analysis.utilisation import EngineUse
from slotweave.base.wording import plural
from slotweave.views.narrow import with_whole_numbers

_BAR_CELLS = 12

#: Causes of idle slots (see anatomy.causes.idle_causes), as columns of a table call them.
IDLE_CAUSE_NAMES = {
    "free": "fillable",
    "jump": "after a jump",
    "scratch": "word used",
    "memory": "memory",
    "elsewhere": "elsewhere",
    "dependence": "waiting",
    "nothing": "no work",
}
_LEGEND = (
    "Idle slots by cause. Fillable: a later operation could fill the slot.{jump} Otherwise the "
    "next operation waits: for its word of scratch to be free (word used), for an access to "
    "memory (memory), for an operand whose own engine was full (elsewhere), or for an operand "
    "(waiting). No work: no operation that could move is left."
)


def title(
    kernel: str | None, machine: str | None, parameters: Mapping[str, object], **details: object
) -> Text:
    """`tree-hash on challenge: height 10, rounds 16, contract values, plan default`."""
    name = str(kernel or "program") + (f" on {machine}" if machine else "")
    named = [*parameters.items(), *details.items()]
    told = [f"{one} {value}" for one, value in named if value is not None]
    return Text(f"{name}: {', '.join(told)}" if told else name, style="bold")


def grid(rows: Iterable[tuple[str, Text]]) -> Table:
    """What is said of a program, a row for each."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, said in rows:
        table.add_row(name, said)
    return table


def engine_table(engines: Mapping[str, EngineUse]) -> Table:
    """One row for each engine: how many of its slots were used."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("engine")
    table.add_column("slots used", width=_BAR_CELLS)
    for heading in ("busy", "used", "total"):
        table.add_column(heading, justify="right")
    for name, use in engines.items():
        bar = ProgressBar(total=use.slots or 1, completed=use.used, width=_BAR_CELLS)
        share = f"{100 * use.share:.1f} %" if use.slots else "–"
        table.add_row(name, bar, share, f"{use.used:,}", f"{use.slots:,}")
    return with_whole_numbers(table)


def idle_table(idle: Mapping[str, Mapping[str, int]]) -> Table:
    """One row for each engine: its idle slots by cause."""
    shown = [cause for cause in IDLE_CAUSE_NAMES if cause != "jump" or _behind_jumps(idle)]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("idle")
    for heading in (IDLE_CAUSE_NAMES[cause] for cause in shown):
        table.add_column(heading, justify="right")
    for name, causes in idle.items():
        table.add_row(name, *(f"{causes.get(cause, 0):,}" for cause in shown))
    return with_whole_numbers(table)


def idle_legend(idle: Mapping[str, Mapping[str, int]]) -> Text:
    """What the columns of `idle_table` count."""
    jump = " After a jump: one could, but for a jump between." if _behind_jumps(idle) else ""
    return Text(_LEGEND.format(jump=jump), style="dim")


def _behind_jumps(idle: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether slots are idle because of jumps: others have no column for it."""
    return any(causes.get("jump") for causes in idle.values())


def gap_text(cycles: int, bound: int, of: str) -> str:
    """How far the cycles are from a bound, which is one `of` something."""
    if cycles == bound:
        return f"none: no schedule is shorter {of}"
    share = f" ({100 * (cycles - bound) / bound:,.1f} % above the bound)" if bound else ""
    return f"{plural(cycles - bound, 'cycle')}{share}"
