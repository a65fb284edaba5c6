"""Do all memories keep what a kernel promises: that each index stays inside its region?

Guarantees: if the verdict is true, no memory that the facts allow makes a computed address leave
the region that its node names; if it is false, there is a memory on which the graph, run node by
node, refuses such an access, and the result has it. "unknown" comes with its reason.

Memories are tried first, then each address is put to a solver (Z3, the extra `prove`): words of
memory, and what is loaded at computed addresses, are its variables. So that it finds none is a
proof; one that it finds counts only if a run confirms it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slotweave.base.diagnostics import CheckFailed
from slotweave.base.verdict import Verdict
from slotweave.check.definition.counterexample import Counterexample, Refutable
from slotweave.check.symbolic.recorded_memory import RecordedMemory
from slotweave.check.symbolic.symbolic_flow import run_flow as run_on_terms
from slotweave.check.symbolic.symbolic_graph import NotExecutableError
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.terms import Terms
from slotweave.check.symbolic.witness import random_memory
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Region
from slotweave.simulate.graph import run_flow

#: Random memories tried, besides those of equal words.
TRIED = 16
_EQUAL = (0, 1, 2**31, 2**32 - 1)

#: More addresses than this are not put to the solver, and longer memories are not written out.
MOST_ADDRESSES = 256
MOST_WORDS = 1 << 20

_BROKEN = "SW116"


def promises_kept(flow: Flow, facts: Facts) -> Refutable:
    """Does every memory that `facts` allow keep the promises of `flow`?"""
    words = flow.blocks[-1].graph.memory_words
    if words > MOST_WORDS:
        return Verdict("unknown", f"memory has {words} words, too many to try some")
    for seed, changed in _memories(facts, words):
        broken = _broken(flow, facts, words, seed, changed)
        if broken is not None:
            return Verdict(False, str(broken), broken)
    try:
        from slotweave.check.definition.solver import memory_outside
    except ImportError:
        return Verdict("unknown", "the solver is missing: `pip install 'slotweave[prove]'`")
    terms = Terms()
    layout = MemoryMap(flow.blocks[-1].graph.regions, words)
    memory = RecordedMemory(terms, layout, facts.words)
    try:
        accesses = run_on_terms(flow, terms, layout, memory).accesses
    except NotExecutableError as obstacle:
        return Verdict("unknown", str(obstacle))
    if len(accesses.region) > MOST_ADDRESSES:
        return Verdict("unknown", f"{len(accesses.region)} addresses are too many for the solver")
    open_ = ""
    for address, number in accesses.region.items():
        if number is None:
            return Verdict("unknown", f"{terms.text(address)} is said to lie in several regions")
        region = layout.regions[number] if number != layout.rest else Region("memory", 0, words)
        found = memory_outside(terms, address, region, facts)
        if isinstance(found, Mapping):
            broken = _broken(flow, facts, words, 0, found)
            if broken is not None:
                return Verdict(False, str(broken), broken)
        if found is not None:
            open_ = f"{terms.text(address)} may lie outside region {region.name}"
    if open_:
        return Verdict("unknown", open_)
    return Verdict(True, "no memory makes an index leave its region")


def _memories(facts: Facts, words: int) -> Iterator[tuple[int, Mapping[int, int]]]:
    """Memories that facts allow, as (seed, words changed)."""
    fixed = set(facts.words)
    for region in facts.regions:
        if region.name in facts.ranges:
            fixed.update(range(region.start, region.stop))
    for word in _EQUAL:
        yield 0, {address: word for address in range(words) if address not in fixed}
    for seed in range(TRIED):
        yield seed, {}


def _broken(
    flow: Flow, facts: Facts, words: int, seed: int, changed: Mapping[int, int]
) -> Counterexample | None:
    """That a run on this memory refuses an access outside its region, if it does."""
    memory: Sequence[int] = _with(random_memory(facts, words, seed), changed)
    try:
        run_flow(flow, memory)
    except CheckFailed as error:
        if error.diagnostic.code == _BROKEN:
            return Counterexample(seed, changed, failure=str(error))
    return None


def _with(memory: list[int], changed: Mapping[int, int]) -> list[int]:
    for address, word in changed.items():
        memory[address] = word
    return memory
