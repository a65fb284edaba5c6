"""A file of assembly looked at or packed again: its blocks one by one, and their totals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.bounds.projects import makespan_bounds
from slotweave.driver.solving.solve import Limits, Method
from slotweave.extensions.lookup import unknown
from slotweave.hexagon.assembly.listing import Block, Listing
from slotweave.hexagon.assembly.read import lines_with_packets, read_listing
from slotweave.hexagon.dependence.edges import dependences
from slotweave.hexagon.judges.liveness import live_out
from slotweave.hexagon.machine.opcodes import opcode
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.loop_reach import with_numbers_kept, within_reach
from slotweave.hexagon.packing.loop_text import put_loop
from slotweave.hexagon.packing.loops import is_loop_of_one_block, overlapped_bounds
from slotweave.hexagon.packing.pipelined import Pipelined, pipeline_loop
from slotweave.hexagon.packing.pipelining import loop_bound, loop_problem
from slotweave.hexagon.packing.problem import input_schedule, packet_problem
from slotweave.hexagon.packing.renaming import repack_renamed
from slotweave.hexagon.packing.repack import Repacked, bound_block, repack_block, rule_broken

#: Told of each block: its number from 0, and what was found.
Told = Callable[[int, Repacked], None]

_WORD = re.compile(r"\w")

#: Who shows the names of all blocks of a file.
_SHOWS_NAMES = "slotweave hexagon inspect FILE.s --least 1"


@dataclass(frozen=True)
class FileResult:
    """What is known of a file: each block of which something is known, by its number, and each
    loop of one block where passes were to overlap."""

    listing: Listing
    blocks: Mapping[int, Repacked]
    counts: Mapping[str, int] | None = None
    loops: Mapping[int, Pipelined] | None = None

    @property
    def text(self) -> str:
        """The file with the packets that were found in place of longer ones."""
        changed = {k: one.written for k, one in self.blocks.items() if one.written is not None}
        lines = lines_with_packets(self.listing, changed)
        for number, one in (self.loops or {}).items():
            if one.code is not None and one.entry is not None:
                lines = put_loop(self.listing, lines, number, one.code, one.entry)
        return "".join(lines)

    @property
    def size(self) -> int:
        """The packets of `text`."""
        return sum(len(block.packets) for block in read_listing(self.text).blocks)

    def weight(self, block: Block) -> int:
        """How often a block runs, 1 where no counts are given."""
        if self.counts is None:
            return 1
        return self.counts.get(block.name, 0)

    def to_json(self) -> dict[str, Any]:
        rows = [_row(one, self.weight(one.block)) for one in self.blocks.values()]
        return {
            "file": self.listing.file,
            "machine": "hexagon-v67",
            "understood": understood(self.listing),
            "totals": self.totals(),
            "blocks": rows,
            **({} if self.loops is None else {"loops": self.loop_rows()}),
        }

    def loop_rows(self) -> list[dict[str, Any]]:
        """What is known of each loop whose passes were to overlap, as JSON."""
        return [one.to_json() for one in (self.loops or {}).values()]

    def totals(self) -> dict[str, Any]:
        """Sums over all blocks, weighted by counts if there are any."""
        rows = [(one, self.weight(one.block)) for one in self.blocks.values()]
        return {
            "blocks": len(rows),
            "before": sum(weight * one.before for one, weight in rows),
            "packets": sum(weight * one.packets for one, weight in rows),
            "after": sum(weight * one.after for one, weight in rows),
            "bound": sum(weight * one.bound for one, weight in rows),
            "proved": sum(one.is_proved for one, _ in rows),
            "replaced": sum(one.written is not None for one, _ in rows),
            "unknown": sum(one.is_unknown for one, _ in rows),
            "same": sum(one.same is not None and one.same.proved for one, _ in rows),
            "weighted": self.counts is not None,
        }


def _row(one: Repacked, weight: int) -> dict[str, Any]:
    return {
        "function": one.block.function,
        "block": one.block.name,
        "line": one.block.packets[0].first + 1,
        "is_loop": one.block.is_loop,
        "instructions": one.block.size,
        "before": one.before,
        "packets": one.packets,
        "after": one.after,
        "bound": {"packets": one.bound, "why": one.why, "by": one.by},
        "proved": one.is_proved,
        "stalls": {
            "before": one.stalls_before,
            "after": one.stalls_after,
            "found": one.stalls if one.written is None else None,
            "modelled": True,
        },
        "idle": dict(one.idle),
        "kept": one.kept,
        "weight": weight,
        "same": None if one.same is None else {"program": one.same.answer, "why": one.same.why},
    }


def expect_code(listing: Listing) -> Listing:
    """Raise InputError (SW213) for a file that is no assembly: it has no instruction, and something
    beside labels and directives, or no directive. Tables of data are assembly."""
    if not listing.blocks and (listing.strange_lines or not _has_directive(listing)):
        reason = "there is no instruction for Hexagon in it, as clang and llvm-mc print them"
        raise InputError(Diagnostic("SW213", reason, file=listing.file))
    return listing


def _has_directive(listing: Listing) -> bool:
    return any(line.lstrip().startswith(".") for line in listing.lines)


def understood(listing: Listing) -> dict[str, Any]:
    """How much of the file the reader and the machine's table know; a line that the reader does not
    understand counts as an instruction, unless it is a brace alone."""
    rows = [one for block in listing.blocks for p in block.packets for one in p.instructions]
    strange = Counter(one.template for one in rows if opcode(one) is None)
    known = len(rows) - sum(strange.values())
    size = len(rows) + sum(bool(_WORD.search(listing.lines[k])) for k in listing.strange_lines)
    return {
        "instructions": size,
        "known": known,
        "share": known / size if size else 1.0,
        "unknown": dict(sorted(strange.items())),
        "strange_lines": [number + 1 for number in listing.strange_lines],
    }


def _known_counts(listing: Listing, counts: Mapping[str, int] | None) -> Mapping[str, int] | None:
    """The counts by the names of blocks, which tables show behind that of the function.

    Raises InputError (SW212) for a name that is none.
    """
    if counts is None:
        return None
    names = {one.name: one.name for one in listing.blocks}
    names |= {f"{one.function} {one.name}": one.name for one in listing.blocks}
    shown = [one.shown_name for one in listing.blocks]
    known: Counter[str] = Counter()
    for name, count in counts.items():
        if name not in names:
            raise unknown("SW212", "block", name, shown, shown_by=_SHOWS_NAMES)
        known[names[name]] += count
    return known


def inspect_file(text: str, file: str, counts: Mapping[str, int] | None = None) -> FileResult:
    """The blocks as they are, with bounds that need no search."""
    listing = expect_code(read_listing(text, file))
    rows = {k: bound_block(one, version=listing.version) for k, one in enumerate(listing.blocks)}
    return FileResult(listing, rows, _known_counts(listing, counts))


def repack_file(
    text: str,
    file: str,
    limits: Limits,
    *,
    method: Method = Method.AUTO,
    counts: Mapping[str, int] | None = None,
    facts: Iterable[str] = (),
    no_worse: NoWorse = NoWorse.STALLS,
    rename: bool = False,
    pipeline: bool = False,
    tell: Told = lambda _number, _found: None,
) -> FileResult:
    """The blocks packed again, each within `limits`; what `no_worse` names gets no worse. With
    `rename` in other registers, too, and with `pipeline` so that passes of hardware loops of one
    block overlap."""
    listing = expect_code(read_listing(text, file))
    how: dict[str, Any] = {
        "facts": tuple(facts),
        "no_worse": no_worse,
        "version": listing.version,
    }
    known = _known_counts(listing, counts)
    live = live_out(listing) if rename or pipeline else ()

    def pack(number: int, block: Block, limits: Limits, kept: frozenset[str]) -> Repacked:
        if rename:
            return repack_renamed(block, live[number] | kept, limits, method, **how)
        return repack_block(block, limits, method, **how)

    def again(number: int, block: Block, kept: frozenset[str], plain: Repacked) -> Repacked:
        return pack(number, block, limits.after(*plain.spent), kept)

    found: dict[int, Repacked] = {}
    loops: dict[int, Pipelined] = {}
    for number, block in enumerate(listing.blocks):
        found[number] = pack(number, block, limits, frozenset())
        if pipeline and is_loop_of_one_block(listing, block):
            loops[number] = pipeline_loop(
                listing, number, found[number], live[number], limits,
                rename=rename, facts=tuple(facts), no_worse=no_worse,
            )  # fmt: skip
        tell(number, found[number])
    found, loops = with_numbers_kept(found, loops, again)
    result = FileResult(listing, found, known, loops if pipeline else None)
    if not pipeline:
        return result
    while (fitting := within_reach(listing, result.text, found, loops, again)) != (found, loops):
        found, loops = fitting
        result = replace(result, blocks=found, loops=loops)
    return result


def block_bounds(text: str, file: str, least: int) -> list[dict[str, Any]]:
    """For each block of `least` packets or more all bounds that need no search, and for a loop of
    one block those of a pass if its passes overlapped, in any registers and in those it has."""
    listing = expect_code(read_listing(text, file))
    rows = []
    for block in listing.blocks:
        found = dependences(block, version=listing.version)
        if found is None or not found.operations or len(block.packets) < least:
            continue
        problem = packet_problem(found)
        broken = rule_broken(problem, input_schedule(problem), listing.version)
        loops = is_loop_of_one_block(listing, block)
        periods = overlapped_bounds(block, version=listing.version) if loops else ()
        rows.append(
            {
                "function": block.function,
                "block": block.name,
                "line": block.packets[0].first + 1,
                "before": len(block.packets),
                "bounds": [
                    {"packets": one.value, "why": one.why}
                    for one in makespan_bounds(problem.project)
                ],
                "broken": broken,
                "overlapped": [{"packets": one.value, "why": one.why} for one in periods],
                "registers_kept": _kept_bound(block, listing.version) if loops else None,
            }
        )
    return rows


def _kept_bound(block: Block, version: int) -> dict[str, Any] | None:
    """The bound of a pass whose passes overlap in the registers that they have."""
    problem = loop_problem(block, None, version=version)
    if problem is None:
        return None
    packets, why = loop_bound(problem)
    return {"packets": packets, "why": why}


def notable(result: FileResult, least: int) -> Iterator[Repacked]:
    """The blocks of `least` packets or more, the longest first."""
    rows = (one for one in result.blocks.values() if one.before >= least)
    yield from sorted(rows, key=lambda one: (-one.before, one.block.packets[0].first))
