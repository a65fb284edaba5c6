"""Processes that do units of work: every unit answered once, whoever dies or dawdles."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Event, Value
from pathlib import Path
from typing import Any

import pytest

from slotweave.parallel import Crew, Pool, Serial, crew_of, pace
from slotweave.parallel.pool import WorkFailedError


@contextmanager
def pool(work: Callable[[Any], Any], workers: int = 2) -> Iterator[Pool]:
    made = Pool(work, workers)
    try:
        yield made
    finally:
        made.close()


def answered(crew: Crew) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    while answers := crew.answers():
        found += answers
    return found


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_unit_is_answered_once(workers: int) -> None:
    crew = crew_of(lambda unit: unit * unit, workers)
    try:
        for unit in range(20):
            crew.give(f"unit {unit}", unit)
        found = answered(crew)
    finally:
        crew.close()
    assert sorted(found) == sorted((f"unit {unit}", unit * unit) for unit in range(20))


def test_one_worker_is_this_process() -> None:
    assert isinstance(crew_of(str, 1), Serial)
    with pool(str) as crew:
        assert os.getpid() not in crew.process_ids


def test_a_worker_that_is_killed_loses_no_unit(tmp_path: Path) -> None:
    """Each unit kills its process the first time that it is tried."""

    def work(unit: int) -> int:
        tried = tmp_path / str(unit)
        if not tried.exists():
            tried.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return unit

    with pool(work) as crew:
        before = set(crew.process_ids)
        for unit in range(6):
            crew.give(unit, unit)
        assert sorted(answered(crew)) == [(unit, unit) for unit in range(6)]
        assert len(crew.process_ids) == 2
        assert not before & set(crew.process_ids)


def test_workers_killed_while_idle_are_replaced() -> None:
    with pool(str) as crew:
        for process in crew.process_ids:
            os.kill(process, signal.SIGKILL)
        crew.give("a", 1)
        assert answered(crew) == [("a", "1")]


def test_a_unit_that_kills_whoever_tries_it_is_given_up() -> None:
    with pool(lambda _unit: os.kill(os.getpid(), signal.SIGKILL)) as crew:
        crew.give("a", 1)
        with pytest.raises(WorkFailedError, match="3 processes ended over one unit"):
            answered(crew)


def test_an_exception_in_the_work_is_raised_with_its_trace() -> None:
    with pool(lambda unit: 1 // unit) as crew:
        crew.give("a", 0)
        with pytest.raises(WorkFailedError, match="ZeroDivisionError"):
            answered(crew)


def test_a_straggler_is_given_out_twice_and_the_first_answer_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first process to try the unit waits until the second one has answered."""
    monkeypatch.setattr(pace, "STRAGGLES", 0.0)
    monkeypatch.setattr(pace, "TIMES_MEDIAN", 0.0)
    tries, never = Value("i", 0), Event()

    def work(unit: int) -> int:
        with tries.get_lock():
            tries.value += unit
            first = tries.value == 1
        if unit and first:
            never.wait()
        return unit

    with pool(work) as crew:
        crew.give("quick", 0)
        assert answered(crew) == [("quick", 0)]
        crew.give("slow", 1)
        assert answered(crew) == [("slow", 1)]
        assert tries.value == 2


def test_waiting_may_end_before_there_is_an_answer() -> None:
    never = Event()
    with pool(lambda _unit: never.wait()) as crew:
        crew.give("a", 1)
        assert crew.answers(0.01) == []


def test_workers_leave_when_their_master_is_killed() -> None:
    """The pipe that the grandchildren hold is at its end only when all of them are gone."""
    reader, writer = os.pipe()
    master = os.fork()
    if master == 0:
        os.close(reader)
        crew = Pool(str, 3)
        crew.give("a", 1)
        crew.answers()
        os.write(writer, b"ready")
        signal.pause()
    os.close(writer)
    assert os.read(reader, 5) == b"ready"
    os.kill(master, signal.SIGKILL)
    os.waitpid(master, 0)
    assert os.read(reader, 1) == b""
    os.close(reader)
