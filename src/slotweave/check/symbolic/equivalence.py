"""Program = graph: both run on terms, they leave the same terms in every word that is judged.

Guarantees, if the verdict is true: for every memory that the facts allow and on which the graph
does not fail, the program does not fail either (it touches no other words that might lie past the
end of memory, divides by nothing else that might be zero, and no bundle of it writes a word of
memory twice), and both leave the same words in the
regions that are output or read-only (in all of memory, if there are no regions), and write the same
trace. This rests on the assumptions
that the result lists, on the meanings in `isa`, and on the machine's description; it knows nothing
of how the program was made. If the verdict is false there is an input on which they differ, and
the result says which. "unknown" comes with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from slotweave.base.diagnostics import Diagnostic
from slotweave.base.verdict import Verdict
from slotweave.check.symbolic.recorded_memory import RecordedMemory
from slotweave.check.symbolic.stores_together import doubtful_stores
from slotweave.check.symbolic.symbolic_flow import run_flow
from slotweave.check.symbolic.symbolic_graph import (
    Accesses,
    GraphRun,
    NotExecutableError,
    places_assumed,
    run_graph,
)
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.symbolic_program import MAX_BUNDLES, SymbolicRun
from slotweave.check.symbolic.terms import Terms
from slotweave.check.symbolic.witness import find_witness
from slotweave.ir.facts import Facts, nothing_known
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.legality import static_faults

#: How many differing words are looked at in the search for an input that shows a difference.
LOOKED_AT = 4096

#: As many are tried first, for they mostly suffice; then all of them, on as many memories.
_TRIED_FIRST = 1
_TRIED_AT_LAST = 2


@dataclass(frozen=True)
class Difference:
    """A word that program and graph leave differently: where, and as which expressions.

    With a witness, `seed` gives a memory (`witness.random_memory`) after which the word is
    `got_word` instead of `expected_word`.
    """

    place: str
    expected: str
    got: str
    seed: int | None = None
    expected_word: int | None = None
    got_word: int | None = None


#: A verdict on a program and a graph, under which assumptions it holds, and if they differ, where.
#: A program that the machine refuses is not run: the evidence is why it is refused.
Equivalence = Verdict[Difference | Diagnostic]


class GraphOnTerms:
    """A graph run on terms once, to compare any number of programs with."""

    def __init__(self, graph: Graph | Flow, facts: Facts | None = None) -> None:
        self._facts = nothing_known() if facts is None else facts
        self._terms = Terms()
        last = graph.blocks[-1].graph if isinstance(graph, Flow) else graph  # knows all regions
        self._layout = MemoryMap(last.regions, last.memory_words)
        self._obstacle = ""
        memory = self._memory()
        try:
            self._wanted = self._run(graph, memory)
        except NotExecutableError as obstacle:
            self._obstacle = str(obstacle)
        self._touched = frozenset(memory.touched)
        self._made = len(self._terms)

    def _run(self, graph: Graph | Flow, memory: RecordedMemory) -> GraphRun:
        if isinstance(graph, Flow):
            return run_flow(graph, self._terms, self._layout, memory)
        return run_graph(graph, self._terms, self._layout, memory)

    def _memory(self) -> RecordedMemory:
        """Memory before a run."""
        return RecordedMemory(self._terms, self._layout, self._facts.words)

    def equivalence(
        self, program: Program, machine: Machine, max_bundles: int = MAX_BUNDLES
    ) -> Equivalence:
        """Does `program` do on `machine` to memory what the graph says?"""
        for refusal in static_faults(program, machine):
            why = f"the machine refuses the program: {refusal}"
            return Verdict("unknown", why, refusal)
        if self._obstacle:
            return Verdict("unknown", self._obstacle)
        wanted, terms, layout = self._wanted, self._terms, self._layout
        regions = wanted.accesses.region
        memory = self._memory()
        run = SymbolicRun(program, machine, terms, memory, regions, max_bundles)
        try:
            found = run.until_stop()
        except NotExecutableError as obstacle:
            return Verdict("unknown", str(obstacle))
        if len(wanted.trace) != len(found.trace):
            reason = f"{len(found.trace)} words are traced instead of {len(wanted.trace)}"
            return Verdict(False, reason)
        differences = list(islice(differences_between(wanted, found, layout), LOOKED_AT))
        shown = verdict_on(differences, terms, layout, self._facts, wanted.accesses)
        if shown.refuted:
            return shown
        doubts = (self._failure(memory.touched, run.partial), self._alias(run, regions))
        return next((doubt for doubt in doubts if doubt is not None), shown)

    def _alias(self, run: SymbolicRun, regions: Mapping[int, int | None]) -> Equivalence | None:
        """What may make strict mode refuse a bundle: stores that land in one word at once."""
        found = doubtful_stores(run.stored_together, self._terms, self._layout, regions)
        for bundle, first, second in found:
            both = f"{self._terms.text(first)} and at {self._terms.text(second)}"
            reason = f"bundle {bundle} stores at {both}, which may be one word"
            return Verdict("unknown", reason)
        return None

    def _failure(self, touched: set[int], partial: set[int]) -> Equivalence | None:
        """What may make a program fail where the graph does not: words that the graph does not
        touch, results that it does not compute."""
        terms, words = self._terms, self._layout.memory_words
        for address in sorted(touched - self._touched):
            known = terms.known(address)
            if known is None:
                reason = f"{terms.text(address)} is an address, and may be past the end of memory"
                return Verdict("unknown", reason)
            if known >= words:
                reason = f"the word at {known} is touched, and memory has {words}"
                return Verdict(False, reason)
        for result in sorted(partial):
            if result >= self._made and terms.known(result) is None:
                reason = f"{terms.text(result)} may divide by zero"
                return Verdict("unknown", reason)
        return None


def program_equals_graph(
    program: Program,
    machine: Machine,
    graph: Graph | Flow,
    facts: Facts | None = None,
    *,
    max_bundles: int = MAX_BUNDLES,
) -> Equivalence:
    """Does `program` do on `machine` to memory what `graph` says?"""
    return GraphOnTerms(graph, facts).equivalence(program, machine, max_bundles)


#: A place, the term that the graph leaves there, and the one that the program leaves there.
_Pair = tuple[str, int, int]


def differences_between(
    wanted: GraphRun, found: SymbolicRun | GraphRun, layout: MemoryMap
) -> Iterator[_Pair]:
    judged = [i for i, region in enumerate(layout.regions) if region.output or region.read_only]
    for number in judged if layout.regions else [layout.rest]:
        for address, mine, theirs in wanted.memory.differences(found.memory, number):
            yield layout.place(address), mine, theirs
    for index, (mine, theirs) in enumerate(zip(wanted.trace, found.trace, strict=True)):
        if mine != theirs:
            yield f"trace[{index}]", mine, theirs


def verdict_on(
    differences: list[_Pair], terms: Terms, layout: MemoryMap, facts: Facts, accesses: Accesses
) -> Equivalence:
    assumed = places_assumed(accesses, layout)
    if not differences:
        why = "on symbols the program leaves in memory what the graph says, word for word"
        return Verdict(True, why, assumptions=assumed)
    pairs = [(mine, theirs) for _place, mine, theirs in differences]
    witness = find_witness(pairs[:_TRIED_FIRST], terms, layout, facts)
    if witness is None and len(pairs) > _TRIED_FIRST:
        witness = find_witness(pairs, terms, layout, facts, _TRIED_AT_LAST)
    place, mine, theirs = differences[0 if witness is None else witness[0]]
    shown = Difference(place, terms.text(mine), terms.text(theirs))
    if witness is None:
        reason = f"{place} is computed in another way, and no input was found that shows it"
        return Verdict("unknown", reason, shown, assumed)
    _index, seed, expected, got = witness
    shown = Difference(place, shown.expected, shown.got, seed, expected, got)
    reason = f"{place} is {got} instead of {expected} for the memory of seed {seed}"
    return Verdict(False, reason, shown, assumed)
