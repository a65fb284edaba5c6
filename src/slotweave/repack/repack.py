"""Program in, shorter program out: lifted, rewritten, scheduled, allocated, proved equal.

Guarantees: what is returned takes no more cycles than what was given, and where it is another
program it is proved to leave in memory what the given one leaves: the graph that was scheduled is
what the program does (`check.refinement`), its rewriting is derived anew (`check.rewriting`), and
the new program is the rewritten graph (`check.equivalence`). A candidate that fails to be proved is
not returned. Scratch that the given program reads before anything has written it is 0 throughout,
as on the machine (compatible mode); a new program reads none, and its runs are in strict mode.
"""

from __future__ import annotations

import time
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace

from slotweave.analysis.utilisation import counted_bundles
from slotweave.bound import Bound
from slotweave.budget import UNLIMITED, Budget
from slotweave.check.allocation_legality import allocation_violations
from slotweave.check.equivalence import Equivalence, program_equals_graph
from slotweave.check.execution import Verified, Words, expect_inputs_kept, run_against_reference
from slotweave.check.refinement import graph_refines_program
from slotweave.check.rewriting import rewriting_faults
from slotweave.check.schedule_legality import schedule_violations
from slotweave.check.witness import memories
from slotweave.diagnostics import CheckFailed, Diagnostic
from slotweave.emit import emit
from slotweave.interruption import unmasked_interruptions
from slotweave.ir.allocation import Allocation
from slotweave.ir.facts import Facts
from slotweave.ir.problem import Problem
from slotweave.ir.program import Program
from slotweave.ir.schedule import Schedule
from slotweave.lift import MAX_BUNDLES, Lifted, lift_counting
from slotweave.machine import Machine
from slotweave.repack.control import control_met
from slotweave.repack.options import Listener, RepackOptions
from slotweave.repack.search import Found, Search, beginnings, changed, search_of
from slotweave.repack.writings import IN_VECTORS, writings
from slotweave.rules.registry import RULES
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.wording import counted

#: Runs of the given program that show whether the facts are its own, before anything is tried.
_TRIED_BEFORE = 3


@dataclass(frozen=True)
class Candidate:
    """A program made of a graph, proved to be it, and the values on the way."""

    way: str
    program: Program
    problem: Problem
    schedule: Schedule
    allocation: Allocation
    proof: Equivalence
    bounds: tuple[Bound, ...]
    rules: Mapping[str, int] = field(default_factory=dict)

    @property
    def cycles(self) -> int:
        return counted_bundles(self.program)


@dataclass(frozen=True)
class Repacked:
    """`program` takes `cycles`, the given one took `before`; `best` is None if it is that one.

    `bounds` are those of the way to write the program that can be shortest, also if the given
    program was shorter still. `why` says of what is returned why it may be trusted, or why nothing
    better is. `evaluations` counts the schedules that were tried, and the ways to write the program
    that no schedule could make worth while. `met` are the pauses and core ids of the given run.
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
    evaluations: int
    interrupted: bool
    met: Mapping[str, int] = field(default_factory=dict)


@dataclass
class _Trail:
    """What was found so far: each schedule shorter than the one before; and all bounds."""

    shortest: int
    evaluations: int
    listen: Listener
    found: list[Found] = field(default_factory=list)
    bounds: list[tuple[Bound, ...]] = field(default_factory=list)
    interrupted: bool = False

    def tell(self, what: str) -> None:
        self.listen(what, self.shortest, self.evaluations)

    def note(self, found: Found | None) -> None:
        """One more evaluation was made, and this came of it."""
        self.evaluations += 1
        if found is None or found.cycles >= self.shortest:
            self.tell("")
            return
        self.found.append(found)
        self.shortest = found.cycles
        self.tell(f"{found.writing.way}: {counted(found.cycles, 'cycle')}")


def _silent(_what: str, _cycles: int, _evaluations: int) -> None:
    """Tell nobody."""


def repack(
    program: Program,
    machine: Machine,
    facts: Facts,
    options: RepackOptions | None = None,
    listen: Listener = _silent,
    budget: Budget = UNLIMITED,
) -> Repacked:
    """The shortest program found within `budget` that does under `facts` what `program` does.

    Raises what `lift` raises for a program that cannot be lifted, and CheckFailed if a check finds
    a fault in what was made, or if the given program changes what is read-only (SW404).
    """
    options = RepackOptions() if options is None else options
    start, evaluations = time.monotonic(), 0
    apart, unproved = True, set[str]()
    while True:
        lifted = lift_counting(program, machine, facts, apart=apart)
        trail = _Trail(lifted.cycles, evaluations, listen)
        trail.tell(f"lifted {counted(len(lifted.graph.nodes), 'node')}")
        if apart:
            _expect_fitting(program, machine, facts)
        try:
            with unmasked_interruptions():
                tries = _tries(lifted, machine, facts, options, trail, unproved)
                for found in budget.limit(tries, evaluations):
                    trail.note(found)
        except KeyboardInterrupt:  # what was found so far is kept
            trail.interrupted = True
        evaluations = trail.evaluations
        try:
            with unmasked_interruptions():
                best = _first_proved(trail, program, machine, facts)
        except KeyboardInterrupt:  # what is not proved is not kept
            trail.interrupted, best = True, None
        if trail.interrupted or best or not trail.found or budget.is_spent(evaluations):
            break
        if not apart:
            unproved.update(found.writing.way for found in trail.found)
        apart = False  # the regions told apart may be what could not be proved
    result = _result(program, machine, facts, lifted.cycles, best, trail, options, start)
    return replace(result, met=control_met(program, machine, lifted.path))


def _expect_fitting(program: Program, machine: Machine, facts: Facts) -> None:
    """Raise CheckFailed (SW404) if the program changes what the facts call read-only.

    Facts that do not say how long memory is give no memory to try it on.
    """
    if facts.memory_words is not None and any(region.read_only for region in facts.regions):
        drawn = memories(facts, facts.memory_words)
        expect_inputs_kept(program, machine, facts, drawn, _TRIED_BEFORE, MAX_BUNDLES)


def _tries(
    lifted: Lifted,
    machine: Machine,
    facts: Facts,
    options: RepackOptions,
    trail: _Trail,
    unproved: Container[str],
) -> Iterator[Found | None]:
    """What each evaluation found, if anything, of all ways to write the graph but those `unproved`.

    Every way is at least one evaluation, so that limits are looked at between any two.
    """
    begun: list[tuple[Search, tuple[Found, ...]]] = []
    ways: list[str] = []
    for writing in writings(lifted, machine, facts, options):
        ways.append(writing.way)
        if writing.way in unproved:
            continue
        trail.bounds.append(writing.bounds)
        if writing.least >= trail.shortest:
            least = counted(writing.least, "cycle")
            trail.tell(f"{writing.way}: passed over, scheduled again it takes {least} or more")
            yield None
            continue
        before = trail.shortest
        search = search_of(writing, machine.scratch_words, options.effort, options.seed)
        found = yield from beginnings(search)
        if not found:
            continue
        begun.append((search, found))
        if found[0].cycles >= before:
            trail.tell(f"{writing.way}: {counted(found[0].cycles, 'cycle')}")
    if options.vectorize and not any(way.startswith(IN_VECTORS) for way in ways):
        trail.tell(f"{IN_VECTORS}: no operations on words were found that could be packed")
    for search, found in sorted(begun, key=lambda pair: pair[1][0].cycles)[:1]:
        yield from changed(search, found)


def _first_proved(
    trail: _Trail, program: Program, machine: Machine, facts: Facts
) -> Candidate | None:
    """The last, and so the shortest, that was found and is proved to do what `program` does."""
    verdicts: dict[str, Equivalence] = {}
    for one in reversed(trail.found):
        way = one.writing.way
        if way not in verdicts:
            trail.tell(f"{way}: being proved")
            verdicts[way] = graph_refines_program(one.writing.graph, program, machine, facts)
            if verdicts[way].verdict is not True:
                trail.tell(f"{way}: not proved ({verdicts[way].why}), passed over")
        if verdicts[way].verdict is True:
            candidate = _proved(one, machine, facts)
            if candidate is not None:
                return candidate
    return None


def _proved(found: Found, machine: Machine, facts: Facts) -> Candidate | None:
    """The program of a schedule, if it is proved to be its graph.

    Raises CheckFailed if a check finds a fault, rather than no proof.
    """
    writing = found.writing
    lowered, problem, rewritten = writing.lowered, writing.problem, writing.rewritten
    for fault in (
        *rewriting_faults(writing.graph, rewritten.graph, rewritten.derivation, RULES),
        *schedule_violations(found.schedule, problem),
        *allocation_violations(found.allocation, found.schedule, problem),
    ):
        raise CheckFailed(fault)
    program = emit(
        lowered.graph, machine, problem, lowered.layout, found.schedule, found.allocation
    )
    proof = program_equals_graph(program, machine, rewritten.graph, facts)
    if proof.verdict is False:
        raise CheckFailed(Diagnostic("SW406", proof.why))
    if proof.verdict is not True:
        return None
    return Candidate(
        writing.way, program, problem, found.schedule, found.allocation, proof, writing.bounds,
        rewritten.counts(),
    )  # fmt: skip


def _result(
    program: Program,
    machine: Machine,
    facts: Facts,
    before: int,
    best: Candidate | None,
    trail: _Trail,
    options: RepackOptions,
    start: float,
) -> Repacked:
    """The better of the given program and the best candidate, run on random memories."""
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
        done = "proved to do the same" if trail.found else "found"
        why = f"nothing shorter was {done}, so it is the program as it was given"
    least = min(trail.bounds, key=lambda b: max(one.cycles for one in b), default=())
    return Repacked(
        program, made, machine, facts, before, cycles, chosen,
        bounds=least if best is None else best.bounds, why=why, verified=verified,
        seconds=round(time.monotonic() - start, 3), evaluations=trail.evaluations,
        interrupted=trail.interrupted,
    )  # fmt: skip


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
        memory=memories(facts, words),
        reference=reference,
        instances=options.instances,
        seed=options.seed,
    )
