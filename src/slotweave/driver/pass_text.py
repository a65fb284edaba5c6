"""What there is after a pass, as text, and single passes run on such a text.

Graphs, problems, schedules, allocations and programs have the text forms of `ir.text`; bounds and
verdicts are lines for a reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from slotweave.backend.fit import Effort, fit
from slotweave.backend.lower import lower
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.bounds import bound_ladder
from slotweave.driver.passes import Draft
from slotweave.driver.rewriting import rewritten_alone
from slotweave.ir.graph import Graph, Node
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import Problem
from slotweave.ir.program import Program
from slotweave.ir.text.allocation_text import allocation_to_text
from slotweave.ir.text.graph_text import graph_from_text, graph_to_text
from slotweave.ir.text.problem_text import problem_from_text, problem_to_text
from slotweave.ir.text.program_text import program_to_text
from slotweave.ir.text.schedule_text import schedule_to_text
from slotweave.ir.verify.graph_verify import graph_faults
from slotweave.ir.verify.problem_verify import problem_faults
from slotweave.machine import Machine


def draft_text(name: str, draft: Draft) -> str:
    """What the pass `name` made, block by block; a line with a `#` opens each of several."""
    texts = list(_TEXTS[name](draft))
    if len(texts) == 1:
        return texts[0]
    return "\n".join(f"# block {number}\n{text}" for number, text in enumerate(texts))


def _graphs(draft: Draft) -> Iterator[str]:
    flow = draft.flow if draft.flow.blocks else draft.traced
    return (graph_to_text(block.graph) for block in flow.blocks)


def _loops(draft: Draft) -> Iterator[str]:
    """A line for each loop: its period, or why it is not pipelined."""
    lines = []
    for loop in draft.loops:
        said = f"not pipelined: {loop.why}"
        if (found := loop.schedule) is not None:
            rounds = f" of {found.rounds} rounds" if found.rounds > 1 else ""
            said = f"period {found.period}{rounds}, {found.stages} stages, "
            said += f"unrolled {found.unroll} times"
        lines.append(f"loop of block {loop.block}, {loop.where}: {said}\n")
    yield "".join(lines) or "no loops\n"


def _schedules(draft: Draft) -> Iterator[str]:
    for block in draft.fitted:
        yield schedule_to_text(block.schedule) + "\n" + allocation_to_text(block.allocation)


def _bounds(draft: Draft) -> Iterator[str]:
    for ladder in draft.bounds:
        yield "".join(f"{bound.name} {bound.cycles}: {bound.why}\n" for bound in ladder)


def _promises(draft: Draft) -> Iterator[str]:
    promises = "".join(f"promise: {promise}\n" for promise in draft.promises)
    yield f"{promises}definition {draft.definition.answer}: {draft.definition.why}\n"


def _runs(draft: Draft) -> Iterator[str]:
    found = draft.verified
    tried = f"{found.instances} random and {found.directed} directed inputs"
    yield f"{tried}, {found.mismatches} mismatches, at most {found.cycles} cycles\n"


_TEXTS: Mapping[str, Callable[[Draft], Iterator[str]]] = {
    "trace": _graphs,
    "rewrite": _graphs,
    "share": _graphs,
    "pipeline": _loops,
    "lower": lambda draft: (problem_to_text(lowered.problem) for lowered in draft.lowered),
    "promises": _promises,
    "schedule": _schedules,
    "emit": lambda draft: (
        program_to_text(Program(draft.job.machine.name, block.bundles)) for block in draft.emitted
    ),
    "link": lambda draft: iter((program_to_text(draft.program),)),
    "bound": _bounds,
    "check": lambda draft: iter((f"{draft.equivalence.answer}: {draft.equivalence.why}\n",)),
    "verify": _runs,
}


@dataclass(frozen=True)
class TextPass:
    """A pass that runs on text alone: what it reads, and what it gives."""

    reads: str
    gives: str
    run: Callable[[str, str, Machine], str]


def _rewritten(text: str, file: str, machine: Machine) -> str:
    return graph_to_text(rewritten_alone(_graph(text, file, machine), machine).graph)


def _lowered(text: str, file: str, machine: Machine) -> str:
    return problem_to_text(lower(_graph(text, file, machine), machine).problem)


def _scheduled(text: str, file: str, machine: Machine) -> str:
    problem = _problem(text, file)
    nodes = int(problem.nodes.max(initial=-1)) + 1
    unnamed = Graph("", machine.vector_length, 0, (), (Node("operation", 1),) * nodes)
    schedule, _ = fit(unnamed, problem, ScheduleOptions(), machine.scratch_words, Effort.DEFAULT)
    return schedule_to_text(schedule)


def _bounded(text: str, file: str, _machine: Machine) -> str:
    ladder = bound_ladder(_problem(text, file))
    return "".join(f"{bound.name} {bound.cycles}: {bound.why}\n" for bound in ladder)


TEXT_PASSES: Mapping[str, TextPass] = {
    "rewrite": TextPass("graph", "graph", _rewritten),
    "lower": TextPass("graph", "problem", _lowered),
    "schedule": TextPass("problem", "schedule", _scheduled),
    "bound": TextPass("problem", "bounds", _bounded),
}


def _problem(text: str, file: str) -> Problem:
    """The problem of a text. Raises InputError (SW213) for one that is none."""
    problem = problem_from_text(text, file)
    for fault in problem_faults(problem):
        raise _unfit(fault, file)
    return problem


def _graph(text: str, file: str, machine: Machine) -> Graph:
    """The graph of a text. Raises InputError (SW213) for one that is none, or is for others."""
    graph = graph_from_text(text, file)
    for fault in graph_faults(graph):
        raise _unfit(fault, file)
    if graph.vector_length != machine.vector_length:
        reason = (
            f"the graph has vectors of {graph.vector_length} words, and those of the machine "
            f"{machine.name!r} have {machine.vector_length}"
        )
        raise InputError(Diagnostic("SW213", reason, file=file))
    return graph


def _unfit(fault: object, file: str) -> InputError:
    """A text whose value breaks a rule, by the first line that says which."""
    return InputError(Diagnostic("SW213", str(fault).partition("\n")[0], file=file))
