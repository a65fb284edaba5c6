"""A graph does what a program does: both run on terms with ranges, and leave the same terms.

Guarantees, if the verdict is true: for every memory that the facts allow and on which the program
does not fail, the graph does not fail either, and both leave the same words in the regions of the
graph that are output or read-only, and write the same trace. In which region a computed address of
the program lies follows from its range alone, so nothing is assumed of it. Of two writes of the
program to one word the last one stands, also where one bundle makes both: strict mode fails there,
so nothing is claimed, and compatible mode keeps the last. This knows nothing of how the graph was
made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from slotweave.base.verdict import Verdict
from slotweave.check.symbolic.equivalence import (
    LOOKED_AT,
    Equivalence,
    differences_between,
    verdict_on,
)
from slotweave.check.symbolic.ranged_memory import RangedMemory
from slotweave.check.symbolic.ranged_terms import RangedTerms
from slotweave.check.symbolic.symbolic_graph import NotExecutableError, run_graph
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.symbolic_program import MAX_BUNDLES, SymbolicRun
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.machine import Machine


class RegionsByRange(Mapping[int, "int | None"]):
    """The region of each address term, as its range says."""

    def __init__(self, terms: RangedTerms) -> None:
        self._terms = terms

    def __getitem__(self, address: int) -> int | None:
        return self._terms.region_of(address)

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._terms)))

    def __len__(self) -> int:
        return len(self._terms)


def graph_refines_program(
    graph: Graph,
    program: Program,
    machine: Machine,
    facts: Facts,
    max_bundles: int = MAX_BUNDLES,
) -> Equivalence:
    """Does `graph` do to memory what `program`, which `machine` can run, does?"""
    layout = MemoryMap(graph.regions, graph.memory_words)
    terms = RangedTerms(facts, layout)
    before = RangedMemory(terms, layout, facts.words)
    run = SymbolicRun(program, machine, terms, before, RegionsByRange(terms), max_bundles)
    after = RangedMemory(terms, layout, facts.words)
    try:
        with terms.trusting():
            found = run.until_stop()
        made = len(terms)
        wanted = run_graph(graph, terms, layout, after)
    except NotExecutableError as obstacle:
        return Verdict("unknown", str(obstacle))
    if len(wanted.trace) != len(found.trace):
        reason = f"{len(wanted.trace)} words are traced instead of {len(found.trace)}"
        return Verdict(False, reason)
    end = facts.memory_words or 0  # where it is unknown, no word surely exists
    for address in sorted(after.touched - before.touched):
        known = terms.known(address)
        if known is None or known >= end:
            reason = f"{terms.text(address)} is an address that the program does not access"
            return Verdict("unknown", reason)
    for term in range(made, len(terms)):
        if terms.may_fail(term):
            return Verdict("unknown", f"{terms.text(term)} may divide by zero")
    differences = list(islice(differences_between(wanted, found, layout), LOOKED_AT))
    return verdict_on(differences, terms, layout, facts, wanted.accesses)


def graphs_agree(first: Graph, second: Graph, facts: Facts) -> Equivalence:
    """Do two graphs leave the same terms in what is judged, and write the same trace?

    Computed addresses are taken to lie in the regions that the graphs name.
    """
    if first.regions != second.regions:
        return Verdict("unknown", "the two do not keep the same regions of memory apart")
    layout = MemoryMap(first.regions, first.memory_words)
    terms = RangedTerms(facts, layout)
    try:
        wanted, found = (
            run_graph(graph, terms, layout, RangedMemory(terms, layout, facts.words))
            for graph in (first, second)
        )
    except NotExecutableError as obstacle:
        return Verdict("unknown", str(obstacle))
    if len(wanted.trace) != len(found.trace):
        return Verdict("unknown", "the two do not trace as many words")
    differences = list(islice(differences_between(wanted, found, layout), LOOKED_AT))
    return verdict_on(differences, terms, layout, facts, wanted.accesses)
