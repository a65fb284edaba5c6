"""Two programs under facts: whether they are proved to be the same.

Guarantees, if `prove_same` is true: for every memory that the facts allow and on which neither
program fails, both leave the same words in what is output or read-only (in all of memory, if there
are no regions), and write the same trace. The one is lifted to a graph, and each of the two is held
against that graph on symbols, so that the lifting need not be trusted. A program that says how it
was derived from the other (`ir.lineage`) is proved in these steps, each of them likewise. Where
data decides the jumps, the proof goes block by block (`driver.block_proof`). If it is false, there
is a memory on which the two were run and end differently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from slotweave.base.diagnostics import CheckFailed, SlotweaveError
from slotweave.base.verdict import Verdict
from slotweave.check.definition.counterexample import Counterexample, Refutable, judged_addresses
from slotweave.check.legality.rewriting import rewriting_faults
from slotweave.check.runs.execution import Words
from slotweave.check.symbolic.equivalence import Difference, program_equals_graph
from slotweave.check.symbolic.refinement import graph_refines_program, graphs_agree
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.witness import random_memory
from slotweave.driver.block_proof import same_block_by_block
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.lineage import Step, lineage_of
from slotweave.ir.program import Program
from slotweave.lift import lift_counting
from slotweave.machine import Machine
from slotweave.rewrite import rewrite
from slotweave.rules.registry import RULES
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.legality import static_faults
from slotweave.simulate.run import MAX_CYCLES, Run
from slotweave.vectorize import (
    AS_IT_STANDS,
    Variant,
    drop_dead_stores,
    forward_stores,
    graph_variants,
    label_items,
)

_WHY = "on symbols both leave the same in every word that counts, wherever neither of them fails"
_WHY_REWRITTEN = (
    "each is the graph it is lifted to, and what the proved rules make of the two graphs leaves "
    "the same in every word that counts, on symbols, wherever neither program fails"
)

_WHY_DERIVED = (
    "step by step, a variant of the graph of the program before does what that program does, its "
    "rewriting by the proved rules is derived again, and the next program is the rewritten graph"
)

_WHY_BLOCKS = (
    "block by block, each block that differs leaves the same on symbols in memory and in the words "
    "that are live after it, and takes the same jumps"
)

#: What the machine obeys, and blocks that stay as they were may hold.
_DOUBLE_WRITE = "SW104"

#: Variants of larger graphs are tried only if a program says of which it is made.
_MANY_NODES = 20_000


@dataclass(frozen=True)
class Subject:
    """A program and the machine that it is for; `name` is what diagnostics call it."""

    program: Program
    machine: Machine
    name: str = ""


def end_after(
    subject: Subject, *, strict: bool = True, max_cycles: int = MAX_CYCLES
) -> Callable[[Words], Run]:
    """The end of a run of the program."""
    encoded = encode(subject.program, subject.machine)
    return lambda memory: run_compiled(encoded, memory, strict=strict, max_cycles=max_cycles)


def prove_same(subject: Subject, other: Subject, facts: Facts) -> Refutable:
    """Does `subject` leave in memory, under `facts`, what `other` leaves?"""
    if (subject.program.bundles, subject.machine) == (other.program.bundles, other.machine):
        return Verdict(True, "the two are one program, bundle for bundle")
    for refusal in static_faults(subject.program, subject.machine):
        if refusal.code != _DOUBLE_WRITE:
            return Verdict("unknown", f"the machine refuses the program: {refusal}")
        if _same_block_by_block(subject, other, facts):
            return Verdict(True, _WHY_BLOCKS)
        return Verdict("unknown", f"a proof is of strict mode, which refuses it: {refusal}")
    if _same_as_derived(subject, other, facts):
        return Verdict(True, _WHY_DERIVED)
    found: Refutable = Verdict("unknown", "")
    try:
        for apart in (False, True):
            graph = _lifted(other, facts, apart)
            found = _same_as(graph, subject, other, facts)
            if found.answer != "unknown":
                return found
        for apart in (False, True):
            if _same_when_rewritten(subject, other, facts, apart):
                return Verdict(True, _WHY_REWRITTEN)
        if _same_as_a_variant(subject, other, facts):
            return Verdict(True, _WHY_DERIVED)
    except _NotLiftedError as obstacle:
        if _same_block_by_block(subject, other, facts):
            return Verdict(True, _WHY_BLOCKS)
        return found if found.why else Verdict("unknown", str(obstacle))
    return Verdict(True, _WHY_BLOCKS) if _same_block_by_block(subject, other, facts) else found


def _same_block_by_block(subject: Subject, other: Subject, facts: Facts) -> bool:
    machine = subject.machine
    return machine == other.machine and same_block_by_block(
        subject.program, other.program, machine, facts
    )


def _same_as_derived(subject: Subject, other: Subject, facts: Facts) -> bool:
    """Is `subject` proved to be derived from `other` in the steps that it says itself?

    These say which graphs to try, and between which programs: each of them is proved here.
    """
    before = other
    steps = lineage_of(subject.program)
    for step in steps:
        after = subject if step.program is None else Subject(step.program, subject.machine)
        try:
            graph = _lifted(before, facts, step.apart)
        except _NotLiftedError:
            return False
        variants = _variants(graph, before.machine, facts, step)
        variant = next((one.graph for one in variants if one.name == step.way), None)
        if variant is None or not _is_made_of(variant, step.rewrite, after, before, facts):
            return False
        before = after
    return bool(steps)


def _variants(graph: Graph, machine: Machine, facts: Facts, step: Step) -> Iterable[Variant]:
    if not step.rewrite:
        return (Variant(AS_IT_STANDS, label_items(graph)),)
    return graph_variants(graph, machine, facts, vectorize=step.vectorize)


def _is_made_of(
    variant: Graph, rewriting: bool, made: Subject, given: Subject, facts: Facts
) -> bool:
    """Is it proved that `made` does what `variant` does once it is rewritten, and that what
    `given` does?"""
    rewritten = rewrite(variant, made.machine, RULES if rewriting else ())
    equal = program_equals_graph(made.program, made.machine, rewritten.graph, facts)
    if not equal.proved:
        return False
    if any(rewriting_faults(variant, rewritten.graph, rewritten.derivation, RULES)):
        return False
    return graph_refines_program(variant, given.program, given.machine, facts).proved


def _same_as_a_variant(subject: Subject, other: Subject, facts: Facts) -> bool:
    """Is `subject` proved to be a variant of `other`, rewritten by the rules?"""
    for apart in (True, False):
        graph = _lifted(other, facts, apart)
        if len(graph.nodes) > _MANY_NODES:
            return False
        for variant in graph_variants(graph, other.machine, facts):
            if _is_made_of(variant.graph, True, subject, other, facts):
                return True
    return False


class _NotLiftedError(Exception):
    """Why there is no graph of a program."""


def _lifted(subject: Subject, facts: Facts, apart: bool) -> Graph:
    try:
        return lift_counting(subject.program, subject.machine, facts, apart=apart).graph
    except SlotweaveError as obstacle:
        reason = f"what it is compared with cannot be lifted: {obstacle.diagnostic}"
        raise _NotLiftedError(reason) from None


def _same_when_rewritten(subject: Subject, other: Subject, facts: Facts, apart: bool) -> bool:
    """Are the graphs of both proved the same that the rules make of them?

    If so, each program is proved to be its graph without detours over memory, each
    step of the rules is derived again, and the two graphs that come out are the same on symbols.
    """
    ends = []
    for one in (other, subject):
        graph = drop_dead_stores(forward_stores(_lifted(one, facts, apart)))
        held = graph_refines_program(graph, one.program, one.machine, facts)
        if not held.proved:
            return False
        rewritten = rewrite(graph, subject.machine)
        if any(rewriting_faults(graph, rewritten.graph, rewritten.derivation, RULES)):
            return False
        ends.append(rewritten.graph)
    return graphs_agree(ends[0], ends[1], facts).proved


def _same_as(graph: Graph, subject: Subject, other: Subject, facts: Facts) -> Refutable:
    """The same, with `graph` as what `other` is lifted to."""
    lifted = graph_refines_program(graph, other.program, other.machine, facts)
    if not lifted.proved:
        return Verdict(
            "unknown", f"the graph of what it is compared with is not proved: {lifted.why}"
        )
    found = graph_refines_program(graph, subject.program, subject.machine, facts)
    if not found.refuted:
        return Verdict(found.answer, _WHY if found.proved else found.why)
    seed = (isinstance(found.evidence, Difference) and found.evidence.seed) or 0
    shown = _difference(subject, other, facts, seed)
    return Verdict("unknown", found.why) if shown is None else Verdict(False, str(shown), shown)


def _difference(subject: Subject, other: Subject, facts: Facts, seed: int) -> Counterexample | None:
    """The first judged word that the two leave differently on this memory, or which of the two
    fails on it; None if they end the same or both fail."""
    if facts.memory_words is None:
        return None
    memory = random_memory(facts, facts.memory_words, seed)
    wanted, found = _ended(other, memory), _ended(subject, memory)
    if isinstance(wanted, CheckFailed):
        if isinstance(found, CheckFailed):
            return None
        return Counterexample(seed, failure=str(wanted), other_fails=True)
    if isinstance(found, CheckFailed):
        return Counterexample(seed, failure=str(found))
    layout = MemoryMap(facts.regions, len(memory))
    for address in judged_addresses(facts):
        expected, got = int(wanted.memory[address]), int(found.memory[address])
        if expected != got:
            return Counterexample(seed, {}, layout.place(address), expected, got)
    return _trace_difference(wanted, found, seed)


def _ended(subject: Subject, memory: list[int]) -> Run | CheckFailed:
    """How a run on this memory ends, as the machine runs it, or what it fails of."""
    try:
        return run_compiled(encode(subject.program, subject.machine), memory, strict=False)
    except CheckFailed as failure:
        return failure


def _trace_difference(wanted: Run, found: Run, seed: int) -> Counterexample | None:
    """Where the traces of two runs differ, if they do."""
    if len(wanted.trace) != len(found.trace):
        lengths = len(wanted.trace), len(found.trace)
        return Counterexample(seed, {}, "the number of words traced", *lengths)
    for index, (expected, got) in enumerate(zip(wanted.trace, found.trace, strict=True)):
        if expected != got:
            return Counterexample(seed, {}, f"trace[{index}]", expected, got)
    return None
