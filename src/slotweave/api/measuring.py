"""Verbs that measure Slotweave itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from slotweave.arguments import function_of, seconds, several, whole_number
from slotweave.driver.job import Job
from slotweave.names import AnyKernel, AnyMachine, job_of, kernel_of, machine_named
from slotweave.results.measured import KernelsMeasured, Speeds


def measure_speed(
    what: Job | AnyKernel,
    *,
    repeat: int = 20,
    watch: Callable[[str, float], None] = lambda _name, _seconds: None,
    **options: Any,
) -> Speeds:
    """The seconds that each kind of work takes for a job, or a kernel with the options of `job`.

    Of `repeat` runs the fastest counts; those of a candidate of `tune` are the processor's. `watch`
    is told of each kind of work that was measured. This takes a minute or more.

    Raises InputError for what is wrong with the job, SW212 for a wrong `repeat`.

    >>> sw.measure_speed("saxpy", n=16, repeat=0)
    Traceback (most recent call last):
    slotweave.base.diagnostics.InputError: SW212 repeat must be at least 1, not 0
    """
    from slotweave.bench.baseline import ratios, recorded_baseline
    from slotweave.bench.measure import measure
    from slotweave.tuning.rate import seconds_of_candidate

    job, tell = job_of(what, options), function_of("watch", watch)
    runs = whole_number("repeat", repeat, 1)
    subject = {
        "kernel": job.kernel.name, "params": dict(job.parameters), "contract": job.contract,
        "plan": job.plan.name, "machine": job.machine.name,
    }  # fmt: skip
    took: dict[str, float] = {}
    for name, one in measure(job, runs):
        took[name] = one
        tell(name, one)
    candidate = seconds_of_candidate(job)
    if candidate is not None:
        took["candidate"] = candidate
        tell("candidate", candidate)
    return Speeds(subject, took, ratios(took, subject, recorded_baseline()))


def measure_kernels(
    kernels: Iterable[AnyKernel] | None = None,
    machines: Iterable[AnyMachine] | None = None,
    *,
    exact: float = 0.0,
    watch: Callable[[str], None] = lambda _text: None,
) -> KernelsMeasured:
    """Compile each kernel for each machine, unrolled and with loops: cycles, bounds, intervals.

    All kernels, and all built-in machines, if left out; a kernel without both forms is passed over.
    For `exact` seconds each, CP-SAT searches for a period shorter than one that no bound shows to
    be the least. `watch` is told of each row
    in words.

    Raises InputError: SW201 for an unknown kernel, SW208 for a machine, SW212 for a wrong `exact`.

    >>> sw.measure_kernels(["saxpy"], ["minimal"])
    <1 kernel measured on 1 machine>
    """
    from slotweave.bench.kernels import measured_kernels
    from slotweave.extensions import kernels as registered
    from slotweave.machine.builtin import BUILTIN

    named = BUILTIN.values() if machines is None else several("machines", machines)
    targets = tuple([machine_named(each) for each in named])
    wanted = registered().values() if kernels is None else several("kernels", kernels)
    chosen = [kernel_of(each, targets[0]) for each in wanted] if targets else []
    limit, tell, rows = seconds(exact, "exact") or 0.0, function_of("watch", watch), []
    for row in measured_kernels(chosen, targets, limit):
        rows.append(row)
        tell(f"{row.kernel} on {row.machine}, {row.form}: {row.said}")
    return KernelsMeasured(tuple(rows))
