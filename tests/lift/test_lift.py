"""A lifted graph does to memory what the program does; what cannot be lifted is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slotweave.base.diagnostics import CheckFailed, InputError
from slotweave.check.symbolic.witness import random_memory
from slotweave.ir.facts import Facts, nothing_known
from slotweave.ir.graph import Graph, Region
from slotweave.ir.program import Program, Slot
from slotweave.ir.verify.graph_verify import verify_graph
from slotweave.lift import lift, lift_counting
from slotweave.machine import CHALLENGE
from slotweave.simulate.graph import run_graph
from slotweave.simulate.reference import run
from strategies.machines import machines
from strategies.programs import FACTS, MEMORY_WORDS, straight_programs
from support.examples import examples

HEADER = Region("header", 0, 2, read_only=True)
TABLE = Region("table", 2, 10, read_only=True)
OUT = Region("out", 12, 8, output=True)
WORDS = Facts(20, {0: 12, 1: 2}, (HEADER, TABLE, OUT), {"out": (0, 9)})


def program(*bundles: dict[str, list[Slot]]) -> Program:
    return Program("challenge", tuple({e: tuple(slots) for e, slots in b.items()} for b in bundles))


def one_by_one(*slots: tuple[str, Slot]) -> Program:
    return program(*({engine: [slot]} for engine, slot in slots))


def ops(graph: Graph) -> list[str]:
    return [node.op for node in graph.nodes]


@given(machines(max_latency=3).flatmap(lambda m: st.tuples(st.just(m), straight_programs(m))),
       st.sampled_from([FACTS, Facts(MEMORY_WORDS)]), st.integers(0, 3))  # fmt: skip
@examples(150)
def test_the_graph_of_a_program_leaves_in_memory_what_the_program_leaves(case, facts, seed):
    machine, straight = case
    memory = random_memory(FACTS, MEMORY_WORDS, seed)
    try:
        end = run(straight, machine, memory, strict=False)
    except CheckFailed as error:
        assume(error.diagnostic.code != "SW108")
        raise
    for fewer in (False, True):
        graph = lift_counting(straight, machine, facts, apart=fewer, joined=fewer).graph
        verify_graph(graph)
        assert run_graph(graph, memory) == end.memory.tolist()


def test_a_word_used_for_two_values_leaves_no_order_between_them():
    graph = lift(
        one_by_one(
            ("load", ("load", 1, 0)), ("alu", ("+", 1, 1, 1)),
            ("load", ("const", 2, 12)), ("store", ("store", 2, 1)),
            ("load", ("const", 1, 3)), ("load", ("load", 1, 1)), ("alu", ("*", 1, 1, 1)),
            ("load", ("const", 2, 13)), ("store", ("store", 2, 1)),
        ), CHALLENGE, WORDS,
    )  # fmt: skip
    (first, second) = [node for node in graph.nodes if node.op == "store"]
    assert not first.after
    assert not second.after
    assert graph.nodes[second.args[1]].op == "mul"


def test_addresses_made_of_known_words_of_memory_are_constants():
    graph = lift(
        one_by_one(
            ("load", ("load", 1, 0)), ("load", ("const", 2, 3)), ("alu", ("+", 1, 1, 2)),
            ("store", ("store", 1, 2)),
        ), CHALLENGE, WORDS,
    )  # fmt: skip
    store = next(node for node in graph.nodes if node.op == "store")
    assert (graph.nodes[store.args[0]].op, graph.nodes[store.args[0]].imm) == ("const", 15)
    assert store.region == "out"


def gather(limit: int) -> Program:
    """Reads table[out[0] + ..] for a word that lies below `limit`, behind a store to out[1]."""
    return one_by_one(
        ("load", ("const", 1, 12)), ("load", ("const", 2, 13)), ("load", ("const", 3, limit)),
        ("load", ("load", 4, 1)), ("store", ("store", 2, 3)),
        ("alu", ("%", 4, 4, 3)), ("load", ("const", 5, 2)), ("alu", ("+", 4, 4, 5)),
        ("load", ("load", 6, 4)), ("store", ("store", 1, 6)),
    )  # fmt: skip


def test_the_region_of_a_computed_address_follows_from_the_range_of_its_parts():
    graph = lift(gather(10), CHALLENGE, WORDS)
    loads = [node for node in graph.nodes if node.op == "load"]
    assert [load.region for load in loads] == ["out", "table"]
    assert not loads[-1].after


def test_regions_that_an_address_does_not_keep_apart_are_one():
    graph = lift(gather(10), CHALLENGE, Facts(20, {}, (HEADER, TABLE, OUT)))
    assert [region.name for region in graph.regions] == ["header", "table", "out"]
    graph = lift(gather(99), CHALLENGE, Facts(200, {}, (HEADER, TABLE, OUT)))
    merged = graph.regions[1]
    assert merged.name.startswith("table+out")
    assert merged.output
    assert not merged.read_only
    assert [node for node in graph.nodes if node.op == "load"][-1].after


def test_without_facts_any_two_computed_addresses_may_meet():
    graph = lift(
        one_by_one(
            ("load", ("load", 1, 0)), ("store", ("store", 1, 1)),
            ("load", ("load", 2, 1)), ("alu", ("+", 1, 1, 2)), ("store", ("store", 1, 2)),
        ), CHALLENGE, nothing_known(),
    )  # fmt: skip
    verify_graph(graph)
    behind = [node for node in graph.nodes if node.op in ("load", "store") and node.after]
    assert len(behind) == 3


def test_a_loop_that_counts_known_words_is_unrolled():
    looped = one_by_one(
        ("load", ("const", 1, 3)), ("load", ("const", 2, 1)), ("load", ("load", 3, 0)),
        ("alu", ("*", 3, 3, 3)), ("alu", ("-", 1, 1, 2)), ("flow", ("cond_jump_rel", 1, -3)),
        ("store", ("store", 0, 3)),
    )  # fmt: skip
    assert ops(lift(looped, CHALLENGE, Facts(20))).count("mul") == 3


def test_a_jump_on_data_is_refused_with_its_bundle():
    branch = one_by_one(("load", ("load", 1, 0)), ("flow", ("cond_jump", 1, 0)))
    with pytest.raises(InputError) as caught:
        lift(branch, CHALLENGE, nothing_known())
    assert caught.value.diagnostic.code == "SW219"
    assert caught.value.diagnostic.bundle == 1


def test_a_program_that_runs_too_long_is_refused():
    with pytest.raises(InputError, match="SW219 bundle 0: more than 2,000 bundles"):
        lift(one_by_one(("flow", ("jump", 0))), CHALLENGE, nothing_known(), max_bundles=2_000)


def test_of_two_writes_to_one_word_the_last_one_stands():
    twice = program(
        {"load": [("const", 1, 5)], "alu": [("+", 1, 0, 0)]}, {"store": [("store", 0, 1)]}
    )
    graph = lift(twice, CHALLENGE, Facts(20))
    store = graph.nodes[-1]
    assert graph.nodes[store.args[1]].imm == 0


def test_pauses_are_kept_where_all_of_memory_is_output():
    paused = one_by_one(("store", ("store", 0, 0)), ("flow", ("pause",)), ("load", ("const", 1, 1)))
    assert "pause" in ops(lift(paused, CHALLENGE, nothing_known()))
    assert "pause" not in ops(lift(paused, CHALLENGE, Facts(4, {}, (Region("r", 0, 4),))))


def test_a_vector_load_over_two_regions_is_one_load_in_each():
    graph = lift(
        one_by_one(
            ("load", ("const", 9, 12)), ("load", ("vload", 1, 0)), ("store", ("vstore", 9, 1))
        ),
        CHALLENGE, WORDS,
    )  # fmt: skip
    verify_graph(graph)
    assert [node.region for node in graph.nodes if node.op == "vload"] == ["header", "table"]


def test_an_access_past_the_end_of_memory_is_refused():
    beyond = one_by_one(("load", ("const", 1, 16)), ("load", ("vload", 2, 1)))
    with pytest.raises(CheckFailed, match="SW106 bundle 1: address 23 of 20 words"):
        lift(beyond, CHALLENGE, Facts(20))


def test_a_load_of_words_that_are_only_read_is_one_load_whatever_is_read_there():
    text = one_by_one(
        ("load", ("load", 0, 1)), ("load", ("const", 2, 1)), ("alu", ("&", 0, 0, 2)),
        ("load", ("load", 3, 0)), ("load", ("const", 5, 12)), ("store", ("store", 5, 3)),
        ("load", ("vload", 8, 1)), ("store", ("vstore", 5, 8)),
    )  # fmt: skip
    graph = lift_counting(text, CHALLENGE, replace(WORDS, words={}), joined=True).graph
    verify_graph(graph)
    assert ops(graph).count("vload") == 1
    assert "overlay" not in ops(graph)


def test_regions_that_one_access_lies_in_are_joined():
    """Where only some are judged at the end, no more words are than the access touches."""
    text = one_by_one(
        ("load", ("const", 0, 9)), ("load", ("vload", 8, 0)), ("store", ("vstore", 0, 8))
    )
    first = Region("first", 0, 12, output=True)

    def regions(second: Region) -> list[tuple[int, bool]]:
        facts = Facts(24, {}, (first, second))
        found = lift_counting(text, CHALLENGE, facts, joined=True).graph.regions
        return [(region.start, region.output) for region in found]

    assert regions(Region("second", 12, 12, output=True)) == [(0, True)]
    assert regions(Region("second", 12, 12)) == [(0, True), (9, True), (17, False)]
