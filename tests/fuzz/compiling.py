"""What must hold of every graph on every machine: it compiles right, or is refused."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from fuzz.refusal import refusable
from slotweave.backend.emit import emit
from slotweave.backend.fit import fit
from slotweave.backend.fitted import Fitted
from slotweave.backend.lower import lower
from slotweave.check.symbolic.equivalence import program_equals_graph
from slotweave.driver.certify import expect_fitted, expect_rewriting
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.program import Program
from slotweave.ir.text.graph_text import graph_from_text, graph_to_text
from slotweave.ir.text.program_files import parse_program, program_to_json, program_to_text
from slotweave.ir.verify.graph_verify import verify_graph
from slotweave.ir.verify.problem_verify import problem_faults
from slotweave.ir.verify.schedule_verify import layout_faults
from slotweave.machine import Machine, machine_from_toml, machine_to_toml
from slotweave.rewrite import rewrite
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.graph import run_graph
from slotweave.simulate.reference import run

INSTANCES = 2


@dataclass(frozen=True)
class Job:
    """A graph to compile for a machine; `seed` draws memories, without `rewriting` no rule runs."""

    graph: Graph
    machine: Machine
    options: ScheduleOptions
    rewriting: bool
    seed: int

    def text(self) -> str:
        """All of it but offsets and the scheduler's seed; `job_from_text` makes it again."""
        options = self.options
        first = f"{options.method} {options.stagger} {options.noise} {self.rewriting} {self.seed}"
        return f"{first}\n{machine_to_toml(self.machine)}\n{_CUT}\n{graph_to_text(self.graph)}"


_CUT = "----"


def job_from_text(text: str) -> Job:
    first, _, rest = text.partition("\n")
    method, stagger, noise, rewriting, seed = first.split()
    machine, _, graph = rest.partition(f"\n{_CUT}\n")
    options = ScheduleOptions(method=method, stagger=float(stagger), noise=float(noise))
    return Job(
        graph_from_text(graph), machine_from_toml(machine), options, rewriting == "True", int(seed)
    )


def compiles_right(job: Job) -> None:
    """The claim; what it raises carries the job as text, a golden case to be."""
    try:
        program = compiled(job)
        if program is not None:
            _computes_the_graph(program, job)
    except Exception as error:
        error.add_note(job.text())
        raise


def compiled(job: Job) -> Program | None:
    """The program, every check passed on the way; None if the machine cannot hold the graph."""
    graph, machine = job.graph, job.machine
    verify_graph(graph)
    if job.rewriting:
        rewritten = rewrite(graph, machine)
        verify_graph(rewritten.graph)
        expect_rewriting(graph, rewritten)
        graph = rewritten.graph
    with refusable():
        lowered = lower(graph, machine)
        problem = lowered.problem
        faults = [*problem_faults(problem), *layout_faults(lowered.layout, problem.storage_words)]
        assert not faults
        schedule, allocation = fit(lowered.graph, problem, job.options, machine.scratch_words)
        expect_fitted(Fitted(lowered, schedule, allocation))
        program = emit(lowered.graph, machine, problem, lowered.layout, schedule, allocation)
        assert parse_program(program_to_text(program)) == program
        assert parse_program(program_to_json(program)) == program
        equivalence = program_equals_graph(program, machine, lowered.graph, Facts())
        assert equivalence.answer is True, equivalence
        return program
    return None


def _computes_the_graph(program: Program, job: Job) -> None:
    """Both simulators end with the memory that the graph as it was written says."""
    random, encoded = Random(job.seed), encode(program, job.machine)
    for _ in range(INSTANCES):
        words = range(job.graph.memory_words)
        memory = [random.getrandbits(random.choice((1, 5, 32, 32))) for _ in words]
        end = run(program, job.machine, memory)
        assert end == run_compiled(encoded, memory)
        assert end.memory.tolist() == run_graph(job.graph, memory)
