"""A result as a person reads it: cycles, bound, gap, engines, scratch, what was verified.

The view is made from the JSON form of a result of `compile` or `repack`; what a result does not say
is left out. (`inspect` has a table of its own.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from slotweave.analysis.promises import Promise
from slotweave.base.wording import inputs_text, plural
from slotweave.views.loops import loop_text
from slotweave.views.narrow import with_whole_numbers

_BAR_CELLS = 12

#: Why a slot is idle (see analysis.idle), as the columns of the table call it.
_CAUSES = {"dependence": "not ready", "scratch": "held back", "nothing": "no work"}
_LEGEND = (
    "Idle slots: operations for the engine are not ready yet, are held back (scratch is nearly "
    "full), or are all done. (`slotweave inspect` says what operations of a program wait for.)"
)


def result_view(
    summary: Mapping[str, Any], context: Iterable[tuple[str, str]] = ()
) -> RenderableType:
    """`summary` (the JSON form of a result) as a rich view; below its rows those of `context`."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold")
    facts.add_column(overflow="fold")
    for name, text in _rows(summary):
        facts.add_row(name, text)
    for name, said in context:
        facts.add_row(name, Text(said))
    parts: list[RenderableType] = [
        Text(_title(summary), style="bold"), "", facts, "", _engines(summary)
    ]  # fmt: skip
    if summary.get("idle"):
        parts += ["", Text(_LEGEND, style="dim")]
    return Group(*parts)


def _title(summary: Mapping[str, Any]) -> str:
    """`tree-hash on challenge: height 10, rounds 16, contract values, plan default`."""
    kernel = summary.get("kernel") or "program"
    details = [f"{name} {value}" for name, value in (summary.get("params") or {}).items()]
    details += [f"{key} {summary[key]}" for key in ("contract", "plan") if summary.get(key)]
    title = f"{kernel} on {summary['machine']}" if summary.get("machine") else str(kernel)
    return f"{title}: {', '.join(details)}" if details else title


def _rows(summary: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    cycles = summary["cycles"]
    yield "cycles", Text(f"{cycles:,}", style="bold green")
    if summary.get("jumps"):
        taken = ", ".join(f"{count:,} {name}" for name, count in summary["jumps"].items())
        yield "bundles", Text(f"{summary['bundles']:,} in the program; jumps in a run: {taken}")
    bound = summary.get("bound")
    if bound:
        yield "lower bound", Text(f"{bound['cycles']:,} {_bound_of(summary)}: {bound['why']}")
        yield "gap", Text(_gap(summary, bound["cycles"]))
    for loop in summary.get("loops") or ():
        yield f"loop {loop['where']}", Text(loop_text(loop))
    scratch = summary.get("scratch")
    if scratch:
        yield "scratch", Text(_scratch(scratch, summary))
    unwritten = summary.get("never_written")
    if unwritten and unwritten["reads"]:
        yield "never written", Text(_never_written(unwritten), style="yellow")
    doubled = summary.get("double_writes")
    if doubled and doubled["slots"]:
        yield "two writes", Text(_double_writes(doubled), style="yellow")
    if summary.get("evaluations") is not None:
        yield "evaluations", Text(f"{summary['evaluations']:,} (see --evaluations)")
    verified = summary.get("verified")
    if verified:
        yield "verified", _verified(verified)
    proved = summary.get("proved")
    promises = summary.get("promises") or []
    if proved and proved.get("why"):
        yield "proved", Text(_proved(proved, bool(promises)))
    for promise in promises:
        yield "promised", Text(f"{Promise(**promise)}", style="yellow")


def _bound_of(summary: Mapping[str, Any]) -> str:
    """What the lower bound is one of: each command has another thing in hand."""
    if "before" in summary:
        unchanged = summary.get("way") == "unchanged"
        return (
            "for the variants that were tried"
            if unchanged
            else "for this variant of the program alone"
        )
    if "jumps" in summary:
        return "for one run of these slots, each on its engine"
    return "for the operations of this plan"


def _scratch(scratch: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    """Of a kernel the words given to live values, whole vectors; of a program those still read."""
    taken = "still to be read" if "before" in summary else "allocated"
    return f"{scratch['peak']:,} of {scratch['size']:,} words {taken} at the peak"


def _never_written(unwritten: Mapping[str, Any]) -> str:
    first = unwritten["first"]
    place = f"bundle {first['bundle']}, {first['engine']}[{first['slot']}]"
    reads = f"{plural(unwritten['reads'], 'read')} of scratch that nothing wrote before"
    return f"{reads}, the first of word {first['word']} in {place}"


def _double_writes(doubled: Mapping[str, Any]) -> str:
    first = doubled["first"]["text"]
    slots = f"{plural(doubled['slots'], 'slot')} that write a word that another slot writes"
    return f"{slots}: {first}" if doubled["slots"] == 1 else f"{slots}, the first: {first}"


def _gap(summary: Mapping[str, Any], bound: int) -> str:
    """How far the cycles are from `bound`, a bound of what `_bound_of` says and no more."""
    cycles = summary["cycles"]
    if "before" in summary:
        return f"{plural(cycles - bound, 'cycle')} to this bound; other variants may be shorter"
    if cycles == bound:
        return f"none: no schedule is shorter {_bound_of(summary)}"
    share = f" ({100 * (cycles - bound) / bound:.1f} % above the bound)" if bound else ""
    return f"{plural(cycles - bound, 'cycle')}{share}"


def _verified(verified: Mapping[str, Any]) -> Text:
    instances, mismatches = verified["instances"], verified["mismatches"]
    if mismatches:
        return Text(
            f"{mismatches:,} of {instances:,} random inputs gave a wrong result", style="bold red"
        )
    inputs = inputs_text(instances, verified.get("directed") or 0)
    text = Text(f"agrees with {verified['against']} on {inputs}", style="green")
    missing = coverage_line(verified.get("coverage") or {})
    return text if not missing else text.append(f"; {missing}", style="yellow")


def coverage_line(coverage: Mapping[str, Any]) -> str:
    """What to say of sides of branches that no input reached; nothing if there are none."""
    unreached = coverage.get("unreached") or ()
    if not unreached:
        return ""
    first = ", ".join(unreached[:2]) + (", ..." if len(unreached) > 2 else "")
    so_far = "reached by no input" if coverage.get("followed", True) else (
        "not seen to be reached, as long runs are followed for a while only"
    )  # fmt: skip
    return f"{len(unreached):,} of the {coverage['sides']:,} sides of branches {so_far} ({first})"


def _proved(proved: Mapping[str, Any], promised: bool) -> str:
    given = ", given what it promises" if promised else ""
    verdicts = {True: f"yes{given}", False: "no", "unknown": "unknown"}
    program, definition = proved["program"], proved["definition"]
    said = f"program does what its kernel says: {verdicts[program]}"
    if not proved.get("defined", True):
        return f"{said} ({proved['why']})"
    said = f"{said}; kernel does what its definition says: {verdicts[definition]}"
    return said if program is definition is True else f"{said} ({proved['why']})"


def _engines(summary: Mapping[str, Any]) -> Table:
    """One row for each engine: how many of its slots were used, and why the others were idle."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("engine")
    table.add_column("slots used", width=_BAR_CELLS)
    idle = summary.get("idle")
    for heading in ("busy", "used", "total", *(_CAUSES.values() if idle else ())):
        table.add_column(heading, justify="right")
    for name, engine in summary["engines"].items():
        used, slots = engine["used"], engine["slots"]
        bar = ProgressBar(total=slots or 1, completed=used, width=_BAR_CELLS)
        share = f"{100 * used / slots:.1f} %" if slots else "–"
        causes = [f"{idle[name].get(cause, 0):,}" for cause in _CAUSES] if idle else []
        table.add_row(name, bar, share, f"{used:,}", f"{slots:,}", *causes)
    return with_whole_numbers(table)
