"""The self-test: mutants of a program, of its schedule and allocation, and of its kernel are tried.

Guarantees: the oracle alone says which mutants differ; each of those is shown to the checkers that
stand in the way of such a mistake, and the first that objects has caught it. A checker objects if
it reports a fault, or refuses to certify (a proof that cannot be found is an objection, too). What
is tried depends on the subject, the numbers of mutants and the seed alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slotweave.backend.fit import Effort, fit
from slotweave.backend.fitted import Fitted
from slotweave.backend.lower import lower
from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.check.definition.definition import graph_meets_definition
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.check.symbolic.equivalence import Equivalence, GraphOnTerms, program_equals_graph
from slotweave.driver.job import Job
from slotweave.driver.rewriting import rewritten_graph
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.ir.verify.graph_verify import graph_faults
from slotweave.selftest.fitted_mutations import allocation_mutations, schedule_mutations
from slotweave.selftest.graph_mutations import GRAPH_MUTATIONS, drop_order_edge
from slotweave.selftest.mutant import Mutant, mutants
from slotweave.selftest.oracle import Oracle, oracle_for
from slotweave.selftest.outcome import Checker, Outcome, Subject
from slotweave.selftest.program_mutations import program_mutations

#: One program mutant in as many is run on the reference simulator, too.
SAMPLED = 50


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many mutants are made, of what. `order` are kernels that lack an edge of order."""

    program: int = 800
    schedule: int = 100
    allocation: int = 100
    kernel: int = 90
    order: int = 10

    @staticmethod
    def of(total: int) -> Numbers:
        """`total` mutants of a program and of what it was made from; of its kernel a tenth."""
        tenth = total // 10
        return Numbers(total - 2 * tenth, tenth, tenth, tenth - tenth // 10, tenth // 10)

    @property
    def all(self) -> int:
        return self.program + self.schedule + self.allocation + self.kernel + self.order


def trials(
    job: Job,
    traced: Graph,
    program: Program,
    numbers: Numbers = Numbers(),
    seed: int = 0,
    fitted: Fitted | None = None,
) -> Iterator[Outcome]:
    """Try mutants of `program`, of its kernel and, if given, of the schedule it was made from.

    `traced` is the kernel as it was traced for `job`.

    Without a schedule, the program itself is mutated as often more. Raises CheckFailed if what is
    to be mutated is not right to begin with.
    """
    bench = _Bench(job, traced, seed)
    bench.expect_right(program)
    if fitted is None:
        total = numbers.program + numbers.schedule + numbers.allocation
        yield from bench.programs(program, total)
    else:
        yield from bench.programs(program, numbers.program)
        yield from bench.fitted(fitted, numbers)
    yield from bench.kernels(numbers)


class _Bench:
    """Everything that mutants of one origin are tried with."""

    def __init__(self, job: Job, traced: Graph, seed: int) -> None:
        self.job, self.traced, self.seed = job, traced, seed
        self.facts = job.facts
        self.oracle: Oracle = oracle_for(job.kernel, job.parameters, job.contract, seed)
        graph = self._rewritten(traced)
        self.wanted = GraphOnTerms(graph, self.facts)

    def _rewritten(self, traced: Graph) -> Graph:
        return rewritten_graph(traced, self.job).graph

    def expect_right(self, program: Program) -> None:
        """Raise CheckFailed unless the program is right, and proved to be."""
        difference = self.oracle.program_differs(program, self.job.machine, both=True)
        if difference:
            raise CheckFailed(Diagnostic("SW403", f"before any mutation {difference}"))
        proved = self.wanted.equivalence(program, self.job.machine)
        if not proved.proved:
            raise CheckFailed(Diagnostic("SW406", f"before any mutation {proved.why}"))

    def programs(self, program: Program, count: int) -> Iterator[Outcome]:
        """Mutants of the program, judged by themselves and by the graph."""
        machine = self.job.machine
        made = mutants(program, program_mutations(machine), count, self.seed)
        for number, mutant in enumerate(made):
            both = number % SAMPLED == 0
            difference = self.oracle.program_differs(mutant.value, machine, both=both)
            yield _outcome(
                Subject.PROGRAM, mutant, difference, self._objection(mutant.value, difference)
            )

    def _objection(self, program: Program, difference: str) -> Checker | None:
        """Who objects to a program that differs."""
        if not difference:
            return None
        return _objector(self.wanted.equivalence(program, self.job.machine))

    def fitted(self, fitted: Fitted, numbers: Numbers) -> Iterator[Outcome]:
        """Mutants of the schedule and of the allocation, and of programs made from them."""
        problem = fitted.problem
        for subject, mutations, count in (
            (Subject.SCHEDULE, schedule_mutations(problem), numbers.schedule),
            (Subject.ALLOCATION, allocation_mutations(problem), numbers.allocation),
        ):
            for mutant in mutants(fitted, mutations, count, self.seed):
                program = mutant.value.emitted(self.job.machine)
                difference = self.oracle.program_differs(program, self.job.machine)
                caught = None
                if difference:
                    caught = self._fault(mutant.value) or self._objection(program, difference)
                yield _outcome(subject, mutant, difference, caught)

    def _fault(self, fitted: Fitted) -> Checker | None:
        """Who objects to a schedule and its allocation."""
        problem = fitted.problem
        for _ in schedule_violations(fitted.schedule, problem):
            return Checker.SCHEDULE
        for _ in allocation_violations(fitted.allocation, fitted.schedule, problem):
            return Checker.ALLOCATION
        return None

    def kernels(self, numbers: Numbers) -> Iterator[Outcome]:
        """Mutants of the traced graph, if there is a definition to hold them against."""
        if self.job.kernel.definition is None:
            return
        for mutant in mutants(self.traced, GRAPH_MUTATIONS, numbers.kernel, self.seed):
            difference = self.oracle.graph_differs(mutant.value)
            caught = self._graph_objection(mutant.value) if difference else None
            yield _outcome(Subject.KERNEL, mutant, difference, caught)
        if any(node.after for node in self.traced.nodes):
            for mutant in mutants(self.traced, (drop_order_edge,), numbers.order, self.seed):
                yield self._without_order(mutant)

    def _graph_objection(self, graph: Graph) -> Checker | None:
        """Who objects to a kernel that differs."""
        for _ in graph_faults(graph):
            return Checker.GRAPH
        kernel = self.job.kernel
        assert kernel.definition is not None
        definition = kernel.definition(self.job.parameters)
        proof = graph_meets_definition(graph, definition, self.facts)
        return None if proof.proved else Checker.DEFINITION

    def _without_order(self, mutant: Mutant[Graph]) -> Outcome:
        """Node by node such a graph does what it should; what counts is what is made of it."""
        machine = self.job.machine
        graph = self._rewritten(mutant.value)
        lowered = lower(graph, machine)
        options = self.job.plan.schedule
        fitted = fit(lowered.graph, lowered.problem, options, machine.scratch_words, Effort.FAST)
        program = Fitted(lowered, *fitted).emitted(machine)
        difference = self.oracle.program_differs(program, machine)
        caught: Checker | None = None
        if difference:
            faulty = next(iter(graph_faults(mutant.value)), None)
            found = program_equals_graph(program, machine, graph, self.facts)
            caught = Checker.GRAPH if faulty else _objector(found)
        return _outcome(Subject.KERNEL, mutant, difference, caught)


def _objector(found: Equivalence) -> Checker | None:
    """Who refused a program, if anybody did."""
    if isinstance(found.evidence, Diagnostic):
        return Checker.LEGALITY
    return None if found.proved else Checker.EQUIVALENCE


def _outcome(
    subject: Subject,
    mutant: Mutant[Program] | Mutant[Fitted] | Mutant[Graph],
    difference: str,
    caught: Checker | None,
) -> Outcome:
    return Outcome(subject, mutant.kind, mutant.change, difference, mutant.harmless, caught)
