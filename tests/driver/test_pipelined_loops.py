"""Pipelined loops: their period, why a loop is not pipelined, and what the checker refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.driver.certify import expect_pipelined
from slotweave.driver.compile import compile_job, draft_after
from slotweave.driver.job import Job
from slotweave.driver.passes import Draft
from slotweave.driver.pipeline_loops import PipelinedLoop
from slotweave.driver.scratch_names import words_written
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.kernels.forms import LOOP
from slotweave.kernels.library import LIBRARY
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.machine.builtin import BUILTIN, CHALLENGE_SLOW, ST200
from slotweave.simulate.graph import run_flow
from slotweave.simulate.reference import run
from support.examples import a_share

BY_NAME = {kernel.name: kernel for kernel in LIBRARY}


def job_of(build: Callable[[Tracer], object], machine: Machine, **options: bool) -> Job:
    kernel = kernel_of_function(build, "loop", machine.vector_length)
    plan = Plan("default", kernel="loop", schedule=ScheduleOptions(**options))
    return Job(kernel, {}, CONTRACT, plan, machine, instances=2)


def library_job(kernel: Kernel, machine: Machine, **parameters: int) -> Job:
    values = {name: one.default for name, one in kernel.parameters.items()} | parameters
    contract = kernel.contracts[0]
    return Job(kernel, values, contract, kernel.plan(LOOP, values, contract), machine, instances=2)


def copying(k: Tracer, trips: int = 40) -> None:
    """y[i] = 3 x[i]."""
    x = k.region("x", 0, 40, read_only=True)
    y = k.region("y", 40, 40, output=True)
    i = k.variable(0)
    with k.loop(trips):
        y.store(i.value, 3 * x[i.value])
        i.value = i.value + 1


def counted_at_run_time(k: Tracer) -> None:
    trips = k.region("trips", 0, 1, read_only=True)
    x = k.region("x", 1, 40, read_only=True)
    y = k.region("y", 41, 41, output=True)
    i, total = k.variable(0), k.variable(0)
    with k.loop(trips[0] & 31) as left:
        total.value = total.value + x[i.value] * left.value
        y.store(i.value, total.value)
        i.value = i.value + 1
    y.store(40, total.value + left.value)


@pytest.mark.parametrize(
    ("name", "machine", "period"),
    [
        ("saxpy", CHALLENGE, 1), ("dot", CHALLENGE, 1), ("iir", CHALLENGE, 2),
        ("fir", CHALLENGE, 4),
        ("livermore-5", CHALLENGE, 2), ("livermore-11", CHALLENGE, 1), ("histogram", CHALLENGE, 3),
        ("dot", MINIMAL, 2), ("histogram", MINIMAL, 3), ("iir", CHALLENGE_SLOW, 4),
        ("dot", ST200, 2), ("iir", ST200, 4),
    ],
)  # fmt: skip
def test_loops_of_the_library_are_pipelined_at_their_least_period(
    name: str, machine: Machine, period: int
) -> None:
    result = compile_job(library_job(BY_NAME[name], machine))
    (report,) = result.loops
    assert report.schedule is not None
    assert report.schedule.period == period == max(value for _name, value, _why in report.bounds)
    assert result.equivalence.proved


@pytest.mark.parametrize("machine", BUILTIN.values(), ids=lambda machine: machine.name)
def test_any_number_of_rounds_is_run(machine: Machine) -> None:
    result = compile_job(job_of(counted_at_run_time, machine))
    assert result.loops[0].schedule is not None
    words = np.random.default_rng(1).integers(0, 2**32, 82).tolist()
    for trips in range(32):
        memory = [trips, *words[1:]]
        got = run(result.program, machine, memory).memory.tolist()
        assert got == run_flow(result.traced, memory)


@pytest.mark.parametrize("trips", a_share(range(14), 2))
@pytest.mark.parametrize("machine", BUILTIN.values(), ids=lambda machine: machine.name)
def test_few_rounds_are_run(machine: Machine, trips: int) -> None:
    result = compile_job(job_of(lambda k: copying(k, trips), machine))
    assert result.equivalence.proved
    assert trips > 1 or not any(loop.schedule for loop in result.loops)


def test_without_the_option_nothing_is_pipelined() -> None:
    result = compile_job(job_of(copying, CHALLENGE, pipeline=False))
    assert result.loops == ()
    assert result.cycles > compile_job(job_of(copying, CHALLENGE)).cycles


def reason(build: Callable[[Tracer], object]) -> str:
    (report,) = compile_job(job_of(build, CHALLENGE)).loops
    assert report.schedule is None
    return report.why


def test_a_branch_in_a_loop_is_why_it_is_not_pipelined() -> None:
    def build(k: Tracer) -> None:
        a = k.region("a", 0, 8, output=True)
        with k.loop(8):
            k.branch(a[0], lambda: a.store(0, 1), lambda: a.store(1, 1))

    assert "a branch or another loop" in reason(build)
    (report,) = compile_job(job_of(build, CHALLENGE)).loops
    assert report.plain is report.trips is None, "they were not looked for"


def test_a_changed_number_of_rounds_is_why_a_loop_is_not_pipelined() -> None:
    def build(k: Tracer) -> None:
        a = k.region("a", 0, 8, output=True)
        with k.loop(8) as left:
            a.store(0, left.value)
            left.value = k.select(a[1], left.value, 1)

    assert "changes the number of rounds" in reason(build)


def test_a_pause_is_why_a_loop_is_not_pipelined() -> None:
    def build(k: Tracer) -> None:
        a = k.region("a", 0, 8, output=True)
        with k.loop(8):
            a.store(0, a[0] + 1)
            k.pause()

    assert "a pause" in reason(build)


def test_a_recurrence_that_leaves_no_gain_is_named() -> None:
    def build(k: Tracer) -> None:
        a = k.region("a", 0, 64, output=True)
        at = k.variable(0)
        with k.loop(8):
            at.value = a[at.value & 63]
        a.store(0, at.value)

    (report,) = compile_job(job_of(build, CHALLENGE)).loops
    name, _value, why = max(report.bounds, key=lambda bound: bound[1])
    assert name == "recurrence"
    assert "load (test_pipelined_loops.py" in why
    assert "over 1 iteration" in why


@pytest.mark.parametrize("machine", BUILTIN.values(), ids=lambda machine: machine.name)
def test_a_loop_that_does_nothing_is_not_pipelined(machine: Machine) -> None:
    def build(k: Tracer) -> None:
        a = k.region("a", 0, 8, output=True)
        with k.loop(a[0] & 7):
            pass
        a.store(1, 5)

    (report,) = compile_job(job_of(build, machine)).loops
    assert report.why == "an iteration has nothing to do"


def test_a_long_body_is_why_a_loop_is_not_pipelined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slotweave.backend.pipeline.MOST_ACTIVITIES", 3)
    assert "its body is too long: 7 activities" in reason(copying)


def test_a_few_rounds_that_do_not_fill_the_pipeline_are_why() -> None:
    (report,) = compile_job(job_of(lambda k: copying(k, 2), CHALLENGE_SLOW)).loops
    assert "it runs 2 times" in report.why


def pipelined() -> tuple[Draft, PipelinedLoop]:
    draft = draft_after(job_of(counted_at_run_time, CHALLENGE), "pipeline")
    (loop,) = draft.pipelined.values()
    expect_pipelined(loop, draft.flow, CHALLENGE)
    return draft, loop


def refused(draft: Draft, loop: PipelinedLoop) -> str:
    with pytest.raises(CheckFailed) as caught:
        expect_pipelined(loop, draft.flow, CHALLENGE)
    return str(caught.value)


def test_an_operation_that_is_too_early_is_refused() -> None:
    draft, loop = pipelined()
    one = loop.schedule.schedule
    cycle = one.cycle.copy()
    cycle[int(cycle.argmax())] -= 1
    last = int(cycle.max()) + 1
    moved = replace(loop.schedule, schedule=replace(one, cycle=cycle, makespan=last))
    assert "SW401" in refused(draft, replace(loop, schedule=moved))


def test_a_shorter_period_is_refused() -> None:
    draft = draft_after(library_job(BY_NAME["iir"], CHALLENGE), "pipeline")
    (loop,) = draft.pipelined.values()
    shorter = replace(loop.schedule, period=loop.schedule.period - 1)
    assert "SW40" in refused(draft, replace(loop, schedule=shorter))


def test_two_values_in_one_word_are_refused() -> None:
    draft, loop = pipelined()
    schedule = loop.schedule
    many = max(range(len(schedule.copies)), key=lambda s: schedule.copies[s])
    one_word = tuple(
        (words[0],) * len(words) if storage == many else words
        for storage, words in enumerate(schedule.address)
    )
    assert "SW402" in refused(draft, replace(loop, schedule=replace(schedule, address=one_word)))


def test_a_variable_that_is_left_elsewhere_is_refused() -> None:
    draft, loop = pipelined()
    home = loop.body.loop.homes[0]
    schedule = loop.schedule
    moved = tuple(
        tuple(word + 900 for word in words) if storage == home.storage else words
        for storage, words in enumerate(schedule.address)
    )
    assert "not left in its words" in refused(
        draft, replace(loop, schedule=replace(schedule, address=moved))
    )


def test_an_edge_that_lacks_is_refused() -> None:
    draft, loop = pipelined()
    fewer = replace(loop.body.loop, edges=loop.body.loop.edges[1:])
    assert "SW401" in refused(draft, replace(loop, body=replace(loop.body, loop=fewer)))


def test_an_order_of_memory_that_lacks_is_refused() -> None:
    draft = draft_after(library_job(BY_NAME["histogram"], CHALLENGE), "pipeline")
    (loop,) = draft.pipelined.values()
    data = tuple(edge for edge in loop.body.loop.edges if edge.kind == 0)
    assert len(data) < len(loop.body.loop.edges)
    fewer = replace(loop.body.loop, edges=data)
    said = refused(draft, replace(loop, body=replace(loop.body, loop=fewer)))
    assert "the loop lacks an order" in said


@pytest.mark.parametrize("build", [copying, counted_at_run_time])
def test_no_more_scratch_is_counted_than_the_program_writes(
    build: Callable[[Tracer], object],
) -> None:
    found = compile_job(job_of(build, CHALLENGE))
    words = words_written(found.program.bundles, found.job.machine)
    assert found.flow.first_words[-1] < found.scratch_peak <= len(words)
