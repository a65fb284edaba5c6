"""A timeline as a trace for Perfetto's viewer (https://ui.perfetto.dev), in its JSON form, packed.

A track for each slot: operations of one track never overlap, for the viewer drops slices that do.
A cycle is a microsecond. Counters show live words and the slots in use; arrows lead from operations
to those that read their results. Source of the format: "Trace Event Format", Google, 2016.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from slotweave.anatomy.causes.placements import CAUSES
from slotweave.anatomy.timeline import Timeline

Event = dict[str, Any]

_PROCESS = 1


def perfetto_trace(name: str, shown: Timeline, cycles: Sequence[int]) -> bytes:
    """The trace as packed JSON; `cycles` are those over before each bundle, and in the end.

    The same timeline gives the same bytes.
    """
    events = [*_tracks(name, shown), *_slices(shown, cycles), *_counters(shown, cycles),
              *_arrows(shown, cycles)]  # fmt: skip
    trace = {"displayTimeUnit": "ns", "traceEvents": events}
    return gzip.compress(json.dumps(trace, separators=(",", ":")).encode(), mtime=0)


def track_of(shown: Timeline) -> dict[tuple[str, int], int]:
    """The number of the track of each slot, from 1."""
    slots = [(name, slot) for name, count in shown.machine.engines for slot in range(count)]
    return {slot: number for number, slot in enumerate(slots, 1)}


def _tracks(name: str, shown: Timeline) -> Iterator[Event]:
    yield _named("process_name", 0, {"name": name})
    for (engine, slot), track in track_of(shown).items():
        yield _named("thread_name", track, {"name": f"{engine}[{slot}]"})
        yield _named("thread_sort_index", track, {"sort_index": track})


def _named(what: str, track: int, args: dict[str, Any]) -> Event:
    return {"ph": "M", "pid": _PROCESS, "tid": track, "name": what, "args": args}


def _slices(shown: Timeline, cycles: Sequence[int]) -> Iterator[Event]:
    columns, tracks = shown.placed.columns, track_of(shown)
    groups, kinds = shown.groups, columns.kind.tolist()
    for number, (bundle, engine, slot) in enumerate(columns.places):
        written = columns.slots[number]
        args: dict[str, Any] = {"slot": " ".join(map(str, written)), "bundle": bundle}
        if groups.group[number] >= 0:
            args |= {"group": groups.group[number], "stage": groups.stage[number]}
        yield {
            "ph": "X", "pid": _PROCESS, "tid": tracks[engine, slot], "ts": cycles[bundle], "dur": 1,
            "name": str(written[0]), "cat": columns.kinds[kinds[number]].operation.name,
            "args": args,
        }  # fmt: skip


def _counters(shown: Timeline, cycles: Sequence[int]) -> Iterator[Event]:
    """Values where they change."""
    for name, values in counted(shown):
        before = None
        for bundle, value in enumerate(values):
            if value != before and cycles[bundle] < cycles[bundle + 1]:
                yield _counter(name, cycles[bundle], value)
                before = value
        yield _counter(name, cycles[-1], 0)


def _counter(name: str, cycle: int, value: int) -> Event:
    return {"ph": "C", "pid": _PROCESS, "ts": cycle, "name": name, "args": {name: value}}


def counted(shown: Timeline) -> Iterator[tuple[str, list[int]]]:
    """What is counted in each bundle: live words, and the slots in use of each engine."""
    yield "live words", shown.placed.live.tolist()
    for engine in shown.machine.slots:
        yield f"{engine} in use", [len(b.get(engine, ())) for b in shown.program.bundles]


def operands(shown: Timeline) -> Iterator[tuple[int, int]]:
    """Each operation with those that read its result: (maker, reader)."""
    waits = shown.waits
    reads = np.flatnonzero(waits.cause == CAUSES.index("operand"))
    owner = np.searchsorted(waits.offset, reads, "right") - 1
    yield from zip(waits.source[reads].tolist(), owner.tolist(), strict=True)


def _arrows(shown: Timeline, cycles: Sequence[int]) -> Iterator[Event]:
    """From each operation to those that read its result."""
    columns, tracks = shown.placed.columns, track_of(shown)
    for number, ends in enumerate(operands(shown), 1):
        for kind, one in zip("sf", ends, strict=True):
            bundle, engine, slot = columns.places[one]
            at = {"ph": kind, "pid": _PROCESS, "tid": tracks[engine, slot], "ts": cycles[bundle],
                  "id": number, "name": "operand", "cat": "operand"}  # fmt: skip
            yield at | ({"bp": "e"} if kind == "f" else {})
