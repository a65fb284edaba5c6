"""The dependences of a hardware loop of one block, within a pass and from a pass to later ones.

`PASSES` passes are walked through one after the other, so that addresses that are stepped are
followed from one to the next. A register is known by the name that a caller gives to the value in
it: values with names of their own are kept apart from others that were in the same register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from slotweave.hexagon.assembly.listing import Block
from slotweave.hexagon.dependence.addresses import Addresses
from slotweave.hexagon.dependence.edges import (
    MEMORY,
    SEPARATE_BASES,
    Dependences,
    Edge,
    Operation,
    operations_of,
    walk,
)
from slotweave.hexagon.dependence.effects import Read, Write
from slotweave.hexagon.machine.opcodes import VERSION

#: Passes that are walked through: so many may overlap.
PASSES = 4

#: The name of what a register holds where an operation uses it: (operation, register, how), as in
#: `packing.webs`.
Named = Callable[[int, str, str], str]


@dataclass(frozen=True, slots=True)
class Carried:
    """`after`, of the pass `distance` later, stands `lag` packets or more after `before`;
    `why` names the register, or memory."""

    before: int
    after: int
    lag: int
    distance: int
    latency: int
    why: str


@dataclass(frozen=True, slots=True)
class LoopDependences:
    """What holds within one pass, with all new values tied to their producers, and between two."""

    one: Dependences
    carried: tuple[Carried, ...]


def _own(_number: int, register: str, _how: str) -> str:
    return register


def loop_dependences(
    block: Block,
    *,
    version: int = VERSION,
    facts: tuple[str, ...] = (),
    named: Named = _own,
) -> LoopDependences | None:
    """The dependences of a loop whose pass is `block`; None where an instruction is not known.

    Registers keep their names unless `named` gives others. New values stay as they stand.
    """
    operations = operations_of(block)
    if operations is None:
        return None
    marks = ["mem_noshuf" in packet.flags for packet in block.packets]
    separate = stepped_bases(operations) if SEPARATE_BASES in facts else frozenset()
    rows = _passes(operations, len(block.packets))
    memory = walk(rows, marks * PASSES, version=version, separate=separate)
    values = walk(
        [[_renamed(one, len(operations), named) for one in row] for row in rows],
        marks * PASSES,
        version=version,
    )
    edges = [edge for edge in memory.edges if edge.why == MEMORY]
    edges += values.edges
    edges += [
        Edge(one.producer, one.reader, 1, one.register, one.latency)
        for one in values.new_values
        if not one.is_new
    ]
    ties = [*memory.ties, *values.ties]
    ties += [(one.producer, one.reader) for one in values.new_values if one.is_new]
    size = len(operations)
    one = Dependences(
        operations,
        tuple(dict.fromkeys(edge for edge in edges if edge.after < size)),
        (),
        tuple(dict.fromkeys(tie for tie in ties if max(tie) < size)),
        tuple(pair for pair in memory.unshuffled if max(pair) < size),
        facts,
        version,
    )
    return LoopDependences(one, tuple(_carried(edges, memory.unshuffled, size)))


def stepped_bases(operations: Iterable[Operation]) -> frozenset[str]:
    """The bases, as of the begin of a pass, of registers that a pass leaves a constant away from
    there: in each pass they are where they were at the begin of the loop, and some steps on."""
    addresses = Addresses()
    rows: dict[int, list[Operation]] = {}
    for one in operations:
        rows.setdefault(one.packet, []).append(one)
    names = {f"r{number}" for number in range(32)}
    first = {name: addresses.of(name)[0] for name in sorted(names)}
    for packet in sorted(rows):
        addresses.after([(one.instruction, one.effects) for one in rows[packet]])
    return frozenset(base for name, base in first.items() if addresses.of(name)[0] == base)


def _passes(operations: tuple[Operation, ...], packets: int) -> list[list[Operation]]:
    """The packets of `PASSES` passes; operations are numbered on from pass to pass."""
    rows: list[list[Operation]] = [[] for _ in range(PASSES * packets)]
    for number in range(PASSES):
        for one in operations:
            packet = one.packet + number * packets
            copy = replace(one, number=one.number + number * len(operations), packet=packet)
            rows[packet].append(copy)
    return rows


def _renamed(one: Operation, size: int, named: Named) -> Operation:
    """The operation with other names for what its registers hold, and without its access."""
    number, effects = one.number % size, one.effects
    reads = tuple(
        Read(named(number, read.register, "new" if read.is_new else "old"), read.cycle, read.is_new)
        for read in effects.reads
    )
    writes = tuple(
        Write(named(number, write.register, "written"), write.cycle) for write in effects.writes
    )
    return replace(one, effects=replace(effects, reads=reads, writes=writes, access=None))


def _carried(
    edges: Iterable[Edge], unshuffled: Iterable[tuple[int, int]], size: int
) -> Iterable[Carried]:
    """What is between the first pass and later ones; a load stands after a store of another pass
    that it may meet, never beside it."""
    longest: dict[tuple[int, int, int, str], tuple[int, int]] = {}
    found = [(edge.before, edge.after, edge.lag, edge.latency, edge.why) for edge in edges]
    found += [(store, load, 1, 0, MEMORY) for store, load in unshuffled]
    for before, after, lag, latency, why in found:
        if before < size <= after:
            key = before, after % size, after // size, why
            old = longest.get(key, (0, 0))
            longest[key] = max(lag, old[0]), max(latency, old[1])
    for (before, after, distance, why), (lag, latency) in sorted(longest.items()):
        yield Carried(before, after, lag, distance, latency, why)
