"""Scoring on other machines: what a plan is wanted for, as data that any process can read.

A worker looks the kernel up by its name, or runs its file, which must lie there at the same path.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache, lru_cache

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.extensions import kernels
from slotweave.frontend.load import load_kernel_file
from slotweave.machine import machine_from_toml, machine_to_toml
from slotweave.parallel import SharedValues
from slotweave.parallel.helper import Helper
from slotweave.tuning.answers import Answer, Unit, evaluated
from slotweave.tuning.score import Task


@dataclass(frozen=True)
class RemoteTask:
    """A task by the name of its kernel; `machine` is TOML. Calling it scores a unit of plans, by a
    process that is begun for that.

    Workers on one machine share the problems of one `search`, if it has a name.
    """

    kernel: str
    parameters: tuple[tuple[str, int], ...]
    contract: str
    machine: str
    search: str

    def __call__(self, unit: Unit) -> tuple[Answer, ...]:
        found: tuple[Answer, ...] = _helper(threading.get_ident()).does(self.scored, unit)
        return found

    def scored(self, unit: Unit) -> tuple[Answer, ...]:
        """The answers to a unit of plans, worked out by this process."""
        return evaluated(_task(self), unit)


def remote_task(task: Task) -> RemoteTask:
    """`task` as data. Raises InputError (SW228) for a kernel that other processes cannot find."""
    name = task.kernel.name
    if name not in kernels() and ".py:" not in name:
        reason = (
            f"the workers of a cluster cannot find the kernel {name!r}: give it as file.py:name"
        )
        raise InputError(Diagnostic("SW228", reason))
    values = tuple(sorted(task.parameters.items()))
    search = "" if task.shared is None else task.shared.name
    return RemoteTask(name, values, task.contract, machine_to_toml(task.machine), search)


@cache
def _helper(_thread: int) -> Helper:
    """The process that works for a thread of this one."""
    return Helper()


@lru_cache(maxsize=4)
def _task(remote: RemoteTask) -> Task:
    """The task, which keeps the problems that it has posed."""
    machine = machine_from_toml(remote.machine)
    known = kernels().get(remote.kernel)
    kernel = known or load_kernel_file(remote.kernel, machine.vector_length)
    shared = SharedValues(remote.search) if remote.search else None
    return Task(kernel, machine, dict(remote.parameters), remote.contract, shared)
