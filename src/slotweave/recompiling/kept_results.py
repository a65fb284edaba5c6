"""Results of compiling, kept by what they are made from.

The key is the traced graph (not the source: helpers and globals count), the plan, the machine, the
options, and the text of this package: nothing kept by other code is taken for today's. Kept is what
`compile --json` prints, and the program. A search that a time limit may end is not kept, for what
it comes to depends on more than the key. That a kernel has no schedule is kept as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import slotweave
from slotweave.anatomy.summaries.compiled import compiled_summary
from slotweave.base.budget import Budget
from slotweave.base.cache_folder import cache_folder
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.base.entries import Entries
from slotweave.bounds import best_bound, bound_ladder
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.frontend.trace import trace_flow
from slotweave.ir.flow import Flow
from slotweave.ir.plan import Plan
from slotweave.ir.problem import Problem
from slotweave.ir.text.facts_json import facts_to_json
from slotweave.ir.text.graph_text import graph_to_text
from slotweave.ir.text.plan_json import plan_to_json
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import machine_to_toml


@dataclass(frozen=True)
class Kept:
    """What compiling came to: the summary and the program's text; `known` if it was kept before.

    `eased` is by engine how many cycles lower the bound of its operations were with one slot more;
    nothing is said of it for a kernel that jumps.
    """

    summary: Mapping[str, Any]
    program: str
    eased: Mapping[str, int]
    known: bool = False


def result_entries() -> Entries:
    """The entries in the user's cache folder."""
    return Entries(cache_folder() / "results")


@dataclass
class KeptResults:
    """Entries, and the digests of kernels traced so far: one for each length of vectors."""

    entries: Entries
    _traced: dict[tuple[str, int], str] = field(default_factory=dict, repr=False)

    def key(self, job: Job, evaluations: int | None = None) -> str:
        """What the result of `job` depends on. Raises what tracing raises."""
        plan = _plan_text(job.plan)
        about = (f"{job.kernel.name} {sorted(job.parameters.items())} {job.contract} {plan}",
                 job.machine.vector_length)  # fmt: skip
        if about not in self._traced:
            flow = trace_flow(job.kernel, job.parameters, job.contract, job.plan, job.machine)
            self._traced[about] = _digest(_flow_text(flow), facts_to_json(job.facts))
        return json.dumps(
            {"kernel": job.kernel.name, "params": dict(sorted(job.parameters.items())),
             "contract": job.contract, "graph": self._traced[about], "plan": plan,
             "machine": machine_to_toml(job.machine), "seed": job.seed,
             "instances": job.instances, "effort": job.effort.name, "evaluations": evaluations,
             "code": code_digest()}
        )  # fmt: skip


def compiled_or_kept(job: Job, kept: KeptResults, evaluations: int | None = None) -> Kept:
    """The result that is kept for `job`, or that of compiling it, which is kept from now on.

    Raises what `compile_job` raises; NoSchedule also if that is what was kept.
    """
    key = kept.key(job, evaluations)
    known = _known(kept.entries.get(key))
    if known is not None:
        return known
    try:
        made = compile_job(job, Budget(evaluations))
    except NoSchedule as failure:
        found = failure.diagnostic
        kept.entries.put(key, json.dumps({"code": found.code, "reason": found.message}))
        raise
    summary, program = compiled_summary(made).to_json(), program_to_json(made.program)
    result = Kept(summary, program, {} if made.jumps else _eased(made.block.fitted.problem))
    whole = {"summary": summary, "program": program, "eased": result.eased}
    kept.entries.put(key, json.dumps(whole, default=_plain))
    return result


def _known(text: str | None) -> Kept | None:
    """What an entry says; None if it says nothing that can be used."""
    if text is None:
        return None
    entry = json.loads(text)
    if "code" in entry:
        raise NoSchedule(Diagnostic(entry["code"], entry["reason"]))
    return Kept(entry["summary"], entry["program"], entry["eased"], known=True)


def _eased(problem: Problem) -> dict[str, int]:
    """By engine how many cycles lower the bound of `problem` is if that has one slot more."""
    bound = best_bound(bound_ladder(problem)).cycles
    eased: dict[str, int] = {}
    for engine, name in enumerate(problem.engines):
        slots = list(problem.slots)
        slots[engine] += 1
        eased[name] = bound - best_bound(bound_ladder(replace(problem, slots=tuple(slots)))).cycles
    return eased


@cache
def code_digest() -> str:
    """The digest of this package's own text and of its version."""
    root = Path(slotweave.__file__).parent
    whole = hashlib.sha256(slotweave.__version__.encode())
    for file in sorted(root.rglob("*.py")):
        whole.update(file.relative_to(root).as_posix().encode())
        whole.update(file.read_bytes())
    return whole.hexdigest()


def _flow_text(flow: Flow) -> str:
    """All of a flow: its graphs with labels and lines, which programs repeat, and its jumps."""
    lines = sorted(flow.sources.items())
    blocks = [f"{graph_to_text(block.graph)}{block.jump}" for block in flow.blocks]
    return "\n".join([*blocks, str(flow.variables), str(lines)])


def _plan_text(plan: Plan) -> str:
    return plan_to_json(replace(plan, origin=MappingProxyType({})))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Read-only mappings and NumPy numbers as JSON knows them."""
    return dict(value) if isinstance(value, Mapping) else value.item()
