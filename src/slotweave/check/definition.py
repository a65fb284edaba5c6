"""Kernel = definition: a graph or a program does to memory what its workload is defined to do.

Guarantees, if the verdict is true: for every memory that the facts allow, the run touches no word
past the end of memory and divides by no zero, and at the end every word of the regions that the
facts call output or read-only is what the definition says: values and states of all items behind
the last step, and every other word as it was. If the verdict is false there is a memory on which
the run does something else, which was tried; "unknown" comes with its reason.

It rests on the meanings in `isa`, on the definition, and on the files `symbolic_*`, `forms`,
`cases`, `meanings` and `prover` of this package. It knows nothing of how a kernel is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from slotweave.check.cases import MAX_CASES, UndecidedError, Walks
from slotweave.check.counterexample import Counterexample, Run, counterexample, steered_words
from slotweave.check.definition_run import run_definition
from slotweave.check.meanings import Meaning, Meanings
from slotweave.check.prover import Doubt, Prover
from slotweave.check.recorded_memory import RecordedMemory
from slotweave.check.sweep import Dropped, Guesses, sweep
from slotweave.check.symbolic_graph import NotExecutableError
from slotweave.check.symbolic_graph import run_graph as run_graph_on_terms
from slotweave.check.symbolic_memory import MemoryMap
from slotweave.check.symbolic_program import MAX_BUNDLES, SymbolicRun
from slotweave.check.terms import Terms
from slotweave.check.witness import NoValueError, cone_of, random_memory, words_on
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
class DefinitionProof:
    """The verdict on a run and a definition, and its reason."""

    verdict: bool | Literal["unknown"]
    why: str
    counterexample: Counterexample | None = None


@dataclass(frozen=True)
class _Subject:
    """What is held against a definition: its run on terms, and how to run it on words."""

    terms: Terms
    memory: RecordedMemory
    layout: MemoryMap
    run: Run


def graph_meets_definition(graph: Graph, definition: Definition, facts: Facts) -> DefinitionProof:
    """Does `graph` do to memory what `definition` says, under `facts`?"""
    if facts.memory_words is None or graph.memory_words != facts.memory_words:
        return DefinitionProof("unknown", "graph and facts do not agree how long memory is")
    terms = Terms()
    layout = MemoryMap(graph.regions, graph.memory_words)
    memory = RecordedMemory(terms, layout, facts.words)
    try:
        run_graph_on_terms(graph, terms, layout, memory)
    except NotExecutableError as obstacle:
        return DefinitionProof("unknown", str(obstacle))
    subject = _Subject(terms, memory, layout, lambda words: run_graph(graph, words))
    return _Proof(subject, definition, facts).verdict()


def program_meets_definition(
    program: Program,
    machine: Machine,
    definition: Definition,
    facts: Facts,
    *,
    max_bundles: int = MAX_BUNDLES,
) -> DefinitionProof:
    """Does `program` do to memory on `machine` what `definition` says, under `facts`?"""
    for refusal in static_faults(program, machine):
        return DefinitionProof("unknown", f"the machine refuses the program: {refusal}")
    if facts.memory_words is None:
        return DefinitionProof("unknown", "the facts do not say how long memory is")
    terms = Terms()
    layout = MemoryMap(facts.regions, facts.memory_words)
    memory = RecordedMemory(terms, layout, facts.words)
    try:
        SymbolicRun(program, machine, terms, memory, {}, max_bundles).until_stop()
    except NotExecutableError as obstacle:
        return DefinitionProof("unknown", str(obstacle))

    def run(words: Sequence[int]) -> Sequence[int]:
        end = run_program(program, machine, words, strict=False).memory
        return [int(word) for word in end]

    return _Proof(_Subject(terms, memory, layout, run), definition, facts).verdict()


class _OpenError(Exception):
    """Why there is no proof, and what may show that there cannot be one."""

    def __init__(self, reason: str, item: int | None = None, doubt: Doubt | None = None) -> None:
        super().__init__(reason)
        self.item, self.doubt = item, doubt


class _Proof:
    """One subject held against one definition."""

    def __init__(self, subject: _Subject, definition: Definition, facts: Facts) -> None:
        self.subject, self.definition, self.facts = subject, definition, facts
        self._holds = {
            address: (kind, item)
            for kind, addresses in (("value", definition.values), ("state", definition.states))
            for item, address in enumerate(addresses)
        }

    def verdict(self) -> DefinitionProof:
        """Try a few memories, then prove; what stays open is tried as well."""
        for seed in range(SAMPLES):
            found = self._tried(seed)
            if found:
                return found
        dropped: list[Dropped] = []
        try:
            self._prove(dropped)
        except (_OpenError, UndecidedError) as obstacle:
            doubts = [(d.item, d.doubt) for d in dropped]
            if isinstance(obstacle, _OpenError) and obstacle.item is not None and obstacle.doubt:
                doubts.append((obstacle.item, obstacle.doubt))
            reason = dropped[0].doubt.reason if dropped else str(obstacle)
            return self._refuted(doubts) or DefinitionProof("unknown", reason)
        items, steps = len(self.definition.values), self.definition.steps
        why = f"all {steps} steps of all {items} items are proved to be those of the definition"
        return DefinitionProof(True, why)

    def _tried(self, seed: int, words: Mapping[int, int] | None = None) -> DefinitionProof | None:
        """What a run on this memory refutes."""
        found = counterexample(self.subject.run, self.definition, self.facts, seed, words)
        return DefinitionProof(False, str(found), found) if found else None

    def _refuted(self, doubts: Sequence[tuple[int, Doubt]]) -> DefinitionProof | None:
        """A run that goes where a claim is in doubt, and goes wrong."""
        walks = Walks(self.definition, self._starts())
        cases = [(item, d.cases, d.case) for item, d in doubts if d.cases is not None]
        for item, around, case in cases[:_TRIED]:
            start, parities = walks.decisions(around, case)
            steered = steered_words(self.definition, self.facts, item, start, parities)
            found = self._tried(*steered) if steered else None
            if found:
                return found
        return None

    def _prove(self, dropped: list[Dropped]) -> None:
        """Raises _OpenError or UndecidedError for the first thing that is not proved."""
        self._expect_no_zero_divisor()
        if self.subject.memory.scattered:
            raise _OpenError("a word is stored at a computed address, which may be any")
        prover = Prover(Walks(self.definition, self._starts()))
        meanings = Meanings(self.subject.terms, self.subject.layout, prover, self._given(prover))
        judged = dict(self._judged())
        touched = sorted(self.subject.memory.touched)
        cone = cone_of([*judged.values(), *touched], self.subject.terms)
        dropped += sweep(self.subject.terms, cone, self._guesses(cone), meanings, prover)
        for address in touched:
            self._expect_inside(address, meanings, prover)
        for address, term in judged.items():
            self._expect_defined(address, term, meanings, prover)

    def _starts(self) -> list[int]:
        """Every state in which the facts let some item start."""
        starts: set[int] = set()
        for address in self.definition.states:
            lowest, highest = self._range(address)
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

    def _judged(self) -> Iterator[tuple[int, int]]:
        """The addresses of judged words, and the terms that the run leaves there."""
        for region in self.facts.regions:
            if region.output or region.read_only:
                for address in range(region.start, region.stop):
                    yield address, self.subject.memory.word(address)

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

    def _expect_inside(self, term: int, meanings: Meanings, prover: Prover) -> None:
        """The word at an address that is touched is there."""
        meaning = meanings.of(term)
        words = self.subject.layout.memory_words
        _expect(prover.doubt("below", meaning.form, 0, words), meaning, meanings)

    def _expect_defined(self, address: int, term: int, meanings: Meanings, prover: Prover) -> None:
        """What is left at `address` is what the definition leaves there."""
        place = self.subject.layout.place(address)
        meaning = meanings.of(term)
        kind, item = self._holds.get(address, ("", None))
        if not kind:
            if meaning != meanings.before(address):
                raise _OpenError(f"{place} may be changed")
            return
        if meaning.item not in (item, None):
            raise _OpenError(f"{place} is about item {meaning.item}")
        doubt = prover.doubt(kind, meaning.form, self.definition.steps, 0)
        _expect(doubt, replace(meaning, item=item), meanings)


def _expect(doubt: Doubt | None, meaning: Meaning, meanings: Meanings) -> None:
    if doubt:
        reason = meanings.reason(meaning) or doubt.reason
        raise _OpenError(reason, meaning.item, doubt)
