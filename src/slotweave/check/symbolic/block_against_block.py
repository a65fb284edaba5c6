"""Two versions of a basic block do the same: both run on terms, from any memory and any scratch.

Guarantees, if the verdict is true: what `block_equality` says of a block and a graph, of two
blocks. No graph is needed, so any slot may stand in them that runs on terms; which core it is, is a
term. Accesses to memory are told apart by their ranges alone: two blocks that do the same may not
be proved, if one has accesses in another order that only their distance keeps apart.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import chain

from slotweave.base.verdict import Verdict
from slotweave.check.symbolic.block_equality import (
    BlockRun,
    Same,
    differences,
    new_failures,
    stored_at_once,
)
from slotweave.check.symbolic.ranged_memory import RangedMemory
from slotweave.check.symbolic.ranged_terms import RangedTerms
from slotweave.check.symbolic.refinement import RegionsByRange
from slotweave.check.symbolic.symbolic_graph import NotExecutableError
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.ir.facts import Facts
from slotweave.ir.program import Bundle, Program
from slotweave.machine import Machine

_WHY = "on symbols both leave the same in memory, in the words live after them, and to their jumps"


def block_is_block(
    made: Sequence[Bundle],
    given: Sequence[Bundle],
    machine: Machine,
    facts: Facts,
    live: Set[int],
    decided: Set[int],
) -> Same:
    """Do the bundles `made` do what `given` do, both without their jumps?

    `facts` hold whenever the block is entered, `live` are the words of scratch that are live after
    it, `decided` those that its jumps read.
    """
    end = max((region.stop for region in facts.regions), default=facts.memory_words or 0)
    layout = MemoryMap(facts.regions, end)
    terms = RangedTerms(facts, layout)
    regions = RegionsByRange(terms)
    scratch = [terms.make("scratch", word) for word in range(machine.scratch_words)]
    old, new = (
        _AnyCore(Program(machine.name, tuple(bundles)), machine, terms,
                 RangedMemory(terms, layout, facts.words), regions)
        for bundles in (given, made)
    )  # fmt: skip
    try:
        with terms.trusting():
            old.run_from(scratch)
        known = len(terms)
        new.run_from(scratch)
    except NotExecutableError as obstacle:
        return Verdict("unknown", str(obstacle))
    together = {
        addresses: bundle
        for addresses, bundle in new.stored_together.items()
        if addresses not in old.stored_together
    }
    # One by one: where all of memory differs, listing it would not end.
    for doubt in chain(
        stored_at_once(together, terms, layout, regions),
        new_failures(terms, facts, known, old.memory, new.memory),
        differences(layout, old.left, new.left, live, decided),
    ):
        return Verdict("unknown", doubt)
    return Verdict(True, _WHY)


class _AnyCore(BlockRun):
    """A block run on a core of any number."""

    def _core_id(self) -> int:
        return self._terms.make("core_id")
