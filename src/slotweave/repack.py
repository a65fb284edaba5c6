"""Program in, shorter program out: lifted, rewritten, scheduled, allocated, proved equal.

Guarantees: what is returned takes no more cycles than what was given, and where it is another
program it is proved to leave in memory what the given one leaves: the graph that was scheduled is
what the program does (`check.refinement`), its rewriting is derived anew (`check.rewriting`), and
the new program is the rewritten graph (`check.equivalence`). A candidate that fails to be proved is
not returned.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from slotweave.analysis.utilisation import counted_bundles
from slotweave.bound import Bound, best_bound, bound_ladder
from slotweave.check.allocation_legality import allocation_violations
from slotweave.check.equivalence import Equivalence, program_equals_graph
from slotweave.check.execution import Verified, Words, run_against_reference
from slotweave.check.refinement import graph_refines_program
from slotweave.check.rewriting import rewriting_faults
from slotweave.check.schedule_legality import schedule_violations
from slotweave.check.witness import random_memory
from slotweave.diagnostics import CheckFailed, Diagnostic, NoSchedule
from slotweave.emit import emit
from slotweave.fit import Effort, fit
from slotweave.ir.allocation import Allocation
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import Problem
from slotweave.ir.program import Program
from slotweave.ir.schedule import Schedule
from slotweave.lift import Lifted, lift_counting
from slotweave.lower import lower
from slotweave.machine import Machine
from slotweave.rewrite import rewrite
from slotweave.rules.registry import RULES
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.vectorize import (
    answer_loads,
    drop_dead_stores,
    forward_stores,
    label_items,
    pack_isomorphic,
    pack_lanes,
)

#: Random memories on which the new program is held against the given one.
INSTANCES = 20

#: How far apart items start, as shares of the bound of the cycles divided by the items.
STAGGERS: Mapping[Effort, tuple[float, ...]] = {
    Effort.FAST: (0.0, 0.8),
    Effort.DEFAULT: (0.0, 0.5, 0.8, 0.9),
    Effort.MAX: (0.0, 0.3, 0.5, 0.65, 0.8, 0.9, 1.0, 1.1),
}

#: Loads that can only read so many words are answered by selects among them, each tried in turn.
ANSWERED = (2, 4, 8)

#: Told of each stage and each better program: what is tried, and the fewest cycles so far.
Listener = Callable[[str, int], None]


@dataclass(frozen=True)
class RepackOptions:
    """What may be done: rules, vectors, how many ways to schedule, and for how many seconds."""

    rewrite: bool = True
    vectorize: bool = False
    effort: Effort = Effort.DEFAULT
    time_limit: float | None = None
    seed: int = 0
    instances: int = INSTANCES


@dataclass(frozen=True)
class Candidate:
    """A program made of a graph, proved to be it, and the values on the way."""

    way: str
    program: Program
    problem: Problem
    schedule: Schedule
    allocation: Allocation
    proof: Equivalence
    rules: Mapping[str, int] = field(default_factory=dict)

    @property
    def cycles(self) -> int:
        return counted_bundles(self.program)


@dataclass(frozen=True)
class Repacked:
    """`program` takes `cycles`, the given one took `before`; `best` is None if it is that one.

    `bounds` are those of the shortest candidate, also if the given program was shorter still.
    `why` says of what is returned why it may be trusted, or why nothing better is.
    """

    given: Program
    program: Program
    machine: Machine
    facts: Facts
    before: int
    cycles: int
    best: Candidate | None
    bounds: tuple[Bound, ...]
    why: str
    verified: Verified
    seconds: float
    interrupted: bool = False


def _silent(_what: str, _cycles: int) -> None:
    """Tell nobody."""


def repack(
    program: Program,
    machine: Machine,
    facts: Facts,
    options: RepackOptions | None = None,
    listen: Listener = _silent,
) -> Repacked:
    """The shortest program found that does under `facts` what `program` does.

    Raises what `lift` raises for a program that cannot be lifted, and CheckFailed if a check finds
    a fault in what was made.
    """
    options = RepackOptions() if options is None else options
    start = time.monotonic()
    end = None if options.time_limit is None else start + options.time_limit
    lifted = lift_counting(program, machine, facts)
    listen(f"lifted {len(lifted.graph.nodes):,} nodes", lifted.cycles)
    best: Candidate | None = None
    interrupted = False
    try:
        for found in _all_candidates(program, lifted, machine, facts, options, end, listen):
            if best is None or found.cycles < best.cycles:
                best = found
            listen(f"{found.way}: {found.cycles:,} cycles", min(best.cycles, lifted.cycles))
    except KeyboardInterrupt:  # what was found so far is kept
        interrupted = True
    result = _result(program, machine, facts, lifted.cycles, best, options, start)
    return replace(result, interrupted=interrupted)


def _all_candidates(
    program: Program,
    lifted: Lifted,
    machine: Machine,
    facts: Facts,
    options: RepackOptions,
    end: float | None,
    listen: Listener,
) -> Iterator[Candidate]:
    """Programs for all ways to write the graph that are proved to be the program."""
    for way, graph in _graphs(lifted.graph, machine, facts, options):
        if end is not None and time.monotonic() >= end:
            return
        proof = graph_refines_program(graph, program, machine, facts)
        if proof.verdict is True:
            yield from _candidates(way, graph, machine, facts, options, end)
        else:
            listen(f"{way}: not proved ({proof.why}), passed over", lifted.cycles)


def _graphs(
    graph: Graph, machine: Machine, facts: Facts, options: RepackOptions
) -> Iterator[tuple[str, Graph]]:
    """Ways to write the graph: in vectors, without its detours over memory, as it stands."""
    if not options.rewrite:
        yield "as it stands", label_items(graph)
        return
    straight = drop_dead_stores(forward_stores(graph))
    if options.vectorize:
        packed = pack_isomorphic(straight, machine)
        yield "in vectors", label_items(packed)
        for most in ANSWERED:
            answered = answer_loads(straight, facts, most)
            if answered != straight:
                yield f"in vectors, {most} words", label_items(pack_isomorphic(answered, machine))
        if packed != straight and len(graph.nodes) > _LARGE:
            return
    lanes = pack_lanes(straight, machine)
    if lanes != straight:
        yield "lanes together", label_items(lanes)
    yield "forwarded", label_items(straight)
    if len(straight.nodes) != len(graph.nodes):
        yield "as it stands", label_items(graph)


def _candidates(
    way: str,
    graph: Graph,
    machine: Machine,
    facts: Facts,
    options: RepackOptions,
    end: float | None,
) -> Iterator[Candidate]:
    """Programs for `graph`, one for each way to stagger its items."""
    rewritten = rewrite(graph, machine, RULES if options.rewrite else ())
    for fault in rewriting_faults(graph, rewritten.graph, rewritten.derivation, RULES):
        raise CheckFailed(fault)
    lowered = lower(rewritten.graph, machine)
    problem = lowered.problem
    items = int(problem.items.max(initial=-1)) + 1
    bound = best_bound(bound_ladder(problem)).cycles
    shares = STAGGERS[options.effort] if items > 1 else (0.0,)
    if problem.size > _LARGE:
        shares = shares[:2]
    for share in shares:
        if end is not None and time.monotonic() >= end:
            return
        tried = ScheduleOptions(
            stagger=share * bound / max(items, 1), seed=options.seed, passes=_PASSES
        )
        try:
            schedule, allocation = fit(
                lowered.graph, problem, tried, machine.scratch_words, Effort.FAST
            )
        except NoSchedule:
            continue
        for found in (
            *schedule_violations(schedule, problem),
            *allocation_violations(allocation, schedule, problem),
        ):
            raise CheckFailed(found)
        made = emit(lowered.graph, machine, problem, lowered.layout, schedule, allocation)
        proof = program_equals_graph(made, machine, rewritten.graph, facts)
        if proof.verdict is False:
            raise CheckFailed(Diagnostic("SW406", proof.why))
        if proof.verdict is not True:
            continue
        yield Candidate(way, made, problem, schedule, allocation, proof, rewritten.counts())


#: Passes of forward-backward improvement for each schedule.
_PASSES = 4

#: Problems of more operations are scheduled in fewer ways.
_LARGE = 50_000


def _result(
    program: Program,
    machine: Machine,
    facts: Facts,
    before: int,
    best: Candidate | None,
    options: RepackOptions,
    start: float,
) -> Repacked:
    """The better of the given program and the best candidate, run on random memories."""
    bounds = () if best is None else bound_ladder(best.problem)
    if best is not None and best.cycles < before:
        meta = {**program.meta, "plan": "repacked"} if "plan" in program.meta else program.meta
        made = replace(best.program, meta=meta)
        why = (
            "the graph does what the given program does, its rewriting is derived anew, and the "
            "new program is the rewritten graph, all on symbols"
        )
        verified = _verified(program, made, machine, facts, options)
        cycles, chosen = best.cycles, best
    else:
        made, cycles, chosen, verified = program, before, None, Verified(0, 0, before)
        why = "nothing shorter was found, so it is the program as it was given"
    seconds = round(time.monotonic() - start, 3)
    return Repacked(
        program, made, machine, facts, before, cycles, chosen, bounds, why, verified, seconds
    )


def _verified(
    given: Program, made: Program, machine: Machine, facts: Facts, options: RepackOptions
) -> Verified:
    """Runs of both on random memories; none if the length of memory is not known."""
    words = facts.memory_words
    if words is None:
        return Verified(0, 0, counted_bundles(made))
    encoded = encode(given, machine)

    def reference(memory: Words) -> Words:
        return run_compiled(encoded, memory, strict=False).memory

    return run_against_reference(
        made,
        machine,
        facts=facts,
        memory=lambda rng: _memory(facts, words, int(rng.integers(1 << 30))),
        reference=reference,
        instances=options.instances,
        seed=options.seed,
    )


def _memory(facts: Facts, words: int, seed: int) -> Words:
    return np.array(random_memory(facts, words, seed), dtype=np.uint32)
