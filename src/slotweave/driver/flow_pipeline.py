"""Kernels that jump: each block goes the whole way by itself, then they are linked and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from slotweave.analysis.promises import Promise, promises_of
from slotweave.backend.emit import emit, link
from slotweave.backend.emit.link import EmittedBlock, block_starts, emitted_block
from slotweave.backend.fit import Effort, search_fit
from slotweave.backend.lower import Lowered, lower, share_constants
from slotweave.base.budget import UNLIMITED, Budget
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.check.runs.execution import Verified
from slotweave.check.symbolic.equivalence import Equivalence
from slotweave.driver.pipeline import (
    INSTANCES,
    Clock,
    OnStage,
    Result,
    check_compiled,
    check_order,
    check_rewriting,
    compile_kernel,
    expect_promises_kept,
    made_by_compiler,
    origin,
    prove_program,
    verify_program,
)
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.trace import trace_flow
from slotweave.ir.allocation import Allocation
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.program import Program
from slotweave.ir.schedule import Schedule
from slotweave.machine import Machine
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

    `cycles` are those of the longest verified run; `evaluations` are those of all blocks.
    """

    kernel: Kernel
    parameters: Mapping[str, int]
    contract: str
    plan: Plan
    machine: Machine
    seed: int
    traced: Flow
    promises: tuple[Promise, ...]
    rewritten: tuple[Rewritten, ...]
    flow: Flow
    blocks: tuple[FittedBlock, ...]
    starts: tuple[int, ...]
    evaluations: int
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
    budget: Budget = UNLIMITED,
    on_stage: OnStage = lambda _stage: None,
) -> Result | FlowResult:
    """Compile `kernel`, whether `plan` makes it jump or not (see `compile_kernel`)."""
    clock = Clock(on_stage)
    with clock.stage("trace"):
        traced = trace_flow(kernel, parameters, contract, plan, machine)
    if len(traced.blocks) == 1:
        result = compile_kernel(kernel, machine, parameters, contract, plan,
                                instances=instances, seed=seed, effort=effort, budget=budget,
                                on_stage=on_stage, traced=traced.blocks[0].graph)  # fmt: skip
        spent = clock.seconds["trace"] + result.seconds["trace"]
        return replace(result, seconds={**result.seconds, "trace": round(spent, 3)})
    with clock.stage("rewrite"):
        rewritten = tuple(_rewritten(block.graph, machine, plan) for block in traced.blocks)
        flow = share_constants(after := traced.with_graphs([done.graph for done in rewritten]))
    with clock.stage("schedule"):
        blocks, evaluations = budget.best(search_blocks([
            _search_block(block.graph, flow, machine, plan.schedule, effort)
            for block in flow.blocks
        ]))  # fmt: skip
    with clock.stage("emit"):
        emitted = [emitted_of(block, machine) for block in blocks]
        program, starts = link(flow, emitted, machine), block_starts(flow, emitted, machine)
        facts = kernel.facts(parameters, contract)
        promises = promises_of(traced, facts)
        meta = origin(kernel, parameters, contract, plan, seed, promises)
        program = replace(program, meta=meta)
    with clock.stage("check"), made_by_compiler():
        for block, done in zip(traced.blocks, rewritten, strict=True):
            check_rewriting(block.graph, done)
        for done, fitted in zip(rewritten, blocks, strict=True):
            check_order(done.graph, fitted.lowered)
            check_compiled(fitted.lowered.problem, fitted.schedule, fitted.allocation)
        equivalence = prove_program(program, machine, after, facts)
    with clock.stage("verify"), made_by_compiler(kernel.judged_by_trace):
        if promises:
            expect_promises_kept(traced, kernel, parameters, contract, seed)
        verified = verify_program(
            program, machine, kernel, parameters, contract, instances, seed, traced
        )
    return FlowResult(
        kernel, parameters, contract, plan, machine, seed, traced, promises, rewritten, flow,
        blocks, tuple(starts), evaluations, program, equivalence, verified, clock.seconds,
    )  # fmt: skip


def _rewritten(graph: Graph, machine: Machine, plan: Plan) -> Rewritten:
    return rewrite(graph, machine) if plan.rewrite else Rewritten(graph)


def search_blocks(
    searches: Sequence[Iterator[FittedBlock | None]],
) -> Iterator[tuple[FittedBlock, ...] | None]:
    """The best so far of all blocks, after each attempt at one; None before there is one for each.

    First each block gets its first schedule, then each is searched to the end.
    """
    best: list[FittedBlock | None] = [None] * len(searches)
    for is_first in (True, False):
        for at, search in enumerate(searches):
            for block in search:
                best[at] = block
                found = tuple(each for each in best if each is not None)
                yield found if len(found) == len(best) else None
                if is_first and block is not None:
                    break


def _search_block(
    graph: Graph, flow: Flow, machine: Machine, options: ScheduleOptions, effort: Effort
) -> Iterator[FittedBlock | None]:
    """The block scheduled, its own storages placed behind those of the variables: best so far."""
    lowered = lower(graph, machine)
    *first, words = flow.first_words
    room = machine.scratch_words - words
    if room < 1:
        reason = f"the variables take {words} of {machine.scratch_words} scratch words"
        raise NoSchedule(Diagnostic("SW301", f"{reason}; keep fewer of them"))
    for found in search_fit(lowered.graph, lowered.problem, options, room, effort):
        if found is None:
            yield None
            continue
        schedule, within = found
        address = np.where(within.address < 0, within.address, within.address + words)
        for storage, variable in lowered.pinned.items():
            address[storage] = first[variable]
        allocation = Allocation(address.astype(np.int32), within.peak, machine.scratch_words)
        yield FittedBlock(lowered, schedule, allocation)


def emitted_of(block: FittedBlock, machine: Machine) -> EmittedBlock:
    """The bundles of a block, and when they land."""
    lowered = block.lowered
    program = emit(lowered.graph, machine, lowered.problem, lowered.layout,
                   block.schedule, block.allocation)  # fmt: skip
    return emitted_block(program, lowered.problem, block.schedule, lowered.pinned)
