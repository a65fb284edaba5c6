"""What is proved about a program: that it is its graph, and that it is its workload's definition.

`program` says whether the program equals the graph that its kernel and plan give, rules applied and
operations placed. `definition` says whether the workload's plain definition is what is computed. It
is proved for the program itself where it can be, which needs neither kernel nor plan nor rules;
else for the traced graph of the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slotweave.analysis.promises import Promise, Promised, promises_of
from slotweave.backend.lower import lower
from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.base.verdict import Answer, Verdict
from slotweave.check.definition.counterexample import Counterexample, Refutable
from slotweave.check.definition.definition import graph_meets_definition, program_meets_definition
from slotweave.check.symbolic.kept_promises import promises_kept
from slotweave.driver.flow_proof import same_as_graph
from slotweave.driver.job import Job
from slotweave.driver.rewriting import rewritten_blocks
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.trace import trace_flow
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from slotweave.ir.lineage import starts_of
from slotweave.ir.plan import Plan
from slotweave.ir.program import Program
from slotweave.machine import Machine

_NO_PLAN = (
    "no plan is known that gives the graph it was made from; a repacked program may be proved "
    "equal to the one it was made from, under facts"
)


@dataclass(frozen=True)
class Proved:
    """The verdicts, and for each why; if something is refuted, by which memory.

    `promises` are those of the kernel that the proof of the program rests on and that are not
    themselves proved to be kept.
    """

    program: Answer
    program_why: str
    definition: Answer
    definition_why: str
    counterexample: Counterexample | None = None
    promises: tuple[Promised, ...] = ()

    @property
    def why(self) -> str:
        return f"program: {self.program_why}; definition: {self.definition_why}"


def prove(
    program: Program,
    machine: Machine,
    kernel: Kernel,
    parameters: Mapping[str, int],
    contract: str,
    plan: Plan | None = None,
) -> Proved:
    """Prove what can be proved of `program` as `kernel`; `plan` is the one it was compiled by.

    Without a plan there is no graph, and the program stands for itself: where it is proved to be
    the definition, nothing is left to prove of it.
    """
    facts = kernel.facts(parameters, contract)
    flow = None if plan is None else trace_flow(kernel, parameters, contract, plan, machine)
    job = None if plan is None else Job(kernel, parameters, contract, plan, machine)
    if kernel.definition is None:
        why = f"{kernel.name} comes without a definition to prove it by"
        same, same_why = _same_as_graph(program, job, flow, facts)
        if flow is None:
            return Proved(same, same_why, "unknown", why)
        promises = promises_of(flow, facts, words=True)
        kept: Refutable = Verdict(True, "nothing is promised of indices")
        if any(isinstance(promise, Promise) for promise in promises):
            kept = promises_kept(flow, facts)
        if kept.refuted:
            broken = f"the kernel breaks a promise: {kept.why}"
            return Proved(False, broken, "unknown", why, kept.evidence, promises)
        if kept.proved:
            promises = tuple(each for each in promises if not isinstance(each, Promise))
        if same is True and promises:
            given = "; ".join(map(str, promises))
            unshown = "" if kept.proved else f": {kept.why}"
            same_why = f"{same_why}, given that {given} (a promise of the kernel{unshown})"
        return Proved(same, same_why, "unknown", why, promises=promises)
    definition = kernel.definition(parameters)
    found = program_meets_definition(program, machine, definition, facts)
    if plan is None and found.proved:
        why = "it is the definition, with no graph between them"
        return Proved(True, why, True, found.why)
    same, same_why = _same_as_graph(program, job, flow, facts)
    if flow is not None and same is True and found.undecided and len(flow.blocks) == 1:
        found = graph_meets_definition(flow.blocks[0].graph, definition, facts)
    return Proved(same, same_why, found.answer, found.why, found.evidence)


def _same_as_graph(
    program: Program, job: Job | None, flow: Flow | None, facts: Facts
) -> tuple[Answer, str]:
    """Whether `program` is what the traced `flow` of `job` says, rewritten if the plan says so."""
    if flow is None or job is None:
        return "unknown", _NO_PLAN
    graphs = [done.graph for done in rewritten_blocks(flow, job)]
    if len(graphs) > 1:
        wanted: Flow | Graph = flow.with_graphs(graphs)
    else:
        wanted = lower(graphs[0], job.machine, job.plan.schedule).graph
    found = same_as_graph(program, job.machine, wanted, facts, starts_of(program))
    return found.answer, found.why


def refutation(proved: Proved) -> CheckFailed | None:
    """The error to end with (SW409), if something is refuted."""
    for verdict, why in (
        (proved.definition, proved.definition_why),
        (proved.program, proved.program_why),
    ):
        if verdict is False:
            return CheckFailed(Diagnostic("SW409", why))
    return None
