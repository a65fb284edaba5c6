"""A program is its flow, block by block, whatever its jumps depend on.

Guarantees, if the verdict is true: from every memory that the facts allow, on which the flow does
not fail, the program runs through the blocks that the flow runs through, however often, does not
fail either, and leaves the same in memory and in the trace; if one of them does not end, neither
does the other. The proof is an induction over the blocks run so far. It keeps three things: what
the facts say (which must hold throughout a run), each variable in its own words of scratch, and
words that hold one constant from the end of the first block on. `block_equality` shows of each
block by itself that it keeps them, and that its jump goes by what the flow's jump goes by.

`starts`, the first bundles of the blocks, are a hint: wrong ones prove nothing. A loop that is
pipelined has jumps within its code, so of its program nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from slotweave.base.verdict import Verdict
from slotweave.check.symbolic.block_equality import BlockRun, Passing, block_is_graph
from slotweave.check.symbolic.ranged_memory import RangedMemory
from slotweave.check.symbolic.ranged_terms import RangedTerms
from slotweave.check.symbolic.refinement import RegionsByRange
from slotweave.check.symbolic.symbolic_graph import NotExecutableError
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import Effect
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.legality import static_faults
from slotweave.simulate.slots import SlotKinds, slot_kinds

_WHY = (
    "block by block, on symbols the program leaves in memory and in variables what the blocks say, "
    "and jumps as they do"
)


@dataclass(frozen=True)
class ByBlocks(Verdict[Any]):
    """A verdict of blocks one by one: runs may go through different ones, and take longer."""


def flow_by_blocks(
    flow: Flow, program: Program, starts: Sequence[int], machine: Machine, facts: Facts
) -> ByBlocks:
    """Does `program`, whose block n begins at bundle `starts[n]`, do what `flow` says?

    `starts` ends with the number of its bundles. `facts` must hold whenever a block is entered.
    """
    for refusal in static_faults(program, machine):
        return ByBlocks("unknown", f"the machine refuses the program: {refusal}")
    kinds = slot_kinds(machine)
    for reason in chain(_changed_facts(flow, facts), _badly_linked(flow, program, starts, kinds)):
        return ByBlocks("unknown", reason)
    first_words, assumed = flow.first_words, []
    held = _constants_held(flow, program, starts, machine, facts)
    variables = tuple(range(first, stop) for first, stop in pairwise(first_words))
    live = frozenset(range(first_words[-1]))
    for number, block in enumerate(flow.blocks):
        asked = block.jump.condition if block.jump is not None else None
        decides = asked is not None and _leads_on(flow, starts, number)
        decided = {first_words[asked]} if decides and asked is not None else set()
        passing = Passing(variables, live, decided, held if number else {})
        bundles = [_straight(each, kinds) for each in _text(program, starts, number)]
        found = block_is_graph(bundles, block.graph, machine, facts, passing)
        if not found.proved:
            return ByBlocks("unknown", f"block {number}: {found.why}")
        assumed += [each for each in found.assumptions if each not in assumed]
    return ByBlocks(True, _WHY, assumptions=tuple(assumed))


def _changed_facts(flow: Flow, facts: Facts) -> Iterator[str]:
    """What a block may change that the facts say something of: they would not hold throughout."""
    kept = {region.name for region in facts.regions if region.read_only}
    for number, block in enumerate(flow.blocks):
        for node in block.graph.nodes:
            if node.effect is Effect.STORE and (node.region in kept or (kept and not node.region)):
                yield f"block {number} may change what the facts say ({node.where})"


def _text(program: Program, starts: Sequence[int], number: int) -> Sequence[Bundle]:
    return program.bundles[starts[number] : starts[number + 1]]


def _straight(bundle: Bundle, kinds: SlotKinds) -> Bundle:
    """The bundle without jumps and debug slots."""
    return {
        engine: tuple([slot for slot in slots if not kinds[engine][slot[0]].breaks])
        for engine, slots in bundle.items()
        if engine != DEBUG_ENGINE
    }


def _target(flow: Flow, starts: Sequence[int], number: int) -> int:
    """The bundle to which the jump of block `number` leads."""
    jump = flow.blocks[number].jump
    assert jump is not None
    return starts[min(jump.target, len(flow.blocks))]


def _leads_on(flow: Flow, starts: Sequence[int], number: int) -> bool:
    """Whether it matters if the jump of block `number` is taken."""
    return flow.blocks[number].jump is not None and (
        _target(flow, starts, number) != starts[number + 1]
    )


def _badly_linked(
    flow: Flow, program: Program, starts: Sequence[int], kinds: SlotKinds
) -> Iterator[str]:
    """Where the blocks do not lie one after the other, or are left in another way than by their
    jumps, or before all that they write has landed."""
    ordered = all(one <= other for one, other in pairwise(starts))
    spans = len(starts) == len(flow.blocks) + 1 and starts[0] == 0
    if not ordered or not spans or starts[-1] != len(program.bundles):
        yield "it is not known where the blocks of the program begin"
        return
    for number, block in enumerate(flow.blocks):
        text = _text(program, starts, number)
        found = [
            (at, slot)
            for at, bundle in enumerate(text)
            for engine, slot in _slots(bundle)
            if kinds[engine][slot[0]].breaks
        ]
        wanted = _jump_slots(flow, starts, number)
        if [slot for _at, slot in found] != wanted:
            yield f"block {number} has other jumps than the flow"
        if any(at + 1 < len(text) for at, _slot in found):
            yield f"block {number} jumps before its last bundle"
        if block.jump is not None and block.jump.target <= 0:
            yield "the first block is jumped to"
        goes_on = block.jump is not None or number + 1 < len(flow.blocks)
        if goes_on and _in_flight(text, kinds):
            yield f"block {number} ends before all that it writes has landed"


def _slots(bundle: Bundle) -> Iterator[tuple[str, Slot]]:
    for engine, slots in bundle.items():
        if engine != DEBUG_ENGINE:
            for slot in slots:
                yield engine, slot


def _jump_slots(flow: Flow, starts: Sequence[int], number: int) -> list[Slot]:
    """The jumps that block `number` must have."""
    if not _leads_on(flow, starts, number):
        return []
    jump, target = flow.blocks[number].jump, _target(flow, starts, number)
    if jump is None or jump.condition is None:
        return [("jump", target)]
    return [("cond_jump", flow.first_words[jump.condition], target)]


def _in_flight(text: Sequence[Bundle], kinds: SlotKinds) -> bool:
    """Whether something lands after the end of the block."""
    return any(
        at + kinds[engine][slot[0]].latency > len(text)
        for at, bundle in enumerate(text)
        for engine, slot in _slots(bundle)
        if kinds[engine][slot[0]].writes or kinds[engine][slot[0]].operation.effect is Effect.STORE
    )


def _constants_held(
    flow: Flow, program: Program, starts: Sequence[int], machine: Machine, facts: Facts
) -> Mapping[int, int]:
    """Words of scratch, none of them of a variable, that the first block leaves as a constant and
    no other block writes."""
    graph, kinds = flow.blocks[0].graph, slot_kinds(machine)
    layout = MemoryMap(graph.regions, graph.memory_words)
    terms = RangedTerms(facts, layout)
    bundles = tuple(_straight(each, kinds) for each in _text(program, starts, 0))
    memory = RangedMemory(terms, layout, facts.words)
    run = BlockRun(Program(machine.name, bundles), machine, terms, memory, RegionsByRange(terms))
    try:
        run.run_from([terms.make("scratch", word) for word in range(machine.scratch_words)])
    except NotExecutableError:
        return {}
    written = {
        word
        for bundle in program.bundles[starts[1] :]
        for engine, slot in _slots(bundle)
        for word in kinds[engine][slot[0]].words_written(slot)
    }
    return {
        word: constant
        for word, term in enumerate(run.scratch)
        if word >= flow.first_words[-1] and word not in written
        and (constant := terms.known(term)) is not None
    }  # fmt: skip
