"""Tree hash with loops: right for every shape, proved where it can be, small, as fast as said."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from slotweave.backend.fit import Effort
from slotweave.base.diagnostics import InputError
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.definition import definition
from slotweave.check.definition.definition import program_meets_definition
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.kernel import Words
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.compiled import encode, run_compiled
from support.examples import a_share

JUDGED = {"height": 10, "rounds": 16, "batch": 256}
NAMES = ("hybrid-unroll", "dedup-runtime")
CONTRACTS = ("values", "full")

#: (height, rounds, batch): ends within and below the shared levels, after the last level, with
#: items that fill no trip, no vector, and hardly one.
SHAPES = [
    (3, 5, 64), (3, 2, 33), (2, 9, 8), (2, 3, 9), (1, 4, 20), (4, 5, 100), (5, 1, 17), (6, 13, 71),
]  # fmt: skip
LARGE = (6, 16, 1000)


def parameters(height: int, rounds: int, batch: int) -> dict[str, int]:
    return {"height": height, "rounds": rounds, "batch": batch}


def compiled(
    name: str,
    shape: dict[str, int],
    contract: str = "values",
    machine: Machine = CHALLENGE,
    instances: int = 4,
    effort: Effort = Effort.FAST,
    **choices: Any,
) -> Compiled:
    plan = TREE_HASH.plan(name, shape, contract)
    plan = replace(plan, choices={**plan.choices, **choices})
    return compile_job(
        Job(TREE_HASH, shape, contract, plan, machine, instances=instances, effort=effort)
    )


def cases() -> list[Any]:
    """Every shape with both plans, under the contracts in turn; under the other with `--long`."""
    found = []
    for number, shape in enumerate([*SHAPES, LARGE]):
        for turn, name in enumerate(NAMES):
            for place, contract in enumerate(CONTRACTS):
                second = shape == LARGE or (number + turn + place) % 2
                marks = [pytest.mark.long] if second else []
                found.append(pytest.param(name, contract, shape, marks=marks))
    return found


@pytest.mark.parametrize(("name", "contract", "shape"), cases(), ids=str)
def test_every_shape_is_right(name: str, contract: str, shape: tuple[int, int, int]) -> None:
    assert compiled(name, parameters(*shape), contract).verified.mismatches == 0


@pytest.mark.parametrize("contract", ["values", pytest.param("full", marks=pytest.mark.long)])
@pytest.mark.parametrize("name", NAMES)
def test_the_judged_shape_is_right_a_hundred_times(name: str, contract: str) -> None:
    assert compiled(name, JUDGED, contract, instances=100).verified.instances == 100


@pytest.mark.parametrize("name", NAMES)
def test_another_machine_will_do(name: str) -> None:
    small = compiled(name, parameters(3, 5, 24), machine=MINIMAL_WITH_ROOM, vectors=2)
    assert small.verified.mismatches == 0


MINIMAL_WITH_ROOM = replace(MINIMAL, name="roomy", scratch_words=512)


@pytest.mark.parametrize(
    ("detect", "shared_levels", "vectors"),
    a_share(product([False, True], [0, 1, 4, 5], [1, 3]), every=5),
)
def test_all_choices_go_together(detect: bool, shared_levels: int, vectors: int) -> None:
    result = compiled(
        "hybrid-unroll", parameters(4, 7, 50), "full",
        detect=detect, shared_levels=shared_levels, vectors=vectors,
    )  # fmt: skip
    assert result.verified.mismatches == 0


def test_the_rolled_program_is_proved_to_be_the_definition() -> None:
    shape = parameters(3, 6, 40)
    result = compiled("hybrid-unroll", shape, "full", vectors=2)
    assert result.equivalence.answer is True
    facts = TREE_HASH.facts(shape, "full")
    found = program_meets_definition(result.program, CHALLENGE, definition(shape), facts)
    assert found.answer is True


def test_the_rolled_program_has_less_than_a_tenth_of_the_bundles_that_run() -> None:
    result = compiled("hybrid-unroll", JUDGED)
    assert 10 * len(result.program.bundles) < result.cycles


def one_path(seed: int) -> Words:
    """All items have one value, and so all walk one path."""
    memory = TREE_HASH.memory(JUDGED, "values", np.random.default_rng(seed))
    memory[-JUDGED["batch"] :] = memory[-1]
    return memory


def all_apart(seed: int) -> Words:
    """Random values, no two of them alike: paths part as soon as they can."""
    memory = TREE_HASH.memory(JUDGED, "values", np.random.default_rng(seed))
    values = np.unique(memory[-JUDGED["batch"] :])
    assert len(values) == JUDGED["batch"]
    return memory


def nearly_one_path(item: int) -> Words:
    """One path for all items but one."""
    memory = one_path(item)
    memory[len(memory) - JUDGED["batch"] + item] ^= np.uint32(0x80000001)
    return memory


@pytest.mark.long
def test_found_duplicates_are_right_and_save_loads_on_adversarial_inputs() -> None:
    result = compiled("dedup-runtime", JUDGED, instances=1, effort=Effort.DEFAULT)
    assert result.equivalence.proved  # whose jumps depend on data
    assert "block by block" in result.equivalence.why
    encoded = encode(result.program, CHALLENGE)

    def cycles(memory: Words) -> int:
        end = run_compiled(encoded, memory)
        expected = TREE_HASH.reference(memory, JUDGED, "values")
        assert np.array_equal(end.memory[-JUDGED["batch"] :], expected[-JUDGED["batch"] :])
        return end.cycles

    together = [cycles(one_path(seed)) for seed in range(5)]
    apart = [cycles(all_apart(seed)) for seed in range(5)]
    nearly = [cycles(nearly_one_path(item)) for item in (0, 7, 8, 63, 64, 255)]
    assert max(together) < min(nearly) < min(apart)
    without = compiled("hybrid-unroll", JUDGED, instances=1, effort=Effort.DEFAULT)
    assert max(together) < without.cycles < min(apart)


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"vectors": 0}, "'vectors' must be a number from 1 to 256"),
        ({"vectors": True}, "'vectors' must be a number"),
        ({"shared_levels": 6}, "'shared_levels' must be a number from 0 to 5"),
        ({"detect": 1}, "'detect' must be true or false"),
        ({"levels": []}, "unknown choice 'levels'"),
    ],
)
def test_choices_that_cannot_be_are_refused(choices: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=f"SW209 .*{reason}"):
        compiled("hybrid-unroll", JUDGED, **choices)


@pytest.mark.parametrize(
    ("shape", "contract", "reason"),
    [
        (parameters(3, 2, 7), "values", "a batch of at least 8 items"),
        (JUDGED, "any-start", "all items must start at the root"),
    ],
)
def test_what_loops_cannot_do_is_said(shape: dict[str, int], contract: str, reason: str) -> None:
    with pytest.raises(InputError, match=f"SW209 .*{reason}"):
        compiled("hybrid-unroll", shape, contract)


def test_plans_of_loops_are_named_plainly() -> None:
    program = compiled("hybrid-unroll", parameters(2, 2, 8)).program
    assert program.meta["plan"] == "hybrid-unroll"
    assert isinstance(TREE_HASH.plan("dedup-runtime", JUDGED, "values"), Plan)
