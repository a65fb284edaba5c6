"""Blocks put together again: each begins where jumps to it lead, and keeps what others rely on.

Guarantees, if no fault is returned: jumps, pauses and halts of the given program stand only in the
last bundles of its blocks, and in the new program the same ones stand, in the same order, in the
last bundles of these blocks, leading to the same blocks. What is said of the given program's blocks
holds: which may follow which, which words of scratch are live between them, and that nothing is in
flight where a changed block begins or ends, in either program, unless the program ends there. So a
program is the given one if each changed block leaves what it left in memory and in live words.

Reads programs and `BasicBlock` only; knows nothing of how either was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from slotweave.analysis.basic_block import BasicBlock
from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import Effect, Role
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.slots import SlotKind, SlotKinds, slot_kinds


def linked_faults(
    given: Program,
    made: Program,
    blocks: Sequence[BasicBlock],
    starts: Sequence[int],
    machine: Machine,
) -> Iterator[Diagnostic]:
    """Where `made`, whose block n begins at bundle `starts[n]`, is not `given` put together again.

    `starts` ends with the number of its bundles. Each fault is SW406.
    """
    kinds = slot_kinds(machine)
    edges = [block.start for block in blocks] + [len(given.bundles)]
    if [block.stop for block in blocks] != edges[1:] or len(starts) != len(edges):
        yield _fault("the blocks do not lie side by side")
        return
    old = _texts(given, edges, kinds)
    new = _texts(made, starts, kinds)
    # A block of which nothing is left begins where the next one does: a jump to either is the same.
    last_at = {start: number for number, start in enumerate(starts)}
    in_flight = [max(both) for both in zip(_in_flight(old), _in_flight(new), strict=True)]
    for number, (block, before, after) in enumerate(zip(blocks, old, new, strict=True)):
        exits = tuple(
            (engine, slot, to if to is None or to < 0 else last_at[starts[to]])
            for engine, slot, to in before.exits
        )
        if before.strays or after.strays or exits != after.exits:
            yield _fault(f"block {number} jumps elsewhere, or not in its last bundle")
        if not before.follows <= set(block.after):
            yield _fault(f"other blocks than are said may run after block {number}")
        for follower in before.follows - {len(blocks)}:
            if not blocks[follower].live_in <= block.live_out:
                yield _fault(f"words that block {follower} reads are not live after {number}")
        if not before.needs(block.live_out, block.settled) <= block.live_in:
            yield _fault(f"words that block {number} reads are not live before it")
        ends = before.follows <= {len(blocks)}
        stays = not in_flight[number] and (ends or not (before.left or after.left))
        if not stays and (block.settled or before.straight != after.straight):
            yield _fault(f"block {number} is changed, with results in flight around it")


@dataclass(frozen=True)
class _Text:
    """The bundles of a block as they stand: its jumps by the block they lead to, whether one
    stands before the last bundle or leads into a block, and how long its results are in flight
    after it."""

    bundles: tuple[Bundle, ...]
    exits: tuple[tuple[str, Slot, int | None], ...]
    follows: frozenset[int]
    strays: bool
    left: int
    kinds: SlotKinds

    @property
    def straight(self) -> list[Bundle]:
        """The bundles without the jumps."""
        return [
            {
                engine: tuple([slot for slot in slots if not self._breaks(engine, slot)])
                for engine, slots in bundle.items()
            }
            for bundle in self.bundles
        ]

    def _breaks(self, engine: str, slot: Slot) -> bool:
        return engine != DEBUG_ENGINE and self.kinds[engine][slot[0]].breaks

    def needs(self, live: frozenset[int], settled: bool) -> set[int]:
        """The words that must be live before the block if `live` are after it."""
        read: set[int] = set()
        landed: set[int] = set()
        on_their_way: list[tuple[int, range]] = []
        for at, bundle in enumerate(self.bundles):
            for lands, words in on_their_way:
                landed.update(words if lands <= at else ())
            for _engine, slot, kind in _slots(bundle, self.kinds):
                for words in kind.words_read(slot):
                    read.update(word for word in words if word not in landed or not settled)
                on_their_way.append((at + kind.latency, kind.words_written(slot)))
        written = {word for _lands, words in on_their_way for word in words} if settled else set()
        return read | (live - written)


def _texts(program: Program, edges: Sequence[int], kinds: SlotKinds) -> list[_Text]:
    number = {edge: at for at, edge in enumerate(edges)}
    return [
        _text(program.bundles[first:stop], first, number, kinds) for first, stop in pairwise(edges)
    ]


def _text(
    bundles: tuple[Bundle, ...], first: int, number: Mapping[int, int], kinds: SlotKinds
) -> _Text:
    exits: list[tuple[str, Slot, int | None]] = []
    names: set[str] = set()
    strays, left, end = False, 0, max(number)
    for at, bundle in enumerate(bundles):
        for engine, slot, kind in _slots(bundle, kinds):
            if kind.words_written(slot) or kind.operation.effect is Effect.STORE:
                left = max(left, at + kind.latency - len(bundles))
            if kind.breaks:
                target = _target(slot, kind, first + at)
                block = None if target is None else number.get(min(target, end), -1)
                strays |= at + 1 < len(bundles) or block == -1
                names.add(kind.operation.name)
                exits.append((engine, _without_target(slot, kind), block))
    follows = {block for _engine, _slot, block in exits if block is not None}
    if "jump" not in names:
        follows.add(number[first + len(bundles)])
    follows = set() if "halt" in names else follows
    return _Text(bundles, tuple(exits), frozenset(follows), strays, left, kinds)


def _in_flight(texts: Sequence[_Text]) -> list[int]:
    """How long results may be in flight at the entry of each block."""
    entry = [0] * len(texts)
    for _round in range(len(texts) * (1 + max((text.left for text in texts), default=0))):
        before = list(entry)
        for at, text in enumerate(texts):
            left = max(text.left, before[at] - len(text.bundles))
            for follower in text.follows:
                if follower < len(texts):
                    entry[follower] = max(entry[follower], left)
        if entry == before:
            break
    return entry


def _slots(bundle: Bundle, kinds: SlotKinds) -> Iterator[tuple[str, Slot, SlotKind]]:
    for engine, slots in bundle.items():
        if engine != DEBUG_ENGINE:
            for slot in slots:
                yield engine, slot, kinds[engine][slot[0]]


def _target(slot: Slot, kind: SlotKind, bundle: int) -> int | None:
    """The bundle to which a jump leads; -1 if it is computed, None for a pause or a halt."""
    if kind.operation.name in ("pause", "halt"):
        return None
    if kind.constant is None:
        return -1
    relative = kind.form.roles[kind.constant - 1] is Role.OFFSET
    return int(slot[kind.constant]) + (bundle + 1 if relative else 0)


def _without_target(slot: Slot, kind: SlotKind) -> Slot:
    at = kind.constant
    return slot if at is None else (*slot[:at], *slot[at + 1 :])


def _fault(reason: str) -> Diagnostic:
    return Diagnostic("SW406", reason)
