"""The basic blocks of a program, and which words of scratch pass between them.

A block ends with a bundle that may go on elsewhere, pause or stop, and before a bundle to which a
jump leads. Liveness is the usual data-flow problem, solved backwards to its least fixpoint. A write
ends the life of what its word held only in a block whose results have all landed at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from slotweave.analysis.basic_block import BasicBlock
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import Effect, Role
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.slots import SlotKind, SlotKinds, slot_kinds


def basic_blocks(program: Program, machine: Machine) -> tuple[BasicBlock, ...]:
    """The blocks of `program`, which must have no static faults, in listing order.

    Raises InputError (SW219) for a jump to a bundle that is computed.
    """
    kinds = slot_kinds(machine)
    starts, exits = _cuts(program, kinds)
    edges = [*starts, len(program.bundles)]
    number = {start: at for at, start in enumerate(starts)}
    parts = [
        _part(program.bundles[first:stop], kinds,
              tuple(sorted({number.get(target, len(starts)) for target in exits[stop - 1]})))
        for first, stop in pairwise(edges)
    ]  # fmt: skip
    entering = _in_flight(parts)
    settled = [
        not entering[at] and (part.left == 0 or set(part.after) <= {len(parts)})
        for at, part in enumerate(parts)
    ]
    live_in, live_out = _liveness(parts, settled)
    rows = zip(pairwise(edges), parts, live_in, live_out, settled, strict=True)
    return tuple(
        BasicBlock(start, stop, part.after, entry, end, still)
        for (start, stop), part, entry, end, still in rows
    )


def control_slots(bundle: Bundle, kinds: SlotKinds) -> Iterator[tuple[str, Slot, SlotKind]]:
    """The slots of `bundle` after which another bundle than the next may run; with engine, kind."""
    for engine, kind, slot in _slots(bundle, kinds):
        if kind.breaks:
            yield engine, slot, kind


def without_control(bundle: Bundle, kinds: SlotKinds) -> Bundle:
    """`bundle` without these slots, and without debug slots."""
    return {
        engine: tuple([slot for slot in slots if not kinds[engine][slot[0]].breaks])
        for engine, slots in bundle.items()
        if engine != DEBUG_ENGINE
    }


def target_of(slot: Slot, kind: SlotKind, bundle: int) -> int | None:
    """The bundle to which a jump that stands in `bundle` leads; None for what is no jump.

    Raises InputError (SW219) if it is computed.
    """
    name = kind.operation.name
    if name == "jump_indirect":
        reason = f"{name} may go to any bundle, so the program has no straight parts"
        raise InputError(Diagnostic("SW219", reason, bundle=bundle))
    if name in ("halt", "pause"):
        return None
    position = kind.constant or 0
    relative = kind.form.roles[position - 1] is Role.OFFSET
    return int(slot[position]) + (bundle + 1 if relative else 0)


@dataclass(frozen=True)
class _Part:
    """What the bundles of a block do: words read before they are written, words written, how many
    bundles there are, and how many its last results take to land after it."""

    after: tuple[int, ...]
    bundles: int
    exposed: frozenset[int]
    read: frozenset[int]
    written: frozenset[int]
    left: int


def _slots(bundle: Bundle, kinds: SlotKinds) -> Iterator[tuple[str, SlotKind, Slot]]:
    for engine, slots in bundle.items():
        if engine != DEBUG_ENGINE:
            for slot in slots:
                yield engine, kinds[engine][slot[0]], slot


def _cuts(program: Program, kinds: SlotKinds) -> tuple[list[int], dict[int, set[int]]]:
    """Where blocks begin, and to which bundles each bundle may lead."""
    end = len(program.bundles)
    starts = {0} if end else set()
    exits: dict[int, set[int]] = {}
    for at, bundle in enumerate(program.bundles):
        control = list(control_slots(bundle, kinds))
        names = {kind.operation.name for _engine, _slot, kind in control}
        targets = [target_of(slot, kind, at) for _engine, slot, kind in control]
        leads = {min(target, end) for target in targets if target is not None}
        if "jump" not in names:
            leads.add(at + 1)
        exits[at] = set() if "halt" in names else leads
        starts |= leads if control else set()
        starts |= {at + 1} if control else set()
    return sorted(start for start in starts if start < end), exits


def _part(bundles: Sequence[Bundle], kinds: SlotKinds, after: tuple[int, ...]) -> _Part:
    exposed: set[int] = set()
    read: set[int] = set()
    landed: set[int] = set()
    written: set[int] = set()
    in_flight: dict[int, set[int]] = {}
    last = 0
    for at, bundle in enumerate(bundles):
        landed |= in_flight.pop(at, set())
        for _engine, kind, slot in _slots(bundle, kinds):
            words = {word for source in kind.words_read(slot) for word in source}
            read |= words
            exposed |= words - landed
            result = set(kind.words_written(slot))
            in_flight.setdefault(at + kind.latency, set()).update(result)
            written |= result
            if result or kind.operation.effect is Effect.STORE:
                last = max(last, at + kind.latency)
    left = max(0, last - len(bundles))
    return _Part(after, len(bundles), frozenset(exposed), frozenset(read), frozenset(written), left)


def _in_flight(parts: Sequence[_Part]) -> list[int]:
    """How many bundles after the entry of each block what was in flight there has landed."""
    entering = [0] * len(parts)
    changed = True
    while changed:
        changed = False
        for part, entry in zip(parts, list(entering), strict=True):
            left = max(part.left, entry - part.bundles)
            for after in part.after:
                if after < len(parts) and entering[after] < left:
                    entering[after], changed = left, True
    return entering


def _liveness(
    parts: Sequence[_Part], settled: Sequence[bool]
) -> tuple[list[frozenset[int]], list[frozenset[int]]]:
    live_in = [frozenset[int]()] * len(parts)
    live_out = [frozenset[int]()] * len(parts)
    changed = True
    while changed:
        changed = False
        for at in reversed(range(len(parts))):
            part = parts[at]
            end = frozenset[int]().union(*(live_in[n] for n in part.after if n < len(parts)))
            read, overwritten = part.read, frozenset[int]()
            if settled[at]:
                read, overwritten = part.exposed, part.written
            entry = read | (end - overwritten)
            changed |= (entry, end) != (live_in[at], live_out[at])
            live_in[at], live_out[at] = entry, end
    return live_in, live_out
