"""Tree hash of all kinds of shapes compiles, and keeps its contract on random inputs.

A sample runs always, the whole grid with `--long`.
"""

from __future__ import annotations

from itertools import cycle, islice

import pytest

from slotweave.challenge.tree_hash.workload import CONTRACTS
from support.examples import a_share
from support.tree_hash import compiled, plan_with

Shape = tuple[int, int, int]

#: (height, rounds, batch), small enough for every run: ends of the ranges, batches around a vector.
SAMPLE: tuple[Shape, ...] = (
    (1, 1, 1), (2, 7, 7), (3, 5, 9), (4, 11, 8), (6, 3, 64), (7, 9, 100), (12, 2, 8), (1, 33, 7),
    (5, 6, 1),
)  # fmt: skip

HEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
ROUNDS = (1, 2, 3, 5, 8, 11, 12, 16, 22, 33)
BATCHES = (1, 7, 8, 9, 64, 100, 256, 1000)

#: Every height with every kind of batch at least once; more rounds would not be other code.
MOST_ITEM_ROUNDS = 16_000


def grid() -> list[tuple[Shape, str]]:
    """Shapes over the three ranges, the contracts dealt out in turn."""
    rounds = cycle(ROUNDS)
    shapes = []
    for number, height in enumerate(HEIGHTS):
        for batch in islice(BATCHES[number % 2 :], 0, None, 2):
            wanted = next(rounds)
            if batch * wanted > MOST_ITEM_ROUNDS:
                wanted = next(r for r in reversed(ROUNDS) if batch * r <= MOST_ITEM_ROUNDS)
            shapes.append((height, wanted, batch))
    return list(zip(shapes, cycle(CONTRACTS), strict=False))


def assert_compiles(shape: Shape, contract: str, **options: object) -> None:
    result = compiled(shape, contract, instances=10, **options)
    assert (result.verified.instances, result.verified.mismatches) == (10, 0)
    assert result.equivalence.answer is True
    assert max(bound.cycles for bound in result.block.bounds) <= result.cycles
    assert result.block.fitted.allocation.peak <= result.block.fitted.allocation.size


def test_the_grid_is_as_wide_as_promised() -> None:
    shapes = {shape for shape, _contract in grid()}
    assert len(shapes) >= 40
    heights, rounds, batches = (set(values) for values in zip(*shapes, strict=True))
    assert (heights, batches) == (set(HEIGHTS), set(BATCHES))
    assert {1, 16, 33} <= rounds
    assert {contract for _shape, contract in grid()} == set(CONTRACTS)


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("shape", a_share(((shape,) for shape in SAMPLE), 2), ids=str)
def test_a_sample_of_shapes_compiles_and_verifies(shape: Shape, contract: str) -> None:
    assert_compiles(shape, contract)


@pytest.mark.long
@pytest.mark.parametrize(("shape", "contract"), grid(), ids=str)
def test_the_grid_compiles_and_verifies(shape: Shape, contract: str) -> None:
    assert_compiles(shape, contract)


@pytest.mark.long
@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("shape", [(10, 33, 1000), (14, 16, 64), (10, 64, 256), (2, 3, 9000)],
                         ids=str)  # fmt: skip
def test_large_shapes_compile_and_verify(shape: Shape, contract: str) -> None:
    assert_compiles(shape, contract)


@pytest.mark.long
@pytest.mark.parametrize("contract", ["values", "full"])
@pytest.mark.parametrize("children", ["memory", "both", "scalar"])
@pytest.mark.parametrize("batch", [48, 79, 81, 100, 256])
def test_records_compile_and_verify(contract: str, children: str, batch: int) -> None:
    levels = ["select"] * 3 + ["record", "record", "gather"]
    choices = {"levels": levels, "tables": [3], "children": children}
    assert_compiles((6, 12, batch), contract, plan=plan_with(choices, stagger=10.0))
