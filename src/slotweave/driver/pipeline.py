"""Kernel in, checked program out: the whole way, readable from top to bottom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from slotweave.analysis.promises import Promise, promises_of
from slotweave.backend.emit import emit
from slotweave.backend.fit import Effort
from slotweave.backend.lower import Lowered, lower
from slotweave.backend.spill import search_lowered
from slotweave.base.budget import UNLIMITED, Budget
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError, ReferenceDiffers
from slotweave.base.verdict import Verdict
from slotweave.bounds import Bound, bound_ladder
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.order import order_faults
from slotweave.check.legality.rewriting import rewriting_faults
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.check.runs.execution import Verified, instance_memory, run_against_reference
from slotweave.check.runs.inputs import NOTHING_DIRECTED, directed_inputs
from slotweave.check.symbolic.equivalence import Equivalence, program_equals_graph
from slotweave.frontend.kernel import Kernel, Words
from slotweave.frontend.recorded_proof import recorded_verdict
from slotweave.frontend.trace import trace, trace_flow
from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Block, Flow
from slotweave.ir.graph import Graph
from slotweave.ir.plan import Plan
from slotweave.ir.problem import Problem
from slotweave.ir.program import Program
from slotweave.ir.schedule import Schedule
from slotweave.machine import Machine
from slotweave.rewrite import Rewritten, rewrite
from slotweave.rules.registry import RULES
from slotweave.simulate.graph import run_flow

#: Is told the name of a stage that begins.
OnStage = Callable[[str], None]

#: Random inputs on which every compiled program is run.
INSTANCES = 20

#: Of these so many are followed to see which sides of jumps they reach.
FOLLOWED = 4


@dataclass(frozen=True)
class Result:
    """A compiled program, every value on the way to it, and what the checks found.

    `traced` is the graph as the kernel wrote it, `promises` what it rests on and nothing shows,
    `definition` whether a recorded proof shows that it is what its workload is defined as, and why;
    `rewritten` is what the rules made of it (and which fired), `graph` the one that was scheduled,
    with copies where operands had to be moved and live ranges split; `evaluations` attempts at a
    schedule were made. `equivalence` says whether the program is proved to do what `rewritten`
    says. `seconds` says how long each stage took.
    """

    kernel: Kernel
    parameters: Mapping[str, int]
    contract: str
    plan: Plan
    machine: Machine
    seed: int
    traced: Graph
    promises: tuple[Promise, ...]
    definition: Verdict[object]
    rewritten: Rewritten
    graph: Graph
    problem: Problem
    layout: Layout
    schedule: Schedule
    allocation: Allocation
    evaluations: int
    program: Program
    bounds: tuple[Bound, ...]
    equivalence: Equivalence
    verified: Verified
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def cycles(self) -> int:
        return self.schedule.makespan


def compile_kernel(
    kernel: Kernel,
    machine: Machine,
    parameters: Mapping[str, int],
    contract: str,
    plan: Plan,
    *,
    instances: int = INSTANCES,
    seed: int = 0,
    effort: Effort = Effort.DEFAULT,
    budget: Budget = UNLIMITED,
    on_stage: OnStage = lambda _stage: None,
    traced: Graph | None = None,
) -> Result:
    """Trace, rewrite, schedule, allocate, emit and check `kernel` for `machine`.

    `budget` ends the search for a shorter schedule, once there is one. `on_stage` is told what
    begins; a kernel that is `traced` is not traced again.

    Raises InputError for what is wrong with the kernel or its parameters, NoSchedule if it does not
    fit the machine, CheckFailed if one of the checks finds a fault.
    """
    clock = Clock(on_stage)
    with clock.stage("trace"):
        if traced is None:
            traced = trace(kernel, parameters, contract, plan, machine)
        definition = recorded_verdict(kernel, parameters, contract, traced)
        facts = kernel.facts(parameters, contract)
        promises = () if definition.proved else promises_of(traced, facts)
    with clock.stage("rewrite"):
        rewritten = rewrite(traced, machine) if plan.rewrite else Rewritten(traced)
    with clock.stage("lower"):
        lowered = lower(rewritten.graph, machine)
    with clock.stage("schedule"):
        attempts = search_lowered(lowered, plan.schedule, machine, effort)
        fitted, evaluations = budget.best(attempts)
        lowered, schedule, allocation = fitted.lowered, fitted.schedule, fitted.allocation
        graph, problem, layout = lowered.graph, lowered.problem, lowered.layout
    with clock.stage("emit"):
        program = emit(graph, machine, problem, layout, schedule, allocation)
        meta = origin(kernel, parameters, contract, plan, seed, promises)
        program = replace(program, meta=meta)
    with clock.stage("bound"):
        bounds = bound_ladder(problem)
    with clock.stage("check"), made_by_compiler():
        check_rewriting(traced, rewritten)
        check_order(rewritten.graph, lowered)
        check_compiled(problem, schedule, allocation)
        equivalence = prove_program(program, machine, rewritten.graph, facts)
    with clock.stage("verify"), made_by_compiler(kernel.judged_by_trace):
        flow = Flow(traced.name, (), (Block(traced),))
        if promises:
            expect_promises_kept(flow, kernel, parameters, contract, seed)
        verified = verify_program(program, machine, kernel, parameters, contract, instances, seed,
                                  flow)  # fmt: skip
    return Result(
        kernel, parameters, contract, plan, machine, seed, traced, promises, definition, rewritten,
        graph, problem, layout, schedule, allocation, evaluations, program, bounds, equivalence,
        verified, clock.seconds,
    )  # fmt: skip


@contextmanager
def made_by_compiler(surely: bool = True) -> Iterator[None]:
    """What is checked within was made by the compiler: its faults are none of the user's.

    That is what a check finds (SW401 to SW406), and a fault of a bundle in a run on which the
    kernel itself does not fail. Nothing is said of that unless `surely`.
    """
    try:
        yield
    except ReferenceDiffers:
        raise
    except CheckFailed as error:
        found = error.diagnostic
        if not surely or (found.bundle is None and not "SW401" <= found.code <= "SW406"):
            raise
        raise CheckFailed(replace(found, message=f"{found.message}; {_BLAME}")) from error


#: What the compiler says when its own checks refuse what it made.
_BLAME = (
    "the kernel is not to blame: this is a fault of Slotweave, caught before anything was written; "
    "please report it with the kernel"
)


def problem_of_kernel(
    kernel: Kernel, machine: Machine, parameters: Mapping[str, int], contract: str, plan: Plan
) -> Problem:
    """What is to be scheduled when `kernel` is compiled.

    Raises InputError as compiling does, and SW212 if `plan` makes the kernel jump.
    """
    if len(trace_flow(kernel, parameters, contract, plan, machine).blocks) > 1:
        reason = f"by the plan {plan.name} {kernel.name} jumps: it is not a single problem"
        raise InputError(Diagnostic("SW212", f"{reason}; take a plan without loops and branches"))
    traced = trace(kernel, parameters, contract, plan, machine)
    graph = rewrite(traced, machine).graph if plan.rewrite else traced
    return lower(graph, machine).problem


def check_rewriting(traced: Graph, rewritten: Rewritten) -> None:
    """Raise CheckFailed (SW405) unless the recorded steps show that `rewritten` is `traced`."""
    for fault in rewriting_faults(traced, rewritten.graph, rewritten.derivation, RULES):
        raise CheckFailed(fault)


def check_order(wanted: Graph, lowered: Lowered) -> None:
    """Raise CheckFailed (SW401) if the problem lacks an order that `wanted` asks for."""
    for fault in order_faults(wanted, lowered.graph, lowered.problem, lowered.pinned):
        raise CheckFailed(fault)


def check_compiled(problem: Problem, schedule: Schedule, allocation: Allocation) -> None:
    """Raise CheckFailed with the first fault of the schedule or the allocation."""
    for fault in schedule_violations(schedule, problem):
        raise CheckFailed(fault)
    for fault in allocation_violations(allocation, schedule, problem):
        raise CheckFailed(fault)


def prove_program(
    program: Program, machine: Machine, graph: Graph | Flow, facts: Facts
) -> Equivalence:
    """Run `program` and `graph` on symbols; raise CheckFailed (SW406) if they differ."""
    equivalence = program_equals_graph(program, machine, graph, facts)
    if equivalence.refuted:
        raise CheckFailed(Diagnostic("SW406", equivalence.why))
    return equivalence


def origin(
    kernel: Kernel,
    parameters: Mapping[str, int],
    contract: str,
    plan: Plan,
    seed: int,
    promises: Sequence[Promise] = (),
) -> Mapping[str, Any]:
    """What a program file says of where the program came from, and of what it rests on.

    Only what the kernel knows by that name bears the name of one of its plans: it can be had again.
    """
    named = plan.name in kernel.plan_names
    known = named and plan == kernel.plan(plan.name, parameters, contract)
    name = f"{plan.name} (from elsewhere)" if named and not known else plan.name
    rests_on = {"promises": [promise.to_json() for promise in promises]} if promises else {}
    return {
        "kernel": kernel.name, "params": dict(parameters), "contract": contract,
        "plan": name, "seed": seed, **rests_on,
    }  # fmt: skip


def expect_promises_kept(
    flow: Flow, kernel: Kernel, parameters: Mapping[str, int], contract: str, seed: int
) -> None:
    """Raise CheckFailed (SW116, at the kernel's line) if the first memory of `seed` breaks one.

    A reference that is no graph knows nothing of promises, so the kernel itself is run.
    """
    memory = instance_memory(lambda rng: kernel.memory(parameters, contract, rng), seed, 0)
    try:
        run_flow(flow, memory.tolist())
    except CheckFailed as error:
        found = error.diagnostic
        message = f"{found.message} (seed {seed}, instance 0)"
        raise CheckFailed(replace(found, message=message)) from None


def verify_program(
    program: Program,
    machine: Machine,
    kernel: Kernel,
    parameters: Mapping[str, int],
    contract: str,
    instances: int,
    seed: int,
    flow: Flow | None = None,
) -> Verified:
    """Run `program` on `instances` random memories against the kernel's reference.

    With the traced `flow` also on memories that are made for what it does.
    """
    trace, facts = kernel.trace, kernel.facts(parameters, contract)

    def memory(rng: np.random.Generator) -> Words:
        return kernel.memory(parameters, contract, rng)

    begun = [instance_memory(memory, seed, number) for number in range(min(instances, FOLLOWED))]
    directed = directed_inputs(flow, facts, seed, begun) if flow and begun else NOTHING_DIRECTED
    return run_against_reference(
        program,
        machine,
        facts=facts,
        memory=memory,
        reference=lambda memory: kernel.reference(memory, parameters, contract),
        trace=trace and (lambda memory: trace(memory, parameters, contract)),
        instances=instances,
        directed=directed,
        seed=seed,
        against=kernel.judge,
    )


class Clock:
    """Seconds spent in each stage; `on_stage` is told when one begins."""

    def __init__(self, on_stage: OnStage = lambda _stage: None) -> None:
        self.seconds: dict[str, float] = {}
        self._on_stage = on_stage

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self._on_stage(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 3)
