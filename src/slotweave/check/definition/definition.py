"""Kernel = definition: a graph or a program does to memory what its workload is defined to do.

Guarantees, if the verdict is true: for every memory that the facts allow, the run touches no word
past the end of memory, divides by no zero and writes no word twice in a bundle, and at the end
every word of the regions that the facts call output or read-only (of all of memory, if they name
none) is what the definition says: values and states of all items after the last step, and every
other word as it was. If the verdict is false there is a memory on which the run does something
else, which was tried; "unknown" comes with its reason.

It rests on the meanings in `isa`, on the definition, and on the files `symbolic_*`, `forms`,
`cases`, `intervals`, `meanings` and `prover` of this package; on the solver only where a hash is
written in another way than it is defined. It knows nothing of how a kernel is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from slotweave.base.verdict import Verdict
from slotweave.check.definition.cases import MAX_CASES, UndecidedError, Walks
from slotweave.check.definition.counterexample import (
    Refutable,
    Run,
    counterexample,
    judged_addresses,
    steered_words,
)
from slotweave.check.definition.definition_run import run_definition
from slotweave.check.definition.meanings import Meaning, Meanings
from slotweave.check.definition.prover import Doubt, Prover
from slotweave.check.definition.sweep import Dropped, Guesses, sweep
from slotweave.check.symbolic.recorded_memory import RecordedMemory
from slotweave.check.symbolic.stores_together import doubtful_stores
from slotweave.check.symbolic.symbolic_graph import NotExecutableError
from slotweave.check.symbolic.symbolic_graph import run_graph as run_graph_on_terms
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.symbolic_program import MAX_BUNDLES, SymbolicRun
from slotweave.check.symbolic.terms import Terms
from slotweave.check.symbolic.witness import NoValueError, cone_of, random_memory, words_on
from slotweave.ir.definition import Definition
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.isa import WORD_MASK
from slotweave.machine import Machine
from slotweave.simulate.graph import run_graph
from slotweave.simulate.legality import static_faults
from slotweave.simulate.reference import run as run_program

#: Memories on which terms and definition are compared before anything is proved.
SAMPLES = 4

#: How many doubtful cases are tried on a memory of their own.
_TRIED = 8


@dataclass(frozen=True)
class _Subject:
    """What is compared with a definition: its run on terms, and how to run it on words."""

    terms: Terms
    memory: RecordedMemory
    layout: MemoryMap
    run: Run


def graph_meets_definition(graph: Graph, definition: Definition, facts: Facts) -> Refutable:
    """Does `graph` do to memory what `definition` says, under `facts`?"""
    if facts.memory_words is None or graph.memory_words != facts.memory_words:
        return Verdict("unknown", "graph and facts do not agree how long memory is")
    terms = Terms()
    layout = MemoryMap(graph.regions, graph.memory_words)
    memory = RecordedMemory(terms, layout, facts.words)
    try:
        run_graph_on_terms(graph, terms, layout, memory)
    except NotExecutableError as obstacle:
        return Verdict("unknown", str(obstacle))
    subject = _Subject(terms, memory, layout, lambda words: run_graph(graph, words))
    return _Proof(subject, definition, facts).verdict()


def program_meets_definition(
    program: Program,
    machine: Machine,
    definition: Definition,
    facts: Facts,
    *,
    max_bundles: int = MAX_BUNDLES,
) -> Refutable:
    """Does `program` do to memory on `machine` what `definition` says, under `facts`?"""
    for refusal in static_faults(program, machine):
        return Verdict("unknown", f"the machine refuses the program: {refusal}")
    if facts.memory_words is None:
        return Verdict("unknown", "the facts do not say how long memory is")
    terms = Terms()
    layout = MemoryMap(facts.regions, facts.memory_words)
    memory = RecordedMemory(terms, layout, facts.words)
    symbolic = SymbolicRun(program, machine, terms, memory, {}, max_bundles)
    try:
        symbolic.until_stop()
    except NotExecutableError as obstacle:
        return Verdict("unknown", str(obstacle))

    def run(words: Sequence[int]) -> Sequence[int]:
        end = run_program(program, machine, words, strict=False).memory
        return [int(word) for word in end]

    found = _Proof(_Subject(terms, memory, layout, run), definition, facts).verdict()
    if not found.proved:
        return found
    for bundle, one, two in doubtful_stores(symbolic.stored_together, terms, layout, {}):
        both = f"{terms.text(one)} and at {terms.text(two)}"
        return Verdict("unknown", f"bundle {bundle} stores at {both}, which may be one word")
    return found


#: A term, and what keeps a claim about it from being proved.
_Claim = tuple[Meaning, Doubt | None]

#: What is not proved, and of which item.
_Doubtful = tuple[int | None, Doubt]


class _OpenError(Exception):
    """Why there is no proof, and what may show that there cannot be one."""

    def __init__(self, reason: str, doubts: Sequence[_Doubtful] = ()) -> None:
        super().__init__(reason)
        self.doubts = doubts


class _Proof:
    """One subject compared with one definition."""

    def __init__(self, subject: _Subject, definition: Definition, facts: Facts) -> None:
        self.subject, self.definition, self.facts = subject, definition, facts
        self._holds = {
            address: (kind, item)
            for kind, addresses in (("value", definition.values), ("state", definition.states))
            for item, address in enumerate(addresses)
        }

    def verdict(self) -> Refutable:
        """Try a few memories, then prove; what stays open is tried as well."""
        try:
            walks = self._walks()
        except UndecidedError as obstacle:
            return Verdict("unknown", str(obstacle))
        for seed in range(SAMPLES):
            found = self._tried(seed)
            if found is not None:
                return found
        try:
            self._prove(walks)
        except _OpenError as obstacle:
            refuted = self._refuted(walks, obstacle.doubts)
            return Verdict("unknown", str(obstacle)) if refuted is None else refuted
        items, steps = len(self.definition.values), self.definition.steps
        why = f"all {steps} steps of all {items} items are proved to be those of the definition"
        return Verdict(True, why)

    def _tried(self, seed: int, words: Mapping[int, int] | None = None) -> Refutable | None:
        """What a run on this memory refutes."""
        found = counterexample(self.subject.run, self.definition, self.facts, seed, words)
        return Verdict(False, str(found), found) if found else None

    def _refuted(self, walks: Walks, doubts: Sequence[_Doubtful]) -> Refutable | None:
        """A run that goes where a claim is in doubt, and goes wrong."""
        led = [(item, d.cases, d.case) for item, d in doubts if d.cases and item is not None]
        for item, cases, case in led[:_TRIED]:
            start, parities = walks.decisions(cases, case)
            steered = steered_words(self.definition, self.facts, item, start, parities)
            found = self._tried(*steered) if steered else None
            if found is not None:
                return found
        return None

    def _prove(self, walks: Walks) -> None:
        """Raises _OpenError for the first thing that is not proved."""
        subject = self.subject
        self._expect_no_zero_divisor()
        if subject.memory.scattered:
            raise _OpenError("a word is stored at a computed address, which may be any")
        prover = Prover(walks)
        meanings = Meanings(subject.terms, subject.layout, prover, self._given(prover))
        judged = {a: subject.memory.word(a) for a in judged_addresses(self.facts)}
        touched = sorted(subject.memory.touched)
        cone = cone_of([*judged.values(), *touched], subject.terms)
        dropped = sweep(subject.terms, cone, self._guesses(cone), meanings, prover)
        claims = chain(
            (self._inside(address, meanings, prover) for address in touched),
            (self._defined(address, term, meanings, prover) for address, term in judged.items()),
        )
        for meaning, doubt in claims:
            if doubt:
                # What was dropped on the way is nearer to the cause.
                first = dropped[0] if dropped else Dropped(meaning, doubt)
                reason = meanings.reason(first.meaning) or first.doubt.reason
                doubts = [(found.meaning.item, found.doubt) for found in dropped]
                raise _OpenError(reason, [*doubts, (meaning.item, doubt)])

    def _walks(self) -> Walks:
        """The ways that items can go, all of whose words are in memory."""
        walks = Walks(self.definition, self._starts())
        for step in range(self.definition.steps):
            addresses = self.definition.word(walks.reachable(step))
            if addresses.min() < 0 or addresses.max() >= self.subject.layout.memory_words:
                raise UndecidedError(f"step {step} may read a word past the end of memory")
        return walks

    def _starts(self) -> list[int]:
        """Every state in which the facts let some item start."""
        starts: set[int] = set()
        for lowest, highest in {self._range(address) for address in self.definition.states}:
            if highest - lowest >= MAX_CASES:
                raise UndecidedError("the facts do not say in which states items may start")
            starts.update(range(lowest, highest + 1))
        return sorted(starts)

    def _range(self, address: int) -> tuple[int, int]:
        """The lowest and the highest word that may lie at `address`."""
        if address in self.facts.words:
            return self.facts.words[address], self.facts.words[address]
        for region in self.facts.regions:
            if region.start <= address < region.stop and region.name in self.facts.ranges:
                return self.facts.ranges[region.name]
        return 0, WORD_MASK

    def _given(self, prover: Prover) -> dict[int, Meaning]:
        """The words before the run that are no plain inputs."""
        forms = prover.forms
        given = {
            address: Meaning(forms.leaf(kind, 0), item)
            for address, (kind, item) in self._holds.items()
        }
        for address, word in self.facts.words.items():
            given[address] = Meaning(forms.constant(word))
        return given

    def _guesses(self, cone: Sequence[int]) -> Guesses:
        subject = self.subject
        memories = [
            random_memory(self.facts, subject.layout.memory_words, seed) for seed in range(SAMPLES)
        ]
        try:
            words = [words_on(memory, cone, subject.terms, subject.layout) for memory in memories]
        except NoValueError as term:
            raise _OpenError(f"an address or a divisor is out of range ({term})") from None
        return Guesses([run_definition(self.definition, memory) for memory in memories], words)

    def _expect_no_zero_divisor(self) -> None:
        terms = self.subject.terms
        for kind, _value, args in (terms[term] for term in range(len(terms))):
            if kind in ("div", "cdiv", "mod") and not terms.known(args[1]):
                raise _OpenError(f"a {kind} may divide by zero")

    def _inside(self, term: int, meanings: Meanings, prover: Prover) -> _Claim:
        """Whether the address `term`, which is touched, is one of memory."""
        meaning = meanings.of(term)
        words = self.subject.layout.memory_words
        return meaning, prover.doubt("below", meaning.form, 0, words)

    def _defined(self, address: int, term: int, meanings: Meanings, prover: Prover) -> _Claim:
        """Whether what is left at `address` is what the definition leaves there."""
        meaning = meanings.of(term)
        place = self.subject.layout.place(address)
        kind, item = self._holds.get(address, ("", None))
        if not kind:
            same = meaning == meanings.before(address)
            return meaning, None if same else Doubt(f"{place} may be changed")
        if meaning.item not in (item, None):
            return meaning, Doubt(f"{place} is about item {meaning.item}")
        doubt = prover.doubt(kind, meaning.form, self.definition.steps, 0)
        return Meaning(meaning.form, item), doubt
