"""Values shared by processes: whole or not there, whoever dies while writing them."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

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


def test_what_a_process_did_not_write_whole_is_not_there(
    shared: SharedValues, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is killed before the file gets its name."""
    shared.put("one", "as it was")

    def dies(_path: Path, _target: Path) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", dies)
        ended = in_another_process(lambda: shared.put("one", LONG))
    assert os.WTERMSIG(ended) == signal.SIGKILL
    assert shared.get("one") == "as it was"
    shared.put("one", LONG)
    assert shared.get("one") == LONG


def test_what_does_not_fit_on_the_disk_is_not_kept(
    shared: SharedValues, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _text: bytes) -> int:
        raise OSError(28, "no space")

    monkeypatch.setattr(Path, "write_bytes", full)
    shared.put("one", LONG)
    assert shared.get("one") is None


def test_workers_of_a_pool_share_and_so_does_who_knows_the_name(shared: SharedValues) -> None:
    def work(unit: int) -> int | None:
        found: int | None = shared.get(str(unit))
        shared.put(str(unit), unit)
        return found

    pool = Pool(work, 2)
    try:
        for turn in range(2):
            pool.give(turn, 7)
            assert pool.answers() == [(turn, 7 if turn else None)]
    finally:
        pool.close()
    assert shared.get("7") == 7
    assert SharedValues(shared.name).get("7") == 7
    assert SharedValues().get("7") is None


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where folders of shared values lie."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_goes_with_its_last_user(folders: Path) -> None:
    one = SharedValues()
    other = SharedValues(one.name)
    one.put("key", 1)
    one.close()
    assert (one.get("key"), other.get("key")) == (None, 1)
    assert in_another_process(lambda: None) == 0  # it was no user
    assert len(list(folders.iterdir())) == 1
    other.close()
    assert not list(folders.iterdir())


def test_what_killed_processes_left_goes_when_the_next_one_begins(folders: Path) -> None:
    def killed() -> None:
        left = SharedValues()
        left.put("key", LONG)
        os.kill(os.getpid(), signal.SIGKILL)

    held = SharedValues()
    assert os.WTERMSIG(in_another_process(killed)) == signal.SIGKILL
    assert len(list(folders.iterdir())) == 2
    SharedValues().close()
    (left,) = folders.iterdir()
    assert held.name in left.name
    held.close()


def test_a_folder_that_others_may_write_to_is_not_read(folders: Path) -> None:
    first = SharedValues("name")
    first.put("key", 1)
    (folder,) = folders.iterdir()
    folder.chmod(0o777)
    assert SharedValues("name").get("key") is None
    folder.chmod(0o700)
    assert SharedValues("name").get("key") == 1


def test_without_a_place_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    shared = SharedValues()
    shared.put("key", 1)
    assert shared.get("key") is None
