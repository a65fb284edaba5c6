"""The passes: which stages each calls, in which order, and what is done once alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from types import FrameType
from typing import Any

import pytest

from slotweave.base.diagnostics import NoSchedule
from slotweave.driver.compile import compile_job, draft_after
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.driver.passes import PASSES, Draft
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.machine import CHALLENGE, Machine

#: The packages of stages, by the prefix of their modules.
STAGES = {
    "slotweave.frontend": "frontend", "slotweave.rewrite": "rewrite",
    "slotweave.backend.lower": "lower", "slotweave.backend.schedule": "schedule",
    "slotweave.backend.allocate": "allocate", "slotweave.backend.emit": "emit",
    "slotweave.check": "check",
}  # fmt: skip

#: Who calls them, besides themselves and the kernel that is traced. Lowering hands its latencies to
#: `memory_edges`, which asks for them.
CALLERS = ("slotweave.driver.", "slotweave.backend.attempts", "slotweave.backend.fit",
           "slotweave.backend.spill", "slotweave.backend.pipeline",
           "slotweave.analysis.memory_edges")  # fmt: skip


#: Scratch words in which `waits` fits only if values leave scratch, and in which that is shorter.
TIGHT, SHORTER = 122, 138


def stage_of(module: str) -> str | None:
    return next((stage for prefix, stage in STAGES.items() if module.startswith(prefix)), None)


class Recorder:
    """The calls from outside into the packages of stages, by pass."""

    def __init__(self) -> None:
        self.now = ""
        self.calls: list[tuple[str, str]] = []
        self.callers: set[str] = set()

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call" or frame.f_back is None:
            return
        module = str(frame.f_globals.get("__name__"))
        if frame.f_code.co_filename == "<string>" or module == "slotweave.frontend.load":
            return  # a value is made, or the kernel is asked for what it knows of itself
        stage = stage_of(module)
        caller = str(frame.f_back.f_globals.get("__name__"))
        if stage is None or stage_of(caller) is not None or not caller.startswith("slotweave."):
            return
        self.callers.add(caller)
        self.calls.append((self.now, stage))


def loops(k: Tracer) -> None:
    """A loop that keeps more words than there are, for a while, and a branch."""
    a = k.region("a", 0, 64, read_only=True)
    k.region("spare", 64, 64)
    out = k.region("out", 128, 64, output=True)
    total = k.variable(0)
    with k.loop(3):
        values = [a.vload(8 * i) for i in range(8)]
        products = [value * value for value in values]
        for i, value in enumerate(values):
            out.vstore(8 * i, value + products[7 - i])
        total.value = total.value + 1
    k.branch(a[0] & 1, lambda: out.store(0, 1), lambda: None)


def straight(k: Tracer) -> None:
    a = k.region("a", 0, 64, read_only=True)
    out = k.region("out", 64, 64, output=True)
    for i in range(8):
        out.vstore(8 * i, a.vload(8 * i) * 3 + 1)


def job_of(function: Any, machine: Machine = CHALLENGE, **options: Any) -> Job:
    kernel = kernel_of_function(function, "own", machine.vector_length)
    plan = Plan("default", "own", schedule=ScheduleOptions(**options))
    return Job(kernel, {}, kernel.contracts[0], plan, machine, instances=3)


def recorded(job: Job) -> tuple[Recorder, Compiled]:
    recorder = Recorder()

    def begins(name: str) -> None:
        recorder.now = name

    sys.setprofile(recorder)
    try:
        return recorder, compile_job(job, on_pass=begins)
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("function", [straight, loops])
def test_stages_are_called_in_the_order_of_the_passes(function: Any) -> None:
    recorder, _compiled = recorded(job_of(function))
    by_pass: dict[str, list[str]] = {}
    for name, stage in recorder.calls:
        by_pass.setdefault(name, []).append(stage)
    always = [each.name for each in PASSES if each.stages]
    assert [name for name in by_pass if name in always] == always
    for each in PASSES:
        stages = [stage for stage, _ in groupby(by_pass.get(each.name, []))]
        assert stages[: len(each.stages)] == list(each.stages), each.name
        assert set(stages[len(each.stages) :]) <= set(each.again), each.name


def test_nobody_else_calls_a_stage() -> None:
    recorder, _compiled = recorded(job_of(loops))
    others = {caller for caller in recorder.callers if not caller.startswith(CALLERS)}
    assert others == set()


@pytest.mark.parametrize("function", [straight, loops])
def test_a_kernel_is_traced_once(function: Any) -> None:
    runs = []

    def counted(k: Tracer) -> None:
        runs.append(k)
        function(k)

    compile_job(job_of(counted))
    assert len(runs) == 1


def test_a_draft_has_what_the_passes_up_to_one_have_made() -> None:
    job = job_of(straight)
    draft = draft_after(job, "lower")
    assert len(draft.lowered) == 1
    assert draft.fitted == ()
    with pytest.raises(ValueError, match="no pass"):
        draft_after(job, "no pass")


def test_whoever_asks_hears_of_every_pass() -> None:
    heard: list[tuple[str, Draft]] = []
    result = compile_job(job_of(loops), after_pass=lambda *what: heard.append(what))
    assert [name for name, _draft in heard] == [each.name for each in PASSES]
    assert heard[-1][1].program == result.program


def blocks_of(result: Compiled) -> Iterator[tuple[int, int]]:
    for block in result.blocks:
        yield max(bound.cycles for bound in block.bounds), block.fitted.cycles


def test_each_block_is_at_least_as_long_as_its_bounds_say() -> None:
    result = compile_job(job_of(loops))
    assert result.jumps
    assert all(bound <= cycles for bound, cycles in blocks_of(result))
    assert any(bound > 1 for bound, _cycles in blocks_of(result))


def waits(k: Tracer) -> None:
    """A loop whose first values are not needed until a long chain has ended."""
    a = k.region("a", 0, 64, read_only=True)
    k.region("spare", 64, 64)
    out = k.region("out", 128, 64, output=True)
    rounds = k.variable(0)
    with k.loop(3):
        values = [a.vload(8 * i) for i in range(8)]
        chain = [values[0] + i for i in range(6)]
        for _ in range(12):
            chain = [chain[i] * chain[(i + 1) % 6] + 1 for i in range(6)]
        for i, value in enumerate(values):
            out.vstore(8 * i, value + chain[i % 6])
        rounds.value = rounds.value + 1


def test_blocks_spill_where_nothing_else_fits() -> None:
    tight = replace(CHALLENGE, scratch_words=TIGHT)
    with pytest.raises(NoSchedule, match="SW301"):
        compile_job(job_of(waits, tight, spill=False))
    result = compile_job(job_of(waits, tight, spill=True))
    stages = [node.stage for block in result.blocks for node in block.fitted.graph.nodes]
    assert stages.count("spill") > 0
    assert result.equivalence.proved
    assert result.verified.mismatches == 0


def test_blocks_spill_where_that_is_shorter() -> None:
    tight = replace(CHALLENGE, scratch_words=SHORTER)
    without, spilled = (
        compile_job(job_of(waits, tight, spill=spill, pipeline=False)).cycles
        for spill in (False, True)
    )
    assert spilled < without


def test_a_block_without_any_storage_may_be_asked_what_it_could_spill() -> None:
    """The last block only pauses: it writes no word of scratch."""

    def build(k: Tracer) -> None:
        x = k.region("x", 0, 8, output=True)
        k.branch(x[0], lambda: x.store(1, 7), lambda: None)
        k.pause()

    kernel = kernel_of_function(build, "pauses")
    plan = Plan("default", "pauses", True, ScheduleOptions(spill=True))
    result = compile_job(Job(kernel, {}, kernel.contracts[0], plan, CHALLENGE, instances=2))
    assert result.equivalence.answer in (True, "unknown")
    assert result.verified.mismatches == 0
