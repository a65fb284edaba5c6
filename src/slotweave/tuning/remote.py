"""Scoring on other machines: what a plan is wanted for, as data that any process can read.

A worker looks the kernel up by its name, or runs its file, which must lie there at the same path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from slotweave.base.collecting import uncollected
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.extensions import kernels
from slotweave.frontend.load import load_kernel_file
from slotweave.machine import machine_from_toml, machine_to_toml
from slotweave.parallel import SharedValues
from slotweave.parallel.freed_pages import keep_freed_pages
from slotweave.tuning.answers import Answer, Unit, evaluated
from slotweave.tuning.score import Task


@dataclass(frozen=True)
class RemoteTask:
    """A task by the name of its kernel; `machine` is TOML. Calling it scores a unit of plans.

    Workers on one machine share the problems of one `search`, if it has a name.
    """

    kernel: str
    parameters: tuple[tuple[str, int], ...]
    contract: str
    machine: str
    search: str

    def __call__(self, unit: Unit) -> tuple[Answer, ...]:
        with uncollected():
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


@lru_cache(maxsize=4)
def _task(remote: RemoteTask) -> Task:
    """The task, which keeps the problems that it has posed."""
    keep_freed_pages()
    machine = machine_from_toml(remote.machine)
    known = kernels().get(remote.kernel)
    kernel = known or load_kernel_file(remote.kernel, machine.vector_length)
    shared = SharedValues(remote.search) if remote.search else None
    return Task(kernel, machine, dict(remote.parameters), remote.contract, shared)
