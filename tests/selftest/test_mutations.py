"""Mutants: made by chance that repeats itself, never what they were made from, and well-formed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_from_json, program_to_json
from slotweave.ir.verify.graph_verify import graph_faults
from slotweave.machine import CHALLENGE
from slotweave.selftest.fitted_mutations import allocation_mutations, schedule_mutations
from slotweave.selftest.graph_mutations import (
    COMMUTES,
    GRAPH_MUTATIONS,
    drop_order_edge,
    exchange_operands,
)
from slotweave.selftest.mutant import Mutant, Mutation, mutants
from slotweave.selftest.program_mutations import program_mutations
from support.small_results import constants_stored, small_result

#: Invariants of graphs that a mistake of the author's may break; the others the tracer keeps.
OF_THE_AUTHOR = ("inputs-are-kept", "addresses-are-inside", "order-is-complete")


def of_programs(count: int, seed: int = 0) -> list[Mutant[Program]]:
    return mutants(small_result().program, program_mutations(CHALLENGE), count, seed)


def of_graphs(count: int, seed: int = 0) -> list[Mutant[Graph]]:
    mutations = (*GRAPH_MUTATIONS, drop_order_edge)
    return mutants(small_result().block.traced, mutations, count, seed)


def of_fitted(count: int, seed: int = 0) -> list[Mutant[Any]]:
    made = constants_stored()
    problem = made.lowered.problem
    mutations = (*schedule_mutations(problem), *allocation_mutations(problem))
    return mutants(made.fitted, mutations, count, seed)


MAKERS = pytest.mark.parametrize("make", [of_programs, of_graphs, of_fitted])
Maker = Callable[..., list[Mutant[Any]]]


@MAKERS
def test_the_same_seed_gives_the_same_mutants(make: Maker) -> None:
    first, again, other = make(30), make(30), make(30, seed=1)
    assert first == again
    assert first != other
    assert make(10) == first[:10]


@MAKERS
def test_a_mutant_is_not_what_it_was_made_from(make: Maker) -> None:
    result = small_result()
    fitted = constants_stored().fitted
    originals = (result.program, result.block.traced, fitted)
    for mutant in make(120):
        assert mutant.value not in originals, mutant.change


@MAKERS
def test_every_kind_of_change_is_made(make: Maker) -> None:
    kinds = Counter(mutant.kind for mutant in make(120))
    assert len(kinds) == {of_programs: 12, of_graphs: 9, of_fitted: 7}[make]
    assert min(kinds.values()) >= 10


def test_the_original_is_left_as_it_was() -> None:
    result = small_result()
    before = program_to_json(result.program), result.block.fitted.schedule.cycle.tolist()
    of_programs(24)
    of_fitted(24)
    assert (program_to_json(result.program), result.block.fitted.schedule.cycle.tolist()) == before


def test_mutants_of_programs_are_program_files() -> None:
    for mutant in of_programs(60):
        text = program_to_json(mutant.value)
        assert program_from_json(text).bundles == mutant.value.bundles


def test_mutants_of_kernels_are_graphs_that_a_tracer_could_have_made() -> None:
    for mutant in of_graphs(60):
        for fault in graph_faults(mutant.value):
            assert fault.message.startswith(OF_THE_AUTHOR), mutant.change


def test_exchanged_operands_of_a_commutative_operation_are_a_class_of_their_own() -> None:
    for mutant in mutants(small_result().block.traced, (exchange_operands,), 20, 0):
        name = mutant.change.split("(")[1].split(",")[0]
        commutes = name in ("add", "xor", "and", "or", "mul", "eq")
        assert (mutant.harmless == COMMUTES) == commutes or name == "multiply_add"


def test_where_nothing_can_be_changed_there_is_no_mutant() -> None:
    empty = Program("challenge", ())
    with pytest.raises(ValueError, match="nothing that could be changed"):
        mutants(empty, program_mutations(CHALLENGE), 1, 0)


def test_a_mutation_without_a_place_is_passed_over() -> None:
    def nowhere(_value: int, _rng: np.random.Generator) -> None:
        return None

    def next_number(value: int, _rng: np.random.Generator) -> Mutant[int]:
        return Mutant("next", "", value + 1)

    made: tuple[Mutation[int], ...] = (nowhere, next_number)
    assert [mutant.value for mutant in mutants(7, made, 3, 0)] == [8, 8, 8]
