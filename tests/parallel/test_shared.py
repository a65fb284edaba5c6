"""Values shared by processes: whole or not there, whoever dies while writing them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from slotweave.parallel import Pool, SharedValues
from slotweave.parallel.shared import PLACES

LONG = list(range(100_000))


@pytest.fixture
def shared() -> Iterator[SharedValues]:
    made = SharedValues()
    yield made
    made.close()


def in_another_process(do: Callable[[], None]) -> int:
    """How a fork of this process ends that does so."""
    child = os.fork()
    if not child:
        do()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def test_what_another_process_has_put_is_there(shared: SharedValues) -> None:
    assert shared.get("long") is None
    assert in_another_process(lambda: shared.put("long", LONG)) == 0
    assert shared.get("long") == LONG


def test_a_value_makes_room_for_another_and_is_never_taken_for_it(shared: SharedValues) -> None:
    keys = [f"value {number}" for number in range(4 * PLACES)]
    for number, key in enumerate(keys):
        shared.put(key, list(range(number)))
    kept = {key: shared.get(key) for key in keys}
    there = [key for key in keys if kept[key] is not None]
    assert PLACES // 2 < len(there) <= PLACES
    assert all(kept[key] == list(range(keys.index(key))) for key in there)


@pytest.mark.parametrize("writes", [1, 2])
def test_what_a_process_did_not_write_whole_is_not_there(
    shared: SharedValues, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """It is killed after so many writes, while it has the lock."""
    shared.put("one", "as it was")
    left = [writes]
    write = os.pwrite

    def dying(file: int, text: bytes, offset: int) -> int:
        done = write(file, text, offset)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", dying)
        ended = in_another_process(lambda: shared.put("one", LONG))
    assert os.WTERMSIG(ended) == signal.SIGKILL
    assert shared.get("one") is None
    shared.put("one", LONG)
    assert shared.get("one") == LONG


def test_what_does_not_fit_on_the_disk_is_not_kept(
    shared: SharedValues, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.pwrite

    def full(file: int, text: bytes, offset: int) -> int:
        if offset:
            raise OSError(28, "no space")
        return write(file, text, offset)

    monkeypatch.setattr(os, "pwrite", full)
    shared.put("one", LONG)
    assert shared.get("one") is None


def test_workers_of_a_pool_leave_shared_values_open(shared: SharedValues) -> None:
    def work(unit: int) -> int | None:
        found: int | None = shared.get(str(unit))
        shared.put(str(unit), unit)
        return found

    pool = Pool(work, 2, shared.descriptors)
    try:
        for turn in range(2):
            pool.give(turn, 7)
            assert pool.answers() == [(turn, 7 if turn else None)]
    finally:
        pool.close()
    assert shared.get("7") == 7
