"""Structures: none twice, none that another covers."""

from __future__ import annotations

import pytest

from slotweave.rules.structures import CONSTANT, Step, structures


@pytest.mark.parametrize(("inputs", "operations"), [(1, 1), (1, 2), (2, 1), (2, 2)])
def test_no_structure_comes_twice_and_every_result_is_used(inputs: int, operations: int) -> None:
    every = list(structures(inputs, operations))
    assert len(set(every)) == len(every) > 0
    for steps in every:
        read = {operand for step in steps for operand in step.operands}
        assert set(range(inputs, inputs + operations - 1)) <= read
        assert len(steps) == operations


def test_sums_and_products_with_constants_are_one_structure() -> None:
    of_one = list(structures(1, 1))
    assert Step("multiply_add", (0, CONSTANT, CONSTANT)) in {steps[0] for steps in of_one}
    assert not any(steps[0].op == "shl" and steps[0].operands[1] == CONSTANT for steps in of_one)


def test_steps_that_fold_into_one_are_left_out() -> None:
    affine = Step("multiply_add", (0, CONSTANT, CONSTANT))
    again = Step("multiply_add", (1, CONSTANT, CONSTANT))
    shift, shift_again = Step("shr", (0, CONSTANT)), Step("shr", (1, CONSTANT))
    pairs = set(structures(1, 2))
    assert not {(affine, again), (shift, shift_again)} & pairs
    assert {(affine, shift_again), (shift, again)} <= pairs
    assert (shift, Step("shr", (0, 1))) in pairs, "a >> (a >> c) is no shift by a constant"
