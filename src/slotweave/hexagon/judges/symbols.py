"""Whether two rows of packets do the same: both run on symbols, and what they leave is compared.

Guarantees, if no difference is returned: from the same registers and memory, both leave the same
registers, make the same accesses of memory with the same operands, and any two accesses that may
meet, one of them a store, in the same order; and both branch alike, in their last packet.

Each instruction is taken as an unknown function of what its text reads: the text without registers
and without `.new` is its name. So nothing here rests on what an instruction means, nor on the
tables and edges that schedulers use; what is read and written is told from the text alone. Only
these are looked into: a condition is `if so then the new value else the old one`, and the sum of a
register and a constant is an address. Example: `{ r1 = add(r0,#4) }` `{ r2 = memw(r1+#0) }` leaves
r1 = (r0, +4) and r2 = a load of 4 bytes at (r0, +4).

A packet reads all registers as they were before it, but `.new` ones as it writes them. Its loads
come before its stores, unless it is marked `:mem_noshuf`; then its accesses are in the order of the
text. Two unconditional writes of one register are refused, and so is a `.new` that nothing makes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from slotweave.hexagon.assembly.listing import Packet
from slotweave.hexagon.judges.terms import SPACE, Term, Terms
from slotweave.hexagon.judges.text import (
    CONDITION,
    REGISTER,
    SILENT,
    STEP,
    halves,
    is_written_alone,
    news,
    self_made,
    written,
    written_in_order,
)

_PLACE = re.compile(r"\bmem(b|ub|h|uh|w|d)\(([^()]*)\)")
_BASE = re.compile(r"^(r\d+)(?:\+##?(-?\d+)|\+\+#(-?\d+)|\+\+m[01])?$")
#: A base and a constant, of which the sum is an operand.
_OFFSET = re.compile(r"(\bmem(?:u?[bh]|[wd])\((?P<base>r\d+))\+#(?P<more>-?\d+)\)")
_SUM = re.compile(r"^(r\d+) = add\((r\d+),##?(-?\d+)\)$")
_COPY = re.compile(r"^(r\d+) = (r\d+)$")
_SIZES = {"b": 1, "ub": 1, "h": 2, "uh": 2, "w": 4, "d": 8}
_LEAVING = re.compile(r"(^|; |\) )(jumpr?(:n?t)?|callr?) |(^|= )dealloc_return\b")
#: Accesses of the frame: (form, register of its address, whether it is a store).
_FRAMES = (
    (re.compile(r"^allocframe\("), "r29", True),
    (re.compile(r"(^|= )dealloc(frame|_return)\b"), "r30", False),
)


@dataclass(frozen=True, slots=True)
class _Event:
    """An access of memory: what it is (`key` has all operands), where, and its order."""

    text: str
    key: Term
    base: Term
    offset: int | None
    size: int
    is_store: bool
    order: tuple[int, int, int]  # packet, loads before stores, place in the text


@dataclass
class _Left:
    """What a row of packets leaves behind."""

    terms: Terms
    registers: dict[str, Term] = field(default_factory=dict)
    events: list[_Event] = field(default_factory=list)
    branches: list[tuple[int, Term]] = field(default_factory=list)
    fault: str = ""

    def value(self, register: str) -> Term:
        return self.registers.get(register, self.terms.of("at first", register))


@dataclass
class _Done:
    """What one instruction does: values to write, whether in any case, events, a branch."""

    text: str
    writes: dict[str, Term]
    condition: tuple[Term, bool] | None


def difference(
    one: Sequence[Packet],
    other: Sequence[Packet],
    *,
    facts: Sequence[str] = (),
    live: frozenset[str] | None = None,
    separate: frozenset[str] = frozenset(),
) -> str:
    """What the second row of packets does otherwise than the first; "" if nothing.

    Of the registers that are left only those that are `live` matter, all of them without it. Under
    the fact `private-spills` the first row says which accesses no other base meets. Accesses by the
    values that two registers of `separate` had at first are taken not to meet.
    """
    terms = Terms()
    ran = [_run(packets, terms) for packets in (one, other)]
    for left in ran:
        if left.fault:
            return left.fault
    private = _spilled(one, ran[0]) if "private-spills" in facts else frozenset()
    apart = frozenset(terms.of("at first", register) for register in separate)
    return _compare(ran[0], ran[1], len(other), (private, apart), live)


def stepped_registers(packets: Sequence[Packet]) -> frozenset[str]:
    """The registers that the packets leave a constant away from where they were."""
    left = _run(packets, Terms())
    return frozenset(
        f"r{number}"
        for number in range(32)
        if left.terms.sum(left.value(f"r{number}"))[0] == left.terms.of("at first", f"r{number}")
    )


def _spilled(packets: Sequence[Packet], left: _Left) -> frozenset[Term]:
    """The accesses that save and restore registers, by the comments of their packets."""
    found: set[Term] = set()
    for number, packet in enumerate(packets):
        inside = [event for event in left.events if event.order[0] == number]
        frames = [event for event in inside if _PLACE.search(event.text) is None]
        stack = [event for event in inside if "(r29+#" in event.text]
        said = " ".join(packet.comments).count("Folded ")
        found.update(event.key for event in frames)
        if len(stack) <= said:
            found.update(event.key for event in stack)
    return frozenset(found)


#: Accesses that no other base meets, and bases that do not meet each other.
_Apart = tuple[frozenset[Term], frozenset[Term]]


def _compare(
    one: _Left, other: _Left, others: int, apart: _Apart, live: frozenset[str] | None
) -> str:
    changed = {*one.registers, *other.registers}
    for register in sorted(changed if live is None else changed & live):
        if one.value(register) != other.value(register):
            return f"{register} has another value"
    if [key for _, key in one.branches] != [key for _, key in other.branches]:
        return "it branches otherwise"
    if any(packet != others - 1 for packet, _ in other.branches):
        return "a branch is not in the last packet"
    return _memory_difference(one.events, other.events, apart)


def _memory_difference(one: list[_Event], other: list[_Event], apart: _Apart) -> str:
    first, second = (_in_order(events) for events in (one, other))
    if set(first) != set(second):
        return "it accesses memory otherwise"
    for (key, before), (later, after) in combinations(first.items(), 2):
        if before.base != after.base and _are_apart(before, after, apart):
            continue
        matters = (before.is_store or after.is_store) and _may_meet(before, after)
        if matters and second[key].order > second[later].order:
            return f"two accesses of memory that may meet are exchanged: {before.text}"
    return ""


def _are_apart(one: _Event, other: _Event, apart: _Apart) -> bool:
    private, separate = apart
    return bool(private & {one.key, other.key}) or separate >= {one.base, other.base}


def _in_order(events: list[_Event]) -> dict[tuple[Term, int], _Event]:
    """The events in the order in which they happen, by key and how often it came before."""
    seen: Counter[Term] = Counter()
    found = {}
    for event in sorted(events, key=lambda one: one.order):
        found[event.key, seen[event.key]] = event
        seen[event.key] += 1
    return found


def _may_meet(one: _Event, other: _Event) -> bool:
    if one.offset is None or other.offset is None or one.base != other.base:
        return True
    ahead = (other.offset - one.offset) % SPACE
    return ahead < one.size or SPACE - ahead < other.size


def _run(packets: Sequence[Packet], terms: Terms) -> _Left:
    left = _Left(terms)
    for number, packet in enumerate(packets):
        _run_packet(left, number, packet)
        if left.fault:
            break
    return left


def _run_packet(left: _Left, number: int, packet: Packet) -> None:
    texts = [one.text for one in packet.instructions if one.text != "nop"]
    done: dict[int, _Done] = {}
    fresh: dict[str, Term] = {}
    # A `.new` needs what makes it, wherever that stands in the packet.
    waiting = list(range(len(texts)))
    while waiting:
        ready = [k for k in waiting if news(texts[k]) <= set(fresh) | self_made(texts[k])]
        ready = [k for k in ready if not _waits_for_other(texts, k, waiting, news(texts[k]))]
        if not ready:
            left.fault = f"packet {number}: nothing makes the new value of `{texts[waiting[0]]}`"
            return
        for k in ready:
            done[k] = _execute(left, fresh, texts[k], (number, k), packet)
            for register, value in _applied(left, fresh, done[k]).items():
                fresh[register] = value
        waiting = [k for k in waiting if k not in ready]
    _write(left, number, [done[k] for k in sorted(done)])


def _waits_for_other(texts: list[str], k: int, waiting: list[int], read: set[str]) -> bool:
    """Whether another instruction that is still to run writes a register read as `.new`."""
    return any(
        read & (written(texts[other]) - self_made(texts[k])) for other in waiting if other != k
    )


def _write(left: _Left, number: int, rows: list[_Done]) -> None:
    """All writes of a packet, of conditional ones in any order the same."""
    certain: set[str] = set()
    touched: Counter[str] = Counter()
    for row in rows:
        for register in row.writes:
            touched[register] += 1
            if row.condition is None:
                if register in certain:
                    left.fault = f"packet {number}: {register} is written twice"
                certain.add(register)
    for register in certain:
        if touched[register] > 1:
            left.fault = f"packet {number}: {register} is written twice"
    for row in sorted(rows, key=lambda each: each.condition is not None):
        for register, value in row.writes.items():
            old = left.value(register)
            left.registers[register] = (
                value if row.condition is None else left.terms.either(row.condition, value, old)
            )


def _applied(left: _Left, fresh: dict[str, Term], done: _Done) -> dict[str, Term]:
    """The values that others of the packet see as `.new`."""
    if done.condition is None:
        return dict(done.writes)
    return {
        register: left.terms.either(
            done.condition, value, fresh.get(register, left.value(register))
        )
        for register, value in done.writes.items()
    }


def _execute(
    left: _Left, fresh: dict[str, Term], text: str, at: tuple[int, int], packet: Packet
) -> _Done:
    condition = None
    match = CONDITION.match(text)
    rest = text
    if match:
        values = fresh if match[3] else left.registers
        condition = (values.get(match[2], left.value(match[2])), not match[1])
        rest = match[4]
    operands = _operands(left, fresh, rest)
    key = left.terms.of(REGISTER.sub("_", _OFFSET.sub(r"\1)", rest)), condition, *operands)
    writes = _values(left, rest, key)
    if _LEAVING.search(rest):
        left.branches.append((at[0], key))
    _remember_access(left, rest, key, at, packet)
    return _Done(text, writes, condition)


def _operands(left: _Left, fresh: dict[str, Term], text: str) -> list[Term]:
    """The values of all registers that the text reads, in its order, then the silent ones."""
    found: list[Term] = []
    inside = self_made(text)
    place = _OFFSET.search(text)
    for match in REGISTER.finditer(text):
        name = match[1]
        if is_written_alone(text, match.start()):
            continue
        for register in halves(name):
            if match[2] and name not in inside:
                found.append(fresh[register])
            elif match[2]:
                found.append(left.terms.of("made here", register))
            elif place is not None and match.start() == place.start("base"):
                found.append(left.terms.plus(left.value(register), int(place["more"])))
            else:
                found.append(left.value(register))
    for form, reads, _ in SILENT:
        if form.search(text):
            found += [left.value(register) for register in reads]
    return found


def _values(left: _Left, text: str, key: Term) -> dict[str, Term]:
    """The value of each register that is written: a part of the result, or a sum."""
    values = {
        name: left.terms.of("of", place, key) for place, name in enumerate(written_in_order(text))
    }
    summed, copied = _SUM.match(text), _COPY.match(text)
    if summed:
        values[summed[1]] = left.terms.plus(left.value(summed[2]), int(summed[3]))
    elif copied:
        values[copied[1]] = left.value(copied[2])
    frame = re.match(r"^allocframe\(#(\d+)\)", text)
    if frame:
        stack = left.value("r29")
        values["r30"] = left.terms.plus(stack, -8)
        values["r29"] = left.terms.plus(stack, -8 - int(frame[1]))
    for step in STEP.finditer(text):
        old = left.value(step[1])
        if step[2] is not None:
            values[step[1]] = left.terms.plus(old, int(step[2]))
        else:
            values[step[1]] = left.terms.of("step", old, left.value(step[3]))
    return values


def _remember_access(
    left: _Left, text: str, key: Term, at: tuple[int, int], packet: Packet
) -> None:
    place = _PLACE.search(text)
    number, k = at
    is_ordered = "mem_noshuf" in packet.flags
    if place is None:
        for form, register, is_store in _FRAMES:
            if form.search(text):
                value = left.terms.plus(left.value(register), -8 if is_store else 0)
                order = (number, int(is_store) if not is_ordered else 0, k)
                left.events.append(_Event(text, key, *left.terms.sum(value), 8, is_store, order))
        return
    is_store = text.startswith("mem")
    order = (number, 0 if is_ordered else int(is_store), k)
    match = _BASE.match(place[2])
    base, offset = left.terms.of("anywhere"), None
    if match is not None:
        base, known = left.terms.sum(left.value(match[1]))
        offset = known + int(match[2] or 0)
    left.events.append(_Event(text, key, base, offset, _SIZES[place[1]], is_store, order))
