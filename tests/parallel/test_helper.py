"""A process that works for this one: answers, failures, deaths, and its end."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from slotweave.parallel.helper import Helper
from slotweave.parallel.pool import WorkFailedError
from support import cluster_work
from support.processes import is_running


@pytest.fixture
def helper() -> Iterator[Helper]:
    made = Helper()
    yield made
    made.close()


def test_it_is_another_process_and_stays_the_same(helper: Helper) -> None:
    first = helper.does(cluster_work.process_of, 0)
    assert first != os.getpid()
    assert helper.does(cluster_work.process_of, 0) == first


def test_what_the_work_raises_comes_back_and_the_process_goes_on(helper: Helper) -> None:
    with pytest.raises(WorkFailedError, match="ZeroDivisionError"):
        helper.does(cluster_work.divided, 0)
    assert helper.does(cluster_work.divided, 5) == 20


def test_what_the_work_prints_does_not_come_between(
    helper: Helper, capfd: pytest.CaptureFixture[str]
) -> None:
    assert helper.does(cluster_work.printed, "said") == "said"
    out, err = capfd.readouterr()
    assert (out, err) == ("", "said\n")


def test_a_process_that_dies_is_replaced_and_a_unit_that_ends_all_is_given_up(
    helper: Helper, tmp_path: Path
) -> None:
    assert helper.does(cluster_work.killed_once, (str(tmp_path), 7)) == 7
    with pytest.raises(WorkFailedError, match="3 processes ended over one unit"):
        helper.does(cluster_work.exits, 0)
    assert helper.does(cluster_work.divided, 4) == 25


def test_it_collects_no_garbage_and_memory_is_not_given_back_at_once(
    helper: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    assert gc.isenabled()
    assert helper.does(cluster_work.conditions, 0) == (False, False)


def test_it_ends_with_the_process_that_it_works_for() -> None:
    program = (
        "import os, signal\n"
        "from slotweave.parallel.helper import Helper\n"
        "from support import cluster_work\n"
        "print(Helper().does(cluster_work.process_of, 0), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    left = int(ended.stdout)
    waited = time.monotonic() + 10
    while is_running(left) and time.monotonic() < waited:
        time.sleep(0.01)
    assert not is_running(left)
