"""Rows of integers in one array, against lists."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.ragged import Ragged, offsets
from support.examples import examples

row = st.lists(st.integers(0, 5), max_size=6)
rows = st.lists(row, max_size=6)


def as_lists(ragged: Ragged) -> list[list[int]]:
    ends = ragged.offset.tolist()
    return [ragged.values[a:b].tolist() for a, b in itertools.pairwise(ends)]


@examples(50)
@given(rows)
def test_rows_come_back(given):
    ragged = Ragged.of(given)
    assert as_lists(ragged) == given
    assert len(ragged) == len(given)
    assert ragged.sizes.tolist() == [len(each) for each in given]
    assert ragged.owner.tolist() == [at for at, each in enumerate(given) for _ in each]


@examples(50)
@given(st.lists(row, min_size=1, max_size=6), st.data())
def test_rows_are_taken_as_often_as_they_are_named(given, data):
    wanted = data.draw(st.lists(st.integers(0, len(given) - 1), max_size=8))
    taken = Ragged.of(given).take(np.array(wanted, np.int32))
    assert as_lists(taken) == [given[at] for at in wanted]


@examples(50)
@given(st.lists(rows, max_size=4))
def test_rows_of_rows_are_joined(given):
    flat = Ragged.of([each for group in given for each in group])
    joined = flat.joined(offsets(np.array([len(group) for group in given], np.int32)))
    assert as_lists(joined) == [[value for each in group for value in each] for group in given]


@examples(100)
@given(rows)
def test_the_first_of_equal_values_stays(given):
    assert as_lists(Ragged.of(given).distinct()) == [list(dict.fromkeys(each)) for each in given]


@examples(50)
@given(rows, st.integers(0, 5))
def test_values_are_left_out(given, least):
    ragged = Ragged.of(given)
    less = ragged.only(ragged.values >= least)
    assert as_lists(less) == [[value for value in each if value >= least] for each in given]


@examples(50)
@given(st.lists(row, min_size=1, max_size=6), st.data())
def test_some_rows_become_others(given, data):
    others = data.draw(st.dictionaries(st.integers(0, len(given) - 1), row))
    others = dict(sorted(others.items()))
    ragged, changed = Ragged.of(given).with_rows(others)
    wanted = [others.get(at, each) for at, each in enumerate(given)]
    assert as_lists(ragged) == wanted
    assert changed.tolist() == [at in others for at, each in enumerate(wanted) for _ in each]


@pytest.mark.parametrize("sizes", [[], [0, 3, 0]])
def test_offsets_begin_at_0(sizes):
    assert offsets(np.array(sizes, np.int32)).tolist() == [0, *np.cumsum(sizes, dtype=int)]
