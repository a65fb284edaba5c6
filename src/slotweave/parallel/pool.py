"""Processes on this machine that do units of work; each holds one unit at a time.

Guarantees: every unit given out is answered once, whatever happens to the processes, unless it
itself ends them. A process that dies loses the unit that it held, which is given out again, and
another one takes its place. A unit that takes far longer than the others is given out a second time
when somebody has nothing to do; the first answer counts. When this process dies, however that
happens, its workers read the end of their pipes and leave.

Workers are forked, so the work may be any function, of kernels that exist in this process alone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any

from slotweave.parallel.crew import Answers, Crew, Serial, Work
from slotweave.parallel.pace import Pace

#: As many processes may die of one unit before it is given up.
MOST_DEATHS = 3


class WorkFailedError(RuntimeError):
    """The work on a unit raised an exception, or ended the processes that tried it."""


@dataclass(eq=False)
class _Worker:
    """A process, the pipe to it, and what it holds since when."""

    process: ForkProcess
    pipe: Connection
    key: Hashable = None
    since: float = 0.0
    holds: bool = False


@dataclass
class _Given:
    """A unit that is not answered: how many hold it, and how many processes died of it."""

    unit: Any
    holders: int = 0
    deaths: int = 0


def crew_of(work: Work, workers: int) -> Crew:
    """This process alone, or so many others."""
    return Serial(work) if workers == 1 else Pool(work, workers)


class Pool:
    """`workers` processes that do `work`."""

    def __init__(self, work: Work, workers: int) -> None:
        self._work, self.workers = work, workers
        self._context = multiprocessing.get_context("fork")
        self._queue: deque[Hashable] = deque()
        self._given: dict[Hashable, _Given] = {}
        self._pace = Pace()
        self._workers: list[_Worker] = []
        for _ in range(workers):
            self._workers.append(self._hired())

    @property
    def process_ids(self) -> list[int]:
        """Those of the workers."""
        return [worker.process.pid or 0 for worker in self._workers]

    def give(self, key: Hashable, unit: Any) -> None:
        self._given[key] = _Given(unit)
        self._queue.append(key)

    def answers(self, seconds: float | None = None) -> Answers:
        ends = None if seconds is None else time.monotonic() + seconds
        while self._given:
            self._hand_out()
            left = None if ends is None else max(0.0, ends - time.monotonic())
            ready = wait([worker.pipe for worker in self._workers], self._patience(left))
            found = [answer for worker in self._reporting(ready) for answer in self._heard(worker)]
            if found or (ends is not None and time.monotonic() >= ends):
                self._hand_out()  # nobody waits for what the caller makes of the answers
                return found
        return []

    def close(self) -> None:
        for worker in self._workers:
            worker.pipe.close()
            worker.process.kill()
            worker.process.join()
        self._workers.clear()

    def _hired(self) -> _Worker:
        mine, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(self._work, theirs), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, mine)

    def _reporting(self, ready: Sequence[Any]) -> list[_Worker]:
        return [worker for worker in self._workers if worker.pipe in ready]

    def _hand_out(self) -> None:
        for worker in [each for each in self._workers if not each.holds]:
            key = self._next()
            if key is None:
                return
            self._send(worker, key)

    def _send(self, worker: _Worker, key: Hashable) -> None:
        given = self._given[key]
        given.holders += 1
        worker.key, worker.since, worker.holds = key, time.monotonic(), True
        try:
            worker.pipe.send(given.unit)
        except OSError:  # it is dead, which reading from it will show
            return

    def _next(self) -> Hashable | None:
        """The unit to give out next; None if nobody has to do anything."""
        while self._queue:
            key = self._queue.popleft()
            if key in self._given:
                return key
        slow = [worker for worker in self._workers if worker.holds and self._straggles(worker)]
        return slow[0].key if slow else None

    def _straggles(self, worker: _Worker) -> bool:
        return self._works_alone(worker) and self._pace.left(worker.since) <= 0

    def _works_alone(self, worker: _Worker) -> bool:
        """Whether its answer is still wanted, and nobody else is after it."""
        return worker.key in self._given and self._given[worker.key].holders == 1

    def _patience(self, left: float | None) -> float | None:
        """How long to wait: until something straggles, if somebody could help, or `left`."""
        busy = [worker for worker in self._workers if worker.holds]
        if len(busy) == len(self._workers):
            return left
        waits = [
            max(0.0, self._pace.left(worker.since)) for worker in busy if self._works_alone(worker)
        ]
        return min((*waits, *(() if left is None else (left,))), default=None)

    def _heard(self, worker: _Worker) -> Answers:
        """The answer of a worker, if it is the first one to its unit."""
        try:
            failed, answer = worker.pipe.recv()
        except (EOFError, OSError):
            self._replace(worker)
            return []
        key, worker.holds = worker.key, False
        self._pace.took(time.monotonic() - worker.since)
        if key not in self._given:
            return []
        del self._given[key]
        if failed:
            raise WorkFailedError(answer)
        return [(key, answer)]

    def _replace(self, dead: _Worker) -> None:
        """Another process in the place of a dead one; what that held is given out again."""
        dead.pipe.close()
        dead.process.join()
        at = self._workers.index(dead)
        del self._workers[at]
        self._workers.insert(at, self._hired())
        given = self._given.get(dead.key) if dead.holds else None
        if given is None:
            return
        given.holders -= 1
        given.deaths += 1
        if given.deaths >= MOST_DEATHS:
            code = dead.process.exitcode
            reason = f"{MOST_DEATHS} processes ended over one unit, the last with code {code}"
            raise WorkFailedError(reason)
        self._queue.appendleft(dead.key)


def _serve(work: Work, pipe: Connection) -> None:
    """Answer what comes through `pipe` until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who began the work decides when it ends
    _close_all_but(pipe.fileno())
    while True:
        try:
            unit = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (False, work(unit))
        except Exception:
            answer = (True, traceback.format_exc())
        try:
            pipe.send(answer)
        except OSError:
            return


def _close_all_but(pipe: int) -> None:
    """Give up what the master had open: its locks, its connections, its ends of other pipes.

    Else they would outlive it for as long as a worker does.
    """
    first = 3  # after stdin, stdout and stderr
    os.closerange(first, pipe)
    os.closerange(max(first, pipe + 1), os.sysconf("SC_OPEN_MAX"))
