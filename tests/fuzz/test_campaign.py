"""A round of every target in each run of the tests, about a minute in all, and with --long ten
minutes."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from fuzz.campaign import Target, run_campaign, run_round
from fuzz.targets import TARGETS


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_round_finds_nothing(name: str) -> None:
    run_round(TARGETS[name], seed=0)


@pytest.mark.long
def test_a_campaign_finds_nothing(request: pytest.FixtureRequest) -> None:
    seconds = request.config.getoption("--fuzz-seconds")
    rounds = list(run_campaign(list(TARGETS.values()), seed=1000, seconds=seconds))
    assert rounds


def _fails_on_large(number: object) -> None:
    assert isinstance(number, int)
    assert number < 1000


FAILING = Target("failing", 200, st.integers(0, 10**6), _fails_on_large)


def test_a_failure_says_how_to_repeat_it() -> None:
    with pytest.raises(AssertionError) as failure:
        run_round(FAILING, seed=7)
    notes = failure.value.__notes__
    assert "repeat with: python -m fuzz --only failing --seed 7 --rounds 1" in notes
    assert any("1000" in note for note in notes), "the smallest example"


def test_a_round_is_fixed_by_its_seed() -> None:
    drawn: list[list[object]] = []
    for seed in (3, 3, 4):
        drawn.append([])
        run_round(Target("numbers", 20, st.integers(), drawn[-1].append), seed)
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_campaign_takes_targets_in_turn_and_ends() -> None:
    quiet = [Target(name, 1, st.none(), lambda _: None) for name in ("a", "b")]
    rounds = list(run_campaign(quiet, seed=5, seconds=600, rounds=2))
    assert rounds == [("a", 5), ("b", 5), ("a", 6), ("b", 6)]
    assert list(run_campaign(quiet, seed=5, seconds=0)) == []
