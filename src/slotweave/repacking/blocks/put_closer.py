"""A program of the slots that it has, closer together.

Guarantees: no block takes more cycles than it took, and each that is changed is proved to do what
it did (`check.symbolic.block_against_block`); that they lie together as they did is checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from slotweave.base.diagnostics import CheckFailed, InputError
from slotweave.check.legality.linked_blocks import linked_faults
from slotweave.driver.lasting_facts import facts_throughout
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.lift.blocks import basic_blocks
from slotweave.machine import Machine
from slotweave.repacking.blocks.linking import linked
from slotweave.repacking.blocks.one_block import closer_block, kept_block

_KEPT = "its slots are not put closer together"


@dataclass(frozen=True)
class PutCloser:
    """`program` takes `saved` cycles less on the way that a run takes; `changed` of its blocks are
    other ones."""

    program: Program
    saved: int
    changed: int


def put_closer(
    program: Program, machine: Machine, facts: Facts, path: Sequence[int]
) -> PutCloser | None:
    """`program`, of which all runs go through the bundles `path`, with its slots closer together.

    None if that saves no cycle. Raises CheckFailed if a check finds a fault in what was made.
    """
    try:
        blocks = basic_blocks(program, machine)
    except InputError:  # a jump leads to a computed bundle
        return None
    lasting = facts_throughout(program, machine, facts, blocks)
    made = [
        closer_block(kept_block(program, block, _KEPT), program, machine, lasting, block)
        for block in blocks
    ]
    runs = Counter(path)
    saved = sum(runs[block.start] * (block.before - block.cycles) for block in made)
    if not saved:
        return None
    joined, starts = linked(program, made, blocks, machine)
    for fault in linked_faults(program, joined, blocks, starts, machine):
        raise CheckFailed(fault)
    return PutCloser(joined, saved, sum(block.changed for block in made))
