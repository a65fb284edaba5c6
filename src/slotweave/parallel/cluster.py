"""A Dask cluster as a crew: the same units of work, on any number of machines.

Units go out in batches of a task each. Dask's scheduler gives a task that was lost with its worker
to another one; a unit that ends one worker after another is given up. Nothing of a solver's, and no
exit of an interpreter, leaves a worker: an exception comes back as text.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Hashable
from functools import partial
from importlib import import_module
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.parallel.crew import Answers, Work
from slotweave.parallel.pool import WorkFailedError

#: Seconds until a cluster that does not answer is refused.
PATIENCE = 10.0

#: Seconds without any worker after which a cluster is given up. Workers that cannot import the work
#: end when it reaches them, one after the other, and Dask waits for others without a word.
LONELY = 120.0

#: Seconds that the answers of a task that has ended may take to come.
RESULT = 20.0

#: Seconds between two looks at what has ended, at most, and at the workers.
_LOOK, _LOOK_AT_WORKERS = 0.05, 1.0


class Cluster:
    """The workers of the Dask scheduler at `address`; `batch` units make a task.

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
        self._waiting: list[tuple[Hashable, Any]] = []
        self._keys: dict[Any, list[Hashable]] = {}
        self._worked = time.monotonic()  # when a worker was last seen
        self._done = distributed.as_completed(loop=self._client.loop)

    def give(self, key: Hashable, unit: Any) -> None:
        self._waiting.append((key, unit))

    def answers(self, seconds: float | None = None) -> Answers:
        """Raises InputError (SW228) if the cluster has no worker for a while."""
        del seconds  # a cluster is waited for
        self._send()
        self._worked = time.monotonic()
        found: Answers = []
        while self._keys and not found:
            for future in self._ended():
                found += self._answers_of(future)
        return found

    def _answers_of(self, future: Any) -> Answers:
        """The answers of a task; none, yet, of one that was lost with its worker after it ended."""
        if future.status in ("pending", "lost"):
            self._done.add(future)
            return []
        if future.status != "finished":
            raise WorkFailedError(f"the cluster gave a task up: {future.exception()!r}")
        try:
            rows = future.result(timeout=RESULT)
        except TimeoutError:  # its worker ended just now, and another one works it out again
            self._expect_workers()
            self._done.add(future)
            return []
        answers = []
        for key, (failed, answer) in zip(self._keys.pop(future.key), rows, strict=True):
            if failed:
                raise WorkFailedError(answer)
            answers.append((key, answer))
        return answers

    def _ended(self) -> list[Any]:
        """The futures that have ended since, one or more."""
        pause = 0.001
        looked = time.monotonic()
        while not (ended := list(self._done.next_batch(block=False))):
            time.sleep(pause)
            pause, now = min(2 * pause, _LOOK), time.monotonic()
            if now - looked < min(_LOOK_AT_WORKERS, LONELY):
                continue
            looked = now
            self._expect_workers()
        return ended

    def _expect_workers(self) -> None:
        """Raise InputError (SW228) if no worker has been seen for a while."""
        now = time.monotonic()
        if self._client.scheduler_info()["workers"]:
            self._worked = now
        elif now - self._worked > LONELY:
            reason = (
                f"the cluster {self._address!r} has no worker; those that cannot import "
                "slotweave, or the kernel's file, end when work reaches them (see their logs)"
            )
            raise InputError(Diagnostic("SW228", reason))

    def close(self) -> None:
        self._done.clear()
        self._client.close()

    def _send(self) -> None:
        """Give out what waits."""
        for first in range(0, len(self._waiting), self._batch):
            batch = self._waiting[first : first + self._batch]
            units = [unit for _key, unit in batch]
            future = self._client.submit(self._work, units, pure=False)
            self._keys[future.key] = [key for key, _unit in batch]
            self._done.add(future)
        self._waiting.clear()


def answered(work: Work, units: list[Any]) -> list[tuple[bool, Any]]:
    """For each unit whether the work failed, and the answer or what was raised."""
    return [_answered(work, unit) for unit in units]


def _answered(work: Work, unit: Any) -> tuple[bool, Any]:
    try:
        return False, work(unit)
    except (Exception, SystemExit):  # an exit would take the worker down
        return True, traceback.format_exc()
