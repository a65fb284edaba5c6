"""What must hold of every kernel on every machine: the program does what the kernel means.

The oracle runs the emitted program on the reference simulator and holds memory, trace and pauses
against a plain interpreter of the traced graph (`meaning`). No checker is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import strategies as st

from fuzz.draw_kernels import statements
from fuzz.meaning import Meaning, meaning_of
from fuzz.memories import memories
from fuzz.refusal import refusable
from fuzz.statements import Statements, statements_from_text, statements_to_text
from fuzz.writing import MEMORY_WORDS, REGION_WORDS, REGIONS, write_kernel
from slotweave.backend.fit import Effort
from slotweave.bounds import best_bound
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.trace import trace_blocks
from slotweave.frontend.tracer import Tracer
from slotweave.ir.flow import Flow
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.machine import CHALLENGE, MINIMAL, Machine, machine_from_toml, machine_to_toml
from slotweave.simulate.reference import run
from slotweave.simulate.run import Run, RunState
from strategies.odd_machines import odd_machines

#: Memories on which a program is run.
MEMORIES = 24
_CUT = "----"
_JUDGED = [
    word
    for number, (_, kind) in enumerate(REGIONS)
    if kind
    for word in range(number * REGION_WORDS, (number + 1) * REGION_WORDS)
]


@dataclass(frozen=True)
class KernelJob:
    """A kernel to compile for a machine; `seed` draws memories; `rewriting`: with rules."""

    statements: Statements
    machine: Machine
    options: ScheduleOptions
    rewriting: bool
    seed: int

    def text(self) -> str:
        """What `kernel_job_from_text` reads."""
        options = self.options
        first = (f"{options.method} {options.stagger} {options.noise} {options.seed} "
                 f"{options.spill} {self.rewriting} {self.seed} {options.zeros} "
                 f"{options.derived}")  # fmt: skip
        kernel = statements_to_text(self.statements)
        return f"{first}\n{machine_to_toml(self.machine)}\n{_CUT}\n{kernel}"


def kernel_job_from_text(text: str) -> KernelJob:
    """The job that has this text."""
    first, _, rest = text.partition("\n")
    method, stagger, noise, order_seed, spill, rewriting, seed, *constants = first.split()
    zeros, derived = constants or ("False", "0")
    machine, _, kernel = rest.partition(f"\n{_CUT}\n")
    options = ScheduleOptions(method=method, stagger=float(stagger), noise=float(noise),
                              seed=int(order_seed), spill=spill == "True",
                              zeros=zeros == "True", derived=int(derived))  # fmt: skip
    return KernelJob(statements_from_text(kernel), machine_from_toml(machine), options,
                     rewriting == "True", int(seed))  # fmt: skip


options = st.builds(
    ScheduleOptions,
    method=st.sampled_from(["list", "list", "list", "in-order"]),
    stagger=st.sampled_from([0.0, 0.0, 3.0]),
    seed=st.integers(0, 5),
    noise=st.sampled_from([0.0, 0.0, 5.0]),
    spill=st.sampled_from([False, False, True]),
    zeros=st.booleans(),
    derived=st.sampled_from([0, 0, 2]),
)


@st.composite
def kernel_jobs(draw: st.DrawFn, jumps: bool = True) -> KernelJob:
    """Kernels, without `jumps` none that loop or branch, and what to compile them with."""
    lanes = draw(st.sampled_from([2, 3, 4, 8]))
    machine = draw(st.sampled_from([CHALLENGE, CHALLENGE, MINIMAL]) | odd_machines(lanes))
    rewriting, seed = draw(st.booleans()), draw(st.integers(0, 2**16))
    return KernelJob(draw(statements(3 if jumps else 0)), machine, draw(options), rewriting, seed)


def kernel_means_itself(job: KernelJob) -> None:
    """The claim: compiled, or refused for what the machine lacks; and the program is the kernel."""
    try:
        result = compiled_job(job)
        if result is not None:
            _program_does_what_the_kernel_means(job, result, flow_of(job))
    except Exception as error:
        error.add_note(job.text())
        raise


def compiled_job(job: KernelJob) -> Compiled | None:
    """What compiling gives; None if the machine cannot hold the kernel."""
    kernel = kernel_of_function(_function(job), "random", job.machine.vector_length)
    plan = Plan("default", kernel.name, job.rewriting, job.options)
    with refusable():
        return compile_job(Job(kernel, {}, kernel.contracts[0], plan, job.machine,
                               instances=2, seed=job.seed, effort=Effort.FAST))  # fmt: skip
    return None


def flow_of(job: KernelJob) -> Flow:
    """The kernel as it was traced."""
    return trace_blocks(_function(job), "random", job.machine.vector_length)


def _function(job: KernelJob):
    def build(k: Tracer) -> None:
        write_kernel(k, job.statements)

    return build


def _program_does_what_the_kernel_means(job: KernelJob, result: Compiled, flow: Flow) -> None:
    constants = sorted({node.imm for block in flow.blocks for node in block.graph.nodes
                        if node.op == "const"})  # fmt: skip
    counts_are_known = not any(block.jump for block in flow.blocks)
    for block in result.blocks:
        least = best_bound(block.bounds).cycles
        assert least <= block.fitted.cycles, "bound above cycles"
    for memory in memories(MEMORY_WORDS, constants, MEMORIES, job.seed):
        meaning = meaning_of(flow, memory)
        end = run(result.program, job.machine, memory)
        _same(end, meaning, memory, "at the end")
        assert list(end.trace) == meaning.trace, ("trace", memory)
        if counts_are_known:
            assert end.cycles == result.cycles, (end.cycles, result.cycles)
        if meaning.pauses and all(mode.latency == 1 for mode in job.machine.modes):
            _pauses_right(result, job.machine, memory, meaning)


def _same(end: Run, meaning: Meaning, memory: list[int], when: str) -> None:
    wrong = {
        word: (int(end.memory[word]), meaning.memory[word])
        for word in _JUDGED
        if end.memory[word] != meaning.memory[word]
    }
    assert not wrong, f"{when} {{word: (program, kernel)}}: {wrong}, begun with {memory}"


def _pauses_right(result: Compiled, machine: Machine, memory: list[int], meaning: Meaning) -> None:
    """With pauses enabled the program stops at each, with the memory that the kernel has there.

    Where results take longer than a bundle they would land at the pause, earlier than they do.
    """
    state = run(result.program, machine, memory, enable_pause=True)
    ends = [state]
    while state.state is RunState.PAUSED:
        state = run(result.program, machine, state, enable_pause=True)
        ends.append(state)
    assert len(ends) == len(meaning.pauses) + 1, (len(ends) - 1, "pauses", memory)
    for end, paused in zip(ends, meaning.pauses, strict=False):
        _same(end, Meaning(paused), memory, "at a pause")
    _same(ends[-1], meaning, memory, "at the end, pauses enabled")
    assert all(one.cycles <= other.cycles for one, other in pairwise(ends))
