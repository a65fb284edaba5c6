"""Verifiers of problems, schedules, allocations and layouts: each invariant can be broken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.problem import DATA, ORDER
from slotweave.ir.verify.invariants import require_none
from slotweave.ir.verify.problem_verify import problem_faults
from slotweave.ir.verify.schedule_verify import allocation_faults, layout_faults, schedule_faults
from strategies.problems import Op, ints, problem_of, problems, schedule_of

SOUND = problem_of(
    [
        Op(writes=0),
        Op(((0, 4, 2), (1, 1, 1)), ((0, DATA, 0),), 1, (0,)),
        Op(((-1, 0, 0),), ((0, ORDER, 2), (1, ORDER, 0))),
    ],
    [1, 4],
    [("alu", 4), ("valu", 1)],
)


def broken_by(faults) -> set[str]:
    found = list(faults)
    assert all(fault.code == "SW501" for fault in found)
    return {fault.message.partition(":")[0] for fault in found}


@given(problems())
def test_problems_that_are_sound_have_no_faults(problem):
    assert not list(problem_faults(problem))


@pytest.mark.parametrize(
    ("invariant", "columns"),
    [
        ("columns-are-integers", {"items": np.zeros(3)}),
        ("columns-are-integers", {"writes": ints([0, 1, -1]).reshape(3, 1)}),
        ("columns-fit", {"items": ints([0])}),
        ("sizes-are-bounded", {"slots": (1025,)}),
        ("sizes-are-bounded", {"mode_slots": SOUND.mode_slots * 2000}),
        ("sizes-are-bounded", {"mode_latency": SOUND.mode_latency * 1001}),
        ("sizes-are-bounded", {"pred_lag": SOUND.pred_lag + 1001}),
        ("sizes-are-bounded", {"pred_lag": SOUND.pred_lag - 1001}),
        ("sizes-are-bounded", {"storage_words": SOUND.storage_words * 20_000_000}),
        ("columns-fit", {"pred_lag": ints([])}),
        ("rows-are-contiguous", {"mode_offset": ints([0, 1, 3])}),
        ("rows-are-contiguous", {"mode_offset": ints([0, 3, 1, 4])}),
        ("rows-are-contiguous", {"pred_offset": ints([1, 1, 1, 3])}),
        ("rows-are-contiguous", {"read_offset": ints([0, 0, 0, 0])}),
        ("engines-are-named", {"engines": ("alu", "alu")}),
        ("engines-are-named", {"engines": ("alu", "")}),
        ("engines-are-named", {"slots": (4,)}),
        ("engines-are-named", {"slots": (4, -1)}),
        ("operations-have-modes", {"mode_offset": ints([0, 0, 3, 4])}),
        ("modes-run-somewhere", {"slots": (4, 0)}),
        ("modes-run-somewhere", {"mode_engine": ints([0, 0, 2, -1])}),
        ("modes-run-somewhere", {"mode_engine": ints([0, 0, -1, -1])}),
        ("modes-run-somewhere", {"mode_slots": ints([0, 4, 1, 0])}),
        ("modes-run-somewhere", {"mode_latency": ints([0, 2, 1, 0])}),
        ("modes-run-somewhere", {"mode_latency": ints([1, 2, 1, 1])}),
        ("edges-join-operations", {"pred": ints([0, 0, 3])}),
        ("edges-join-operations", {"pred": ints([0, 0, -1])}),
        ("edges-join-operations", {"pred_kind": ints([DATA, 2, ORDER])}),
        ("edges-join-operations", {"pred_lag": ints([1, 2, 0])}),
        ("edges-are-acyclic", {"pred": ints([0, 0, 2])}),
        ("edges-are-acyclic", {"pred_offset": ints([0, 1, 2, 3]), "pred": ints([1, 0, 0])}),
        ("storages-exist", {"storage_words": ints([1, 0])}),
        ("storages-exist", {"writes": ints([0, 2, -1])}),
        ("storages-exist", {"writes": ints([0, -2, -1])}),
        ("storages-exist", {"read": ints([2])}),
        ("accesses-take-slots", {"writes": ints([0, 1, 1])}),
        ("reads-are-fed", {"writes": ints([1, 1, -1])}),
        ("reads-are-fed", {"pred_kind": ints([ORDER, ORDER, ORDER])}),
    ],
)
def test_each_invariant_of_a_problem_is_looked_after(invariant, columns):
    assert invariant in broken_by(problem_faults(replace(SOUND, **columns)))


def test_operations_on_a_cycle_are_listed():
    ring = problem_of([Op(after=(((i + 1) % 3, ORDER, 1),)) for i in range(3)])
    (found,) = problem_faults(ring)
    assert found.message.startswith("edges-are-acyclic: 3 operations")
    assert found.message.endswith("0, 1, 2")


def test_a_fault_names_operation_and_node():
    (found,) = problem_faults(replace(SOUND, read=ints([9])))
    assert found.message == "storages-exist: operation 1 (node 11) reads storage 9"


@pytest.mark.parametrize(
    ("invariant", "columns"),
    [
        ("columns-are-integers", {"cycle": np.zeros(2)}),
        ("rows-are-contiguous", {"cycle_offset": ints([0, 1])}),
        ("modes-are-counted", {"mode": ints([0, -1])}),
        ("slots-are-within", {"makespan": 4}),
        ("slots-are-within", {"cycle": ints([-1, 4])}),
    ],
)
def test_each_invariant_of_a_schedule_is_looked_after(invariant, columns):
    schedule = schedule_of([[0], [4]])
    assert not list(schedule_faults(schedule))
    assert invariant in broken_by(schedule_faults(replace(schedule, **columns)))


@pytest.mark.parametrize(
    ("invariant", "fields"),
    [
        ("columns-are-integers", {"address": np.zeros(2)}),
        ("storages-are-within", {"address": ints([0, -2])}),
        ("storages-are-within", {"address": ints([8, -1])}),
        ("storages-are-within", {"peak": 9}),
        ("storages-are-within", {"peak": -1}),
    ],
)
def test_each_invariant_of_an_allocation_is_looked_after(invariant, fields):
    allocation = Allocation(ints([7, -1]), 1, 8)
    assert not list(allocation_faults(allocation))
    assert invariant in broken_by(allocation_faults(replace(allocation, **fields)))


@pytest.mark.parametrize(
    ("invariant", "columns"),
    [
        ("columns-fit", {"word": ints([0])}),
        ("rows-are-contiguous", {"offset": ints([0, 1, 1])}),
        ("words-have-places", {"storage": ints([0, 2])}),
        ("words-have-places", {"storage": ints([0, -1])}),
        ("words-have-places", {"word": ints([0, 4])}),
        ("words-have-places", {"word": ints([-1, 0])}),
    ],
)
def test_each_invariant_of_a_layout_is_looked_after(invariant, columns):
    layout = Layout(ints([0, 1, 2]), ints([0, 1]), ints([0, 3]))
    assert not list(layout_faults(layout, SOUND.storage_words))
    assert invariant in broken_by(layout_faults(replace(layout, **columns), SOUND.storage_words))


def test_the_first_fault_can_be_raised():
    require_none(problem_faults(SOUND))
    with pytest.raises(CheckFailed, match="SW501 storages-exist"):
        require_none(problem_faults(replace(SOUND, read=ints([9]))))
