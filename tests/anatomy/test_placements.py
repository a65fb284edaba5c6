"""What holds each operation of a program, and what its idle slots and waste are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from slotweave.anatomy.causes.idle_causes import could_move, idle_causes
from slotweave.anatomy.causes.waste import critical_path, movable
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.phases import Spans, head_body_tail, slices
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event
from support.placed import placed_under
from support.tree_hash import parameters


def program(*bundles: Bundle) -> Program:
    return Program("challenge", bundles)


def const(*slots: tuple[int, int]) -> Bundle:
    return {"load": tuple(("const", word, value) for word, value in slots)}


NOTHING: Bundle = {"flow": ()}


SIZES = parameters(3, 4, 32)


def small_program() -> Program:
    plan = TREE_HASH.plan("default", SIZES, "values")
    return compile_job(Job(TREE_HASH, SIZES, "values", plan, CHALLENGE, instances=1)).program


def initial_memory() -> list[int]:
    words = TREE_HASH.memory(SIZES, "values", np.random.default_rng(1))
    return [int(word) for word in words]


def causes(text: Program, engine: str) -> dict[str, int]:
    return idle_causes(text, CHALLENGE, placed_under(text, CHALLENGE))[engine]


def test_an_operand_holds_until_it_lands() -> None:
    placed = placed_under(program(const((0, 1)), NOTHING, {"alu": (("+", 1, 0, 0),)}), CHALLENGE)
    assert placed.free_from(1) == 1
    assert placed.binding(1) is not None
    assert placed.edges["operand"].source[1] == 0


def test_a_slow_operand_holds_longer() -> None:
    modes = tuple(
        replace(mode, latency=3) if mode.operation == "const" else mode for mode in CHALLENGE.modes
    )
    slow = replace(CHALLENGE, modes=modes)
    text = program(const((0, 1)), NOTHING, NOTHING, {"alu": (("+", 1, 0, 0),)})
    assert placed_under(text, slow).free_from(1) == 3


def test_a_word_that_is_read_again_holds_its_next_writer() -> None:
    text = program(const((0, 1)), NOTHING, {"alu": (("+", 1, 0, 0),)}, NOTHING, const((0, 2)))
    placed = placed_under(text, CHALLENGE)
    assert placed.free_from(2, "operand", "memory") == 0
    assert placed.free_from(2, "scratch") == 2, "it may stand beside the last reader"


def test_a_reader_that_overwrites_its_own_word_waits_for_the_other_readers() -> None:
    text = program(const((0, 1)), NOTHING, {"alu": (("+", 1, 0, 0),)}, {"alu": (("+", 0, 0, 0),)})
    assert placed_under(text, CHALLENGE).free_from(2, "scratch") == 2


def test_accesses_a_known_distance_apart_do_not_wait() -> None:
    store: Bundle = {"store": (("store", 0, 0),)}
    for address, free in ((5, 0), (4, 3)):
        text = program(const((0, 4), (1, address)), NOTHING, store, {"load": (("load", 2, 1),)})
        assert placed_under(text, CHALLENGE).free_from(3, "memory") == free


def test_accesses_at_unknown_addresses_wait_for_each_other() -> None:
    text = program(
        const((0, 4)), {"load": (("load", 1, 0),)}, {"store": (("store", 1, 0),)},
        {"load": (("load", 2, 0),)},
    )  # fmt: skip
    assert placed_under(text, CHALLENGE).free_from(3, "memory") == 3


def test_idle_slots_have_their_cause() -> None:
    text = program(
        const((0, 1)), NOTHING, {"alu": (("+", 1, 0, 0),)}, NOTHING, const((0, 2)),
        {"store": (("store", 0, 0),)},
    )  # fmt: skip
    assert causes(text, "alu") == {"dependence": 12, "free": 1, "nothing": 58}
    assert causes(text, "load") == {"free": 2, "scratch": 3, "nothing": 5}
    placed = placed_under(text, CHALLENGE)
    moves = {name: count for name, count in could_move(text, CHALLENGE, placed).items() if count}
    assert moves == {"alu": 1, "load": 1}, "each of them once, wherever it could go"


def test_a_full_engine_elsewhere_is_named() -> None:
    busy: Bundle = {"flow": (("select", 9, 8, 8, 8),)}
    text = program(
        busy, {"flow": (("select", 0, 8, 8, 8),)}, {"store": (("store", 0, 0),)}
    )  # fmt: skip
    assert causes(text, "store") == {"elsewhere": 2, "dependence": 2, "nothing": 1}


def test_results_that_reach_nothing_are_unused() -> None:
    text = program(const((0, 1), (1, 2)), {"alu": (("+", 2, 0, 0),)}, {"store": (("store", 1, 1),)})
    assert placed_under(text, CHALLENGE).unused == {0, 2}


def test_the_same_value_computed_twice_is_found() -> None:
    twice: Bundle = {"alu": (("+", 2, 0, 1), ("+", 3, 1, 0), ("-", 4, 0, 1))}
    loads: Bundle = {"load": (("load", 0, 9), ("load", 1, 8))}
    text = program(const((8, 7)), loads, twice)
    assert placed_under(text, CHALLENGE).values.redundant == {4}


def test_a_load_behind_a_store_is_no_repetition() -> None:
    load: Bundle = {"load": (("load", 0, 9),)}
    assert placed_under(program(load, load), CHALLENGE).values.redundant == {1}
    between: Bundle = {"store": (("store", 9, 9),)}
    assert placed_under(program(load, between, load), CHALLENGE).values.redundant == frozenset()


def test_operations_that_another_engine_could_take_are_counted() -> None:
    text = program({"valu": (("+", 0, 8, 16), ("multiply_add", 24, 0, 8, 16))})
    assert movable(placed_under(text, CHALLENGE), CHALLENGE) == {"valu": {"alu": 1}}


def test_the_critical_path_ignores_scratch_and_gaps() -> None:
    text = program(const((0, 1)), NOTHING, {"alu": (("+", 1, 0, 0),)}, NOTHING, const((0, 2)))
    assert critical_path(placed_under(text, CHALLENGE)) == 2


def test_head_and_tail_surround_the_full_engine() -> None:
    text = program(NOTHING, const((0, 1), (1, 1)), NOTHING, const((2, 2), (3, 2)), NOTHING, NOTHING)
    spans = head_body_tail(text, CHALLENGE, "load", range(7))
    assert spans == Spans("load", head=1, body=3, tail=2)
    assert head_body_tail(program(NOTHING), CHALLENGE, "load", range(2)).body == 0


def test_what_costs_no_cycle_is_counted_nowhere() -> None:
    """Two cycles, before, between and after bundles that hold only debug slots."""
    debug: Bundle = {"debug": (("comment", "here"),)}
    store: Bundle = {"store": (("store", 0, 1),)}
    text = program(debug, debug, const((0, 3), (1, 4)), debug, debug, store, debug)
    found = inspect_program(text, CHALLENGE).to_json()
    assert (found["cycles"], found["bundles"]) == (2, 7)
    assert found["spans"] == {"engine": "load", "head": 0, "body": 1, "tail": 1}
    assert [(one["first"], one["last"]) for one in found["slices"]] == [(0, 0), (1, 1)]
    phases = found["phases"]
    assert min(one["first"] for one in phases) == 0
    assert max(one["last"] for one in phases) == 1


def test_a_run_of_the_simulator_counts_the_same() -> None:
    """Slots used, idle slots and slices, counted again from the events of a run."""
    text = small_program()
    events: list[Event] = []
    cycles = run(text, CHALLENGE, initial_memory(), on_event=events.append).cycles
    used = Counter(event.engine for event in events)
    placed = placed_under(text, CHALLENGE)
    for engine, by_cause in idle_causes(text, CHALLENGE, placed).items():
        assert sum(by_cause.values()) == CHALLENGE.slots[engine] * cycles - used[engine]
    spans = slices(placed, range(len(text.bundles) + 1))
    for span in spans:
        ran = sum(span.first <= event.bundle <= span.last for event in events)
        assert ran == sum(span.operations.values())
    assert [(one.bundle, one.engine) for one in placed.issued] == [
        (event.bundle, event.engine) for event in events
    ]


def test_no_operation_stands_before_it_is_free() -> None:
    text = small_program()
    placed = placed_under(text, CHALLENGE)
    late = [n for n, one in enumerate(placed.issued) if placed.free_from(n) > one.bundle]
    assert late == []


def test_a_pause_is_no_work_that_a_slot_waits_for() -> None:
    store: Bundle = {"store": (("store", 0, 0),)}
    assert causes(program(store, NOTHING, {"flow": (("pause",),)}), "flow") == {"nothing": 2}
