"""Each pass keeps what memory is at the end, and leaves a graph that is well formed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.graph_words import GraphWords
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.symbolic.witness import random_memory
from slotweave.frontend.trace import trace_function
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.verify.graph_verify import verify_graph
from slotweave.lift import lift
from slotweave.machine import CHALLENGE
from slotweave.simulate.graph import run_graph
from slotweave.vectorize import (
    answer_loads,
    compute_choices,
    drop_dead_stores,
    forward_stores,
    label_items,
    load_together,
    pack_isomorphic,
    pack_lanes,
)
from strategies.machines import machines
from strategies.programs import FACTS, MEMORY_WORDS, straight_programs
from support.examples import examples

OUTPUT = tuple(replace(region, output=True) for region in FACTS.regions)
PASSES = {
    "forward": lambda graph, _machine: forward_stores(graph),
    "drop": lambda graph, _machine: drop_dead_stores(graph),
    "pack": pack_isomorphic,
    "lanes": pack_lanes,
    "answer": lambda graph, _machine: answer_loads(graph, GraphWords(graph, FACTS), 4),
    "choices": lambda graph, _machine: compute_choices(graph, GraphWords(graph, FACTS)),
    "together": lambda graph, _machine: load_together(graph),
    "label": lambda graph, _machine: label_items(graph),
    "all": lambda graph, machine: pack_isomorphic(drop_dead_stores(forward_stores(graph)), machine),
}


@pytest.mark.parametrize("name", PASSES)
@given(machines(max_latency=2).flatmap(lambda m: st.tuples(st.just(m), straight_programs(m, 16))),
       st.booleans())  # fmt: skip
@examples(60)
def test_a_pass_keeps_what_memory_is_at_the_end(name, case, in_regions):
    machine, program = case
    facts = Facts(MEMORY_WORDS, {}, OUTPUT if in_regions else (), {})
    facts = replace(facts, ranges=FACTS.ranges) if in_regions else facts
    graph = lift(program, machine, facts)
    memory = random_memory(FACTS, MEMORY_WORDS, 7)
    try:
        expected = run_graph(graph, memory)
    except CheckFailed:  # a zero divisor
        return
    passed = PASSES[name](graph, machine)
    verify_graph(passed)
    assert run_graph(passed, memory) == expected


def ops(graph: Graph) -> Counter[str]:
    return Counter(node.op for node in graph.nodes)


def test_a_word_that_was_stored_is_not_loaded_again():
    def build(k):
        words = k.region("words", 0, 4, output=True)
        k.store(0, k.load(1, words) + 1, words)
        k.store(2, k.load(0, words) * 3, words)

    assert ops(forward_stores(trace_function(build, "k", 8)))["load"] == 1


def test_a_store_at_an_unknown_address_ends_what_is_known_of_its_region():
    def build(k):
        words = k.region("words", 0, 4, output=True)
        k.store(0, 5, words)
        k.store(k.load(1, words) & 3, 6, words)
        k.store(2, k.load(0, words), words)

    assert ops(forward_stores(trace_function(build, "k", 8)))["load"] == 2


def lookups(k, mask=3):
    table = k.region("table", 0, 16, read_only=True)
    data = k.region("data", 16, 8, read_only=True)
    out = k.region("out", 24, 8, output=True)
    for i in range(8):
        k.store(24 + i, k.load((k.load(16 + i, data) & mask) + 2, table), out)


def test_a_load_of_one_of_a_few_words_becomes_a_choice_among_them():
    graph = trace_function(lookups, "k", 8)
    answered = answer_loads(graph, GraphWords(graph, Facts(32)), 4)
    verify_graph(answered)
    found = ops(answered)
    assert (found["lt"], found["select"], found["load"]) == (3 * 8, 3 * 8, 8 + 4)
    memory = random_memory(Facts(32), 32, 3)
    assert run_graph(answered, memory) == run_graph(graph, memory)


def sums_of_bits(k):
    """Each item walks two steps down a tree of seven words, by a bit of its own each time."""
    tree = k.region("tree", 0, 8, read_only=True)
    data = k.region("data", 8, 16, read_only=True)
    out = k.region("out", 24, 8, output=True)
    for i in range(8):
        place = 0
        for step in range(2):
            bit = k.load(8 + 2 * i + step, data) & 1
            place = place * 2 + k.select(bit == 0, 1, 2)
        k.store(24 + i, k.load(place, tree), out)


def test_where_the_address_is_a_sum_of_bits_these_choose():
    graph = trace_function(sums_of_bits, "k", 8)
    answered = answer_loads(graph, GraphWords(graph, Facts(32)), 4)
    verify_graph(answered)
    found = ops(answered)
    assert (found["lt"], found["load"]) == (0, 16 + 4)
    memory = random_memory(Facts(32), 32, 3)
    assert run_graph(answered, memory) == run_graph(graph, memory)


def test_only_a_share_of_the_loads_is_answered_vector_by_vector():
    def build(k):
        table = k.region("table", 0, 16, read_only=True)
        data = k.region("data", 16, 32, read_only=True)
        out = k.region("out", 48, 32, output=True)
        for i in range(32):
            k.store(48 + i, k.load(k.load(16 + i, data) & 3, table), out)

    graph = trace_function(build, "k", 8)
    known = GraphWords(graph, Facts(80))
    answered = answer_loads(graph, known, 4, Fraction(1, 2))
    assert ops(answered)["load"] == ops(graph)["load"] - 16 + 4


def test_a_choice_between_two_words_by_a_bit_is_computed():
    def build(k):
        data = k.region("data", 0, 8, read_only=True)
        out = k.region("out", 8, 8, output=True)
        bits = k.vload(0, data) & 1
        k.vstore(8, k.select(bits == 0, 1, 2), out)

    graph = trace_function(build, "k", 8)
    computed = compute_choices(graph, GraphWords(graph, Facts(16)))
    verify_graph(computed)
    assert (ops(graph)["select"], ops(computed)["select"]) == (1, 0)
    memory = random_memory(Facts(16), 16, 3)
    assert run_graph(computed, memory) == run_graph(graph, memory)


def test_a_load_of_one_of_more_words_stays():
    graph = trace_function(lookups, "k", 8, mask=7)
    assert ops(answer_loads(graph, GraphWords(graph, Facts(32)), 4)) == ops(graph)


def test_a_load_from_a_region_that_is_stored_to_stays():
    def build(k):
        out = k.region("out", 0, 8, output=True)
        k.store(k.load(5, out) & 1, 7, out)
        k.store(5, k.load(k.load(6, out) & 1, out), out)

    graph = trace_function(build, "k", 8)
    assert ops(answer_loads(graph, GraphWords(graph, Facts(8)), 4)) == ops(graph)


def test_stores_that_nobody_sees_are_dropped():
    def build(k):
        words = k.region("words", 0, 4, output=True)
        spare = k.region("spare", 4, 4)
        k.store(0, 5, words)
        k.store(0, 6, words)
        k.store(1, 6, words)
        k.load(1, words)
        k.store(1, 7, words)
        k.store(4, 7, spare)

    assert ops(drop_dead_stores(trace_function(build, "k", 8)))["store"] == 3


def test_stores_side_by_side_become_vectors_with_all_that_leads_to_them():
    def build(k):
        source = k.region("source", 0, 16, read_only=True)
        out = k.region("out", 16, 16, output=True)
        for i in range(16):
            word = k.load(i, source)
            k.store(16 + i, k.load(word & 15, source) ^ 7, out)

    found = ops(pack_isomorphic(trace_function(build, "k", 8), CHALLENGE))
    assert (found["vload"], found["vstore"], found["load"], found["xor"]) == (2, 2, 2, 2)
    assert found["store"] == 0


def test_words_changed_in_place_one_by_one_become_vectors():
    def build(k):
        words = k.region("words", 0, 16, output=True)
        for i in range(16):
            k.store(i, k.load(i, words) * 3, words)

    graph = trace_function(build, "k", 8)
    packed = pack_isomorphic(graph, CHALLENGE)
    found = ops(packed)
    assert (found["vload"], found["vstore"], found["load"], found["store"]) == (2, 2, 0, 0)
    memory = random_memory(Facts(16), 16, 3)
    assert run_graph(packed, memory) == run_graph(graph, memory)


def test_a_store_whose_word_is_read_behind_it_stays_before_that():
    def build(k):
        words = k.region("words", 0, 17, output=True)
        for i in range(8):
            k.store(i, k.load(i, words) * 3, words)
        k.store(16, k.load(3, words), words)

    graph = trace_function(build, "k", 8)
    packed = pack_isomorphic(graph, CHALLENGE)
    assert ops(packed)["vstore"] == 0
    memory = random_memory(Facts(17), 17, 3)
    assert run_graph(packed, memory) == run_graph(graph, memory)


def test_no_store_moves_behind_a_pause():
    def build(k):
        words = k.region("words", 0, 8, output=True)
        for i in range(8):
            k.store(i, 5, words)
        k.pause()

    assert ops(pack_isomorphic(trace_function(build, "k", 8), CHALLENGE))["vstore"] == 0


def test_fields_of_records_are_made_in_vectors_and_stored_one_by_one():
    def build(k):
        records = k.region("records", 0, 32, output=True)
        for i in range(0, 32, 2):
            k.store(i, k.load(i, records) * 3, records)
            k.store(i + 1, k.load(i + 1, records) ^ 5, records)

    graph = trace_function(build, "k", 8)
    packed = pack_isomorphic(graph, CHALLENGE)
    found = ops(packed)
    # Side by side are words made in two ways: each way is a group of its own.
    assert (found["mul"], found["xor"]) == (2, 2)
    memory = random_memory(Facts(32), 32, 3)
    assert run_graph(packed, memory) == run_graph(graph, memory)


def test_words_made_in_different_ways_are_laid_side_by_side():
    def build(k):
        source = k.region("source", 0, 8, read_only=True)
        out = k.region("out", 8, 8, output=True)
        for i in range(8):
            word = k.load(i, source)
            k.store(8 + i, word * 3 if i % 2 else word ^ 5, out)

    found = ops(pack_isomorphic(trace_function(build, "k", 8), CHALLENGE))
    assert (found["vstore"], found["overlay"], found["mul"], found["xor"]) == (1, 1, 4, 4)


def test_lanes_worked_on_one_by_one_become_one_vector():
    def build(k):
        source = k.region("source", 0, 8, read_only=True)
        out = k.region("out", 8, 8, output=True)
        vector = k.vload(0, source)
        k.vstore(8, k.pack([vector.lane(i) ^ 7 for i in range(8)]) * 3, out)

    found = ops(pack_lanes(trace_function(build, "k", 8), CHALLENGE))
    assert (found["xor"], found["overlay"], found["slice"]) == (1, 0, 0)


def test_each_store_is_an_item_with_what_only_it_needs():
    def build(k):
        source = k.region("source", 0, 2, read_only=True)
        out = k.region("out", 2, 2, output=True)
        shared = k.load(0, source)
        k.store(2, shared + 1, out)
        k.store(3, shared * 5, out)

    graph = label_items(trace_function(build, "k", 8))
    items = {node.op: node.item for node in graph.nodes if node.op in ("load", "add", "mul")}
    assert items == {"load": -1, "add": 0, "mul": 1}


def test_loads_of_words_side_by_side_become_one_load():
    def build(k):
        table = k.region("table", 0, 20, read_only=True)
        out = k.region("out", 20, 8, output=True)
        for i, word in enumerate((1, 4, 8, 19)):
            k.store(20 + i, k.load(word, table) ^ i, out)

    graph = trace_function(build, "k", 8)
    together = load_together(graph)
    verify_graph(together)
    found = ops(together)
    assert (found["vload"], found["load"]) == (1, 1)  # 1 to 8; 19 alone
    memory = random_memory(Facts(28), 28, 3)
    assert run_graph(together, memory) == run_graph(graph, memory)


def test_a_vector_of_words_at_the_end_of_a_region_stays_inside():
    def build(k):
        table = k.region("table", 0, 10, read_only=True)
        out = k.region("out", 10, 2, output=True)
        k.store(10, k.load(8, table), out)
        k.store(11, k.load(9, table), out)

    together = load_together(trace_function(build, "k", 8))
    (start,) = [node.args[0] for node in together.nodes if node.op == "vload"]
    assert together.nodes[start].imm == 2


def test_words_that_are_stored_to_are_loaded_one_by_one():
    def build(k):
        words = k.region("words", 0, 8, output=True)
        total = k.load(0, words) + k.load(1, words)
        k.store(1, total, words)
        k.store(2, k.load(1, words), words)

    graph = trace_function(build, "k", 8)
    assert ops(load_together(graph)) == ops(graph)


def test_loads_at_known_addresses_apart_are_no_gather():
    def build(k):
        table = k.region("table", 0, 64, read_only=True)
        out = k.region("out", 64, 8, output=True)
        for i in range(8):
            k.store(64 + i, k.load(8 * i, table), out)

    found = ops(pack_isomorphic(trace_function(build, "k", 8), CHALLENGE))
    assert (found["vstore"], found["overlay"], found["load"]) == (1, 1, 8)


def test_words_that_meet_in_too_many_ways_are_not_packed():
    """A sorting network mixes its words in a new way in each step."""

    def build(k):
        words = k.region("words", 0, 16, output=True)
        held = [k.load(i, words) for i in range(16)]
        for step in range(16):
            for i in range(step % 2, 15, 2):
                low, high = held[i], held[i + 1]
                less = low < high
                held[i], held[i + 1] = k.select(less, low, high), k.select(less, high, low)
        for i, word in enumerate(held):
            k.store(i, word, words)

    graph = trace_function(build, "k", 8)
    assert pack_isomorphic(graph, CHALLENGE) is graph


def test_a_choice_that_is_a_bit_of_which_nothing_is_known_stays():
    def build(k):
        data = k.region("data", 0, 16, read_only=True)
        out = k.region("out", 16, 8, output=True)
        k.vstore(16, k.select(k.vload(0, data), 1, 0) ^ k.vload(8, data), out)

    graph = trace_function(build, "k", 8)
    assert ops(compute_choices(graph, GraphWords(graph, Facts(24)))) == ops(graph)
