"""A timeline as a trace for Perfetto's viewer in its own form, protocol buffers.

The wire format is written here: a message is its fields, each a key (number and kind) and a value.
Numbers of fields are those of perfetto_trace.proto (TracePacket, TrackDescriptor, TrackEvent,
DebugAnnotation), Perfetto 0.59. A cycle is a microsecond. Tracks, counters and arrows are those of
the JSON form; events come in the order of time, ends before what begins in the same cycle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slotweave.anatomy.timeline import Timeline
from slotweave.views.trace.json_trace import counted, operands, track_of

_VARINT, _FIXED64, _BYTES = 0, 1, 2
_NANOSECONDS = 1000  # in a cycle
_PROGRAM = 1  # the track above all others
#: TrackEvent.Type
_BEGIN, _END, _COUNTER = 1, 2, 4
#: TracePacket.sequence_flags: nothing before this packet is referred to.
_CLEARED = 1
#: TrackDescriptor.child_ordering: by sibling_order_rank.
_EXPLICIT = 3


def perfetto_protobuf(name: str, shown: Timeline, cycles: Sequence[int]) -> bytes:
    """The trace; `cycles` are those over before each bundle, and in the end."""
    tracks = {slot: _PROGRAM + number for slot, number in track_of(shown).items()}
    packets = [
        _packet(_field(13, _CLEARED) + _message(60, _field(1, _PROGRAM) + _text(2, name)
                                                + _field(11, _EXPLICIT)))
    ]  # fmt: skip
    for rank, ((engine, slot), track) in enumerate(tracks.items()):
        packets.append(_track(track, f"{engine}[{slot}]", rank))
    counters = list(counted(shown))
    first = _PROGRAM + len(tracks) + 1
    for rank, (counter, _values) in enumerate(counters):
        made = _track(first + rank, counter, len(tracks) + rank, _message(8, b""))
        packets.append(made)
    packets += [packet for _time, packet in sorted(
        [*_slices(shown, cycles, tracks), *_counts(counters, cycles, first)],
        key=lambda event: event[0])]  # fmt: skip
    return b"".join(packets)


#: When an event is (cycle, its place among those of that cycle), and its packet.
_Event = tuple[tuple[int, int], bytes]


def _slices(
    shown: Timeline, cycles: Sequence[int], tracks: dict[tuple[str, int], int]
) -> Iterator[_Event]:
    columns, groups = shown.placed.columns, shown.groups
    leave, arrive = _flows(shown)
    for number, (bundle, engine, slot) in enumerate(columns.places):
        written, at = columns.slots[number], cycles[bundle]
        track = _field(11, tracks[engine, slot])
        told = _note("slot", " ".join(map(str, written))) + _note("bundle", bundle)
        if groups.group[number] >= 0:
            told += _note("group", groups.group[number]) + _note("stage", groups.stage[number])
        begin = _field(9, _BEGIN) + track + _text(23, str(written[0])) + told
        begin += b"".join(_fixed(47, flow) for flow in leave.get(number, ()))
        begin += b"".join(_fixed(48, flow) for flow in arrive.get(number, ()))
        yield (at, 1), _event(at, begin)
        yield (at + 1, 0), _event(at + 1, _field(9, _END) + track)


def _flows(shown: Timeline) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The numbers of the arrows that leave, and that arrive at, each operation."""
    leave: dict[int, list[int]] = {}
    arrive: dict[int, list[int]] = {}
    for number, (maker, reader) in enumerate(operands(shown), 1):
        leave.setdefault(maker, []).append(number)
        arrive.setdefault(reader, []).append(number)
    return leave, arrive


def _counts(
    counters: Sequence[tuple[str, list[int]]], cycles: Sequence[int], first: int
) -> Iterator[_Event]:
    """Values where they change, and 0 in the end."""
    for number, (_name, values) in enumerate(counters, first):
        before = None
        for bundle, value in enumerate(values):
            if value != before and cycles[bundle] < cycles[bundle + 1]:
                yield (cycles[bundle], 2), _count(cycles[bundle], number, value)
                before = value
        yield (cycles[-1], 2), _count(cycles[-1], number, 0)


def _count(cycle: int, track: int, value: int) -> bytes:
    return _event(cycle, _field(9, _COUNTER) + _field(11, track) + _field(30, value))


def _event(cycle: int, event: bytes) -> bytes:
    return _packet(_field(8, cycle * _NANOSECONDS) + _message(11, event))


def _track(number: int, name: str, rank: int, more: bytes = b"") -> bytes:
    told = _field(1, number) + _field(5, _PROGRAM) + _text(2, name) + _field(12, rank)
    return _packet(_message(60, told + more))


def _note(name: str, value: str | int) -> bytes:
    """A debug annotation."""
    held = _text(6, value) if isinstance(value, str) else _field(4, value)
    return _message(4, _text(10, name) + held)


def _packet(fields: bytes) -> bytes:
    """A packet of the one sequence that there is."""
    return _message(1, _field(10, 1) + fields)


def _field(number: int, value: int) -> bytes:
    return _varint(number << 3 | _VARINT) + _varint(value)


def _fixed(number: int, value: int) -> bytes:
    return _varint(number << 3 | _FIXED64) + value.to_bytes(8, "little")


def _text(number: int, value: str) -> bytes:
    return _message(number, value.encode())


def _message(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; all but the last have the highest bit set."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
