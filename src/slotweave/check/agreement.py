"""Agreement of two programs: run on the same memories, do they end with the same judged words?

Guarantees, if `judged_agreement` returns: for each memory given, both programs ran to their end on
the reference simulator without a fault, and every word of the regions that are output or read-only
is the same afterwards. It says nothing about other memories; it is evidence and no proof.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from slotweave.diagnostics import CheckFailed, Diagnostic
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.reference import run

Words = NDArray[np.uint32]
Runnable = tuple[Program, Machine]


def judged_agreement(
    first: Runnable, second: Runnable, memories: Iterable[Words], facts: Facts
) -> int:
    """Run both programs on each memory; the number of memories tried.

    Raises CheckFailed (SW403) at the first judged word on which they differ.
    """
    tried = 0
    for memory in memories:
        ends = [run(program, machine, memory).memory for program, machine in (first, second)]
        _expect_equal(ends[0], ends[1], facts, tried)
        tried += 1
    return tried


def _expect_equal(first: Words, second: Words, facts: Facts, instance: int) -> None:
    different = np.flatnonzero((first != second) & _judged(facts, len(first)))
    if len(different):
        address = int(different[0])
        message = (
            f"the programs disagree on {len(different)} words: memory word {address} is "
            f"{first[address]} after the first and {second[address]} after the second "
            f"(random input {instance})"
        )
        raise CheckFailed(Diagnostic("SW403", message))


def _judged(facts: Facts, memory_words: int) -> NDArray[np.bool_]:
    """Which words are judged: all of memory if no regions are known."""
    judged = np.full(memory_words, not facts.regions)
    for region in facts.regions:
        judged[region.start : region.stop] = region.output or region.read_only
    return judged
