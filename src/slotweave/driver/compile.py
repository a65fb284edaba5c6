"""Kernel in, checked program out: one pass after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from slotweave.backend.lower import Lowered
from slotweave.base.budget import UNLIMITED, Budget
from slotweave.base.collecting import uncollected
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.driver.compiled import Compiled, CompiledBlock
from slotweave.driver.job import Job
from slotweave.driver.job_memory import JobMemory
from slotweave.driver.passes import PASSES, Draft, Pass

#: Is told the name of a pass that begins.
OnPass = Callable[[str], None]

#: Is told the name of a pass that ended, and what there is after it.
AfterPass = Callable[[str, Draft], None]


def compile_job(
    job: Job,
    budget: Budget = UNLIMITED,
    on_pass: OnPass = lambda _name: None,
    after_pass: AfterPass = lambda _name, _draft: None,
) -> Compiled:
    """Trace, rewrite, schedule, allocate, emit and check the kernel of `job` for its machine.

    `budget` ends the search for a shorter schedule, once there is one. `on_pass` is told what
    begins, `after_pass` what there is after it.

    Raises InputError for what is wrong with the kernel or its parameters, NoSchedule if it does not
    fit the machine, CheckFailed if one of the checks finds a fault.
    """
    return _finished(Draft(job, budget), PASSES, Clock(on_pass), after_pass)


def _finished(
    draft: Draft,
    passes: Sequence[Pass],
    clock: Clock,
    after_pass: AfterPass = lambda _name, _draft: None,
) -> Compiled:
    """What `passes`, all that are left, make of `draft`."""
    with uncollected():
        for each in passes:
            with clock.stage(each.name):
                draft = each.run(draft)
            after_pass(each.name, draft)
    return _compiled(draft, clock.seconds)


def draft_after(job: Job, name: str, memory: JobMemory | None = None) -> Draft:
    """What there is of `job` after the pass `name`.

    With a `memory`, strands that were traced before are not traced again, nor are groups of items
    rewritten that were before, and it is not told how the graph was derived.

    Raises ValueError if there is no such pass, and what the passes raise.
    """
    draft = Draft(job, memory=memory)
    for each in PASSES[: _number(name) + 1]:
        draft = each.run(draft)
    return draft


def _number(name: str) -> int:
    return [each.name for each in PASSES].index(name)


def lowered_of(job: Job, memory: JobMemory | None = None) -> Lowered:
    """What is to be scheduled when `job` is compiled, and the graph that it stands for.

    The `memory` is that of `draft_after`.

    Raises InputError as compiling does, and SW212 if its plan makes the kernel jump.
    """
    lowered = draft_after(job, "lower", memory).lowered
    if len(lowered) > 1:
        raise no_single_problem(job, "`slotweave bound` bounds its blocks")
    return lowered[0]


def no_single_problem(job: Job, hint: str) -> InputError:
    """The complaint (SW212) about a plan that makes the kernel jump, with a hint at what else."""
    reason = f"{job.kernel.name} jumps (plan {job.plan.name}), so it is not a single problem"
    if len(job.kernel.plan_names) > 1:
        hint += ", and there may be plans without loops and branches"
    return InputError(Diagnostic("SW212", f"{reason}; {hint}"))


def lowered_or_compiled(job: Job) -> Lowered | Compiled:
    """What `lowered_of` gives, or all that `compile_job` does if the plan makes the kernel jump:
    how often its blocks run, only a run shows."""
    draft = draft_after(job, "lower")
    if len(draft.lowered) == 1:
        return draft.lowered[0]
    return _finished(draft, PASSES[_number("lower") + 1 :], Clock())


def _compiled(draft: Draft, seconds: Mapping[str, float]) -> Compiled:
    """What the last pass left, block by block."""
    ways = zip(
        draft.traced.blocks, draft.rewritten, draft.fitted, draft.bounds,
        draft.starts[:-1], draft.starts[1:],
        draft.plain_starts, (block.pipelined for block in draft.emitted), strict=True,
    )  # fmt: skip
    blocks = tuple(CompiledBlock(traced.graph, *rest) for traced, *rest in ways)
    return Compiled(
        draft.job, draft.traced, draft.promises, draft.definition, draft.flow, blocks,
        draft.evaluations, draft.program, draft.equivalence, draft.verified, seconds,
        draft.loops,
    )  # fmt: skip


class Clock:
    """Seconds spent in each stage; `on_stage` is told when one begins."""

    def __init__(self, on_stage: OnPass = lambda _stage: None) -> None:
        self.seconds: dict[str, float] = {}
        self._on_stage = on_stage

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what is done within to the stage `name`."""
        self._on_stage(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 3)
