"""Blocks and jumps run on terms, following the jumps that constants decide.

Counted loops are thereby followed round by round. A jump that depends on data cannot be.
"""

from __future__ import annotations

from slotweave.analysis.counted_loops import least_words
from slotweave.check.symbolic.symbolic_graph import GraphRun, NotExecutableError, continue_with
from slotweave.check.symbolic.symbolic_memory import MemoryMap, SymbolicMemory
from slotweave.check.symbolic.terms import Terms
from slotweave.ir.flow import Flow

#: Runs of more blocks than this are given up.
MAX_BLOCKS = 100_000

#: So are runs that are known beforehand to compute more words.
MOST_WORDS = 4_000_000


def run_flow(flow: Flow, terms: Terms, layout: MemoryMap, memory: SymbolicMemory) -> GraphRun:
    """Run `flow` on `memory`. Raises NotExecutableError if a jump depends on data."""
    words = least_words(flow)
    if words > MOST_WORDS:
        raise NotExecutableError(
            f"its loops compute {words:,} words, and {MOST_WORDS:,} are followed"
        )
    state = GraphRun(memory)
    at = 0
    for _ in range(MAX_BLOCKS):
        if at >= len(flow.blocks):
            return state
        block = flow.blocks[at]
        continue_with(block.graph, terms, layout, state)
        jump, taken = block.jump, True
        if jump is not None and jump.condition is not None:
            condition = terms.known(state.variables[jump.condition][0])
            if condition is None:
                raise NotExecutableError(f"the jump after block {at} depends on data")
            taken = condition != 0
        at = jump.target if jump is not None and taken else at + 1
    raise NotExecutableError(f"more than {MAX_BLOCKS:,} blocks are run")
