"""What a program file says of where the program came from, and of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from slotweave.analysis.promises import Promised
from slotweave.driver.job import Job
from slotweave.ir.text.loop_json import KEY, loop_json

if TYPE_CHECKING:
    from slotweave.ir.loop_problem import LoopReport


def origin_of(
    job: Job, promises: Sequence[Promised] = (), loops: Sequence[LoopReport] = ()
) -> Mapping[str, Any]:
    """The `meta` of the program of `job`.

    Only what the kernel knows by that name has the name of one of its plans: it can be compiled
    again.
    """
    kernel, plan = job.kernel, job.plan
    named = plan.name in kernel.plan_names
    known = named and plan == kernel.plan(plan.name, job.parameters, job.contract)
    name = f"{plan.name} (from elsewhere)" if named and not known else plan.name
    rests_on = {"promises": [promise.to_json() for promise in promises]} if promises else {}
    pipelining = {KEY: [loop_json(report) for report in loops]} if loops else {}
    return {
        "kernel": kernel.name, "params": dict(job.parameters), "contract": job.contract,
        "plan": name, "seed": job.seed, **rests_on, **pipelining,
    }  # fmt: skip
