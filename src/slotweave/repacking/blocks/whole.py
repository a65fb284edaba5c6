"""A program whose jumps depend on data, made shorter block by block and put together again.

Guarantees: each block of the result takes no more cycles than it took, so no run takes longer. A
block that is changed is proved to leave in memory, in the trace and in the words of scratch that
are live after it what it left, and to take its jumps as it did (`check.symbolic.block_equality`);
that the blocks lie together as they did, and what is live between them, is checked
(`check.legality.linked_blocks`). So the whole is proved, block by block. It is also run against the
given program, where facts say how long memory is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slotweave.analysis.basic_block import BasicBlock
from slotweave.analysis.utilisation import counted_bundles
from slotweave.base.budget import Budget
from slotweave.base.diagnostics import CheckFailed
from slotweave.base.interruption import TimeIsUpError, time_limited, unmasked_interruptions
from slotweave.base.wording import bundles, plural
from slotweave.check.legality.linked_blocks import linked_faults
from slotweave.check.runs.execution import Verified, instance_memory
from slotweave.check.symbolic.witness import memories
from slotweave.driver.comparison import Subject
from slotweave.driver.lasting_facts import facts_throughout
from slotweave.driver.verifying import Trial, verified_under_facts
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.lift.blocks import basic_blocks
from slotweave.machine import Machine
from slotweave.repacking.blocks.linking import linked
from slotweave.repacking.blocks.one_block import RepackedBlock, kept_block, search_block
from slotweave.repacking.options import Listener, RepackOptions
from slotweave.simulate.compiled import encode, run_compiled

#: Runs that take longer are not counted.
MOST_CYCLES = 10_000_000


@dataclass(frozen=True)
class RepackedBlocks:
    """`program` with each block as short as it was found; `blocks` in listing order.

    `before` and `cycles` are those of the longest of the runs on random memories that end; if none
    does, or facts do not say how long memory is, those of the bundles of the text. `is_late` says
    that blocks were left as they were because the time was over.
    """

    program: Program
    blocks: tuple[RepackedBlock, ...]
    before: int
    cycles: int
    verified: Verified
    evaluations: int
    interrupted: bool
    is_late: bool

    @property
    def changed(self) -> int:
        """How many blocks are changed."""
        return sum(block.changed for block in self.blocks)


def repack_blocks(
    program: Program,
    machine: Machine,
    facts: Facts,
    options: RepackOptions,
    listen: Listener,
    budget: Budget,
) -> RepackedBlocks:
    """`program`, which must have no static faults but double writes, with shorter blocks.

    Raises InputError (SW219) if it jumps to computed bundles, CheckFailed if a check finds a fault
    in what was made.
    """
    blocks = basic_blocks(program, machine)
    search = _Search(program, machine, facts, options, listen, budget, blocks)
    made, interrupted = search.run()
    joined, starts = linked(program, made, blocks, machine)
    for fault in linked_faults(program, joined, blocks, starts, machine):
        raise CheckFailed(fault)
    before, cycles, verified = _measured(program, joined, machine, facts, options)
    return RepackedBlocks(
        joined, made, before, cycles, verified, search.evaluations, interrupted, search.is_late
    )


class _Search:
    """Block after block, the longest first, within the budget."""

    def __init__(
        self, program: Program, machine: Machine, facts: Facts, options: RepackOptions,
        listen: Listener, budget: Budget, blocks: Sequence[BasicBlock],
    ) -> None:  # fmt: skip
        self._program, self._machine, self._facts = program, machine, facts
        self._options, self._listen, self._budget = options, listen, budget
        self._blocks = blocks
        late = "the time was over before it was looked at"
        self._made = [kept_block(program, block, late) for block in blocks]
        self._cycles = sum(block.before for block in self._made)
        self.evaluations = 0
        self.is_late = False

    def run(self) -> tuple[tuple[RepackedBlock, ...], bool]:
        """All blocks, and whether the search was interrupted."""
        self._listen(f"its run is not known: {plural(len(self._blocks), 'block')}", self._cycles, 0)
        try:
            with time_limited(self._budget.seconds_left), unmasked_interruptions():
                lasting = facts_throughout(self._program, self._machine, self._facts, self._blocks)
                for number in sorted(range(len(self._made)), key=lambda n: -self._made[n].before):
                    for found in self._budget.limit(self._tries(number, lasting), self.evaluations):
                        self._note(number, found)
        except TimeIsUpError:
            self.is_late = True
        except KeyboardInterrupt:
            return tuple(self._made), True
        self.is_late |= self._budget.is_spent(self.evaluations)
        return tuple(self._made), False

    def _tries(self, number: int, lasting: Facts) -> Iterator[RepackedBlock]:
        options, block = self._options, self._blocks[number]
        return search_block(
            self._program, self._machine, lasting, block, options.rewrite, options.effort
        )

    def _note(self, number: int, found: RepackedBlock) -> None:
        self.evaluations += 1
        gained = self._made[number].cycles - found.cycles
        self._made[number] = found
        self._cycles -= gained
        block = self._blocks[number]
        what = f"{bundles(block.start, block.stop - 1)}: {plural(found.cycles, 'cycle')}"
        self._listen(what if gained else "", self._cycles, self.evaluations)


def _measured(
    given: Program, made: Program, machine: Machine, facts: Facts, options: RepackOptions
) -> tuple[int, int, Verified]:
    """The cycles of both, and the runs in which they were compared."""
    before, cycles = counted_bundles(given), counted_bundles(made)
    words = facts.memory_words
    if words is None or not options.instances:
        return before, cycles, Verified(0, 0, cycles)
    longest = [_longest(each, machine, facts, words, options) for each in (given, made)]
    if longest[0]:
        before, cycles = longest
    trial = Trial(options.instances, options.seed, strict=False, max_cycles=MOST_CYCLES)
    one, two = (
        Subject(made, machine, "the new program"),
        Subject(given, machine, "the given program"),
    )
    verified = verified_under_facts(one, two, facts, words, trial, None, derived=True)
    return before, cycles, verified


def _longest(
    program: Program, machine: Machine, facts: Facts, words: int, options: RepackOptions
) -> int:
    """The cycles of the longest run that ends; 0 if none does."""
    encoded, draw = encode(program, machine), memories(facts, words)
    cycles = 0
    for instance in range(options.instances):
        memory = instance_memory(draw, options.seed, instance)
        try:
            end = run_compiled(encoded, memory, strict=False, max_cycles=MOST_CYCLES)
        except CheckFailed:
            continue
        cycles = max(cycles, end.cycles)
    return cycles
