"""The passes from a kernel to a checked program, each a function from a draft to a draft.

The packages of stages (frontend, rewrite, lower, schedule, allocate, emit, check) are called here,
in the order of `PASSES`, by what fits and spills within the pass `schedule`, and by what tries
shapes of sums within the pass `rewrite`; by nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from slotweave.analysis.promises import Promised, promises_of
from slotweave.backend.emit import link
from slotweave.backend.emit.link import EmittedBlock, block_starts, emitted_block, plain_start
from slotweave.backend.fitted import Fitted
from slotweave.backend.lower import Lowered, lower, share_constants
from slotweave.base.budget import UNLIMITED, Budget
from slotweave.base.verdict import Verdict
from slotweave.bounds import Bound
from slotweave.check.runs.execution import Verified
from slotweave.check.symbolic.equivalence import Equivalence
from slotweave.driver.certify import (
    expect_block,
    expect_pipelined,
    expect_promises_kept,
    made_by_compiler,
    prove_program,
    verify_program,
)
from slotweave.driver.job import Job
from slotweave.driver.job_memory import JobMemory
from slotweave.driver.origin import origin_of
from slotweave.driver.recorded_proof import recorded_verdict
from slotweave.driver.rewriting import rewritten_blocks
from slotweave.driver.scratch_names import names_of, words_written
from slotweave.driver.search_blocks import search_block, search_blocks
from slotweave.driver.source_lines import program_lines
from slotweave.frontend.trace import trace_flow
from slotweave.ir.flow import Flow
from slotweave.ir.lineage import STARTS
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.rewrite import Rewritten

if TYPE_CHECKING:
    from slotweave.driver.pipeline_loops import PipelinedLoop
    from slotweave.ir.loop_problem import LoopReport

_NO_FLOW = Flow("", (), ())
_NOT_YET: Verdict[Any] = Verdict("unknown", "no pass has looked at it yet")


@dataclass(frozen=True)
class Draft:
    """What the passes have made of a job so far; what no pass has made yet is empty.

    All that comes by block has the order of the blocks of `traced`. `flow` is what is lowered: the
    traced blocks, rewritten, and from the pass `share` on with constants shared between them.
    `starts` are the first bundles of the blocks, and the end of the program; `plain_starts` those
    of their plain forms, before which the code of a pipelined loop stands. `memory` is of strands
    and groups of items of jobs before this one.
    """

    job: Job
    budget: Budget = UNLIMITED
    memory: JobMemory | None = None
    traced: Flow = _NO_FLOW
    promises: tuple[Promised, ...] = ()
    definition: Verdict[object] = _NOT_YET
    rewritten: tuple[Rewritten, ...] = ()
    flow: Flow = _NO_FLOW
    pipelined: Mapping[int, PipelinedLoop] = field(default_factory=lambda: MappingProxyType({}))
    loops: tuple[LoopReport, ...] = ()
    lowered: tuple[Lowered, ...] = ()
    fitted: tuple[Fitted, ...] = ()
    evaluations: int = 0
    emitted: tuple[EmittedBlock, ...] = ()
    program: Program = field(default_factory=lambda: Program("", ()))
    starts: tuple[int, ...] = ()
    plain_starts: tuple[int, ...] = ()
    bounds: tuple[tuple[Bound, ...], ...] = ()
    equivalence: Equivalence = _NOT_YET
    verified: Verified = field(default_factory=lambda: Verified(0, 0, 0))


@dataclass(frozen=True)
class Pass:
    """A step with a name; `stages` are the packages that it calls for each block, in this order.

    Those of `again` may be called again and again, while something shorter is looked for.
    """

    name: str
    run: Callable[[Draft], Draft]
    stages: tuple[str, ...]
    again: tuple[str, ...] = ()


def _trace(draft: Draft) -> Draft:
    """The kernel as it was written."""
    job = draft.job
    strands = draft.memory.strands if draft.memory is not None else None
    traced = trace_flow(job.kernel, job.parameters, job.contract, job.plan, job.machine, strands)
    return replace(draft, traced=traced)


def _rewrite(draft: Draft) -> Draft:
    """What the rules make of each block, sums in the shape that suits it."""
    groups = draft.memory.groups if draft.memory is not None else None
    rewritten = rewritten_blocks(draft.traced, draft.job, groups)
    flow = draft.traced.with_graphs([done.graph for done in rewritten])
    return replace(draft, rewritten=rewritten, flow=flow)


def _share(draft: Draft) -> Draft:
    """Constants of later blocks made once, by the first."""
    return replace(draft, flow=share_constants(draft.flow))


def _pipeline(draft: Draft) -> Draft:
    """Modulo schedules of loops that gain by them; why the others do not."""
    if not draft.job.plan.schedule.pipeline or len(draft.flow.blocks) == 1:
        return draft
    from slotweave.driver.pipeline_loops import pipeline_loops  # much that only loops need

    done = pipeline_loops(draft.flow, draft.job)
    return replace(draft, flow=done.flow, pipelined=done.loops, loops=done.reports)


def _lower(draft: Draft) -> Draft:
    """The scheduling problem of each block."""
    machine = draft.job.machine
    options = draft.job.plan.schedule.within(len(draft.flow.blocks))
    lowered = tuple(lower(block.graph, machine, options) for block in draft.flow.blocks)
    return replace(draft, lowered=lowered)


def _promises(draft: Draft) -> Draft:
    """What the kernel rests on, and whether it is known to be its definition."""
    job, traced = draft.job, draft.traced
    graph = traced.blocks[0].graph if len(traced.blocks) == 1 else None
    definition = recorded_verdict(job.kernel, job.parameters, job.contract, graph)
    if definition.proved:
        return replace(draft, definition=definition)
    promises = promises_of(traced, job.facts, words=job.kernel.definition is None)
    return replace(draft, promises=promises, definition=definition)


def _schedule(draft: Draft) -> Draft:
    """Schedules that fit into scratch, with live ranges split where that is shorter."""
    job, flow = draft.job, draft.flow
    how = job.machine, job.plan.schedule, job.effort
    searches = [search_block(lowered, flow, *how) for lowered in draft.lowered]
    fitted, evaluations = draft.budget.best(search_blocks(searches))
    return replace(draft, fitted=fitted, evaluations=evaluations)


def _emit(draft: Draft) -> Draft:
    """The bundles of each block."""
    machine, first_words = draft.job.machine, draft.flow.first_words
    emitted = [emitted_of(block, machine) for block in draft.fitted]
    for number, loop in draft.pipelined.items():
        from slotweave.driver.pipeline_loops import pipelined_code

        code = pipelined_code(loop, machine, first_words)
        emitted[number] = replace(emitted[number], pipelined=code)
    return replace(draft, emitted=tuple(emitted))


def emitted_of(block: Fitted, machine: Machine) -> EmittedBlock:
    """The bundles of a block, and when what they write lands."""
    program = block.emitted(machine)
    return emitted_block(program, block.problem, block.schedule, block.lowered.pinned)


def _link(draft: Draft) -> Draft:
    """The program of all blocks, with their jumps, and where it came from."""
    flow, emitted, machine = draft.flow, draft.emitted, draft.job.machine
    linked, starts = link(flow, emitted, machine), tuple(block_starts(flow, emitted, machine))
    meta = origin_of(draft.job, draft.promises, draft.loops)
    if len(emitted) > 1 and not draft.pipelined:
        meta = {**meta, STARTS: starts}
    pairs = list(zip(starts, emitted, strict=False))
    plain = tuple(plain_start(start, block, machine) for start, block in pairs)
    fronts = [range(start, after) for (start, _block), after in zip(pairs, plain, strict=True)]
    program = replace(
        linked,
        names=names_of(
            draft.fitted,
            flow.first_words,
            len(draft.traced.variables),
            words_written([linked.bundles[at] for span in fronts for at in span], machine),
        ),
        meta=meta,
        lines=program_lines(linked, starts, emitted, draft.fitted, machine, draft.traced.sources),
    )
    return replace(draft, program=program, starts=starts, plain_starts=plain)


def _bound(draft: Draft) -> Draft:
    """The fewest cycles of each block by itself, whatever leaves scratch in its schedule."""
    return replace(draft, bounds=tuple(lowered.ladder for lowered in draft.lowered))


def _check(draft: Draft) -> Draft:
    """Every block held against what it was made from, and the program against all of them."""
    with made_by_compiler():
        ways = zip(draft.traced.blocks, draft.rewritten, draft.fitted, strict=True)
        for traced, rewritten, fitted in ways:
            expect_block(traced.graph, rewritten, fitted)
        for loop in draft.pipelined.values():
            expect_pipelined(loop, draft.flow, draft.job.machine)
        wanted = draft.traced.with_graphs([done.graph for done in draft.rewritten])
        job = draft.job
        starts = draft.starts
        equivalence = prove_program(draft.program, job.machine, wanted, job.facts, starts)
    return replace(draft, equivalence=equivalence)


def _verify(draft: Draft) -> Draft:
    """Runs on random inputs, and on inputs made to reach what is rare."""
    job = draft.job
    with made_by_compiler(job.kernel.judged_by_trace):
        if draft.promises:
            expect_promises_kept(job, draft.traced)
        verified = verify_program(job, draft.program, draft.traced)
    return replace(draft, verified=verified)


PASSES = (
    Pass("trace", _trace, ("frontend",)),
    Pass("rewrite", _rewrite, ("rewrite",), ("lower", "schedule", "allocate")),
    Pass("share", _share, ("lower",)),
    Pass("pipeline", _pipeline, (), ("lower", "schedule", "allocate", "emit")),
    Pass("lower", _lower, ("lower",)),
    Pass("promises", _promises, ()),
    Pass("schedule", _schedule, ("schedule", "allocate"), ("lower", "schedule", "allocate")),
    Pass("emit", _emit, ("emit",)),
    Pass("link", _link, ("emit",)),
    Pass("bound", _bound, ()),
    Pass("check", _check, ("check",)),
    Pass("verify", _verify, ("check",)),
)
