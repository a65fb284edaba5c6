"""The row of checks that a compiled program has to pass, and the runs after them.

Guarantees, if nothing is raised: the recorded steps of the rules lead from each traced block to
what was lowered; each problem asks for every order of memory accesses that its graph needs; each
schedule and each allocation is legal for its problem; the program is not refuted on symbols; and on
the inputs that were tried it leaves what the kernel's reference says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from slotweave.analysis.counted_loops import constant_variables, least_words
from slotweave.analysis.used_part import used_part
from slotweave.backend.fitted import Fitted
from slotweave.base.diagnostics import CheckFailed, Diagnostic, ReferenceDiffers
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.order import order_faults
from slotweave.check.legality.rewriting import rewriting_faults
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.check.runs.execution import Verified, instance_memory, run_against_reference
from slotweave.check.runs.inputs import FOLLOWED, NOTHING_DIRECTED, directed_inputs
from slotweave.check.symbolic.equivalence import Equivalence
from slotweave.check.symbolic.symbolic_flow import MOST_WORDS
from slotweave.driver.flow_proof import same_as_graph
from slotweave.driver.job import Job
from slotweave.frontend.kernel import Words
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.rewrite import Rewritten
from slotweave.rules.registry import PROVED
from slotweave.simulate.graph import run_flow

if TYPE_CHECKING:
    from slotweave.driver.pipeline_loops import PipelinedLoop

#: What the compiler says when its own checks refuse what it made.
_BLAME = (
    "the kernel is not to blame: this is a fault of Slotweave, caught before anything was written; "
    "please report it with the kernel"
)


def expect_block(traced: Graph, rewritten: Rewritten, fitted: Fitted) -> None:
    """Raise CheckFailed with the first fault of a block, on its way from the traced graph on.

    SW405: the recorded steps do not show that `rewritten` is `traced`; SW401: the problem lacks an
    order of accesses, or the schedule breaks one; SW402: the allocation is not legal.
    """
    expect_rewriting(traced, rewritten)
    for fault in order_faults(rewritten.graph, fitted.graph, fitted.problem, fitted.lowered.pinned):
        raise CheckFailed(fault)
    expect_fitted(fitted)


def expect_pipelined(loop: PipelinedLoop, flow: Flow, machine: Machine) -> None:
    """Raise CheckFailed (SW401, SW402) with the first fault of a pipelined loop of `flow`."""
    from slotweave.check.legality.pipeline_legality import pipeline_faults
    from slotweave.check.legality.repeated_rounds import repeated_faults

    body, constants = loop.body, constant_variables(flow)
    wanted = used_part(flow.blocks[loop.block].graph, loop.without)
    if loop.schedule.rounds > 1:
        for fault in repeated_faults(wanted, loop.rounds, loop.schedule.rounds, constants):
            raise CheckFailed(fault)
        wanted = loop.rounds
    for fault in pipeline_faults(
        wanted, body.body.graph, body.body.layout, body.body.pinned,
        body.loop, loop.schedule, constants, flow.first_words, machine.scratch_words,
    ):  # fmt: skip
        raise CheckFailed(fault)


def expect_rewriting(traced: Graph, rewritten: Rewritten) -> None:
    """Raise CheckFailed (SW405) unless the recorded steps show that `rewritten` is `traced`."""
    for fault in rewriting_faults(traced, rewritten.graph, rewritten.derivation, PROVED):
        raise CheckFailed(fault)


def expect_fitted(fitted: Fitted) -> None:
    """Raise CheckFailed with the first fault of the schedule or the allocation."""
    for fault in schedule_violations(fitted.schedule, fitted.problem):
        raise CheckFailed(fault)
    for fault in allocation_violations(fitted.allocation, fitted.schedule, fitted.problem):
        raise CheckFailed(fault)


def prove_program(
    program: Program,
    machine: Machine,
    graph: Graph | Flow,
    facts: Facts,
    starts: Sequence[int] = (),
) -> Equivalence:
    """Run `program` and `graph` on symbols; raise CheckFailed (SW406) if they differ.

    `starts` are the first bundles of the blocks of a flow, and the program's end, if known.
    """
    equivalence = same_as_graph(program, machine, graph, facts, starts)
    if equivalence.refuted:
        raise CheckFailed(Diagnostic("SW406", equivalence.why))
    return equivalence


def expect_promises_kept(job: Job, traced: Flow) -> None:
    """Raise CheckFailed (SW116, at the kernel's line) if the first memory of the seed breaks one.

    A reference that is no graph knows nothing of promises, so the kernel itself is run, unless its
    loops are known to be long.
    """
    if least_words(traced) > MOST_WORDS:
        return
    memory = instance_memory(lambda rng: _memory(job, rng), job.seed, 0)
    try:
        run_flow(traced, memory.tolist())
    except CheckFailed as error:
        found = error.diagnostic
        message = f"{found.message} (seed {job.seed}, instance 0)"
        raise CheckFailed(replace(found, message=message)) from None


def verify_program(job: Job, program: Program, traced: Flow | None = None) -> Verified:
    """Run `program` on the random memories of `job` against the kernel's reference.

    With the `traced` blocks also on memories that are made for what they do. Raises CheckFailed for
    the first run that goes wrong.
    """
    kernel, facts, trace = job.kernel, job.facts, job.kernel.trace

    def memory(rng: np.random.Generator) -> Words:
        return _memory(job, rng)

    followed = range(min(job.instances, FOLLOWED))
    begun = [instance_memory(memory, job.seed, number) for number in followed]
    directed = NOTHING_DIRECTED
    if traced is not None and begun:
        directed = directed_inputs(traced, facts, job.seed, begun)
    return run_against_reference(
        program,
        job.machine,
        facts=facts,
        memory=memory,
        reference=lambda memory: kernel.reference(memory, job.parameters, job.contract),
        trace=trace and (lambda memory: trace(memory, job.parameters, job.contract)),
        instances=job.instances,
        directed=directed,
        seed=job.seed,
        against=kernel.judge,
    )


def _memory(job: Job, rng: np.random.Generator) -> Words:
    return job.kernel.memory(job.parameters, job.contract, rng)


@contextmanager
def made_by_compiler(surely: bool = True) -> Iterator[None]:
    """What is checked within was made by the compiler: its faults are none of the user's.

    That is what a check finds (SW401 to SW406), and a fault of a bundle in a run on which the
    kernel itself does not fail. Nothing is said of that unless `surely`.
    """
    try:
        yield
    except ReferenceDiffers:
        raise
    except CheckFailed as error:
        found = error.diagnostic
        if not surely or (found.bundle is None and not "SW401" <= found.code <= "SW406"):
            raise
        raise CheckFailed(replace(found, message=f"{found.message}; {_BLAME}")) from error
