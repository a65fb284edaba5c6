"""What holds of memory whenever a block is entered, from what holds before the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from slotweave.analysis.basic_block import BasicBlock
from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Region
from slotweave.ir.program import Program
from slotweave.lift import partition_of
from slotweave.lift.block_graph import BlockGraph, block_graph
from slotweave.machine import Machine


def facts_throughout(
    program: Program, machine: Machine, facts: Facts, blocks: Sequence[BasicBlock]
) -> Facts:
    """Of `facts` what holds whenever one of `blocks`, all those of `program`, is entered: nothing
    is read-only that some block may change."""
    found = lasting_facts(facts)
    while True:
        graphs = [made.graph for block in blocks
                  if (made := graph_of(program, machine, found, block)) is not None]  # fmt: skip
        fewer = without_changed(found, graphs)
        if len(graphs) < len(blocks):  # what these may change is not known
            changeable = tuple(replace(region, read_only=False) for region in fewer.regions)
            fewer = lasting_facts(Facts(found.memory_words, {}, changeable))
        if fewer == found:
            return found
        found = fewer


def graph_of(
    program: Program, machine: Machine, facts: Facts, block: BasicBlock
) -> BlockGraph | None:
    """What `block` of `program` computes; None if it cannot be said, or is not settled."""
    if not block.settled:
        return None
    try:
        found = block_graph(program, machine, facts, block)
    except CheckFailed:
        return None
    return found if isinstance(found, BlockGraph) else None


def lasting_facts(facts: Facts) -> Facts:
    """Of `facts` what stays true while a program runs that changes nothing read-only.

    Words and ranges are known of read-only regions alone. The regions cover all of memory, and all
    that is not read-only counts as output: a later block may read it.
    """
    regions = tuple(
        region if region.read_only else replace(region, output=True)
        for region in partition_of(facts).regions
    )
    kept = {region.name for region in regions if region.read_only}
    words = {
        address: word
        for address, word in facts.words.items()
        if any(r.start <= address < r.stop for r in regions if r.read_only)
    }
    ranges = {name: span for name, span in facts.ranges.items() if name in kept}
    return Facts(facts.memory_words, words, regions, ranges)


def without_changed(facts: Facts, graphs: Iterable[Graph]) -> Facts:
    """`facts` without the read-only regions that one of `graphs` may change."""
    changed = {
        region.name
        for graph in graphs
        for region in facts.regions
        if region.read_only and not _is_kept(region, graph)
    }
    regions = tuple(
        replace(region, read_only=region.read_only and region.name not in changed)
        for region in facts.regions
    )
    return lasting_facts(replace(facts, regions=regions))


def _is_kept(region: Region, graph: Graph) -> bool:
    return region in graph.regions
