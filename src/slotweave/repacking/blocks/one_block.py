"""One basic block made shorter by itself, and proved to do what it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from slotweave.analysis.basic_block import BasicBlock
from slotweave.backend.emit.link import EmittedBlock, emitted_block
from slotweave.backend.fit import Effort, search_fit
from slotweave.backend.fitted import Fitted
from slotweave.backend.lower import lower
from slotweave.base.diagnostics import CheckFailed, NoSchedule
from slotweave.bounds import Bound, best_bound
from slotweave.check.symbolic.block_against_block import block_is_block
from slotweave.check.symbolic.block_equality import Passing, block_is_graph, graph_is_block
from slotweave.driver.certify import expect_block
from slotweave.ir.facts import Facts
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.program import Bundle, Program
from slotweave.lift.block_graph import BlockGraph, block_graph, decided_words, why_no_graph
from slotweave.lift.blocks import control_slots, without_control
from slotweave.machine import Machine
from slotweave.repacking.blocks.closer import closer_bundles
from slotweave.rewrite import Rewritten, rewrite
from slotweave.rules.registry import RULES
from slotweave.simulate.legality import costs_a_cycle, static_faults
from slotweave.simulate.slots import slot_kinds


@dataclass(frozen=True)
class RepackedBlock:
    """What became of bundles `start` to `stop` - 1: `bundles`, which take `cycles`.

    They took `before`. `why` says why they stay as they were; it is empty if they are changed, and
    then they are proved to do what they did. No schedule of what the rules made of the block takes
    fewer cycles than `bound`; None if it was not lowered, or takes more than what was found before.
    """

    start: int
    stop: int
    before: int
    bundles: tuple[Bundle, ...]
    bound: Bound | None
    why: str

    @property
    def cycles(self) -> int:
        return _cycles(self.bundles)

    @property
    def changed(self) -> bool:
        return not self.why


def kept_block(program: Program, block: BasicBlock, why: str) -> RepackedBlock:
    """`block` as it is."""
    bundles = program.bundles[block.start : block.stop]
    return RepackedBlock(block.start, block.stop, _cycles(bundles), bundles, None, why)


def search_block(
    program: Program,
    machine: Machine,
    facts: Facts,
    block: BasicBlock,
    rewriting: bool,
    effort: Effort,
) -> Iterator[RepackedBlock]:
    """`block` of `program` as short as it was found after each evaluation; proved wherever changed.

    `facts` are those that hold whenever it is entered. Jumps of what is changed lead where they
    did, by the numbers of bundles of `program`.

    Raises CheckFailed if a check finds a fault in what was made.
    """
    kept = kept_block(program, block, "nothing shorter was found")
    kept = closer_block(kept, program, machine, facts, block)
    found = _graph(program, machine, facts, block)
    if isinstance(found, str):
        yield kept if kept.changed else replace(kept, why=found)
        return
    yield from _shorter(kept, found, program, machine, facts, block, rewriting, effort)


def closer_block(
    kept: RepackedBlock, program: Program, machine: Machine, facts: Facts, block: BasicBlock
) -> RepackedBlock:
    """The block with its slots closer together, if that is shorter and proved; else `kept`."""
    if not block.settled or kept.before <= 1:
        return kept
    given, kinds = program.bundles[block.start : block.stop], slot_kinds(machine)
    old, ends = (
        [without_control(one, kinds) for one in given],
        list(control_slots(given[-1], kinds)),
    )
    decided = decided_words(given[-1], kinds)
    for bundles in closer_bundles(program, machine, block):
        if _cycles(bundles) >= kept.before or list(control_slots(bundles[-1], kinds)) != ends:
            continue
        new = [without_control(one, kinds) for one in bundles]
        if not _faults(program, new, machine) <= _faults(program, old, machine):
            continue
        if block_is_block(new, old, machine, facts, block.live_out, decided).proved:
            return replace(kept, bundles=bundles, why="")
    return kept


def _faults(program: Program, bundles: Sequence[Bundle], machine: Machine) -> set[str]:
    """For which reasons strict mode refuses these bundles of `program` before they are run."""
    part = replace(program, bundles=tuple(bundles))
    return {fault.code for fault in static_faults(part, machine)}


def _graph(program: Program, machine: Machine, facts: Facts, block: BasicBlock) -> BlockGraph | str:
    """What the block computes; why that is not known, or does not help."""
    why = _obstacle(program, machine, block)
    if why:
        return why
    try:
        found = block_graph(program, machine, facts, block)
    except CheckFailed as fault:
        return f"it fails wherever it runs: {fault.diagnostic.message}"
    if isinstance(found, str):
        return found
    passing = Passing(found.variables, block.live_out, found.decided)
    refined = graph_is_block(found.graph, found.bundles, machine, facts, passing)
    return found if refined.proved else f"not proved: {refined.why}"


def _shorter(
    kept: RepackedBlock, found: BlockGraph, program: Program, machine: Machine, facts: Facts,
    block: BasicBlock, rewriting: bool, effort: Effort,
) -> Iterator[RepackedBlock]:  # fmt: skip
    """`kept`, or what is shorter, after each attempt to schedule the graph."""
    first, room = _room(machine, block, found)
    rewritten = rewrite(found.graph, machine, RULES if rewriting else ())
    try:
        lowered = lower(rewritten.graph, machine)
        ladder = lowered.ladder
        bound = best_bound(ladder)
        best = replace(kept, bound=bound if bound.cycles <= kept.cycles else None)
        options = ScheduleOptions()
        search = search_fit(lowered.graph, lowered.problem, options, room, effort)
        # What is as long as the slots closer together is taken: it has only what is needed.
        shortest = below = kept.cycles + kept.changed
        for fit in search:
            if fit is not None and fit[0].makespan < shortest:
                shortest = fit[0].makespan
                placed = Fitted(lowered, *fit).placed_at(
                    first, [words.start for words in found.variables], machine.scratch_words
                )
                made = _made(best, found, rewritten, placed, program, machine, facts, block)
                if made is not None and made.cycles < below:
                    best, below = made, made.cycles
            yield best
            if best.bound is not None and best.cycles <= best.bound.cycles:
                return
    except NoSchedule as refusal:
        why = f"no schedule was found: {refusal.diagnostic.message}"
        yield kept if kept.changed else replace(kept, why=why)


def _made(
    best: RepackedBlock, found: BlockGraph, rewritten: Rewritten, fitted: Fitted, program: Program,
    machine: Machine, facts: Facts, block: BasicBlock,
) -> RepackedBlock | None:  # fmt: skip
    """The block that was fitted, checked and proved; None if it is not proved."""
    expect_block(found.graph, rewritten, fitted)
    emitted = emitted_block(
        fitted.emitted(machine), fitted.problem, fitted.schedule, fitted.lowered.pinned
    )
    bundles = _with_control(emitted, found, program, machine, block)
    kinds = slot_kinds(machine)
    straight = [without_control(bundle, kinds) for bundle in bundles]
    passing = Passing(found.variables, block.live_out, found.decided)
    if not block_is_graph(straight, rewritten.graph, machine, facts, passing).proved:
        return None
    return replace(best, bundles=bundles, why="")


def _with_control(
    emitted: EmittedBlock, found: BlockGraph, program: Program, machine: Machine, block: BasicBlock
) -> tuple[Bundle, ...]:
    """The bundles with the jumps, pauses and halts of the block in the last of them."""
    control = list(control_slots(program.bundles[block.stop - 1], slot_kinds(machine)))
    length = max(len(emitted.bundles), emitted.landed)
    for number, words in enumerate(found.variables):
        if not found.decided.isdisjoint(words):
            length = max(length, emitted.assigned.get(number, 0) + 1)
    wait: Bundle = {next(iter(machine.slots)): ()}
    bundles = [*emitted.bundles, *[wait] * (length - len(emitted.bundles))]
    if not control:
        return tuple(bundles)
    last = dict(bundles[-1]) if bundles else {}
    wanted = [engine for engine, _slot, _kind in control]
    full = any(len(last.get(e, ())) + wanted.count(e) > machine.slots[e] for e in wanted)
    if full or not bundles:
        bundles.append({})
        last = {}
    last = {engine: slots for engine, slots in last.items() if slots}
    for engine, slot, _kind in control:
        last[engine] = (*last.get(engine, ()), slot)
    bundles[-1] = last
    return tuple(bundles)


def _obstacle(program: Program, machine: Machine, block: BasicBlock) -> str:
    """Why the block is left as it is; empty if it need not be."""
    if why := why_no_graph(program, machine, block):
        return why
    kinds = slot_kinds(machine)
    bundles = program.bundles[block.start : block.stop]
    if len({engine for engine, _slot, _kind in control_slots(bundles[-1], kinds)}) > 1:
        return "jumps of two engines end it"
    return "" if _cycles(bundles) > 1 else "it takes at most one cycle"


def _room(machine: Machine, block: BasicBlock, found: BlockGraph) -> tuple[int, int]:
    """The longest run of words of scratch that nobody else needs: its first word, its length."""
    taken = block.live_in | block.live_out
    taken |= {word for words in found.variables for word in words}
    longest = first = begin = 0
    for word in range(machine.scratch_words + 1):
        if word == machine.scratch_words or word in taken:
            if word - begin > longest:
                longest, first = word - begin, begin
            begin = word + 1
    return first, longest


def _cycles(bundles: tuple[Bundle, ...]) -> int:
    return sum(map(costs_a_cycle, bundles))
