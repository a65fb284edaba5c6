"""Campaigns: rounds of random examples, each round fixed by its seed.

A round draws its examples by Hypothesis, which also makes a failing one small. What it raises then
carries a note with the command that repeats the round.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st


@dataclass(frozen=True)
class Target:
    """A claim about every example; a round of `examples` takes about a second."""

    name: str
    examples: int
    strategy: st.SearchStrategy[object]
    claim: Callable[[object], None]


def run_round(target: Target, seed: int) -> None:
    """The examples that belong to `seed`; raises what the claim raises for the smallest of them."""

    @settings(
        max_examples=target.examples,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.seed(seed)
    @hypothesis.given(target.strategy)
    def examples(example: object) -> None:
        target.claim(example)

    try:
        examples()
    except BaseException as error:
        error.add_note(f"repeat with: python -m fuzz --only {target.name} --seed {seed} --rounds 1")
        raise


def run_campaign(
    targets: Sequence[Target], seed: int, seconds: float, rounds: int | None = None
) -> Iterator[tuple[str, int]]:
    """Rounds of all targets in turn, from `seed` on, until time or rounds are used up.

    Yields the target and the seed of each round before it begins.
    """
    end = time.monotonic() + seconds
    numbers = itertools.count() if rounds is None else range(rounds)
    for number in numbers:
        for target in targets:
            if time.monotonic() >= end:
                return
            yield target.name, seed + number
            run_round(target, seed + number)
