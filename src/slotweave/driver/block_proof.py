"""Two programs whose jumps depend on data, proved to be the same block by block.

Guarantees, if `same_block_by_block` is true: the blocks of the one lie together as those of the
other do (`check.legality.linked_blocks`), and each that differs is proved to leave in memory, in
the trace and in the words of scratch that are live after it what the other leaves, and to take its
jumps as that does (`check.symbolic.block_equality`), from all that holds whenever it is entered.
"""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.analysis.basic_block import BasicBlock
from slotweave.base.diagnostics import InputError
from slotweave.check.legality.linked_blocks import linked_faults
from slotweave.check.legality.rewriting import rewriting_faults
from slotweave.check.symbolic.block_against_block import block_is_block
from slotweave.check.symbolic.block_equality import Passing, block_is_graph, graph_is_block
from slotweave.driver.lasting_facts import facts_throughout, graph_of
from slotweave.ir.facts import Facts
from slotweave.ir.lineage import starts_of
from slotweave.ir.program import Bundle, Program
from slotweave.lift.block_graph import decided_words
from slotweave.lift.blocks import basic_blocks, without_control
from slotweave.machine import Machine
from slotweave.rewrite import rewrite
from slotweave.rules.registry import RULES
from slotweave.simulate.slots import slot_kinds


def same_block_by_block(made: Program, given: Program, machine: Machine, facts: Facts) -> bool:
    """Is `made` proved to be `given`, block by block?

    Where its blocks begin `made` may say itself; if it does not, its own blocks are taken.
    """
    try:
        blocks = basic_blocks(given, machine)
        starts = starts_of(made) or _starts(basic_blocks(made, machine), made)
    except InputError:
        return False
    if any(linked_faults(given, made, blocks, starts, machine)):
        return False
    lasting = facts_throughout(given, machine, facts, blocks)
    kinds = slot_kinds(machine)
    for block, start, stop in zip(blocks, starts, starts[1:], strict=False):
        old = [without_control(each, kinds) for each in given.bundles[block.start : block.stop]]
        new = [without_control(each, kinds) for each in made.bundles[start:stop]]
        if old != new and not _is_block(new, given, machine, lasting, block):
            return False
    return True


def _starts(blocks: Sequence[BasicBlock], program: Program) -> tuple[int, ...]:
    return (*(block.start for block in blocks), len(program.bundles))


def _is_block(
    bundles: Sequence[Bundle], given: Program, machine: Machine, facts: Facts, block: BasicBlock
) -> bool:
    """Is it proved that `bundles`, without jumps, do what `block` of `given` does?"""
    kinds = slot_kinds(machine)
    old = given.bundles[block.start : block.stop]
    straight = [without_control(each, kinds) for each in old]
    decided = decided_words(old[-1], kinds)
    if (
        block.settled
        and block_is_block(bundles, straight, machine, facts, block.live_out, decided).proved
    ):
        return True
    found = graph_of(given, machine, facts, block)
    if found is None:
        return False
    passing = Passing(found.variables, block.live_out, found.decided)
    if not graph_is_block(found.graph, found.bundles, machine, facts, passing).proved:
        return False
    for rules in (RULES, ()):
        made = rewrite(found.graph, machine, rules)
        if any(rewriting_faults(found.graph, made.graph, made.derivation, rules)):
            continue
        if block_is_graph(bundles, made.graph, machine, facts, passing).proved:
            return True
    return False
