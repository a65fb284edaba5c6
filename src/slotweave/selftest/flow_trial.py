"""The self-test of a program that jumps: its slots, its jumps, its blocks' schedules and places.

Guarantees: as `trial`. Where the program is proved, as a whole or block by block, a mutant that
differs has to be refused by legality or by the proof. Of a pipelined loop whose rounds depend on
data there is no proof, and the result says so ("unknown"): there the runs have to object, on random
memories and on those made to reach each side of each jump. A mutant that they let pass is counted
as one of which the result says "unknown"; it is not missed, for nobody was told that it is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from slotweave.backend.emit import link
from slotweave.backend.emit.link import block_starts
from slotweave.backend.fitted import Fitted
from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.check.runs.execution import instance_memory, run_against_reference
from slotweave.check.runs.inputs import FOLLOWED, directed_inputs
from slotweave.check.symbolic.equivalence import GraphOnTerms
from slotweave.check.symbolic.flow_by_blocks import flow_by_blocks
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import INSTANCES
from slotweave.driver.lasting_facts import lasting_facts
from slotweave.driver.passes import emitted_of
from slotweave.ir.flow import Flow
from slotweave.ir.lineage import STARTS, starts_of
from slotweave.ir.program import Program
from slotweave.selftest.fitted_mutations import allocation_mutations, schedule_mutations
from slotweave.selftest.flow_mutations import FLOW_MUTATIONS
from slotweave.selftest.mutant import Mutant, is_changeable, mutants
from slotweave.selftest.oracle import Words, oracle_for
from slotweave.selftest.outcome import Checker, Outcome, Subject
from slotweave.selftest.program_mutations import program_mutations
from slotweave.selftest.trial import SAMPLED, Numbers
from slotweave.simulate.legality import static_faults

#: A mutant that runs for this many times the cycles of the program is taken not to end.
_LONGER = 50


def flow_trials(result: Compiled, numbers: Numbers, seed: int = 0) -> Iterator[Outcome]:
    """Try mutants of the program of `result` and of what it was made from.

    Raises CheckFailed if the program is not right to begin with.
    """
    bench = _Bench(result, seed)
    bench.expect_right()
    yield from bench.programs(numbers.program)
    yield from bench.jumps(numbers.kernel + numbers.order)
    yield from bench.schedules(numbers.schedule)
    yield from bench.allocations(numbers.allocation)


class _Bench:
    """Everything that mutants of one result are tried with."""

    def __init__(self, result: Compiled, seed: int) -> None:
        self.result, self.seed = result, seed
        job = result.job
        self.facts = job.facts
        self.max_cycles = _LONGER * result.cycles + 1000
        begun = [instance_memory(self._memory, seed, number) for number in range(FOLLOWED)]
        self.directed = directed_inputs(result.traced, self.facts, seed, begun)
        # The oracle has memories of its own, drawn and directed by another seed.
        others = directed_inputs(result.traced, self.facts, seed + 1).memories
        self.oracle = oracle_for(job.kernel, job.parameters, job.contract, seed + 1,
                                 extra=others, max_cycles=self.max_cycles)  # fmt: skip
        graphs = [block.rewritten.graph for block in result.blocks]
        self.flow = result.traced.with_graphs(graphs)
        self.wanted = GraphOnTerms(self.flow, self.facts)
        self.is_proved = result.equivalence.proved

    def _memory(self, rng: np.random.Generator) -> Words:
        job = self.result.job
        return job.kernel.memory(job.parameters, job.contract, rng)

    def expect_right(self) -> None:
        """Raise CheckFailed unless the program is right."""
        program, machine = self.result.program, self.result.job.machine
        difference = self.oracle.program_differs(program, machine, both=True)
        if difference:
            raise CheckFailed(Diagnostic("SW403", f"before any mutation {difference}"))

    def programs(self, count: int) -> Iterator[Outcome]:
        """Mutants of the linked program."""
        mutations = program_mutations(self.result.job.machine)
        made = mutants(self.result.program, mutations, count, self.seed)
        for number, mutant in enumerate(made):
            yield self._outcome(Subject.PROGRAM, mutant, mutant.value, both=number % SAMPLED == 0)

    def jumps(self, count: int) -> Iterator[Outcome]:
        """Programs whose blocks are linked by other jumps."""
        for mutant in mutants(self.result.flow, FLOW_MUTATIONS, count, self.seed):
            yield self._outcome(Subject.JUMPS, mutant, self._linked(mutant.value, {}))

    def schedules(self, count: int) -> Iterator[Outcome]:
        """Programs in which the schedule of a block is another one."""
        yield from self._blocks(Subject.SCHEDULE, count)

    def allocations(self, count: int) -> Iterator[Outcome]:
        """Programs in which something of a block lies elsewhere, variables among it."""
        yield from self._blocks(Subject.ALLOCATION, count)

    def _blocks(self, subject: Subject, count: int) -> Iterator[Outcome]:
        """Mutants of the blocks that can be changed in this way, as many of each."""
        kinds = schedule_mutations if subject is Subject.SCHEDULE else allocation_mutations
        subjects = [
            (number, block.fitted, mutations)
            for number, block in enumerate(self.result.blocks)
            if len(block.fitted.schedule.cycle)
            and (block.pipelined is None or block.pipelined.control.plain_follows)
            and is_changeable(block.fitted, mutations := kinds(block.fitted.problem), self.seed)
        ]
        for place, (number, fitted, mutations) in enumerate(subjects):
            share = count // len(subjects) + (place < count % len(subjects))
            for mutant in mutants(fitted, mutations, share, self.seed):
                yield self._of_block(subject, number, mutant)

    def _of_block(self, subject: Subject, number: int, mutant: Mutant[Fitted]) -> Outcome:
        other, fault = mutant.value, None
        problem = other.problem
        if any(schedule_violations(other.schedule, problem)):
            fault = Checker.SCHEDULE
        elif any(allocation_violations(other.allocation, other.schedule, problem)):
            fault = Checker.ALLOCATION
        program = self._linked(self.result.flow, {number: other})
        return self._outcome(subject, mutant, program, fault=fault)

    def _linked(self, flow: Flow, changed: dict[int, Fitted]) -> Program:
        """The program of `flow`; pipelined code stays, and other schedules are of plain forms."""
        machine = self.result.job.machine
        emitted = [
            replace(emitted_of(changed.get(n, block.fitted), machine), pipelined=block.pipelined)
            for n, block in enumerate(self.result.blocks)
        ]
        starts = tuple(block_starts(flow, emitted, machine))
        return replace(link(flow, emitted, machine), meta={STARTS: starts})

    def _outcome(
        self,
        subject: Subject,
        mutant: Mutant[Program] | Mutant[Flow] | Mutant[Fitted],
        program: Program,
        *,
        both: bool = False,
        fault: Checker | None = None,
    ) -> Outcome:
        machine = self.result.job.machine
        difference = self.oracle.program_differs(program, machine, both=both)
        caught = (fault or self._objection(program)) if difference else None
        return Outcome(subject, mutant.kind, mutant.change, difference, mutant.harmless, caught)

    def _is_proved(self, program: Program) -> bool:
        """Whether a mutant is proved as the program was: as a whole, or else block by block."""
        machine = self.result.job.machine
        whole = self.wanted.equivalence(program, machine, self.max_cycles)
        if not whole.undecided:
            return whole.proved
        facts, starts = lasting_facts(self.facts), starts_of(program)
        return flow_by_blocks(self.flow, program, starts, machine, facts).proved

    def _objection(self, program: Program) -> Checker | None:
        """Who objects to a program that differs."""
        result = self.result
        if any(static_faults(program, result.job.machine)):
            return Checker.LEGALITY
        if self.is_proved:
            return None if self._is_proved(program) else Checker.EQUIVALENCE
        job = result.job
        kernel, parameters, contract = job.kernel, job.parameters, job.contract
        trace = kernel.trace
        try:
            run_against_reference(
                program, result.job.machine, facts=self.facts, memory=self._memory,
                reference=lambda memory: kernel.reference(memory, parameters, contract),
                trace=trace and (lambda memory: trace(memory, parameters, contract)),
                instances=INSTANCES, directed=self.directed, seed=self.seed,
                max_cycles=self.max_cycles, both=False,
            )  # fmt: skip
        except CheckFailed:
            return Checker.RUNS
        return Checker.UNKNOWN
