"""Packets with one fault each, and which judge notices it.

A mutant is what a packer could get wrong: an instruction in another packet, so that a dependence is
dropped or a packet overfull; a `.new` without its producer; two registers exchanged. The run on
symbols judges what it does, and an assembler, where there is one, whether its packets are legal.
What neither objects to does the same as the input, as far as they can tell; a third judge (QEMU)
can run it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from slotweave.hexagon.assembly.grammar import Instruction, parse_instruction
from slotweave.hexagon.assembly.listing import Packet
from slotweave.hexagon.judges.assembler import Assembler, messages_of_packets
from slotweave.hexagon.judges.symbols import difference

SYMBOLS, ASSEMBLER = "symbols", "assembler"
#: Draws of a mutation that may come to nothing before another kind is drawn.
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Mutant:
    """Packets with one fault: its kind, and of which block (a number of the caller's) it is."""

    block: int
    kind: str
    packets: tuple[Packet, ...]


@dataclass(frozen=True)
class SelfTest:
    """How many mutants of each kind there were, who caught them, and those that nobody did."""

    mutants: int
    kinds: Counter[str]
    by: Counter[str]
    survivors: tuple[Mutant, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "mutants": self.mutants,
            "kinds": dict(sorted(self.kinds.items())),
            "caught": sum(self.by.values()),
            "by": dict(sorted(self.by.items())),
            "equivalent": len(self.survivors),
        }


def self_test(
    blocks: Sequence[tuple[tuple[Packet, ...], tuple[Packet, ...]]],
    count: int,
    seed: int,
    assembler: Assembler | None,
    facts: Sequence[str] = (),
    live: Sequence[frozenset[str] | None] | None = None,
    separate: Sequence[frozenset[str]] | None = None,
) -> SelfTest:
    """`count` mutants of the packets written for blocks, each given as (input, written).

    `live` has the registers that matter after each block, None for all of them, and `separate`
    those by which accesses are apart in each.
    """
    made = list(mutants([written for _, written in blocks], count, seed))
    kinds = Counter(one.kind for one in made)
    matter = live or [None] * len(blocks)
    apart = separate or [frozenset()] * len(blocks)
    told = [
        difference(
            blocks[one.block][0], one.packets, facts=facts, live=matter[one.block],
            separate=apart[one.block],
        )
        for one in made
    ]  # fmt: skip
    by = Counter({SYMBOLS: sum(map(bool, told))})
    left = [one for one, difference_ in zip(made, told, strict=True) if not difference_]
    if assembler is not None and left:
        said = messages_of_packets(assembler, [packet for one in left for packet in one.packets])
        errors = iter(said)
        rows = [[next(errors) for _ in one.packets] for one in left]
        refused = [any(row) for row in rows]
        by[ASSEMBLER] = sum(refused)
        left = [one for one, is_refused in zip(left, refused, strict=True) if not is_refused]
    return SelfTest(len(made), kinds, by, tuple(left))


def mutants(blocks: Sequence[tuple[Packet, ...]], count: int, seed: int) -> Iterator[Mutant]:
    """`count` mutants of these blocks, the same for the same seed."""
    rng = random.Random(seed)
    kinds: list[tuple[str, _Mutation]] = [
        ("moved instruction", _move),
        ("joined packets", _join),
        ("new value without its producer", _orphan),
        ("exchanged registers", _exchange),
        ("old value in place of the new one", _stale),
    ]
    usable = [k for k, packets in enumerate(blocks) if len(packets) > 1]
    made = 0
    while made < count and usable:
        block = rng.choice(usable)
        name, mutate = kinds[made % len(kinds)]
        found = None
        for _ in range(_TRIES):
            found = mutate(blocks[block], rng)
            if found is not None:
                break
        if found is None:
            name, found = "moved instruction", _move(blocks[block], rng)
        if found is not None:
            made += 1
            yield Mutant(block, name, found)


_Mutation = Callable[[tuple[Packet, ...], random.Random], tuple[Packet, ...] | None]


def _with_instructions(packet: Packet, rows: Sequence[Instruction]) -> Packet:
    return replace(packet, instructions=tuple(rows), comments=())


def _move(packets: tuple[Packet, ...], rng: random.Random) -> tuple[Packet, ...] | None:
    """An instruction goes to a packet up to three away."""
    source = rng.randrange(len(packets))
    target = source + rng.choice((-3, -2, -1, 1, 2, 3))
    if not 0 <= target < len(packets):
        return None
    rows = [list(packet.instructions) for packet in packets]
    rows[target].append(rows[source].pop(rng.randrange(len(rows[source]))))
    made = [_with_instructions(p, row) for p, row in zip(packets, rows, strict=True)]
    return tuple(packet for packet in made if packet.instructions)


def _join(packets: tuple[Packet, ...], rng: random.Random) -> tuple[Packet, ...] | None:
    """Two packets become one."""
    place = rng.randrange(len(packets) - 1)
    first, second = packets[place], packets[place + 1]
    joined = replace(
        _with_instructions(second, (*first.instructions, *second.instructions)),
        flags=tuple(dict.fromkeys((*first.flags, *second.flags))),
    )
    return (*packets[:place], joined, *packets[place + 2 :])


def _orphan(packets: tuple[Packet, ...], rng: random.Random) -> tuple[Packet, ...] | None:
    """What makes a new value goes a packet earlier, away from its reader."""
    spots = [
        (k, place)
        for k, packet in enumerate(packets)
        for place, one in enumerate(packet.instructions)
        if k and any(_reads_new_of(other, one) for other in packet.instructions)
    ]
    if not spots:
        return None
    k, place = rng.choice(spots)
    rows = [list(packet.instructions) for packet in packets]
    rows[k - 1].append(rows[k].pop(place))
    return tuple(_with_instructions(p, row) for p, row in zip(packets, rows, strict=True))


def _reads_new_of(reader: Instruction, maker: Instruction) -> bool:
    name = maker.text.split(" ")[0]
    return reader is not maker and f"{name}.new" in reader.text


def _stale(packets: tuple[Packet, ...], rng: random.Random) -> tuple[Packet, ...] | None:
    """A `.new` is lost: the reader takes the value from before the packet."""
    return _changed(packets, rng, lambda text: text.replace(".new", "", 1))


def _exchange(packets: tuple[Packet, ...], rng: random.Random) -> tuple[Packet, ...] | None:
    """Two registers of an instruction change places."""

    def exchanged(text: str) -> str:
        registers = [one for one in parse_instruction(text).operands if one.kind == "R"]
        if len({one.text for one in registers}) < 2:
            return text
        one, other = rng.sample(registers, 2)
        first, second = sorted((one, other), key=lambda each: each.begin)
        return (
            text[: first.begin] + second.text + text[first.end : second.begin] + first.text
            + text[second.end :]
        )  # fmt: skip

    return _changed(packets, rng, exchanged)


def _changed(
    packets: tuple[Packet, ...], rng: random.Random, change: Callable[[str], str]
) -> tuple[Packet, ...] | None:
    """One instruction with its text changed, None if the one drawn stays as it is."""
    k = rng.randrange(len(packets))
    rows = list(packets[k].instructions)
    place = rng.randrange(len(rows))
    text = change(rows[place].text)
    if text == rows[place].text:
        return None
    rows[place] = parse_instruction(text)
    return (*packets[:k], _with_instructions(packets[k], rows), *packets[k + 1 :])
