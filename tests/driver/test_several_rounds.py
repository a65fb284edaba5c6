"""Loops pipelined by several rounds at once, where one alone loses a fraction of a cycle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from slotweave.analysis.counted_loops import CountedLoop, constant_variables, loops_of
from slotweave.analysis.used_part import used_part
from slotweave.backend.lower.repeat_body import repeat_body
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.repeated_rounds import repeated_faults
from slotweave.driver.certify import expect_pipelined
from slotweave.driver.compile import compile_job, draft_after
from slotweave.driver.job import Job
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.frontend.trace import trace_blocks
from slotweave.frontend.tracer import Tracer
from slotweave.ir.graph import Graph
from slotweave.ir.plan import Plan
from slotweave.ir.text.loop_json import loop_json
from slotweave.machine import CHALLENGE, Machine
from slotweave.machine.builtin import BUILTIN
from slotweave.simulate.graph import run_flow
from slotweave.simulate.reference import run
from slotweave.views.loops import loop_text
from strategies.loops import Loop, loops, write_loop
from support.examples import a_share, examples

#: Two slots of `load` do three loads in a cycle and a half.
TRIPS, LONG = 40, 48


def job_of(build: Callable[[Tracer], object], machine: Machine = CHALLENGE) -> Job:
    kernel = kernel_of_function(build, "rounds", machine.vector_length)
    return Job(kernel, {}, CONTRACT, Plan("default", kernel="rounds"), machine, instances=2)


def adding(k: Tracer, trips: int | None = TRIPS) -> None:
    """y[i + 2] = x[i] + z[i] + y[i]: what a round stores is loaded two rounds later."""
    x = k.region("x", 0, LONG, read_only=True)
    z = k.region("z", LONG, LONG, read_only=True)
    y = k.region("y", 2 * LONG, LONG, output=True)
    count = k.region("count", 3 * LONG, 1, read_only=True)
    i = k.variable(0)
    with k.loop(count[0] & 31 if trips is None else trips):
        y.store(i.value + 2, x[i.value] + z[i.value] + y[i.value])
        i.value = i.value + 1


def words(trips: int) -> list[int]:
    return [*np.random.default_rng(1).integers(0, 2**32, 3 * LONG).tolist(), trips]


def test_three_loads_take_a_cycle_and_a_half() -> None:
    result = compile_job(job_of(adding))
    (report,) = result.loops
    assert report.schedule is not None
    assert (report.schedule.period, report.schedule.rounds, report.single) == (3, 2, 2)
    assert ("resource", 3) in {(name, value) for name, value, _why in report.bounds}
    assert result.cycles < 2 * TRIPS
    assert result.equivalence.proved
    said = loop_text(loop_json(report))
    assert said.startswith("II 3 of 2 iterations, 2 of one (")


@pytest.mark.parametrize("machine", BUILTIN.values(), ids=lambda machine: machine.name)
def test_any_number_of_rounds_is_run(machine: Machine) -> None:
    result = compile_job(job_of(lambda k: adding(k, None), machine))
    assert result.loops[0].schedule is not None
    for trips in range(32):
        memory = words(trips)
        assert run(result.program, machine, memory).memory.tolist() == run_flow(
            result.traced, memory
        )


@pytest.mark.parametrize("trips", a_share(range(24), 3))
def test_rounds_that_are_left_over_are_run(trips: int) -> None:
    result = compile_job(job_of(lambda k: adding(k, trips)))
    assert result.equivalence.proved
    memory = words(0)
    assert run(result.program, CHALLENGE, memory).memory.tolist() == run_flow(result.traced, memory)


def test_a_loop_that_loses_nothing_keeps_one_round() -> None:
    def build(k: Tracer) -> None:
        x = k.region("x", 0, TRIPS, read_only=True)
        y = k.region("y", TRIPS, TRIPS, output=True)
        i = k.variable(0)
        with k.loop(TRIPS):
            y.store(i.value, x[i.value])
            i.value = i.value + 1

    (report,) = compile_job(job_of(build)).loops
    assert report.schedule is not None
    assert (report.schedule.period, report.schedule.rounds, report.single) == (1, 1, None)


def body_of(loop: Loop) -> tuple[Graph, dict[int, int]]:
    flow = trace_blocks(write_loop, "random", 8, loop)
    (counted,) = (one for one in loops_of(flow) if isinstance(one, CountedLoop))
    return used_part(flow.blocks[counted.block].graph, None), constant_variables(flow)


@examples(60)
@given(loop=loops)
def test_rounds_written_out_are_those_of_the_body(loop: Loop) -> None:
    body, constants = body_of(replace(loop, is_read=True))
    for times in (1, 2, 3):
        repeated = repeat_body(body, times, constants)
        assert list(repeated_faults(body, repeated, times, constants)) == []
        assert list(repeated_faults(body, repeated, times + 1, constants))


def rounds() -> tuple[Graph, Graph, dict[int, int]]:
    flow = trace_blocks(lambda k: adding(k, None), "adding", 8)
    body, constants = flow.blocks[1].graph, constant_variables(flow)
    return body, repeat_body(body, 3, constants), constants


def test_an_order_between_rounds_that_lacks_is_refused() -> None:
    body, repeated, constants = rounds()
    stores = [i for i, node in enumerate(repeated.nodes) if node.op == "store"]
    late = [
        i for i, node in enumerate(repeated.nodes) if node.op == "load" and stores[0] in node.after
    ]
    assert late  # of the round after the next
    nodes = list(repeated.nodes)
    nodes[late[0]] = replace(nodes[late[0]], after=())
    (fault, *_) = repeated_faults(body, repeated.with_nodes(tuple(nodes)), 3, constants)
    assert "does not wait for store of an earlier round" in fault.message


def test_another_operand_is_refused() -> None:
    body, repeated, constants = rounds()
    nodes = list(repeated.nodes)
    at = max(i for i, node in enumerate(nodes) if node.op == "store")
    nodes[at] = replace(nodes[at], args=nodes[at].args[::-1])
    (fault,) = repeated_faults(body, repeated.with_nodes(tuple(nodes)), 3, constants)
    assert "other accesses of memory" in fault.message


def test_a_variable_left_otherwise_is_refused() -> None:
    body, repeated, constants = rounds()
    fewer = tuple(node for node in repeated.nodes if node.op != "assign")
    (fault,) = repeated_faults(body, repeated.with_nodes(fewer), 3, constants)
    assert "something else in variables" in fault.message


def test_rounds_of_another_loop_are_refused() -> None:
    draft = draft_after(job_of(adding), "pipeline")
    (loop,) = draft.pipelined.values()
    expect_pipelined(loop, draft.flow, CHALLENGE)
    other = replace(loop, rounds=loop.rounds.with_nodes(loop.rounds.nodes[:-1]))
    with pytest.raises(CheckFailed, match="SW401"):
        expect_pipelined(other, draft.flow, CHALLENGE)
