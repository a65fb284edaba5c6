"""Every form that is read from a file, with sound examples, and what is done with a value read.

A form keeps its promise on a text if it gives a value or an InputError of its own code with a short
message; if the value prints and reads back as itself; and if what comes next (verifiers, checks,
simulators) ends as well, with findings or without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from fuzz.refusal import refusable
from slotweave.anatomy.inspect import inspect_program
from slotweave.backend.allocate import allocate
from slotweave.backend.fit import fit
from slotweave.backend.lower import lower
from slotweave.base.diagnostics import CODES, CheckFailed, InputError
from slotweave.bounds import bound_ladder
from slotweave.bounds.projects import contradiction, period_bounds
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.project_bounds import bound_faults
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Region
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.problem import Problem
from slotweave.ir.program import Program
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use
from slotweave.ir.schedule import Schedule
from slotweave.ir.text.allocation_text import (
    allocation_from_text,
    allocation_to_text,
    layout_from_text,
    layout_to_text,
)
from slotweave.ir.text.facts_json import facts_from_json, facts_to_json
from slotweave.ir.text.graph_text import graph_from_text, graph_to_text
from slotweave.ir.text.plan_json import plan_from_json, plan_to_json
from slotweave.ir.text.problem_text import problem_from_text, problem_to_text
from slotweave.ir.text.program_files import parse_program, program_to_json, program_to_text
from slotweave.ir.text.project_json import project_from_json, project_to_json
from slotweave.ir.text.schedule_text import schedule_from_text, schedule_to_text
from slotweave.ir.verify.graph_verify import graph_faults
from slotweave.ir.verify.problem_verify import problem_faults
from slotweave.ir.verify.schedule_verify import allocation_faults, layout_faults, schedule_faults
from slotweave.machine import BUILTIN, MINIMAL, Machine, machine_from_toml, machine_to_toml
from slotweave.rewrite import rewrite
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.reference import run
from strategies.rewritables import rewritable_graph
from support.compiled import Compiled, compiled

SHORT = 2000
MAX_CYCLES = 300
MEMORY = tuple(range(3, 40))
#: As many operations and words as a value read may ask of the stages behind it.
SMALL = 5000


@dataclass(frozen=True)
class Form:
    """How a form is read, printed and used; `examples` makes sound texts."""

    code: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    use: Callable[[Any], None]
    examples: Callable[[], tuple[str, ...]]


def keeps_its_promise(form: Form, text: str) -> None:
    """The claim about any text whatsoever."""
    try:
        value = form.read(text)
    except InputError as refusal:
        found = refusal.diagnostic
        assert found.code == form.code in CODES
        assert len(str(found)) < SHORT
        str(found).encode("utf-8")  # it can be printed
        return
    assert form.read(form.write(value)) == value
    form.use(value)


@cache
def small() -> Compiled:
    """A small graph and all that is made of it."""
    return compiled(rewritable_graph(seed=1, steps=3), MINIMAL)


def _use_graph(graph: Graph) -> None:
    if next(graph_faults(graph), None) is not None:
        return
    if graph.vector_length == MINIMAL.vector_length and len(graph.nodes) <= SMALL:
        with refusable():
            lower(rewrite(graph, MINIMAL).graph, MINIMAL)


def _use_problem(problem: Problem) -> None:
    if next(problem_faults(problem), None) is not None:
        return
    with refusable():
        schedule, allocation = fit(small().lowered.graph, problem, ScheduleOptions(), SMALL)
        assert not list(schedule_violations(schedule, problem))
        assert not list(allocation_violations(allocation, schedule, problem))
    bound_ladder(problem)


def _use_project(project: Project) -> None:
    plain = contradiction(project)
    found = period_bounds(project) if plain is None and project.is_modulo else (plain,)
    for bound in found:
        assert bound is None or not list(bound_faults(bound, project))


def _use_schedule(schedule: Schedule) -> None:
    problem = small().lowered.problem
    if list(schedule_faults(schedule)) or list(schedule_violations(schedule, problem)):
        return
    allocate(problem, schedule, SMALL)


def _use_allocation(allocation: Allocation) -> None:
    list(allocation_faults(allocation))
    list(allocation_violations(allocation, small().schedule, small().lowered.problem))


def _use_layout(layout: Layout) -> None:
    list(layout_faults(layout, small().lowered.problem.storage_words))


def _use_machine(machine: Machine) -> None:
    if machine.vector_length != MINIMAL.vector_length:
        return
    with refusable():
        lowered = lower(small().lowered.graph, machine)
        fit(lowered.graph, lowered.problem, ScheduleOptions(), machine.scratch_words)
    program = Program(machine.name, small().program.bundles)
    _outcome(lambda: run(program, machine, MEMORY, max_cycles=MAX_CYCLES))
    _outcome(lambda: run_compiled(encode(program, machine), MEMORY, max_cycles=MAX_CYCLES))


def _use_program(program: Program) -> None:
    machine = BUILTIN.get(program.machine, MINIMAL)
    _outcome(lambda: inspect_program(program, machine, max_bundles=MAX_CYCLES))
    for strict in (True, False):
        slow = _outcome(
            lambda s=strict: run(program, machine, MEMORY, strict=s, max_cycles=MAX_CYCLES)
        )
        fast = _outcome(
            lambda s=strict: run_compiled(
                encode(program, machine), MEMORY, strict=s, max_cycles=MAX_CYCLES
            )
        )
        assert slow == fast


def _outcome(work: Callable[[], object]) -> object:
    try:
        return work()
    except CheckFailed as error:
        return error.diagnostic


def _use_plan(plan: Plan) -> None:
    problem = small().lowered.problem
    with refusable():
        fit(small().lowered.graph, problem, plan.schedule, SMALL)


def _nothing(_value: object) -> None:
    """A value that no stage takes by itself."""


_FACTS = Facts(
    40, {0: 16, 3: 2**32 - 1}, (Region("in", 0, 8, True), Region("out", 8, 4, output=True)),
    {"in": (0, 1023)},
)  # fmt: skip
_PLAN = Plan(
    "mine", "tree-hash", True, ScheduleOptions("list", 1.5, (0.0, 2.0, -1.0), 7, 0.25),
    {"levels": ("select", "gather"), "tables": (4, 6)}, {"command": "tune", "cycles": 900},
)  # fmt: skip


_PROJECT = Project(
    (Resource("R", 2),),
    (
        Activity("a", (ActivityMode(2, (Use(0, 1, 0, 2),)), ActivityMode(1, ())), 3),
        Activity("b", (ActivityMode(1, (Use(0, 2, 1, 1),)), ActivityMode(3, ())), 3),
    ),
    (Lag(0, 1, 1, from_end=True), Lag(1, 0, -4, 1)),
    is_modulo=True,
)


@cache
def forms() -> dict[str, Form]:
    """All forms by name."""
    return {
        "program": Form(
            "SW204", parse_program, program_to_json, _use_program,
            lambda: (program_to_json(small().program), program_to_text(small().program)),
        ),
        "machine": Form(
            "SW205", machine_from_toml, machine_to_toml, _use_machine,
            lambda: tuple(machine_to_toml(machine) for machine in BUILTIN.values()),
        ),
        "plan": Form(
            "SW209", plan_from_json, plan_to_json, _use_plan, lambda: (plan_to_json(_PLAN),)
        ),
        "facts": Form(
            "SW215", facts_from_json, facts_to_json, _nothing, lambda: (facts_to_json(_FACTS),)
        ),
        "project": Form(
            "SW223", project_from_json, project_to_json, _use_project,
            lambda: (project_to_json(_PROJECT),),
        ),
        "graph": Form(
            "SW213", graph_from_text, graph_to_text, _use_graph,
            lambda: (graph_to_text(small().lowered.graph),),
        ),
        "problem": Form(
            "SW213", problem_from_text, problem_to_text, _use_problem,
            lambda: (problem_to_text(small().lowered.problem),),
        ),
        "schedule": Form(
            "SW213", schedule_from_text, schedule_to_text, _use_schedule,
            lambda: (schedule_to_text(small().schedule),),
        ),
        "allocation": Form(
            "SW213", allocation_from_text, allocation_to_text, _use_allocation,
            lambda: (allocation_to_text(small().allocation),),
        ),
        "layout": Form(
            "SW213", layout_from_text, layout_to_text, _use_layout,
            lambda: (layout_to_text(small().lowered.layout),),
        ),
    }  # fmt: skip
