"""Running on symbols and then filling in a memory is running on that memory."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.symbolic.symbolic_memory import MemoryMap, SymbolicMemory
from slotweave.check.symbolic.symbolic_program import SymbolicRun
from slotweave.check.symbolic.terms import Terms
from slotweave.check.symbolic.witness import NoValueError, random_memory, words_on
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.simulate.reference import run
from strategies.machines import machines
from strategies.programs import FACTS, MEMORY_WORDS, straight_programs
from support.examples import examples


@given(machines(max_latency=3).flatmap(lambda m: st.tuples(st.just(m), straight_programs(m))),
       st.integers(0, 3))  # fmt: skip
@examples(100)
def test_symbols_filled_in_are_what_the_simulator_finds(case, seed):
    machine, program = case
    memory = random_memory(FACTS, MEMORY_WORDS, seed)
    try:
        end = run(program, machine, memory, strict=False)
    except CheckFailed as error:  # a zero divisor; nothing else can fail in these programs
        assume(error.diagnostic.code != "SW108")
        raise
    terms = Terms()
    layout = MemoryMap(FACTS.regions, MEMORY_WORDS)
    symbols = SymbolicMemory(terms, layout, {})
    found = SymbolicRun(program, machine, terms, symbols, {}).until_stop()
    roots = [symbols.word(address) for address in range(MEMORY_WORDS)]
    words = words_on(memory, [*roots, *found.trace], terms, layout)
    assert [words[root] for root in roots] == end.memory.tolist()
    assert tuple(words[term] for term in found.trace) == end.trace


def test_random_memories_keep_to_the_facts():
    regions = (Region("addresses", 0, 8), Region("rest", 8, 16))
    facts = Facts(24, {3: 77, 99: 1}, regions, {"addresses": (5, 6)})
    memory = random_memory(facts, 24, 1)
    assert len(memory) == 24
    assert memory[3] == 77
    assert set(memory[:3] + memory[4:8]) == {5, 6}
    assert max(memory[8:]) > 2**31
    assert memory == random_memory(facts, 24, 1)
    assert memory != random_memory(facts, 24, 2)


def test_a_term_without_a_value_on_a_memory_is_said_to_have_none():
    terms, layout = Terms(), MemoryMap((Region("low", 0, 2),), 4)
    beyond = terms.make("input", 4)
    divided = terms.operation("div", (terms.constant(1), terms.make("input", 0)))
    past = terms.make("load", 0, (terms.constant(9), terms.make("region", layout.rest)))
    astray = terms.make("load", 0, (terms.constant(3), terms.make("region", 0)))
    for term in (beyond, divided, past, astray):
        with pytest.raises(NoValueError):
            words_on([0, 0, 0, 0], [term], terms, layout)
