"""A basic block as a graph: the words of scratch that it gets or leaves are variables.

Guarantees: for every memory and every scratch before the block, the graph does to memory what the
block does, and its variables hold after it what their words of scratch hold after the block. What
its jumps read is among them, as it is when they read it. Facts about memory are those that hold
whenever the block is entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from slotweave.analysis.basic_block import BasicBlock
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.program import Bundle, Program
from slotweave.lift.accesses import Repartition
from slotweave.lift.blocks import control_slots, without_control
from slotweave.lift.builder import Ref
from slotweave.lift.lift import Lifting
from slotweave.lift.partition import Partition, partition_of
from slotweave.machine import Machine
from slotweave.simulate.slots import SlotKinds, slot_kinds


@dataclass(frozen=True)
class BlockGraph:
    """The graph of a block; variable v of it lies in the words `variables[v]` of scratch.

    `bundles` are those of the block without what may jump, pause or stop; `decided` the words that
    this reads in the last bundle. `made` and `spread` are known words as `Lifted` has them.
    """

    graph: Graph
    variables: tuple[range, ...]
    bundles: tuple[Bundle, ...]
    decided: frozenset[int]
    made: frozenset[int]
    spread: frozenset[int]


def why_no_graph(program: Program, machine: Machine, block: BasicBlock) -> str:
    """Why nothing is to be known of what `block` computes by itself; empty if there is no reason
    but those that `block_graph` finds."""
    if not block.settled:
        return "results are in flight where it begins or ends"
    kinds = slot_kinds(machine)
    if any(
        kinds[engine][slot[0]].operation.name == "core_id"
        for bundle in program.bundles[block.start : block.stop]
        for engine, slots in bundle.items()
        if engine in kinds
        for slot in slots
    ):
        return "it asks for the number of its core"
    return ""


def block_graph(
    program: Program, machine: Machine, facts: Facts, block: BasicBlock
) -> BlockGraph | str:
    """The graph of `block`, which must be settled, or why there is none.

    Raises CheckFailed for an access that surely lies past the end of memory.
    """
    kinds = slot_kinds(machine)
    decided = decided_words(program.bundles[block.stop - 1], kinds)
    bundles = tuple(
        [without_control(bundle, kinds) for bundle in program.bundles[block.start : block.stop]]
    )
    variables = tuple(
        word
        for words in _side_by_side(bundles, kinds, block, decided)
        for word in ([words] if len(words) == machine.vector_length else _each(words))
    )
    straight = replace(program, bundles=bundles)
    partition = partition_of(facts)
    while True:
        try:
            lifting = _BlockLifting(straight, machine, facts, partition, variables)
            graph = lifting.block_graph(decided)
            accesses = lifting.accesses
            spans = accesses.computed_spans(accesses.widths_used()), accesses.known
            if (fewer := partition.joined(*spans)) == partition:
                break
            partition = fewer
        except Repartition as better:
            partition = better.partition
    if graph is None:
        return "its jump reads a word that is written beside it"
    return BlockGraph(graph, variables, bundles, decided, *lifting.constants)


def decided_words(last: Bundle, kinds: SlotKinds) -> frozenset[int]:
    """The words that the jumps in the `last` bundle of a block read."""
    return frozenset(
        word
        for _engine, slot, kind in control_slots(last, kinds)
        for source in kind.words_read(slot)
        for word in source
    )


def _side_by_side(
    bundles: Sequence[Bundle], kinds: SlotKinds, block: BasicBlock, decided: frozenset[int]
) -> Iterator[range]:
    """The words that the block reads from before it or leaves behind, side by side where some slot
    takes them so."""
    touched: set[int] = set()
    written: set[int] = set()
    joined: set[int] = set()  # words that stand with the next one
    spans: list[range] = []
    for bundle in bundles:
        for engine, slots in bundle.items():
            for slot in slots:
                kind = kinds[engine][slot[0]]
                made = kind.words_written(slot)
                written.update(made)
                for words in (*kind.words_read(slot), made):
                    touched.update(words)
                    spans.append(words)
    passing = (touched & block.live_in) | (written & block.live_out) | decided
    for words in spans:
        joined.update(word for word in words[:-1] if {word, word + 1} <= passing)
    first = None
    for word in sorted(passing):
        first = word if first is None else first
        if word not in joined:
            yield range(first, word + 1)
            first = None


def _each(words: range) -> list[range]:
    """Every word by itself."""
    return [range(word, word + 1) for word in words]


class _BlockLifting(Lifting):
    """The run of a block from variables to variables."""

    def __init__(
        self,
        program: Program,
        machine: Machine,
        facts: Facts,
        partition: Partition,
        variables: Sequence[range],
    ) -> None:
        super().__init__(program, machine, facts, partition, (), None)
        self._variables = variables
        self._before_last: list[Ref] = []
        for number, words in enumerate(variables):
            self._scratch[words.start : words.stop] = self._builder.variable(number, len(words))
        self._entry = list(self._scratch)

    def block_graph(self, decided: frozenset[int]) -> Graph | None:
        """The graph; None if a word of `decided` changes in the last bundle."""
        self._run(len(self._bundles))
        if any(self._before_last[word] != self._scratch[word] for word in decided):
            return None
        for number, words in enumerate(self._variables):
            refs = tuple(self._scratch[words.start : words.stop])
            if refs != tuple(self._entry[words.start : words.stop]):
                self._builder.assign(number, refs)
        return self._graph()

    def _step(self, bundle: Bundle) -> None:
        self._before_last = list(self._scratch)
        super()._step(bundle)
