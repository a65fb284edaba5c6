"""A file's blocks as text, and as a page that works offline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from slotweave.base.wording import plural
from slotweave.hexagon.assembly.listing import Packet
from slotweave.hexagon.inspection import FileResult, notable, understood
from slotweave.hexagon.machine.opcodes import NEWEST_SHOWN
from slotweave.hexagon.packing.pipelined import Pipelined
from slotweave.hexagon.packing.repack import Repacked
from slotweave.views.escaping import escape

#: Blocks that the page shows packet by packet.
_MOST_SHOWN = 40


def result_lines(result: FileResult, least: int, *, searched: bool = True) -> Iterator[str]:
    """The totals, and one line for each block of `least` packets or more.

    If nothing was `searched` for, there is no packing beside that of the input.
    """
    yield from _heads(result, searched=searched)
    rows = list(notable(result, least))
    if not rows:
        return
    yield ""
    yield from _SEARCHED if searched else _LOOKED_AT
    found = f"{'found':>7}{'written':>9}" if searched else ""
    yield f"{'block':<34}{'before':>8}{found}{'bound':>7}{'stalls':>9}  why"
    for one in rows:
        stalls = (
            f"{one.stalls_before} -> {one.stalls_after}" if searched else f"{one.stalls_before}"
        )
        state = "" if one.is_proved or not searched else "  (not proved)"
        if one.packets < one.after:
            which = f", which stalls {one.stalls}" if one.written is None else ""
            state += f"  (found{which}, not written: {one.kept})"
        why = one.why or one.kept
        packets = f"{one.packets:>7}{one.after:>9}" if searched else ""
        yield (
            f"{one.block.shown_name:<34}{one.before:>8}{packets}{one.bound:>7}{stalls:>9}"
            f"  {why}{state}"
        )
    if result.loops:
        yield from _loop_lines(result.loops.values())


def _meaning(one: Pipelined) -> str:
    """What the meaning of instructions says of a loop that is written."""
    if one.same is not None and one.same.proved:
        return "proved the same for any number of passes"
    return f"unknown by meaning: {'' if one.same is None else one.same.why}"


def _loop_lines(loops: Iterable[Pipelined]) -> Iterator[str]:
    """One line for each loop whose passes were to overlap."""
    yield ""
    yield from _LOOPS
    head = f"{'loop':<34}{'without':>8}{'with':>7}{'bound':>7}{'stalls':>9}{'stages':>8}"
    yield f"{head}{'from':>6}  why"
    for one in loops:
        place = f"{one.block.function} {one.block.name}"
        if one.period is None:
            yield f"{place:<34}{one.before:>8}{'-':>7}{one.bound:>7}{'':>23}  left: {one.kept}"
            continue
        stalls = f"{one.stalls_before} -> {one.stalls}"
        state = "" if one.is_proved else " (not proved least)"
        yield (
            f"{place:<34}{one.before:>8}{one.period:>7}{one.bound:>7}{stalls:>9}{one.stages:>8}"
            f"{one.least:>6}  {one.why}{state}; {_meaning(one)}"
        )


#: Lines that are named of those that are not understood.
_MOST_NAMED = 6

#: What the columns are.
_LOOPS = (
    "loops: packets of a pass as written without overlap and as passes overlap; bound: no schedule "
    "has fewer; from: passes from which on the loop with overlap is run",
)
_LOOKED_AT = (
    "before: packets in the file; bound: no packing of the block has fewer",
    "stalls: modelled stall cycles of the packets in the file; why: what gives the bound",
)
_SEARCHED = (
    "before: packets in the file; found: packets of the best packing; written: packets written; "
    "bound: no packing has fewer",
    "stalls: modelled stall cycles, before -> written; why: what gives the bound",
)


def _heads(result: FileResult, *, searched: bool = True) -> Iterator[str]:
    known, totals = understood(result.listing), result.totals()
    yield (
        f"understood {100 * known['share']:.1f} % of {known['instructions']:,} instructions in "
        f"{plural(totals['blocks'], 'block')}"
    )
    for template, count in known["unknown"].items():
        yield f"  not known: {template} ({count} times)"
    if known["strange_lines"]:
        more = ", ..." if len(known["strange_lines"]) > _MOST_NAMED else ""
        lines = ", ".join(map(str, known["strange_lines"][:_MOST_NAMED])) + more
        count = plural(len(known["strange_lines"]), "line")
        yield f"  {count} not understood, which stay as they are: {lines}"
    if result.listing.version > NEWEST_SHOWN:
        version = result.listing.version
        yield f"  the file is for v{version}, and rules of packets are known up to v{NEWEST_SHOWN}"
    weighted = ", weighted by the counts" if totals["weighted"] else ""
    found = (
        f"; {totals['after']:,} as written, {totals['packets']:,} found, bound "
        f"{totals['bound']:,}; {totals['proved']} of {plural(totals['blocks'], 'block')} proved, "
        f"{totals['replaced']} replaced"
    )
    yield (
        f"{totals['before']:,} packets{weighted}"
        + (found if searched else f", bound {totals['bound']:,}")
    )
    overlapped = sum(one.parts is not None for one in (result.loops or {}).values())
    if overlapped:
        yield (
            f"{plural(overlapped, 'loop')} written with overlap beside that: "
            f"{result.size:,} packets in the file"
        )
    if totals["replaced"]:
        yield (
            f"{totals['same']} of {plural(totals['replaced'], 'block')} written proved to do the "
            "same, by the meaning of their instructions"
        )
        yield from _unproved(result)
    yield from _not_written(result)
    yield "packets are not time; stalls are modelled by LLVM's itineraries, not measured"


def _unproved(result: FileResult) -> Iterator[str]:
    for one in result.blocks.values():
        if one.same is not None and not one.same.proved:
            yield f"  unknown of {one.block.shown_name}: {one.same.why}"


def _not_written(result: FileResult) -> Iterator[str]:
    """The packets by which blocks as written are longer than was found, by the reasons; of
    those that run."""
    left: defaultdict[str, list[int]] = defaultdict(list)
    for one in result.blocks.values():
        weight = result.weight(one.block)
        if weight and one.packets < one.after:
            left[one.kept].append(weight * (one.after - one.packets))
    for why, rows in sorted(left.items()):
        packets = plural(sum(rows), "packet")
        yield f"found and not written: {packets} fewer in {plural(len(rows), 'block')}: {why}"


_STYLE = """
body{font:14px/1.4 system-ui,sans-serif;margin:2em;max-width:90em;color:#222;background:#fff}
table{border-collapse:collapse}
td,th{padding:.15em .6em;text-align:right;border-bottom:1px solid #ddd}
td:first-child,td:last-child,th:first-child,th:last-child{text-align:left}
.packets{display:flex;gap:2em;align-items:flex-start;flex-wrap:wrap}
.packets td{font:11px/1.3 ui-monospace,monospace;text-align:left;border:1px solid #ccc}
.packets td{background:#e8f0fa}.packets td.empty{background:#fff}
.packets td.no{background:#777;color:#fff;text-align:right}
"""


def page(result: FileResult) -> str:
    """One HTML page: totals, tables of blocks and loops, and the packets of those replaced."""
    heads = "".join(f"<p>{escape(line)}</p>" for line in _heads(result))
    rows = "".join(map(_table_row, notable(result, 2)))
    shown = [one for one in notable(result, 2) if one.written is not None][:_MOST_SHOWN]
    pictures = "".join(map(_picture, shown))
    loops = "" if not result.loops else _loops(list(result.loops.values()))
    title = f"Hexagon packets of {escape(result.listing.file)}"
    columns = "".join(f"<p>{escape(line)}</p>" for line in _SEARCHED)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{heads}{columns}"
        "<table><tr><th>block</th><th>before</th><th>found</th><th>written</th><th>bound</th>"
        "<th>stalls (modelled)</th><th>empty slots</th><th>why</th></tr>"
        f"{rows}</table>{loops}{pictures}</body></html>\n"
    )


def _loops(loops: Sequence[Pipelined]) -> str:
    """A table of the loops whose passes were to overlap, and the packets of those that do."""
    heads = ("loop", "without", "with", "bound", "stalls (modelled)", "stages", "from", "why")
    cells = "".join(f"<th>{one}</th>" for one in heads)
    rows = "".join(map(_loop_row, loops))
    pictures = "".join(_loop_picture(one) for one in loops if one.parts is not None)
    said = "".join(f"<p>{escape(line)}</p>" for line in _LOOPS)
    return f"<h2>Loops</h2>{said}<table><tr>{cells}</tr>{rows}</table>{pictures}"


def _loop_row(one: Pipelined) -> str:
    place = f"{one.block.function} {one.block.name}"
    row: tuple[object, ...] = (place, one.before, "-", one.bound, "", "", "", f"left: {one.kept}")
    if one.period is not None:
        why = f"{one.why}{'' if one.is_proved else ' (not proved least)'}; {_meaning(one)}"
        stalls = f"{one.stalls_before} to {one.stalls}"
        row = (place, one.before, one.period, one.bound, stalls, one.stages, one.least, why)
    return f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>"


def _loop_picture(one: Pipelined) -> str:
    """A pass as it was, and the packets before the kernel, of it and after it."""
    assert one.parts is not None
    place = escape(f"{one.block.function} {one.block.name}")
    names = ("a pass as it was", "before the kernel", "kernel", "after the kernel")
    rows = zip(names, (one.block.packets, *one.parts), strict=True)
    tables = "".join(
        f"<div><p>{name}: {plural(len(row), 'packet')}</p>{_packet_table(row)}</div>"
        for name, row in rows
    )
    title = f"{place}: {plural(one.before, 'packet')} a pass to {one.period}"
    return f'<h2>{title}</h2><div class="packets">{tables}</div>'


def _table_row(one: Repacked) -> str:
    idle = ", ".join(f"{cause} {count}" for cause, count in one.idle)
    why = f"{one.why}{'' if one.is_proved else ' (not proved)'}" if one.why else one.kept
    cells = (
        one.block.shown_name, one.before, one.packets, one.after, one.bound,
        f"{one.stalls_before} to {one.stalls_after}", idle, why,
    )  # fmt: skip
    return f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in cells)}</tr>"


def _picture(one: Repacked) -> str:
    assert one.written is not None
    title = f"{escape(one.block.shown_name)}: {one.before} packets to {one.after}"
    tables = _packet_table(one.block.packets) + _packet_table(one.written)
    return f'<h2>{title}</h2><div class="packets">{tables}</div>'


def _packet_table(packets: tuple[Packet, ...]) -> str:
    rows = []
    for number, packet in enumerate(packets):
        texts = [one.text for one in packet.instructions]
        cells = [f"<td>{escape(text)}</td>" for text in texts]
        cells += ['<td class="empty"></td>'] * (4 - len(texts))
        rows.append(f'<tr><td class="no">{number}</td>{"".join(cells)}</tr>')
    return f"<table>{''.join(rows)}</table>"
