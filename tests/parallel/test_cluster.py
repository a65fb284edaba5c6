"""A Dask cluster on this machine does the same units of work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slotweave.base.budget import Budget
from slotweave.base.diagnostics import InputError
from slotweave.names import job
from slotweave.parallel import Cluster
from slotweave.parallel.pool import WorkFailedError
from slotweave.tuning.run import Keeping, run
from slotweave.tuning.score import Task
from slotweave.tuning.search import ROUND, State
from slotweave.tuning.store import Store
from support.cluster_work import exits, killed_once, slow_once

distributed = pytest.importorskip("distributed", reason="Dask is the extra `cluster`")
dask = pytest.importorskip("dask", reason="Dask is the extra `cluster`")

SHAPE: dict[str, Any] = {"height": 4, "rounds": 6, "batch": 32}
JOB = job("tree-hash", **SHAPE)
TASK = Task(JOB.kernel, JOB.machine, JOB.parameters, JOB.contract)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The scheduler of two workers.

    Some seconds after each loss of a worker, a local cluster ends the process that restarts it if
    it is not back at that very moment, as may be where the next one is lost: hence an hour.
    """
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    patience = dask.config.set({"distributed.deploy.lost-worker-timeout": "1h"})
    with patience, distributed.LocalCluster(**options, silence_logs=50) as cluster:
        yield cluster.scheduler_address


def answers(crew: Cluster, count: int) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    while len(found) < count:
        found += crew.answers()
    assert crew.answers() == []
    return found


def searched(cluster: str | None) -> dict[int, State]:
    store = Store(":memory:")
    steps = run(TASK, JOB.plan, [3], Keeping(store, "s"), Budget(2 * ROUND), cluster=cluster)
    return dict(list(steps)[-1].states)


@pytest.mark.parametrize("batch", [1, 7])
def test_every_unit_is_answered_once(address: str, batch: int) -> None:
    crew = Cluster(abs, address, batch)
    for unit in range(20):
        crew.give(unit, -unit)
    assert sorted(answers(crew, 20)) == [(unit, unit) for unit in range(20)]
    crew.close()


def test_a_search_on_a_cluster_is_the_search_of_this_process(address: str) -> None:
    assert searched(address) == searched(None)


@pytest.mark.parametrize("count", [2, pytest.param(50, marks=pytest.mark.long)])
def test_a_worker_that_is_killed_loses_no_unit(count: int, address: str, tmp_path: Path) -> None:
    """Each unit kills its worker the first time that it is tried."""
    crew = Cluster(killed_once, address)
    for unit in range(count):
        crew.give(unit, (str(tmp_path), unit))
    assert sorted(answers(crew, count)) == [(unit, unit) for unit in range(count)]
    crew._client.wait_for_workers(2, timeout=60)  # the tests that follow want both
    crew.close()


def test_an_exit_in_the_work_comes_back_as_text(address: str) -> None:
    crew = Cluster(exits, address)
    crew.give(0, 0)
    with pytest.raises(WorkFailedError, match="SystemExit: 3"):
        crew.answers()
    crew.close()


def test_a_cluster_without_workers_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("slotweave.parallel.cluster.LONELY", 0.1)
    with distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as empty:
        crew = Cluster(abs, empty.scheduler_address)
        crew.give(0, -1)
        with pytest.raises(InputError, match=r"SW228 the cluster '.*' has no worker"):
            crew.answers()
        crew.close()


def test_answers_that_are_lost_with_the_last_worker_are_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if both workers were killed between the end of a task and the fetching of its answers."""
    for name, seconds in (("LONELY", 0.1), ("RESULT", 0.01)):
        monkeypatch.setattr(f"slotweave.parallel.cluster.{name}", seconds)
    options = {"n_workers": 0, "dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(**options) as empty:
        crew = Cluster(abs, empty.scheduler_address)
        monkeypatch.setattr(distributed.Future, "status", "finished")
        crew.give(0, -1)
        with pytest.raises(InputError, match=r"SW228 the cluster '.*' has no worker"):
            crew.answers()
        crew.close()


def test_no_more_is_given_out_than_workers_can_do(address: str) -> None:
    """Dask would give short tasks to a worker that is at a long one."""
    crew = Cluster(abs, address)
    for unit in range(5):
        crew.give(unit, -unit)
    assert crew.workers == 2
    assert len(crew.answers()) == 1
    assert len(crew._open) == len(crew._waiting) == 2
    assert len(answers(crew, 4)) == 4
    crew.close()


def test_a_straggler_is_given_out_twice_and_the_first_answer_counts(
    monkeypatch: pytest.MonkeyPatch, address: str, tmp_path: Path
) -> None:
    """The first worker to try the unit waits until the second one has answered."""
    monkeypatch.setattr("slotweave.parallel.pace.STRAGGLES", 0.0)
    monkeypatch.setattr("slotweave.parallel.pace.TIMES_MEDIAN", 0.0)
    monkeypatch.setattr("slotweave.parallel.cluster._LOOK", 0.05)
    crew = Cluster(slow_once, address)
    crew.give("quick", "")
    assert answers(crew, 1) == [("quick", "")]
    crew.give("slow", str(tmp_path))
    assert answers(crew, 1) == [("slow", str(tmp_path))]
    assert sorted(tried.name for tried in tmp_path.iterdir()) == ["again", "first"]
    crew.close()


def test_what_has_ended_is_not_given_out_again(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Its worker is free before its answer has come, and nothing else waits."""
    crew = Cluster(abs, address)
    crew.give(0, -1)
    assert answers(crew, 1) == [(0, 1)]
    monkeypatch.setattr("slotweave.parallel.pace.STRAGGLES", 0.0)
    monkeypatch.setattr("slotweave.parallel.pace.TIMES_MEDIAN", 0.0)
    given: list[Any] = []
    submit = crew._submit
    monkeypatch.setattr(crew, "_submit", lambda batches: (given.extend(batches), submit(batches)))
    crew.give(1, -2)
    assert answers(crew, 1) == [(1, 2)]
    assert len(given) == 1
    crew.close()


def test_a_cluster_that_does_not_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slotweave.parallel.cluster.PATIENCE", 0.2)
    with pytest.raises(InputError, match=r"SW228 the cluster 'tcp://127.0.0.1:9'"):
        Cluster(abs, "tcp://127.0.0.1:9")


def test_a_kernel_that_workers_cannot_find_is_refused() -> None:
    def own(k, n=8):
        """writes ones"""
        k.region("x", 0, n, output=True).vstore(0, k.literal_vector(1))

    made = job(own)
    task = Task(made.kernel, made.machine, made.parameters, made.contract)
    steps = run(task, made.plan, [0], Keeping(Store(":memory:"), "s"), Budget(1), cluster="tcp://x")
    with pytest.raises(InputError, match="SW228 the workers of a cluster cannot find"):
        list(steps)
