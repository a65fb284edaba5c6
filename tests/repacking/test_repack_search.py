"""The search for short schedules: legal ones that fit, ever shorter, the same for the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from slotweave.backend.fit import Effort
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.lift import lift_counting
from slotweave.machine import CHALLENGE
from slotweave.repacking import RepackOptions
from slotweave.repacking.graph_variants import GraphVariant, graph_variant_of, variants_of
from slotweave.repacking.search import EXTENTS, Found, Search, beginnings, changed, search_of
from support.scalar_programs import scalar_tree_hash

OPTIONS = RepackOptions(vectorize=False)


@pytest.fixture(scope="module")
def variant() -> GraphVariant:
    program, facts = scalar_tree_hash(3, 4, 16)
    lifted = lift_counting(program, CHALLENGE, facts, apart=True)
    variant = next(iter(variants_of(lifted, CHALLENGE, facts, OPTIONS)))
    return graph_variant_of(variant, lifted, CHALLENGE, OPTIONS.rewrite)


@pytest.fixture(scope="module")
def search(variant: GraphVariant) -> Search:
    return search_of(variant, CHALLENGE.scratch_words, Effort.FAST, 3)


def assert_legal(found: Found, search: Search) -> None:
    problem = search.variant.problem
    assert not list(schedule_violations(found.schedule, problem))
    assert not list(allocation_violations(found.allocation, found.schedule, problem))


def begun(search: Search) -> tuple[list[Found | None], tuple[Found, ...]]:
    """All that beginnings yield, and what they end in."""
    tries, steps = beginnings(search), []
    while True:
        try:
            steps.append(next(tries))
        except StopIteration as end:
            return steps, end.value


def test_beginnings_are_legal_and_fit_the_shortest_first(search):
    _, found = begun(search)
    assert found
    assert [one.cycles for one in found] == sorted(one.cycles for one in found)
    for one in found:
        assert one.cycles >= search.variant.least
        assert_legal(one, search)


def test_the_best_of_each_beginning_was_there_when_it_was_tried(search):
    steps, found = begun(search)
    assert len(steps) > len(found)
    assert min(one.cycles for one in steps if one is not None) == found[0].cycles
    assert all(any(one is each for each in steps) for one in found)


def test_changes_are_legal_and_ever_shorter(search):
    worst = (max(begun(search)[1], key=lambda one: one.cycles),)
    hopeful = replace(search, variant=replace(search.variant, bounds=search.variant.bounds[:1]))
    steps = list(changed(hopeful, worst))
    found = [one for one in steps if one is not None]
    assert found
    assert len(steps) == EXTENTS[Effort.FAST].changes > len(found)
    cycles = [worst[0].cycles, *(one.cycles for one in found)]
    assert cycles == sorted(set(cycles), reverse=True)
    for one in found:
        assert_legal(one, search)


def test_the_same_seed_finds_the_same(search):
    first, second = (begun(again)[1] for again in (search, replace(search)))
    assert [one.schedule for one in first] == [one.schedule for one in second]


def test_operations_go_where_they_stood(variant):
    """In a program of one operation a bundle the order given is the order of the program."""
    _, where = np.unique(-variant.given, return_inverse=True)
    nodes = variant.lowered.graph.nodes
    stood = [
        (int(nodes[node].where.split()[1].rstrip(",")), where[op])
        for op, node in enumerate(variant.problem.nodes.tolist())
        if nodes[node].where.startswith("bundle")
    ]
    assert len(stood) > 100
    assert [rank for _, rank in sorted(stood)] == sorted(rank for _, rank in stood)
