"""A Dask cluster as a crew: the same units of work, on any number of machines.

Units go out in batches of a task each, as many as there are workers for. Dask's scheduler gives a
task that was lost with its worker to another one; a unit that ends one worker after another is
given up. A task that takes far longer than the others is given out a second time when somebody has
nothing to do; the first answer counts. Nothing of a solver's, and no exit of an interpreter, leaves
a worker: an exception comes back as text.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.parallel.crew import Answers, Work
from slotweave.parallel.pace import Pace
from slotweave.parallel.pool import WorkFailedError

#: Seconds until a cluster that does not answer is refused.
PATIENCE = 10.0

#: Seconds without any worker after which a cluster is given up. Workers that cannot import the work
#: end when it reaches them, one after the other, and Dask waits for others without a word.
LONELY = 120.0

#: Seconds that the answers of a task that has ended may take to come.
RESULT = 20.0

#: Seconds between two looks at the workers.
_LOOK = 1.0


@dataclass(eq=False)
class _Batch:
    """Units that are one task, since when they are given out, and the futures of that task: two if
    it takes too long."""

    units: list[tuple[Hashable, Any]]
    since: float
    futures: list[Any]


class Cluster:
    """The workers of the Dask scheduler at `address`; `batch` units make a task, or fewer.

    Raises InputError: SW217 if Dask is not installed, SW228 if the scheduler does not answer.
    """

    def __init__(self, work: Work, address: str, batch: int = 1) -> None:
        try:
            distributed: Any = import_module("distributed")  # without types
        except ImportError:
            reason = "a cluster needs Dask: pip install 'slotweave[cluster]'"
            raise InputError(Diagnostic("SW217", reason)) from None
        try:
            self._client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            why = (str(error).strip() or type(error).__name__).splitlines()[0]
            reason = f"the cluster {address!r} cannot be used: {why}"
            raise InputError(Diagnostic("SW228", reason)) from None
        self._address = address
        self._work, self._batch = partial(answered, work), batch
        self._waiting: deque[tuple[Hashable, Any]] = deque()
        self._open: dict[Any, _Batch] = {}  # by the keys of their futures
        self._busy: set[Any] = set()  # the keys of those that have not ended
        self._ended: SimpleQueue[Any] = SimpleQueue()  # futures
        # Futures that are not needed any more. To release one is a message, and the client waits
        # 10 ms before it sends another one: what a worker is to do next comes first.
        self._spent: list[Any] = []
        self._pace = Pace()
        self._looked = self._worked = time.monotonic()  # at the workers; when there were any
        self.workers = self._count()

    def give(self, key: Hashable, unit: Any) -> None:
        self._waiting.append((key, unit))

    def answers(self, seconds: float | None = None) -> Answers:
        """Raises InputError (SW228) if the cluster has no worker for a while."""
        del seconds  # a cluster is waited for
        self._worked = time.monotonic()
        while self._waiting or self._open:
            self._look_at_workers()
            self._send()
            self._spent.clear()
            try:
                ended = self._ended.get(timeout=min(_LOOK, LONELY))
            except Empty:
                continue
            self._busy.discard(ended.key)
            self._send()  # its worker need not wait until the answers have come
            if found := self._answers_of(ended):
                return found
        return []

    def close(self) -> None:
        self._client.close()

    def _answers_of(self, future: Any) -> Answers:
        """The answers of a task that has ended: none if another one was faster, and none, yet, if
        they were lost with their worker since."""
        batch = self._open.get(future.key)
        if batch is None:
            return []
        if future.status in ("pending", "lost"):
            self._watch(future)
            return []
        if future.status != "finished":
            raise WorkFailedError(f"the cluster gave a task up: {future.exception()!r}")
        try:
            rows = future.result(timeout=RESULT)
        except TimeoutError:  # its worker ended just now, and another one works it out again
            self._watch(future)
            return []
        self._pace.took(time.monotonic() - batch.since)
        for each in batch.futures:
            del self._open[each.key]
            self._busy.discard(each.key)
        self._spent += batch.futures
        answers = []
        for (key, _unit), (failed, answer) in zip(batch.units, rows, strict=True):
            if failed:
                raise WorkFailedError(answer)
            answers.append((key, answer))
        return answers

    def _watch(self, future: Any) -> None:
        self._busy.add(future.key)
        future.add_done_callback(self._ended.put)

    def _look_at_workers(self) -> None:
        """Raise InputError (SW228) if no worker has been seen for a while."""
        now = time.monotonic()
        if now - self._looked < min(_LOOK, LONELY):
            return
        self._looked, self.workers = now, self._count()
        if self.workers:
            self._worked = now
        elif now - self._worked > LONELY:
            reason = (
                f"the cluster {self._address!r} has no worker; those that cannot import "
                "slotweave, or the kernel's file, end when work reaches them (see their logs)"
            )
            raise InputError(Diagnostic("SW228", reason))

    def _count(self) -> int:
        """How many units the cluster does at a time now."""
        return sum(self._client.nthreads().values())

    def _send(self) -> None:
        """Give out what waits, no more tasks than there are workers.

        Dask gives tasks to workers as they come, by how long such tasks took on average: short ones
        would wait behind long ones while others have nothing to do.
        """
        batches: list[list[tuple[Hashable, Any]]] = []
        room = max(1, self.workers) - len(self._busy)
        while self._waiting and len(batches) < room:
            size = min(self._batch, len(self._waiting))
            batches.append([self._waiting.popleft() for _ in range(size)])
        if batches:
            self._submit([_Batch(units, time.monotonic(), []) for units in batches])
        elif room > 0:
            self._submit([each for each in self._open.values() if self._straggles(each)][:room])

    def _straggles(self, batch: _Batch) -> bool:
        """Whether it takes too long, and one worker is after it."""
        at_work = [each.key in self._busy for each in batch.futures]
        return at_work == [True] and self._pace.left(batch.since) <= 0

    def _submit(self, batches: list[_Batch]) -> None:
        """Give out a task for each of `batches`: together they cost little more than one."""
        if not batches:
            return
        units = [[unit for _key, unit in batch.units] for batch in batches]
        for batch, future in zip(
            batches, self._client.map(self._work, units, pure=False), strict=True
        ):
            batch.futures.append(future)
            self._open[future.key] = batch
            self._watch(future)


def answered(work: Work, units: list[Any]) -> list[tuple[bool, Any]]:
    """For each unit whether the work failed, and the answer or what was raised."""
    return [_answered(work, unit) for unit in units]


def _answered(work: Work, unit: Any) -> tuple[bool, Any]:
    try:
        return False, work(unit)
    except (Exception, SystemExit):  # an exit would take the worker down
        return True, traceback.format_exc()
