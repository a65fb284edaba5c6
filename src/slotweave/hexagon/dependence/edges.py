"""The dependences of a block, by walking through its packets as the machine does.

All instructions of a packet read what was there before it, but for `.new` operands, and then write.
An edge says how many packets the later one stands after the earlier one at least: 1 for a value
that is read, 0 for one that is read before it is overwritten, 1 for two writes of a register; a
load 1 after a store that may meet it, a store 0 after a load and 1 after a store.

Some operations are tied to one packet, as they stand in one: a producer and a branch on its new
value, two writes of one register in a packet, branches side by side, two stores that may meet.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from slotweave.hexagon.assembly.grammar import Instruction
from slotweave.hexagon.assembly.listing import Block
from slotweave.hexagon.dependence.addresses import Addresses, Place
from slotweave.hexagon.dependence.effects import Effects, effects
from slotweave.hexagon.dependence.forms import new_form, old_form
from slotweave.hexagon.machine.opcodes import VERSION, Opcode, opcode

#: The first version whose packets may be marked `:mem_noshuf`.
_MARKED = 65


@dataclass(frozen=True, slots=True)
class Operation:
    """An instruction of a block that does something: nops are none."""

    number: int
    packet: int
    instruction: Instruction
    opcode: Opcode
    effects: Effects


@dataclass(frozen=True, slots=True)
class Edge:
    """`after` stands `lag` packets after `before` at least; `why` names the register or memory.

    `latency` is the modelled number of packets (cycles) between them if nothing is to stall.
    """

    before: int
    after: int
    lag: int
    why: str
    latency: int = 0


@dataclass(frozen=True, slots=True)
class NewValue:
    """`reader` reads `register` of `producer`: as `.new` in its packet, or later as it is.

    `is_new` says how it stands in the input. The register is read nowhere else in between.
    """

    producer: int
    reader: int
    register: str
    is_new: bool
    latency: int


@dataclass(frozen=True, slots=True)
class Dependences:
    """What the order of a block's operations has to keep."""

    operations: tuple[Operation, ...]
    edges: tuple[Edge, ...]
    new_values: tuple[NewValue, ...]
    ties: tuple[tuple[int, int], ...]
    #: Stores and loads after them that may meet: they may share a packet that is marked so.
    unshuffled: tuple[tuple[int, int], ...]
    #: What is assumed of memory beside bases and offsets.
    facts: tuple[str, ...] = ()
    #: The version of the architecture.
    version: int = VERSION
    #: Operations that need room for another word, since their target may be too far.
    far: frozenset[int] = frozenset()


def dependences(
    block: Block, *, version: int = VERSION, facts: tuple[str, ...] = ()
) -> Dependences | None:
    """The dependences of `block`; None where an instruction is not known.

    From v65 on a packet may be marked `:mem_noshuf`. Of `facts` PRIVATE_SPILLS counts here.
    """
    operations = operations_of(block)
    if operations is None:
        return None
    rows: list[list[Operation]] = [[] for _ in block.packets]
    for operation in operations:
        rows[operation.packet].append(operation)
    found = walk(
        rows,
        ["mem_noshuf" in packet.flags for packet in block.packets],
        version=version,
        private=private_spills(block) if PRIVATE_SPILLS in facts else frozenset(),
    )
    far = frozenset(one.number for one in operations if one.instruction.text in block.far)
    return Dependences(
        operations,
        tuple(dict.fromkeys(found.edges)),
        tuple(found.new_values),
        tuple(dict.fromkeys(found.ties)),
        tuple(found.unshuffled),
        facts,
        version,
        far,
    )


#: What an edge that orders accesses of memory has in place of a register.
MEMORY = "memory"
#: Facts about memory, off unless they are stated.
PRIVATE_SPILLS, SEPARATE_BASES = "private-spills", "separate-bases"
FACTS = {
    PRIVATE_SPILLS: "frames and what the compiler calls a spill or a reload are met by no access "
    "by another base register",
    SEPARATE_BASES: "in a loop that is pipelined, accesses by registers that it only steps by "
    "constants do not overlap with accesses by another such register",
}
_SPILL = re.compile(r"Folded (Spill|Reload)")


def private_spills(block: Block) -> frozenset[int]:
    """The operations that access a frame's saved registers, or a spill by the compiler's word.

    The comment stands at a packet's brace, once for each spill or reload; it is taken for those by
    r29 only where these are not more than the comments.
    """
    found: set[int] = set()
    number = 0
    for packet in block.packets:
        numbers = []
        for one in packet.instructions:
            if one.template == "nop":
                continue
            if one.template.startswith("allocframe") or "dealloc" in one.template:
                found.add(number)
            elif "(r29+#" in one.text:
                numbers.append(number)
            number += 1
        said = sum(len(_SPILL.findall(comment)) for comment in packet.comments)
        if len(numbers) <= said:
            found.update(numbers)
    return frozenset(found)


def unknown_instructions(block: Block) -> list[Instruction]:
    """The instructions of `block` of which nothing is known."""
    found = (one for packet in block.packets for one in packet.instructions)
    return [one for one in found if opcode(one) is None]


def operations_of(block: Block) -> tuple[Operation, ...] | None:
    """The operations of `block` in their order; None where an instruction is not known."""
    found: list[Operation] = []
    for number, packet in enumerate(block.packets):
        for instruction in packet.instructions:
            known = opcode(instruction)
            if known is None:
                return None
            if instruction.template != "nop":
                done = effects(instruction, known)
                found.append(Operation(len(found), number, instruction, known, done))
    return tuple(found)


@dataclass
class Walked:
    """What was found on the way through packets."""

    edges: list[Edge] = field(default_factory=list)
    new_values: list[NewValue] = field(default_factory=list)
    ties: list[tuple[int, int]] = field(default_factory=list)
    unshuffled: list[tuple[int, int]] = field(default_factory=list)


def walk(
    rows: Sequence[Sequence[Operation]],
    ordered: Sequence[bool],
    *,
    version: int = VERSION,
    private: frozenset[int] = frozenset(),
    separate: frozenset[str] = frozenset(),
) -> Walked:
    """What the order of the operations of these packets has to keep.

    `ordered` says which packets are marked `:mem_noshuf`, `private` which operations access what no
    other base meets, and `separate` which bases are apart from each other.
    """
    walking = _Walk(version >= _MARKED, private, separate)
    for row, is_ordered in zip(rows, ordered, strict=True):
        walking.pass_packet(row, is_ordered)
    walking.end([one for row in rows for one in row])
    return walking.found


@dataclass
class _Value:
    """A register's value: the operations that may have written it, and those that read it."""

    writers: list[Operation] = field(default_factory=list)
    readers: list[Operation] = field(default_factory=list)


class _Walk:
    """The way through the packets of a block, and what has been found on it."""

    def __init__(self, marks: bool, private: frozenset[int], separate: frozenset[str]) -> None:
        self._marks, self._private, self._separate = marks, private, separate
        self.found = Walked()
        self._values: defaultdict[str, _Value] = defaultdict(_Value)
        self._accesses: list[tuple[Operation, Place]] = []
        self._addresses = Addresses()

    def pass_packet(self, row: Sequence[Operation], is_ordered: bool) -> None:
        places = [self._place(one) for one in row]
        for one in row:
            self._read(one, row)
        for one in row:
            for read in one.effects.reads:
                if not read.is_new:
                    self._values[read.register].readers.append(one)
        for one in row:
            self._overwrite(one)
        self._write(row)
        self._order_memory(row, places, is_ordered)
        self._addresses.after([(one.instruction, one.effects) for one in row])
        branches = [one for one in row if one.effects.is_branch]
        self.found.ties += [(branches[0].number, one.number) for one in branches[1:]]

    def end(self, operations: Sequence[Operation]) -> None:
        """Nothing stands after a branch."""
        for last in (one for one in operations if one.effects.is_branch):
            self.found.edges += [Edge(one.number, last.number, 0, "branch") for one in operations
                           if one is not last]  # fmt: skip

    def _place(self, one: Operation) -> Place | None:
        access = one.effects.access
        if access is None:
            return None
        place = self._addresses.place(access)
        is_separate = place.base in self._separate
        is_private = one.number in self._private
        return replace(place, is_private=is_private, is_separate=is_separate)

    def _read(self, one: Operation, row: Sequence[Operation]) -> None:
        """Edges from what wrote the registers that `one` reads."""
        for read in one.effects.reads:
            if read.is_new:
                makers = [other for other in row if read.register in other.effects.written]
                self._read_new(one, read.register, makers)
                continue
            value = self._values[read.register]
            for maker in value.writers:
                latency = _latency(maker, one, read.register)
                if len(value.writers) == 1 and can_be_new(one, read.register, maker):
                    found = NewValue(maker.number, one.number, read.register, False, latency)
                    self.found.new_values.append(found)
                else:
                    edge = Edge(maker.number, one.number, 1, read.register, latency)
                    self.found.edges.append(edge)

    def _read_new(self, one: Operation, register: str, makers: Sequence[Operation]) -> None:
        latency = max((_latency(maker, one, register) for maker in makers), default=0)
        if len(makers) == 1 and can_be_old(one, register) and _is_whole(makers[0]):
            found = NewValue(makers[0].number, one.number, register, True, latency)
            self.found.new_values.append(found)
        else:
            self.found.ties += [(maker.number, one.number) for maker in makers]

    def _overwrite(self, one: Operation) -> None:
        """Edges to `one` from those that read or wrote before it what it writes."""
        for register in sorted(one.effects.written):
            value = self._values[register]
            self.found.edges += [
                Edge(other.number, one.number, 0, register)
                for other in value.readers
                if other is not one
            ]
            self.found.edges += [
                Edge(each.number, one.number, 1, register) for each in value.writers
            ]

    def _write(self, row: Sequence[Operation]) -> None:
        """The packet's writes become what is known of registers."""
        writers: defaultdict[str, list[Operation]] = defaultdict(list)
        for one in row:
            for register in one.effects.written:
                writers[register].append(one)
        for register, ones in writers.items():
            self._replace(register, ones)
        for one in row:
            for read in one.effects.reads:
                if read.is_new:
                    self._values[read.register].readers.append(one)

    def _replace(self, register: str, ones: list[Operation]) -> None:
        self.found.ties += [(ones[0].number, one.number) for one in ones[1:]]
        kept = self._values[register] if not any(map(_is_whole, ones)) else _Value()
        self._values[register] = _Value([*kept.writers, *ones], [*kept.readers])

    def _order_memory(
        self, row: Sequence[Operation], places: list[Place | None], is_ordered: bool
    ) -> None:
        fresh = [(one, place) for one, place in zip(row, places, strict=True) if place is not None]
        for one, place in fresh:
            for other, before in self._accesses:
                if place.may_meet(before):
                    self._order(other, one)
        for number, (one, place) in enumerate(fresh):
            for other, beside in fresh[number + 1 :]:
                if place.may_meet(beside):
                    self._order_in_packet(one, other, is_ordered)
        self._accesses += fresh

    def _order(self, earlier: Operation, later: Operation) -> None:
        """Two accesses that may meet, of different packets."""
        assert earlier.effects.access is not None
        assert later.effects.access is not None
        if _can_stay_in_order(earlier, later) and self._marks:
            self.found.unshuffled.append((earlier.number, later.number))
        elif earlier.effects.access.is_store:
            self.found.edges.append(Edge(earlier.number, later.number, 1, MEMORY))
        elif later.effects.access.is_store:
            self.found.edges.append(Edge(earlier.number, later.number, 0, MEMORY))

    def _order_in_packet(self, one: Operation, other: Operation, is_ordered: bool) -> None:
        """Two accesses that may meet, side by side: loads come first, unless it is marked."""
        first, second = one.effects.access, other.effects.access
        assert first is not None
        assert second is not None
        if first.is_store and second.is_store:
            self.found.ties.append((one.number, other.number))
        elif first.is_store and is_ordered:
            self.found.unshuffled.append((one.number, other.number))
            if not (_can_stay_in_order(one, other) and self._marks):
                self.found.ties.append((one.number, other.number))
        elif first.is_store:
            self.found.edges.append(Edge(other.number, one.number, 0, MEMORY))
        elif second.is_store:
            self.found.edges.append(Edge(one.number, other.number, 0, MEMORY))


def _can_stay_in_order(store: Operation, load: Operation) -> bool:
    """Whether a store and a load can share a packet, the store first: in slots 1 and 0."""
    first, second = store.effects.access, load.effects.access
    assert first is not None
    assert second is not None
    plain = first.is_store and not first.is_load and not second.is_store
    bars = store.opcode.bars_stores or load.opcode.bars_stores
    return plain and not bars and "mem" in store.instruction.text and 0 in load.opcode.slots


def can_be_new(reader: Operation, register: str, maker: Operation) -> bool:
    """Whether `reader` has a form that reads `register` as the new value of `maker`."""
    if not _is_whole(maker) or register not in _fresh_registers(maker):
        return False
    return _names_once(reader, register) and new_form(reader.instruction, register) is not None


def can_be_old(reader: Operation, register: str) -> bool:
    """Whether `reader` has a form that reads `register` as it was before the packet."""
    return _names_once(reader, register) and old_form(reader.instruction, register) is not None


def _names_once(reader: Operation, register: str) -> bool:
    """Whether only one operand holds `register`: of two, one could be old and the other new."""
    return sum(register in one.registers for one in reader.instruction.operands) == 1


def _is_whole(one: Operation) -> bool:
    """Whether what it writes is written in any case."""
    return one.effects.condition is None


def _fresh_registers(one: Operation) -> set[str]:
    operands = one.instruction.operands
    return {register for place in one.opcode.news for register in operands[place].registers}


def _latency(maker: Operation, reader: Operation, register: str) -> int:
    """Packets from `maker` to `reader` without a stall, by LLVM's itineraries for v67 (modelled).

    Twice as many cycles as packets, as LLVM's scheduler for Hexagon counts them.
    """
    written = max(
        (write.cycle for write in maker.effects.writes if write.register == register), default=0
    )
    read = min((one.cycle for one in reader.effects.reads if one.register == register), default=0)
    return max(0, (written - read + 1) // 2)
