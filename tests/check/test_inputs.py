"""Inputs made for what is rare: each side of each branch is reached, or said not to be."""

from __future__ import annotations

import sys

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.runs.inputs import Directed, directed_inputs
from slotweave.check.runs.program_inputs import program_inputs
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.trace import trace_blocks
from slotweave.frontend.tracer import RegionHandle, Tracer
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Region
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.graph import run_flow
from slotweave.views.checked.inputs_tried import inputs_tried


def words(k: Tracer) -> RegionHandle:
    return k.region("a", 0, 8, output=True)


def magic_word(k: Tracer) -> None:
    a = words(k)
    k.branch(a[3] == 0x12345678, lambda: a.store(1, 7), lambda: None)


def nested(k: Tracer) -> None:
    a = words(k)
    x = k.variable(a[1])

    def inner() -> None:
        k.branch(x.value * 77 + 5 == 12, lambda: a.store(2, 9), lambda: a.store(3, 9))

    k.branch((a[0] ^ 0xDEADBEEF) + 7 == 99, inner, lambda: None)


def in_a_loop(k: Tracer) -> None:
    a, i = words(k), k.variable(0)
    with k.loop(8):
        here = k.variable(i.value)
        k.branch(a[i.value] == i.value + 0xCAFE0000, lambda: a.store(here.value, 7), lambda: None)
        i.value = i.value + 1


def by_comparison(k: Tracer) -> None:
    a = words(k)
    inside = k.select(a[0] < 0x40000003, a[0] < 0x40000002, 1)
    k.branch(inside ^ 1, lambda: a.store(1, 7), lambda: None)


def by_masks_and_shifts(k: Tracer) -> None:
    a = words(k)
    k.branch(((a[0] >> 7) & 0xFFF) == 0xABC, lambda: a.store(1, 7), lambda: None)


def hashed(k: Tracer) -> None:
    a = words(k)
    x = a[0]
    x = (x * 0x9E3779B1) ^ (x >> 15)
    x = (x * 0x85EBCA77) ^ (x >> 13)
    k.branch(x == 0xFFFFFFF0, lambda: a.store(1, 7), lambda: None)


def impossible(k: Tracer) -> None:
    a = words(k)
    k.branch((a[0] & 3) == 9, lambda: a.store(1, 7), lambda: None)


def counted_loop(k: Tracer) -> None:
    a = words(k)
    with k.loop(1):
        a.store(0, a[0] + 1)


UNDONE = [magic_word, nested, in_a_loop, by_comparison, by_masks_and_shifts]


def directed(function, facts: Facts | None = None) -> tuple[Flow, Directed]:
    flow = trace_blocks(function, function.__name__, 8)
    known = Facts(8, regions=flow.blocks[-1].graph.regions) if facts is None else facts
    return flow, directed_inputs(flow, known, seed=0)


@pytest.mark.parametrize("function", UNDONE)
def test_sides_that_random_words_never_reach_are_reached_without_a_solver(function, monkeypatch):
    monkeypatch.setitem(sys.modules, "slotweave.check.definition.solver", None)
    _, found = directed(function)
    assert found.coverage.sides >= 2
    assert found.coverage.reached == found.coverage.sides


def test_what_cannot_be_undone_is_asked_of_the_solver():
    pytest.importorskip("z3", reason="the solver comes with the extra `prove`")
    _, found = directed(hashed)
    assert (found.coverage.sides, found.coverage.reached) == (2, 2)


def test_without_a_solver_what_is_not_reached_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "slotweave.check.definition.solver", None)
    _, found = directed(hashed)
    (missing,) = found.coverage.unreached
    assert missing.startswith("test_inputs.py:")
    assert missing.endswith(", condition not 0")


def test_a_side_that_no_memory_reaches_is_said():
    _, found = directed(impossible)
    assert (found.coverage.sides, found.coverage.reached) == (2, 1)
    assert len(found.coverage.unreached) == 1


def test_what_constants_decide_is_no_side():
    _, found = directed(counted_loop)
    assert found.coverage.reached == found.coverage.sides
    assert found.coverage.unreached == ()


def test_the_same_flow_and_seed_give_the_same_memories():
    (_, one), (_, other) = directed(nested), directed(nested)
    assert [m.tolist() for m in one.memories] == [m.tolist() for m in other.memories]


def test_facts_are_kept():
    region = Region("a", 0, 8, output=True)
    facts = Facts(8, {0: 5}, (region,), {"a": (3, 9)})
    _, found = directed(magic_word, facts)
    assert found.memories
    for memory in found.memories:
        assert memory[0] == 5
        assert all(3 <= word <= 9 for word in memory[1:].tolist())
    assert found.coverage.reached == 1, "no word of 3 to 9 is the magic one"


def compiled(function) -> Compiled:
    kernel = kernel_of_function(function, "k.py:f")
    plan = kernel.plan("default", {}, "graph")
    return compile_job(Job(kernel, {}, "graph", plan, CHALLENGE))


@pytest.mark.parametrize("function", [magic_word, nested, in_a_loop])
def test_a_compiler_that_loses_a_rare_jump_is_caught(function, monkeypatch):
    """The fault that was there: an empty block was taken to need no jump of its own."""
    right = compiled(function)
    assert right.verified.coverage.reached == right.verified.coverage.sides

    def loses(flow, blocks, *_):
        return [
            None
            if block.jump is None
            or (
                block.jump.target > number
                and not any(b.landed for b in blocks[number + 1 : block.jump.target])
            )
            else block.jump
            for number, block in enumerate(flow.blocks)
        ]

    monkeypatch.setattr(sys.modules["slotweave.backend.emit.link"], "_jumps_left", loses)
    with pytest.raises(CheckFailed, match=r"SW403 .*\(directed input \d+ of seed 0\)"):
        compiled(function)


def test_the_sides_counted_are_those_that_runs_take():
    """Each of the memories leads the plain interpreter somewhere, and all of them everywhere."""
    flow, found = directed(nested)
    ends = {tuple(run_flow(flow, memory.tolist())[2:4]) for memory in found.memories}
    written = {(two == 9, three == 9) for two, three in ends}
    assert {(True, False), (False, True), (False, False)} <= written


def test_directed_memories_on_which_the_kernel_fails_are_passed_over():
    def divides(k: Tracer) -> None:
        a = words(k)
        a.store(0, a[1] // a[2])

    kernel = kernel_of_function(divides, "k.py:f")
    plan = kernel.plan("default", {}, "graph")
    verified = compile_job(Job(kernel, {}, "graph", plan, CHALLENGE)).verified
    assert 0 < verified.directed < 8


@pytest.mark.long
def test_memories_that_are_dropped_where_a_kernel_jumps_are_counted():
    """By what becomes of them: no result is defined, or the run takes too long to be followed."""

    def divides(k: Tracer) -> None:
        a = words(k)
        x = k.variable(a[1] // a[2])
        k.branch(x.value & 1, lambda: a.store(3, 7), lambda: a.store(3, 9))

    def takes_long(k: Tracer) -> None:
        a = words(k)
        x = k.variable(a[0])
        with k.loop(a[1] & 0x3FFF):
            x.value = x.value * 3 + 1
        a.store(2, x.value)

    counted = [compiled(function).verified for function in (divides, takes_long, nested)]
    assert [(one.left_out > 0, one.too_long > 0) for one in counted] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip
    assert "more left out, for which no result is defined" in inputs_tried(counted[0])
    assert "more not tried, as runs take too long to be followed" in inputs_tried(counted[1])


def test_memories_on_which_a_program_alone_fails_are_tried():
    """Only the reference can say whether it may fail: the search for sides drops none."""
    bundles = [
        {"load": (("const", 0, 0), ("const", 1, 1))}, {"load": (("load", 2, 0),)},
        {"alu": (("//", 3, 1, 2), ("&", 4, 2, 1))}, {"flow": (("cond_jump", 4, 5),)},
        {"store": (("store", 0, 1),)},
    ]  # fmt: skip
    program = Program("challenge", tuple(bundles))
    found = program_inputs(program, CHALLENGE, Facts(8), 8, seed=0)
    assert found.coverage.reached == 2
    assert any(memory[0] == 0 for memory in found.memories)
    assert (found.left_out, found.too_long) == (0, 0)
