"""A budget ends a search by evaluations or by time; the first repeat what the second ended."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from slotweave.base.budget import Budget, budget
from support.clocks import TickingClock


def test_without_a_limit_a_search_is_made_to_its_end():
    assert list(Budget().limit(iter("abc"))) == ["a", "b", "c"]
    assert Budget().best(iter([None, "a", "b"])) == ("b", 3)


def test_evaluations_end_a_search_and_those_made_before_count():
    assert list(Budget(3).limit(count())) == [0, 1, 2]
    assert list(Budget(3).limit(count(), evaluations=2)) == [0]
    assert list(Budget(0).limit(count())) == []


def test_time_ends_a_search_between_two_evaluations():
    assert list(budget(seconds=4, clock=TickingClock()).limit(count())) == [0, 1, 2]
    assert list(budget(seconds=0, clock=TickingClock()).limit(count())) == []


def test_whichever_limit_is_met_first_ends_it():
    assert len(list(budget(5, 4, TickingClock()).limit(count()))) == 3
    assert len(list(budget(2, 4, TickingClock()).limit(count()))) == 2


def test_no_evaluation_is_begun_behind_the_last_one():
    begun = []

    def search() -> Iterator[int]:
        for number in count():
            begun.append(number)
            yield number

    assert list(Budget(2).limit(search())) == [0, 1]
    assert begun == [0, 1]
    Budget(3).best(search())
    assert begun == [0, 1, 0, 1, 2]


def test_a_search_goes_on_until_it_has_come_to_something():
    assert Budget(0).best(iter([None, None, "a", "b"])) == ("a", 3)
    assert budget(seconds=0).best(iter(["a", "b"])) == ("a", 1)


@pytest.mark.parametrize("seconds", [0, 1, 2.5, 5, 8, 100])
def test_what_time_ended_is_repeated_by_its_evaluations(seconds):
    found = [None, None, 7, 7, 6, 6, 6, 3]
    ended = budget(seconds=seconds, clock=TickingClock()).best(iter(found))
    assert Budget(ended[1]).best(iter(found)) == ended
