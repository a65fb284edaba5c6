"""Text forms of problems, schedules, allocations and layouts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import InputError
from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.problem import DATA, ORDER
from slotweave.ir.schedule import Schedule
from slotweave.ir.text.allocation_text import (
    allocation_from_text,
    allocation_to_text,
    layout_from_text,
    layout_to_text,
)
from slotweave.ir.text.problem_text import problem_from_text, problem_to_text
from slotweave.ir.text.schedule_text import schedule_from_text, schedule_to_text
from strategies.problems import Op, ints, legal_schedules, offsets, problem_of, problems

NUMBERS = st.integers(-(2**31), 2**31 - 1)
PARSERS = [problem_from_text, schedule_from_text, allocation_from_text, layout_from_text]

PROBLEM = problem_to_text(
    problem_of(
        [Op(writes=0), Op(((0, 8, 2), (1, 1, 1)), ((0, DATA, 0),), 1, (0,), 3),
         Op(((-1, 0, 0),), ((0, ORDER, 2), (1, ORDER, -1)))],
        [1, 8],
        [("alu", 12), ("a b|*", 6)],
    )
)  # fmt: skip
SCHEDULE = "schedule operations=2 makespan=4\noperation mode cycles\n0 1 0,1,3\n1 0 -\n"
ALLOCATION = "allocation storages=2 peak=8 size=64\nstorage address\n0 56\n1 -1\n"
LAYOUT = "layout nodes=2\nnode words\n0 3.0,3.1\n1 -\n"


@given(problems())
def test_a_problem_is_read_back_from_its_text(problem):
    assert problem_from_text(problem_to_text(problem)) == problem


@given(problems().flatmap(legal_schedules))
def test_a_schedule_is_read_back_from_its_text(schedule):
    assert schedule_from_text(schedule_to_text(schedule)) == schedule


@given(st.lists(NUMBERS), st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_an_allocation_is_read_back_from_its_text(addresses, peak, size):
    allocation = Allocation(ints(addresses), peak, size)
    assert allocation_from_text(allocation_to_text(allocation)) == allocation


@given(st.lists(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=3)))
def test_a_layout_is_read_back_from_its_text(rows):
    flat = [place for row in rows for place in row]
    layout = Layout(offsets(rows), ints([s for s, _ in flat]), ints([w for _, w in flat]))
    assert layout_from_text(layout_to_text(layout)) == layout


def test_the_text_of_a_problem_is_one_line_an_operation():
    assert PROBLEM.splitlines() == [
        "problem operations=3 storages=2",
        "engines alu=12 a%20b%7C%2A=6",
        "words 1,8",
        "operation node item modes after writes reads",
        "0 10 -1 alu*1@1#0 - 0 -",
        "1 11 3 alu*8@2#0|a%20b%7C%2A*1@1#1 0 1 0",
        "2 12 -1 *0@0 0:2,1:-1 -1 -",
    ]


def test_blank_lines_are_skipped():
    assert schedule_from_text(SCHEDULE.replace("\n", "\n\n")) == Schedule(
        ints([1, 0]), ints([0, 3, 3]), ints([0, 1, 3]), 4
    )


MISTAKES: list[tuple[Callable[..., Any], str, str, str, int, str]] = [
    (problem_from_text, PROBLEM, "problem", "graph", 1, "expected the line 'problem"),
    (problem_from_text, PROBLEM, "operations=3", "operations=-3", 1, "not negative"),
    (problem_from_text, PROBLEM, "operations=3", "operations=2", 7, "nothing may follow"),
    (problem_from_text, PROBLEM, "operations=3", "operations=4", 7, "operation 3 should stand"),
    (problem_from_text, PROBLEM, "engines", "motors", 2, "expected the line 'engines"),
    (problem_from_text, PROBLEM, "a%20b%7C%2A=6", "alu=6", 2, "listed twice"),
    (problem_from_text, PROBLEM, "a%20b%7C%2A=6", "%FF=6", 2, "percent-encoded"),
    (problem_from_text, PROBLEM, "words 1,8", "words", 3, "expected the line 'words"),
    (problem_from_text, PROBLEM, "words 1,8", "words 1", 3, "header says 2"),
    (problem_from_text, PROBLEM, "operation node", "node operation", 4, "expected the columns"),
    (problem_from_text, PROBLEM, "alu*8@2", "alu*8", 6, "is not a mode"),
    (problem_from_text, PROBLEM, "alu*8@2", "fpu*8@2", 6, "not among the engines"),
    (problem_from_text, PROBLEM, "0:2", "0:x", 7, "not a 32-bit integer"),
    (problem_from_text, PROBLEM, "1 11 3", "2 11 3", 6, "expected operation 1"),
    (problem_from_text, PROBLEM, "- 0 -", "- 0", 5, "expected 7 cells"),
    (schedule_from_text, SCHEDULE, "0,1,3", "0,,3", 3, "not a 32-bit integer"),
    (schedule_from_text, SCHEDULE, "makespan=4", "makespan=9999999999", 1, "not a 32-bit integer"),
    (schedule_from_text, SCHEDULE, "0,1,3", "1_0", 3, "not a 32-bit integer"),
    (schedule_from_text, SCHEDULE, "0,1,3", "²", 3, "not a 32-bit integer"),
    (allocation_from_text, ALLOCATION, "56", "2147483648", 3, "not a 32-bit integer"),
    (layout_from_text, LAYOUT, "3.1", "31", 3, "is not a place"),
]


@pytest.mark.parametrize(("parse", "text", "old", "new", "line", "reason"), MISTAKES)
def test_a_mistake_is_named_with_its_line(parse, text, old, new, line, reason):
    assert old in text
    with pytest.raises(InputError) as caught:
        parse(text.replace(old, new, 1), "some.txt")
    found = caught.value.diagnostic
    assert (found.code, found.file, found.line) == ("SW213", "some.txt", line)
    assert reason in found.message


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize(
    "text",
    ["", "\0", "problem", "schedule operations=9999999999999 makespan=0", "9" * 100_000,
     "layout nodes=2000000000\nnode words\n", "a,b " * 100_000, "\n" * 100_000],
    ids=["empty", "zero", "short", "huge", "digits", "promises", "commas", "lines"],
)  # fmt: skip
def test_hostile_text_is_refused(parse, text):
    with pytest.raises(InputError, match="SW213"):
        parse(text)


@given(st.sampled_from([PROBLEM, SCHEDULE, ALLOCATION, LAYOUT]), st.data())
def test_garbled_text_is_read_or_refused(text, data):
    at = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(at, len(text)))
    garbled = text[:at] + data.draw(st.text(max_size=6)) + text[stop:]
    for parse in PARSERS:
        with suppress(InputError):  # any other exception fails the test
            parse(garbled)
