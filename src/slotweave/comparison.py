"""Two programs under facts: what runs of both show, and whether they are proved to be the same.

Guarantees, if `prove_same` is true: for every memory that the facts allow and on which neither
program fails, both leave the same words in what is output or read-only (in all of memory, if there
are no regions), and write the same trace. The one is lifted to a graph, and each of the two is held
against that graph on symbols, so that the lifting need not be trusted. If it is false, there is a
memory on which the two were run and end differently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from slotweave.check.breadth import Workload, run_broadly
from slotweave.check.counterexample import Counterexample, judged_addresses
from slotweave.check.execution import Verified, Words, run_against_reference
from slotweave.check.refinement import graph_refines_program, graphs_agree
from slotweave.check.rewriting import rewriting_faults
from slotweave.check.symbolic_memory import MemoryMap
from slotweave.check.witness import memories, random_memory
from slotweave.diagnostics import CheckFailed, SlotweaveError
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.lift import lift_counting
from slotweave.machine import Machine
from slotweave.rewrite import rewrite
from slotweave.rules.registry import RULES
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.legality import static_faults
from slotweave.simulate.run import MAX_CYCLES, Run
from slotweave.vectorize import drop_dead_stores, forward_stores

_WHY = "on symbols both leave the same in memory, word for word, wherever neither of them fails"
_WHY_REWRITTEN = (
    "each is the graph it is lifted to, and what the proved rules make of the two graphs leaves "
    "the same in memory on symbols, word for word, wherever neither program fails"
)


@dataclass(frozen=True)
class Subject:
    """A program and the machine that it is for."""

    program: Program
    machine: Machine


@dataclass(frozen=True)
class Same:
    """The verdict on two programs, why, and if they are not the same, a memory that shows it."""

    verdict: bool | Literal["unknown"]
    why: str
    counterexample: Counterexample | None = None


def memory_after(
    subject: Subject, *, strict: bool = True, max_cycles: int = MAX_CYCLES
) -> Callable[[Words], Words]:
    """Memory at the end of a run of the program."""
    encoded = encode(subject.program, subject.machine)
    return lambda memory: run_compiled(encoded, memory, strict=strict, max_cycles=max_cycles).memory


def run_like(
    subject: Subject,
    reference: Callable[[Words], Words],
    facts: Facts,
    words: int,
    *,
    instances: int,
    seed: int,
    strict: bool = True,
    max_cycles: int = MAX_CYCLES,
) -> Verified:
    """Runs of the program on random memories of so many words, each held against `reference`.

    Raises CheckFailed for the first that goes wrong, as `run_broadly` does.
    """
    workload = Workload(facts, memories(facts, words), reference, strict)
    return run_broadly(subject.program, subject.machine, workload, instances, seed, max_cycles)


def longest_run(
    subject: Subject,
    facts: Facts,
    words: int,
    *,
    instances: int,
    seed: int,
    strict: bool = True,
    max_cycles: int = MAX_CYCLES,
) -> int:
    """The cycles of the longest run on the same memories.

    Raises CheckFailed for a fault, and where a read-only word is changed.
    """
    return run_against_reference(
        subject.program, subject.machine, facts=facts, memory=memories(facts, words),
        reference=memory_after(subject, strict=strict, max_cycles=max_cycles),
        instances=instances, seed=seed, max_cycles=max_cycles, both=False, strict=strict,
    ).cycles  # fmt: skip


def prove_same(subject: Subject, other: Subject, facts: Facts) -> Same:
    """Does `subject` leave in memory, under `facts`, what `other` leaves?"""
    for refusal in static_faults(subject.program, subject.machine):
        return Same("unknown", f"the machine refuses the program: {refusal}")
    found = Same("unknown", "")
    try:
        for apart in (False, True):
            graph = _lifted(other, facts, apart)
            found = _same_as(graph, subject, other, facts)
            if found.verdict != "unknown":
                return found
        for apart in (False, True):
            if _same_when_rewritten(subject, other, facts, apart):
                return Same(True, _WHY_REWRITTEN)
    except _NotLiftedError as obstacle:
        return found if found.why else Same("unknown", str(obstacle))
    return found


class _NotLiftedError(Exception):
    """Why there is no graph of a program."""


def _lifted(subject: Subject, facts: Facts, apart: bool) -> Graph:
    try:
        return lift_counting(subject.program, subject.machine, facts, apart=apart).graph
    except SlotweaveError as obstacle:
        reason = f"what it is held against cannot be lifted: {obstacle.diagnostic}"
        raise _NotLiftedError(reason) from None


def _same_when_rewritten(subject: Subject, other: Subject, facts: Facts, apart: bool) -> bool:
    """Are the graphs of both proved the same that the rules make of them?

    If so, each program is proved to be its graph without detours over memory, each
    step of the rules is derived anew, and the two graphs that come out are the same on symbols.
    """
    ends = []
    for one in (other, subject):
        graph = drop_dead_stores(forward_stores(_lifted(one, facts, apart)))
        held = graph_refines_program(graph, one.program, one.machine, facts)
        if held.verdict is not True:
            return False
        rewritten = rewrite(graph, subject.machine)
        if any(rewriting_faults(graph, rewritten.graph, rewritten.derivation, RULES)):
            return False
        ends.append(rewritten.graph)
    return graphs_agree(ends[0], ends[1], facts).verdict is True


def _same_as(graph: Graph, subject: Subject, other: Subject, facts: Facts) -> Same:
    """The same, with `graph` as what `other` is lifted to."""
    lifted = graph_refines_program(graph, other.program, other.machine, facts)
    if lifted.verdict is not True:
        return Same("unknown", f"the graph of what it is held against is not proved: {lifted.why}")
    found = graph_refines_program(graph, subject.program, subject.machine, facts)
    if found.verdict is not False:
        return Same(found.verdict, _WHY if found.verdict is True else found.why)
    seed = 0 if found.difference is None else found.difference.seed or 0
    shown = _difference(subject, other, facts, seed)
    return Same("unknown", found.why) if shown is None else Same(False, str(shown), shown)


def _difference(subject: Subject, other: Subject, facts: Facts, seed: int) -> Counterexample | None:
    """The first judged word that the two leave differently on this memory, if there is any."""
    if facts.memory_words is None:
        return None
    memory = random_memory(facts, facts.memory_words, seed)
    try:
        wanted = _run(other, memory)
    except CheckFailed:
        return None  # nothing is said of memories on which it fails
    try:
        found = _run(subject, memory)
    except CheckFailed as failure:
        return Counterexample(seed, failure=str(failure))
    layout = MemoryMap(facts.regions, len(memory))
    for address in judged_addresses(facts):
        expected, got = int(wanted.memory[address]), int(found.memory[address])
        if expected != got:
            return Counterexample(seed, {}, layout.place(address), expected, got)
    return _trace_difference(wanted, found, seed)


def _run(subject: Subject, memory: list[int]) -> Run:
    return run_compiled(encode(subject.program, subject.machine), memory, strict=False)


def _trace_difference(wanted: Run, found: Run, seed: int) -> Counterexample | None:
    """Where the traces of two runs differ, if they do."""
    if len(wanted.trace) != len(found.trace):
        lengths = len(wanted.trace), len(found.trace)
        return Counterexample(seed, {}, "the number of words traced", *lengths)
    for index, (expected, got) in enumerate(zip(wanted.trace, found.trace, strict=True)):
        if expected != got:
            return Counterexample(seed, {}, f"trace[{index}]", expected, got)
    return None
