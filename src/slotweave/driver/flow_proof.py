"""Program = kernel: on symbols from its first bundle to its last, or else block by block."""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.check.symbolic.equivalence import Equivalence, program_equals_graph
from slotweave.check.symbolic.flow_by_blocks import flow_by_blocks
from slotweave.driver.lasting_facts import lasting_facts
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.machine import Machine


def same_as_graph(
    program: Program,
    machine: Machine,
    graph: Graph | Flow,
    facts: Facts,
    starts: Sequence[int] = (),
) -> Equivalence:
    """Does `program` do what `graph` says?

    Where jumps cannot be followed, because they depend on data or there are too many, the blocks
    are compared one by one; `starts` are their first bundles and the program's end, if known.
    """
    whole = program_equals_graph(program, machine, graph, facts)
    if not whole.undecided or not isinstance(graph, Flow) or not starts:
        return whole
    by_blocks = flow_by_blocks(graph, program, starts, machine, lasting_facts(facts))
    return by_blocks if by_blocks.proved else whole
