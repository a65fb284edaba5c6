"""A basic block is a graph: both run on terms, from any memory and any scratch.

Guarantees, if the verdict is true: for every scratch, and every memory that the facts allow, on
which the one that is followed does not fail, the other does not fail either, and both leave the
same words in all regions of memory, write the same trace, leave the same in the words of scratch
that are live after the block, and let its jumps read the same. The facts must hold whenever the
block is entered. Lattice and transfer rules are those of `refinement`; a word of scratch before the
block is a term of its own. This knows nothing of how either was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from slotweave.base.verdict import Verdict
from slotweave.check.symbolic.ranged_memory import RangedMemory
from slotweave.check.symbolic.ranged_terms import RangedTerms
from slotweave.check.symbolic.recorded_memory import RecordedMemory
from slotweave.check.symbolic.refinement import RegionsByRange
from slotweave.check.symbolic.stores_together import doubtful_stores
from slotweave.check.symbolic.symbolic_graph import (
    GraphRun,
    NotExecutableError,
    continue_with,
    places_assumed,
)
from slotweave.check.symbolic.symbolic_memory import MemoryMap, SymbolicMemory
from slotweave.check.symbolic.symbolic_program import SymbolicRun
from slotweave.check.symbolic.terms import Terms
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.program import Bundle, Program
from slotweave.machine import Machine

#: Whether a block is a graph; a difference has no witness, so the answer is never False.
Same = Verdict[Any]

_WHY = "on symbols both leave the same in memory, in the words live after it, and to its jumps"


@dataclass(frozen=True)
class Passing:
    """What passes between a block and the others: variable v of its graph lies in the words
    `variables[v]` of scratch, `live` are live after it, `decided` is read by its jumps.

    Words of scratch that are `held` are these constants before the block.
    """

    variables: tuple[range, ...]
    live: Set[int]
    decided: Set[int]
    held: Mapping[int, int] = field(default_factory=dict)


def graph_is_block(
    graph: Graph, bundles: Sequence[Bundle], machine: Machine, facts: Facts, passing: Passing
) -> Same:
    """Does `graph` do what the block does, of which `bundles` are those without its jumps?"""
    return _Both(graph, machine, facts, passing).compare(bundles, graph_first=False)


def block_is_graph(
    bundles: Sequence[Bundle], graph: Graph, machine: Machine, facts: Facts, passing: Passing
) -> Same:
    """Does the block do what `graph` does? Its computed addresses lie where the graph says."""
    return _Both(graph, machine, facts, passing).compare(bundles, graph_first=True)


class _Both:
    """A graph and a block on the same terms."""

    def __init__(self, graph: Graph, machine: Machine, facts: Facts, passing: Passing) -> None:
        self._graph, self._machine, self._facts, self._passing = graph, machine, facts, passing
        self._layout = MemoryMap(graph.regions, graph.memory_words)
        self._terms = RangedTerms(facts, self._layout)
        self._scratch = [
            self._terms.constant(passing.held[word])
            if word in passing.held
            else self._terms.make("scratch", word)
            for word in range(machine.scratch_words)
        ]
        self._memories = [RangedMemory(self._terms, self._layout, facts.words) for _ in "ab"]

    def compare(self, bundles: Sequence[Bundle], *, graph_first: bool) -> Same:
        by_graph, by_block = self._memories
        by_range = RegionsByRange(self._terms)
        try:
            regions: Mapping[int, int | None] = by_range
            if graph_first:
                with self._terms.trusting():
                    wanted = self._run_graph(by_graph)
                made, first, second = len(self._terms), by_graph, by_block
                regions = _Named(wanted.accesses.region, by_range)
                found = self._run_block(bundles, by_block, regions)
            else:
                with self._terms.trusting():
                    found = self._run_block(bundles, by_block, regions)
                made, first, second = len(self._terms), by_block, by_graph
                wanted = self._run_graph(by_graph)
        except NotExecutableError as obstacle:
            return Verdict("unknown", str(obstacle))
        live, decided = self._passing.live, self._passing.decided
        together = found.stored_together if graph_first else {}
        # One by one: where all of memory differs, listing it would not end.
        for doubt in chain(
            stored_at_once(together, self._terms, self._layout, regions),
            new_failures(self._terms, self._facts, made, first, second),
            differences(self._layout, self._left(wanted), found.left, live, decided),
        ):
            return Verdict("unknown", doubt)
        assumed = places_assumed(wanted.accesses, self._layout)
        return Verdict(True, _WHY, assumptions=assumed)

    def _run_graph(self, memory: RecordedMemory) -> GraphRun:
        variables = {
            number: tuple(self._scratch[words.start : words.stop])
            for number, words in enumerate(self._passing.variables)
        }
        state = GraphRun(memory, variables=variables)
        return continue_with(self._graph, self._terms, self._layout, state)

    def _run_block(
        self, bundles: Sequence[Bundle], memory: RecordedMemory, regions: Mapping[int, int | None]
    ) -> BlockRun:
        program = Program(self._machine.name, tuple(bundles))
        run = BlockRun(program, self._machine, self._terms, memory, regions)
        run.run_from(self._scratch)
        return run

    def _left(self, wanted: GraphRun) -> Left:
        """What the graph leaves."""
        scratch = list(self._scratch)
        for number, words in enumerate(self._passing.variables):
            scratch[words.start : words.stop] = wanted.variables[number]
        return Left(wanted.memory, wanted.trace, scratch, scratch)


@dataclass(frozen=True)
class Left:
    """What there is after a block, in terms; `read_last` is the scratch that its jumps read."""

    memory: SymbolicMemory
    trace: Sequence[int]
    scratch: Sequence[int]
    read_last: Sequence[int]


def differences(
    layout: MemoryMap, one: Left, other: Left, live: Set[int], decided: Set[int]
) -> Iterator[str]:
    """What the two leave differently, of the words that are `live` or `decided` by jumps."""
    if one.trace != other.trace:
        yield "they write different traces"
    for number in range(layout.rest + 1):
        for address, _mine, _theirs in one.memory.differences(other.memory, number):
            yield f"{layout.place(address)} is computed in another way"
    for word in sorted(live):
        if one.scratch[word] != other.scratch[word]:
            yield f"scratch word {word} is computed in another way"
    for word in sorted(decided):
        if one.read_last[word] != other.read_last[word]:
            yield f"what a jump reads in scratch word {word} is computed in another way"


def stored_at_once(
    together: Mapping[tuple[int, ...], int],
    terms: Terms,
    layout: MemoryMap,
    regions: Mapping[int, int | None],
) -> Iterator[str]:
    """Which stores of a block that land at once may write one word."""
    for _bundle, one, other in doubtful_stores(together, terms, layout, regions):
        both = f"{terms.text(one)} and {terms.text(other)}"
        yield f"stores land at once at {both}, which may be one word"


def new_failures(
    terms: RangedTerms, facts: Facts, made: int, first: RecordedMemory, second: RecordedMemory
) -> Iterator[str]:
    """Why what ran second may fail where the first does not; it has the terms from `made` on."""
    end = facts.memory_words or 0  # where it is unknown, no word surely exists
    for address in sorted(second.touched - first.touched):
        known = terms.known(address)
        if known is None or known >= end:
            yield f"{terms.text(address)} is an address that only one of the two accesses"
    for term in range(made, len(terms)):
        if terms.may_fail(term):
            yield f"{terms.text(term)} may divide by zero"


class BlockRun(SymbolicRun):
    """A block run on terms; `read_last` is the scratch that its last bundle reads."""

    memory: RecordedMemory

    def run_from(self, scratch: Sequence[int]) -> None:
        """Run from these words in scratch to the end.

        Raises NotExecutableError if that cannot be done on terms.
        """
        self._scratch = list(scratch)
        self.read_last = list(scratch)
        self.until_stop()

    @property
    def left(self) -> Left:
        """What there is once it is run."""
        return Left(self.memory, self.trace, self._scratch, self.read_last)

    @property
    def scratch(self) -> Sequence[int]:
        """The words of scratch, once it is run."""
        return self._scratch

    def _step(self, bundle: Bundle) -> None:
        self.read_last = list(self._scratch)
        super()._step(bundle)


class _Named(Mapping[int, "int | None"]):
    """The regions that a graph names for computed addresses; for others, what ranges say."""

    def __init__(self, named: Mapping[int, int | None], by_range: RegionsByRange) -> None:
        self._named, self._by_range = named, by_range

    def __getitem__(self, address: int) -> int | None:
        named = self._named.get(address)
        return self._by_range[address] if named is None else named

    def __iter__(self) -> Iterator[int]:
        return iter(self._by_range)

    def __len__(self) -> int:
        return len(self._by_range)
