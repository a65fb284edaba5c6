"""Traces keep the rules of the importer that reads them, and both forms say the same.

The rules are those of Perfetto's importers of JSON ("Trace Event Format") and of track events:
slices of one track are disjoint or nested, else they are dropped; an arrow binds to the slice that
is open on its track at its time; counters are numbers. The protocol buffers are read by Perfetto's
own classes, which the package `perfetto` brings.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackDescriptor, TrackEvent

from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.timeline import Timeline, timeline
from slotweave.anatomy.unrolled import unrolled
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import CHALLENGE
from slotweave.views.trace import perfetto_protobuf, perfetto_trace
from support.command_line import slotweave
from support.scalar_programs import scalar_tree_hash
from support.tree_hash import compiled

#: Name, track, first cycle and its note of each slice; what arrows join; values of counters.
Slices = set[tuple[str, str, int, str]]
Arrows = set[tuple[tuple[str, int], tuple[str, int]]]
Counts = dict[str, list[tuple[int, int]]]


@pytest.fixture(scope="module", params=["compiled", "scalar"])
def shown(request: pytest.FixtureRequest) -> tuple[Timeline, tuple[int, ...]]:
    made = {"compiled": lambda: compiled((4, 3, 24)).program,
            "scalar": lambda: scalar_tree_hash(3, 2, 8)[0]}  # fmt: skip
    run = unrolled(made[request.param](), CHALLENGE, NOTHING_KNOWN)
    placed = placements(run.program, CHALLENGE, run.known)
    return timeline(run.program, CHALLENGE, placed), run.cycles


def read_json(data: bytes) -> tuple[Slices, Arrows, Counts]:
    events: list[dict[str, Any]] = json.loads(gzip.decompress(data))["traceEvents"]
    tracks = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
    assert len(set(tracks.values())) == len(tracks)
    found: Slices = set()
    by_track: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for e in events:
        assert e["ph"] in "MXCsf"
        if e["ph"] == "X":
            found.add((e["name"], tracks[e["tid"]], e["ts"], e["args"]["slot"]))
            by_track[e["tid"]].append((e["ts"], e["ts"] + e["dur"]))
    for spans in by_track.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(spans)))
    ends: dict[int, dict[str, tuple[str, int]]] = defaultdict(dict)
    for e in events:
        if e["ph"] in "sf":
            assert e["ph"] == "s" or e["bp"] == "e", "the end binds to the slice around it"
            assert any(a <= e["ts"] < b for a, b in by_track[e["tid"]]), "no slice to bind to"
            ends[e["id"]][e["ph"]] = (tracks[e["tid"]], e["ts"])
    arrows = {(both["s"], both["f"]) for both in ends.values()}
    assert all(one[1] < other[1] for one, other in arrows)
    counts: Counts = defaultdict(list)
    for e in events:
        if e["ph"] == "C":
            counts[e["name"]].append((e["ts"], e["args"][e["name"]]))
    return found, arrows, dict(counts)


def read_protobuf(data: bytes) -> tuple[Slices, Arrows, Counts]:
    trace = Trace.FromString(data)
    tracks: dict[int, TrackDescriptor] = {}
    found: Slices = set()
    counts: Counts = defaultdict(list)
    begun: dict[int, tuple[str, int]] = {}
    flows: dict[int, dict[str, tuple[str, int]]] = defaultdict(dict)
    last = 0
    for packet in trace.packet:
        assert packet.trusted_packet_sequence_id == 1
        if packet.HasField("track_descriptor"):
            tracks[packet.track_descriptor.uuid] = packet.track_descriptor
            continue
        event, (cycle, rest) = packet.track_event, divmod(packet.timestamp, 1000)
        assert rest == 0
        assert cycle >= last, "events of one sequence come in order"
        last, name = cycle, tracks[event.track_uuid].name
        if event.type == TrackEvent.TYPE_SLICE_BEGIN:
            assert event.track_uuid not in begun, "slices of one track overlap"
            begun[event.track_uuid] = (event.name, cycle)
            notes = {note.name: note for note in event.debug_annotations}
            found.add((event.name, name, cycle, notes["slot"].string_value))
            for kind, ids in (("s", event.flow_ids), ("f", event.terminating_flow_ids)):
                for flow in ids:
                    flows[flow][kind] = (name, cycle)
        elif event.type == TrackEvent.TYPE_SLICE_END:
            assert begun.pop(event.track_uuid)[1] == cycle - 1
        else:
            assert event.type == TrackEvent.TYPE_COUNTER
            assert tracks[event.track_uuid].HasField("counter")
            counts[name].append((cycle, event.counter_value))
    assert not begun
    above = [track for track in tracks.values() if not track.parent_uuid]
    assert len(above) == 1
    assert {t.parent_uuid for t in tracks.values() if t.parent_uuid} == {above[0].uuid}
    return found, {(both["s"], both["f"]) for both in flows.values()}, dict(counts)


def test_the_trace_has_every_operation_once_on_the_track_of_its_slot(
    shown: tuple[Timeline, tuple[int, ...]],
) -> None:
    one, cycles = shown
    slices, _arrows, counts = read_json(perfetto_trace("it", one, cycles))
    places = one.placed.columns.places
    assert {(track, at) for _name, track, at, _slot in slices} == {
        (f"{engine}[{slot}]", cycles[bundle]) for bundle, engine, slot in places
    }
    assert max(value for _at, value in counts["live words"]) == one.placed.live.max()


def test_both_forms_say_the_same(shown: tuple[Timeline, tuple[int, ...]]) -> None:
    one, cycles = shown
    slices, arrows, counts = read_json(perfetto_trace("it", one, cycles))
    assert read_protobuf(perfetto_protobuf("it", one, cycles)) == (slices, arrows, counts)
    assert arrows


def test_nothing_is_left_that_its_classes_do_not_know(
    shown: tuple[Timeline, tuple[int, ...]],
) -> None:
    data = perfetto_protobuf("it", *shown)
    trace = Trace.FromString(data)
    trace.DiscardUnknownFields()
    assert len(trace.SerializeToString()) == len(data)


def test_the_reader_would_see_slices_that_overlap() -> None:
    both = [{"ph": "X", "tid": 1, "ts": ts, "dur": 2, "name": "a", "args": {"slot": "a"}}
            for ts in (0, 1)]  # fmt: skip
    name = {"ph": "M", "tid": 1, "name": "thread_name", "args": {"name": "alu[0]"}}
    with pytest.raises(AssertionError):
        read_json(gzip.compress(json.dumps({"traceEvents": [name, *both]}).encode()))


def test_the_command_writes_both_forms(tmp_path: Path) -> None:
    program, _facts = scalar_tree_hash(3, 2, 4)
    file = tmp_path / "p.json"
    file.write_text(program_to_json(program))
    for form, read in (("perfetto", read_json), ("perfetto-protobuf", read_protobuf)):
        target = tmp_path / form
        assert slotweave("export", file, "--format", form, "-o", target).code == 0
        slices, _arrows, _counts = read(target.read_bytes())
        assert len(slices) == program.slots
