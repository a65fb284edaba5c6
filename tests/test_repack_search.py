"""The search for short schedules: legal ones that fit, ever shorter, the same for the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from slotweave.check.allocation_legality import allocation_violations
from slotweave.check.schedule_legality import schedule_violations
from slotweave.fit import Effort
from slotweave.lift import lift_counting
from slotweave.machine import CHALLENGE
from slotweave.repack import RepackOptions
from slotweave.repack.options import Deadline
from slotweave.repack.search import Found, Search, beginnings, changed, search_of
from slotweave.repack.writings import Writing, writings
from support.scalar_programs import scalar_tree_hash

OPTIONS = RepackOptions()


@pytest.fixture(scope="module")
def writing() -> Writing:
    program, facts = scalar_tree_hash(3, 4, 16)
    lifted = lift_counting(program, CHALLENGE, facts, apart=True)
    return next(iter(writings(lifted, CHALLENGE, facts, OPTIONS)))


@pytest.fixture(scope="module")
def search(writing: Writing) -> Search:
    return search_of(writing, CHALLENGE.scratch_words, Effort.FAST, 3, Deadline())


def assert_legal(found: Found, search: Search) -> None:
    problem = search.writing.problem
    assert not list(schedule_violations(found.schedule, problem))
    assert not list(allocation_violations(found.allocation, found.schedule, problem))


def test_beginnings_are_legal_and_fit_the_shortest_first(search):
    found = beginnings(search)
    assert found
    assert [one.cycles for one in found] == sorted(one.cycles for one in found)
    for one in found:
        assert one.cycles >= search.writing.least
        assert_legal(one, search)


def test_changes_are_legal_and_ever_shorter(search):
    worst = (max(beginnings(search), key=lambda one: one.cycles),)
    hopeful = replace(search, writing=replace(search.writing, bounds=search.writing.bounds[:1]))
    found = list(changed(hopeful, worst))
    cycles = [worst[0].cycles, *(one.cycles for one in found)]
    assert cycles == sorted(set(cycles), reverse=True)
    for one in found:
        assert_legal(one, search)


def test_the_same_seed_finds_the_same(search):
    for again in (search, replace(search)):
        found = beginnings(again)
        assert [one.schedule for one in found] == [one.schedule for one in beginnings(search)]


def test_no_time_is_no_schedule(search):
    assert beginnings(replace(search, end=Deadline(0.0))) == ()


def test_operations_go_where_they_stood(writing):
    """In a program of one operation a bundle the order given is the order of the program."""
    _, where = np.unique(-writing.given, return_inverse=True)
    nodes = writing.lowered.graph.nodes
    stood = [
        (int(nodes[node].where.split()[1].rstrip(",")), where[op])
        for op, node in enumerate(writing.problem.nodes.tolist())
        if nodes[node].where.startswith("bundle")
    ]
    assert len(stood) > 100
    assert [rank for _, rank in sorted(stood)] == sorted(rank for _, rank in stood)
