"""What a program file says of where the program came from, and of what it rests on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from slotweave.analysis.promises import Promised
from slotweave.base.diagnostics import InputError, changed
from slotweave.driver.job import Job
from slotweave.extensions.lookup import expect_plan_of
from slotweave.frontend.kernel import Kernel
from slotweave.ir.lineage import MADE_BY
from slotweave.ir.plan import Plan
from slotweave.ir.program import Program
from slotweave.ir.text.json_value import json_text
from slotweave.ir.text.loop_json import KEY, loop_json
from slotweave.ir.text.plan_json import plan_from_json, plan_to_json

if TYPE_CHECKING:
    from slotweave.ir.loop_problem import LoopReport


def origin_of(
    job: Job, promises: Sequence[Promised] = (), loops: Sequence[LoopReport] = ()
) -> Mapping[str, Any]:
    """The `meta` of the program of `job`.

    Only what the kernel knows by that name has the name of one of its plans; of other plans all is
    told. So it can be compiled again, and proved.
    """
    kernel, plan = job.kernel, job.plan
    named = plan.name in kernel.plan_names
    known = named and plan == kernel.plan(plan.name, job.parameters, job.contract)
    name = f"{plan.name} (from elsewhere)" if named and not known else plan.name
    held = {} if known else {MADE_BY: json.loads(plan_to_json(replace(plan, origin={})))}
    rests_on = {"promises": [promise.to_json() for promise in promises]} if promises else {}
    pipelining = {KEY: [loop_json(report) for report in loops]} if loops else {}
    return {
        "kernel": kernel.name, "params": dict(job.parameters), "contract": job.contract,
        "plan": name, "seed": job.seed, **held, **rests_on, **pipelining,
    }  # fmt: skip


def plan_of(
    program: Program, kernel: Kernel, parameters: Mapping[str, int], contract: str
) -> Plan | None:
    """The plan by which `program` says that it was compiled, if it says so of this very kernel.

    It is one that the kernel knows by name, or one that the program holds. A program that was
    changed since has neither.
    """
    meta = program.meta
    if (meta.get("kernel"), meta.get("params"), meta.get("contract")) != (
        kernel.name, dict(parameters), contract,
    ):  # fmt: skip
        return None
    return plan_in(meta, kernel, parameters, contract)


def plan_in(
    meta: Mapping[str, Any], kernel: Kernel, parameters: Mapping[str, int], contract: str
) -> Plan | None:
    """The plan that `meta` of a program names or holds, if it is one of `kernel`."""
    if meta.get("plan") in kernel.plan_names:
        return kernel.plan(meta["plan"], parameters, contract)
    if MADE_BY not in meta:
        return None
    try:
        plan = plan_from_json(json_text(meta[MADE_BY]))
        expect_plan_of(kernel, plan)
    except InputError as error:
        found = error.diagnostic
        raise changed(error, replace(found, message=f"meta.{MADE_BY}: {found.message}")) from None
    return plan
