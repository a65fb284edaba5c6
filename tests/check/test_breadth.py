"""Programs that are right only for what they were tried on, and how that is found out."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import count

import numpy as np
import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.check.runs.breadth import Workload, fresh_seed, run_broadly
from slotweave.check.runs.execution import instance_memory
from slotweave.driver.verifying import workload_of
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from support.cheating import answers_of_a_seed, right_for_narrow_words
from support.small_results import small_result


@cache
def workload() -> Workload:
    job = small_result().job
    return workload_of(TREE_HASH, job.parameters, job.contract, CHALLENGE)


def fault_of(program: Program, instances: int = 1, seed: int = 0) -> str:
    with pytest.raises(CheckFailed) as failure:
        run_broadly(program, CHALLENGE, workload(), instances, seed)
    return str(failure.value)


def test_a_program_that_is_right_passes() -> None:
    verified = run_broadly(small_result().program, CHALLENGE, workload(), 3, 0)
    assert (verified.instances, verified.mismatches) == (3, 0)
    assert verified.cycles == small_result().cycles


@pytest.mark.parametrize("instances", [1, 5])
def test_answers_loaded_as_constants_are_right_for_their_seed_only(instances: int) -> None:
    program = answers_of_a_seed(workload(), seed=4)
    assert fault_of(program, instances, seed=4).endswith(
        "right for the recorded seed only (seed 4, instance 0)"
    )


def test_the_seed_that_the_program_names_is_tried_too() -> None:
    program = replace(answers_of_a_seed(workload(), seed=4), meta={"seed": 4})
    assert "right for the recorded seed only (seed 4, instance 0)" in fault_of(program, seed=9)


@pytest.mark.parametrize("seed", [None, -1, "4", 4.0])
def test_a_seed_that_is_none_is_not_tried(seed: object) -> None:
    program = replace(answers_of_a_seed(workload(), seed=4), meta={"seed": seed})
    assert "right for" not in fault_of(program, seed=9)


def test_a_shortcut_for_narrow_words_is_named() -> None:
    program = right_for_narrow_words(small_result().program, small_result().job.parameters)
    assert fault_of(program).endswith("right for 30-bit words, wrong for full-range words")


def test_a_program_that_is_just_wrong_is_right_for_nothing() -> None:
    program = replace(small_result().program, bundles=small_result().program.bundles[:-1])
    assert "right for" not in fault_of(program)


def test_a_program_that_is_wrong_now_and_then_is_not_called_narrow() -> None:
    """Wrong where the first item's value is odd: for half of all memories, however narrow."""
    value, spoilt = 7 + 15 + 16, 7 + 15 + 17
    spoil: tuple[Bundle, ...] = (
        {"load": (("const", 0, value), ("const", 1, 1))},
        {"load": (("load", 2, 0), ("const", 3, spoilt))},
        {"alu": (("&", 2, 2, 1),), "load": (("load", 4, 3),)},
        {"alu": (("+", 4, 4, 2),)},
        {"store": (("store", 3, 4),)},
    )
    program = replace(small_result().program, bundles=(*spoil, *small_result().program.bundles))
    assert "right for" not in fault_of(program, 20)


def test_the_fresh_seed_follows_from_the_program() -> None:
    changed = replace(small_result().program, meta={"note": "another"})
    assert fresh_seed(small_result().program) == fresh_seed(small_result().program)
    assert fresh_seed(small_result().program) != fresh_seed(changed)


def test_fresh_memories_catch_what_the_recorded_ones_let_pass() -> None:
    """Every recorded input is answered right; the program is wrong on all others."""
    known = {instance_memory(workload().memory, 0, k).tobytes() for k in range(3)}
    asked = count()

    def reference(memory: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> np.ndarray[
        tuple[int], np.dtype[np.uint32]
    ]:  # fmt: skip
        next(asked)
        right = workload().reference(memory)
        return right if memory.tobytes() in known else right ^ np.uint32(1)

    liar = Workload(workload().facts, workload().memory, reference)
    with pytest.raises(CheckFailed, match="right for the recorded seed only"):
        run_broadly(small_result().program, CHALLENGE, liar, 3, 0)
    assert next(asked) > 3
