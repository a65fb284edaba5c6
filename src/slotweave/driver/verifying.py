"""A program compared with a kernel's reference or with another program, by runs.

Guarantees: what `run_broadly` guarantees, for the memories of the kernel or for those that facts
allow. Of two programs neither fails on an input on which the other ends, unless the kernel means
nothing by that input; what both fail on is no difference. `check.runs.execution` says how failures
name the input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.runs.breadth import Workload, run_broadly
from slotweave.check.runs.execution import (
    Told,
    Verified,
    Words,
    instance_memory,
    run_against_reference,
)
from slotweave.check.runs.inputs import FOLLOWED, NOTHING_DIRECTED, Directed, directed_inputs
from slotweave.check.runs.program_inputs import program_inputs
from slotweave.check.symbolic.witness import memories
from slotweave.driver.comparison import Subject, end_after
from slotweave.driver.job import Use
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.trace import trace_flow
from slotweave.ir.facts import Facts
from slotweave.machine import Machine
from slotweave.simulate.run import MAX_CYCLES, Run

#: Says something of a memory on which two programs end differently.
Telling = Callable[[Words], Told]


@dataclass(frozen=True, slots=True)
class Trial:
    """How much is tried, and how programs run."""

    instances: int
    seed: int
    strict: bool = True
    max_cycles: int = MAX_CYCLES


def workload_of(
    kernel: Kernel,
    parameters: Mapping[str, int],
    contract: str,
    machine: Machine,
    seed: int = 0,
    instances: int = 0,
) -> Workload:
    """What `kernel` asks of a program; with inputs made for what it does if it has but one plan.

    The first of `instances` memories of `seed` count for what is reached.
    """
    trace, facts = kernel.trace, kernel.facts(parameters, contract)

    def memory(rng: np.random.Generator) -> Words:
        return kernel.memory(parameters, contract, rng)

    directed = NOTHING_DIRECTED
    if len(kernel.plan_names) == 1:
        plan = kernel.plan(kernel.plan_names[0], parameters, contract)
        flow = trace_flow(kernel, parameters, contract, plan, machine)
        followed = range(min(instances, FOLLOWED))
        begun = [instance_memory(memory, seed, number) for number in followed]
        directed = directed_inputs(flow, facts, seed, begun)
    return Workload(
        facts,
        memory,
        lambda memory: kernel.reference(memory, parameters, contract),
        trace=trace and (lambda memory: trace(memory, parameters, contract)),
        directed=directed,
        against=kernel.judge,
    )


def run_first_of_kernel(subject: Subject, use: Use, trial: Trial) -> Run:
    """A run on the first memory of the kernel. Raises CheckFailed for a fault."""
    return named_end(subject, trial)(instance_memory(use.memory, trial.seed, 0))


def run_first_of_facts(subject: Subject, facts: Facts, words: int, trial: Trial) -> Run:
    """A run on the first memory, of that many words, that `facts` allow. Raises CheckFailed."""
    return named_end(subject, trial)(instance_memory(memories(facts, words), trial.seed, 0))


def verified_by_kernel(subject: Subject, use: Use, trial: Trial) -> Verified:
    """Runs of the program, compared with the kernel's reference.

    Raises CheckFailed for the first that goes wrong, as `run_broadly` does.
    """
    return _run(subject, _workload(subject, use, trial), trial)


def verified_by_program(
    subject: Subject, other: Subject, use: Use, trial: Trial, told: Telling
) -> Verified:
    """Runs of the program on memories of the kernel, compared with the ends of runs of `other`.

    Raises CheckFailed for the first that goes wrong, as `run_broadly` does.
    """
    workload = _workload(subject, use, trial)
    begin = instance_memory(use.memory, trial.seed, 0)
    its_inputs = program_inputs(
        other.program, other.machine, workload.facts, len(begin), trial.seed, [begin]
    )
    directed = workload.directed.joined(its_inputs, "the other program's ")
    workload = replace(workload, directed=directed, asked=use.means, told=told)
    return _run(subject, _held_against(other, workload, trial), trial)


def verified_under_facts(
    subject: Subject,
    other: Subject,
    facts: Facts,
    words: int,
    trial: Trial,
    told: Telling | None,
    *,
    derived: bool = False,
) -> Verified:
    """Runs of both on random memories of that many words, and on those made for what they do.

    A subject that was `derived` from the other may do anything on a memory that was made for the
    purpose and on which the other fails.

    Raises CheckFailed for the first that goes wrong, as `run_broadly` does.
    """
    draw = memories(facts, words)
    workload = Workload(
        facts, draw, lambda memory: memory, trial.strict,
        directed=_inputs_for(other, facts, words, trial),
        asked=None if derived else lambda _memory: True, told=told,
    )  # fmt: skip
    workload = replace(_held_against(other, workload, trial), against="the other program")
    return _run(subject, workload, trial)


def longest_run(subject: Subject, facts: Facts, words: int, trial: Trial) -> int:
    """The cycles of the longest run on the random memories.

    Raises CheckFailed for a fault, and where a read-only word is changed; it names the program.
    """
    end = named_end(subject, trial)
    try:
        return run_against_reference(
            subject.program, subject.machine, facts=facts, memory=memories(facts, words),
            reference=lambda memory: end(memory).memory, instances=trial.instances,
            seed=trial.seed, max_cycles=trial.max_cycles, both=False, strict=trial.strict,
        ).cycles  # fmt: skip
    except CheckFailed as error:
        found = error.diagnostic
        raise type(error)(replace(found, file=found.file or subject.name)) from None


def _workload(subject: Subject, use: Use, trial: Trial) -> Workload:
    workload = workload_of(
        use.kernel, use.parameters, use.contract, subject.machine, trial.seed, trial.instances
    )
    return replace(workload, strict=trial.strict)


def _held_against(other: Subject, workload: Workload, trial: Trial) -> Workload:
    """`workload` with the ends of runs of `other` for a reference."""
    end = named_end(other, trial)
    return replace(
        workload,
        reference=lambda memory: end(memory).memory,
        trace=lambda memory: end(memory).trace,
        against=other.name,
    )


def _run(subject: Subject, workload: Workload, trial: Trial) -> Verified:
    return run_broadly(
        subject.program, subject.machine, workload, trial.instances, trial.seed, trial.max_cycles
    )


def named_end(subject: Subject, trial: Trial) -> Callable[[Words], Run]:
    """The end of a run; faults name the program."""
    end = end_after(subject, strict=trial.strict, max_cycles=trial.max_cycles)

    def ended(memory: Words) -> Run:
        try:
            return end(memory)
        except CheckFailed as error:
            found = error.diagnostic
            raise type(error)(replace(found, file=found.file or subject.name)) from None

    return ended


def _inputs_for(other: Subject, facts: Facts, words: int, trial: Trial) -> Directed:
    """Memories of that many words that reach the sides of the jumps of `other`; the first random
    ones count for what is reached."""
    draw = memories(facts, words)
    followed = range(min(trial.instances, FOLLOWED))
    begun = [instance_memory(draw, trial.seed, number) for number in followed]
    found = program_inputs(other.program, other.machine, facts, words, trial.seed, begun)
    return NOTHING_DIRECTED.joined(found, "the other program's ")
