"""Kernels that jump: each block goes the whole way by itself, then they are linked and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from slotweave.check.equivalence import Equivalence
from slotweave.check.execution import Verified
from slotweave.diagnostics import Diagnostic, NoSchedule
from slotweave.emit import emit, link
from slotweave.emit.link import EmittedBlock, block_starts, emitted_block
from slotweave.fit import Effort, fit
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.trace import trace_flow
from slotweave.ir.allocation import Allocation
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.program import Program
from slotweave.ir.schedule import Schedule
from slotweave.lower import Lowered, lower, share_constants
from slotweave.machine import Machine
from slotweave.pipeline import (
    INSTANCES,
    Clock,
    Result,
    check_compiled,
    check_rewriting,
    compile_kernel,
    origin,
    prove_program,
    verify_program,
)
from slotweave.rewrite import Rewritten, rewrite


@dataclass(frozen=True)
class FittedBlock:
    """A block on its own way: its graph lowered, scheduled and placed around the variables."""

    lowered: Lowered
    schedule: Schedule
    allocation: Allocation


@dataclass(frozen=True)
class FlowResult:
    """A compiled program of several blocks, which begin at the bundles `starts`.

    `cycles` are those of the longest verified run.
    """

    kernel: Kernel
    parameters: Mapping[str, int]
    contract: str
    plan: Plan
    machine: Machine
    seed: int
    traced: Flow
    rewritten: tuple[Rewritten, ...]
    flow: Flow
    blocks: tuple[FittedBlock, ...]
    starts: tuple[int, ...]
    program: Program
    equivalence: Equivalence
    verified: Verified
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def cycles(self) -> int:
        return self.verified.cycles

    @property
    def scratch_peak(self) -> int:
        """The words of all variables, and the most that a block needs beside them."""
        return self.flow.first_words[-1] + max(block.allocation.peak for block in self.blocks)


def compile_any(
    kernel: Kernel,
    machine: Machine,
    parameters: Mapping[str, int],
    contract: str,
    plan: Plan,
    *,
    instances: int = INSTANCES,
    seed: int = 0,
    effort: Effort = Effort.DEFAULT,
) -> Result | FlowResult:
    """Compile `kernel`, whether `plan` makes it jump or not (see `compile_kernel`)."""
    clock = Clock()
    with clock.stage("trace"):
        traced = trace_flow(kernel, parameters, contract, plan, machine)
    if len(traced.blocks) == 1:
        return compile_kernel(kernel, machine, parameters, contract, plan,
                              instances=instances, seed=seed, effort=effort)  # fmt: skip
    with clock.stage("rewrite"):
        rewritten = tuple(_rewritten(block.graph, machine, plan) for block in traced.blocks)
        flow = share_constants(after := traced.with_graphs([done.graph for done in rewritten]))
    with clock.stage("schedule"):
        blocks = tuple(
            _fit_block(block.graph, flow, machine, plan.schedule, effort) for block in flow.blocks
        )
    with clock.stage("emit"):
        emitted = [_emitted(block, machine) for block in blocks]
        program, starts = link(flow, emitted, machine), block_starts(flow, emitted, machine)
        program = replace(program, meta=origin(kernel, parameters, contract, plan, seed))
    with clock.stage("check"):
        for block, done in zip(traced.blocks, rewritten, strict=True):
            check_rewriting(block.graph, done)
        for fitted in blocks:
            check_compiled(fitted.lowered.problem, fitted.schedule, fitted.allocation)
        equivalence = prove_program(program, machine, after, kernel.facts(parameters, contract))
    with clock.stage("verify"):
        verified = verify_program(program, machine, kernel, parameters, contract, instances, seed)
    return FlowResult(
        kernel, parameters, contract, plan, machine, seed, traced, rewritten, flow, blocks,
        tuple(starts), program, equivalence, verified, clock.seconds,
    )  # fmt: skip


def _rewritten(graph: Graph, machine: Machine, plan: Plan) -> Rewritten:
    return rewrite(graph, machine) if plan.rewrite else Rewritten(graph)


def _fit_block(
    graph: Graph, flow: Flow, machine: Machine, options: ScheduleOptions, effort: Effort
) -> FittedBlock:
    """The block scheduled, its own storages placed behind those of the variables."""
    lowered = lower(graph, machine)
    *first, words = flow.first_words
    room = machine.scratch_words - words
    if room < 1:
        reason = f"the variables take {words} of {machine.scratch_words} scratch words"
        raise NoSchedule(Diagnostic("SW301", f"{reason}; keep fewer of them"))
    schedule, within = fit(lowered.graph, lowered.problem, options, room, effort)
    address = np.where(within.address < 0, within.address, within.address + words)
    for storage, variable in lowered.pinned.items():
        address[storage] = first[variable]
    allocation = Allocation(address.astype(np.int32), within.peak, machine.scratch_words)
    return FittedBlock(lowered, schedule, allocation)


def _emitted(block: FittedBlock, machine: Machine) -> EmittedBlock:
    lowered = block.lowered
    program = emit(lowered.graph, machine, lowered.problem, lowered.layout,
                   block.schedule, block.allocation)  # fmt: skip
    return emitted_block(program, lowered.problem, block.schedule, lowered.pinned)
