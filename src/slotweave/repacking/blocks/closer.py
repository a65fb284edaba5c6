"""A basic block of the slots that it has, each as early as those before it leave room for it.

It is what `what-if` times. Nothing is made anew, so it is there for blocks of which no graph can be
made, and it needs no word of scratch; it is never longer than the block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slotweave.analysis.basic_block import BasicBlock
from slotweave.anatomy.straight_part import straight_part
from slotweave.anatomy.timing.retiming import groups_of, in_memory_order, operations_of, words_of
from slotweave.anatomy.words.issued import Issued
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.machine import Machine


def closer_bundles(
    program: Program, machine: Machine, block: BasicBlock
) -> Iterator[tuple[Bundle, ...]]:
    """The bundles of `block`, which must be settled, with its slots closer together.

    First accesses to memory are only as far apart as they must be, then they stay in order, which
    is easier to prove. What ends the block stands in the last bundle, and all results have landed
    after that, unless the program ends there. Debug slots are left out.
    """
    placed = straight_part(program, machine, block).placed
    operations = operations_of(placed, machine)
    for each in (operations, in_memory_order(operations)):
        cycles = groups_of(each, *words_of(placed)).issued(machine.slots).tolist()
        yield _placed(cycles, placed.issued, machine, settles=bool(block.after))


def _placed(
    cycles: Sequence[int], issued: Sequence[Issued], machine: Machine, *, settles: bool
) -> tuple[Bundle, ...]:
    slots: list[dict[str, list[Slot]]] = [{} for _ in range(max(cycles, default=-1) + 1)]
    ends: list[tuple[str, Slot]] = []
    landed = 0
    for cycle, one in zip(cycles, issued, strict=True):
        if one.kind.breaks:
            ends.append((one.engine, one.slot))
        else:
            slots[cycle].setdefault(one.engine, []).append(one.slot)
            landed = max(landed, cycle + one.kind.latency)
    if settles:
        slots += [{} for _ in range(landed - len(slots))]
    for engine, slot in ends:
        slots[-1].setdefault(engine, []).append(slot)
    wait: Bundle = {next(iter(machine.slots)): ()}
    return tuple(
        {engine: tuple(row) for engine, row in each.items()} if each else wait for each in slots
    )
