"""A straight part of a program that jumps: one basic block, looked at by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from slotweave.analysis.basic_block import BasicBlock
from slotweave.anatomy.causes.placements import Placements, placements
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.program import Program
from slotweave.lift.blocks import basic_blocks
from slotweave.machine import Machine


@dataclass(frozen=True)
class StraightPart:
    """The bundles of `block`, with the jump in the last of them, as `program`.

    What its operations wait for within it is in `placed`. Where it is entered nothing is known of
    memory or scratch, so accesses are apart only if their addresses are a known distance from each
    other. `text` is the whole program.
    """

    block: BasicBlock
    program: Program
    placed: Placements
    text: Program


def straight_part(program: Program, machine: Machine, block: BasicBlock) -> StraightPart:
    """`block` of `program`, which must be settled."""
    part = replace(program, bundles=program.bundles[block.start : block.stop])
    return StraightPart(block, part, placements(part, machine, {}), program)


def part_at(program: Program, machine: Machine, bundle: int) -> StraightPart:
    """The part in which `bundle` stands, of a program without static faults.

    Raises InputError (SW219) if there are no parts, because a jump leads to a computed bundle, or
    if results are in flight where the part begins or ends.
    """
    blocks = basic_blocks(program, machine)
    block = next(block for block in blocks if block.start <= bundle < block.stop)
    if not block.settled:
        where = f"bundles {block.start} to {block.stop - 1}"
        reason = f"results are in flight where {where}, which run in a row, begin or end"
        raise InputError(Diagnostic("SW219", reason, bundle=bundle))
    return straight_part(program, machine, block)
