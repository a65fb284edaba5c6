"""Blocks of a program put together again, each as long as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from slotweave.analysis.basic_block import BasicBlock
from slotweave.ir.lineage import with_starts
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import Role
from slotweave.lift.blocks import target_of
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.repacking.blocks.one_block import RepackedBlock
from slotweave.simulate.slots import SlotKinds, slot_kinds


def linked(
    program: Program, made: Sequence[RepackedBlock], blocks: Sequence[BasicBlock], machine: Machine
) -> tuple[Program, list[int]]:
    """The blocks one after the other, their jumps led to where the blocks begin now; and where each
    begins, with the end of the program."""
    kinds = slot_kinds(machine)
    starts = list(accumulate((len(block.bundles) for block in made), initial=0))
    begins = {block.start: start for block, start in zip(blocks, starts, strict=False)}
    end = len(program.bundles)
    bundles: list[Bundle] = []
    for block, done in zip(blocks, made, strict=True):
        bundles += done.bundles[:-1]
        place = block.stop - 1, len(bundles)
        bundles += [_led(b, place, begins, end, starts[-1], kinds) for b in done.bundles[-1:]]
    changed = any(block.changed for block in made)
    if not changed:
        return program, starts
    return replace(program, bundles=tuple(bundles), meta=with_starts(program.meta, starts)), starts


def _led(
    bundle: Bundle, place: tuple[int, int], begins: Mapping[int, int], end: int, now: int,
    kinds: SlotKinds,
) -> Bundle:  # fmt: skip
    """`bundle`, which stood in bundle `place[0]` and stands in `place[1]`, with its jumps led to
    where they led; those past the `end` to the end `now`."""

    def led(engine: str, slot: Slot) -> Slot:
        kind = kinds[engine][slot[0]]
        target = target_of(slot, kind, place[0]) if kind.breaks else None
        if target is None or kind.constant is None:
            return slot
        to = begins[target] if target < end else now
        if kind.form.roles[kind.constant - 1] is Role.OFFSET:
            to -= place[1] + 1
        return (*slot[: kind.constant], to, *slot[kind.constant + 1 :])

    return {
        engine: slots if engine == DEBUG_ENGINE else tuple([led(engine, slot) for slot in slots])
        for engine, slots in bundle.items()
    }
