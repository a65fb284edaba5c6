"""Stores whose words are stored again before anybody sees them have no effect on output."""

from __future__ import annotations

import pytest

from slotweave.anatomy.inspect import inspect_program
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE, Machine
from strategies.odd_latencies import slow

CONSTS: Bundle = {"load": (("const", 0, 5), ("const", 1, 7))}
STORE: Bundle = {"store": (("store", 0, 0),)}
LAST: Bundle = {"store": (("store", 0, 1),)}
PAUSE: Bundle = {"flow": (("pause",),)}


def unused(*bundles: Bundle, facts: Facts = NOTHING_KNOWN, machine: Machine = CHALLENGE) -> int:
    found = inspect_program(Program("challenge", bundles), machine, facts)
    assert found.view is not None
    return found.view.unused


def dataflow(*bundles: Bundle, facts: Facts = NOTHING_KNOWN) -> int:
    found = inspect_program(Program("challenge", bundles), CHALLENGE, facts)
    assert found.dataflow is not None
    return found.dataflow.cycles


def test_all_stores_to_a_word_but_the_last_are_unused() -> None:
    assert unused(CONSTS, STORE, STORE, LAST) == 2
    assert dataflow(CONSTS, STORE, STORE, LAST) == dataflow(CONSTS, LAST)


def test_what_only_they_need_is_unused_too() -> None:
    sums: Bundle = {"alu": (("+", 2, 1, 1),)}
    assert unused(CONSTS, sums, {"store": (("store", 0, 2),)}, LAST) == 2


@pytest.mark.parametrize(
    ("between", "number"),
    [
        ({"load": (("load", 2, 0),)}, 0),  # the word
        ({"load": (("load", 2, 1),)}, 1),  # another one
        (PAUSE, 0),
        ({"flow": (("trace_write", 1),)}, 1),
    ],
)
def test_what_may_see_the_word_in_between_keeps_the_store(between: Bundle, number: int) -> None:
    shown: Bundle = {"store": (("store", 1, 2),)} if "load" in between else {}
    assert unused(CONSTS, STORE, between, LAST, *([shown] if shown else [])) == number


def test_a_pause_beside_the_store_sees_it_wherever_the_bundle_lists_it() -> None:
    assert unused(CONSTS, {**STORE, **PAUSE}, LAST) == 0
    assert unused(CONSTS, {**PAUSE, **STORE}, LAST) == 0
    assert unused(CONSTS, STORE, {**PAUSE, **LAST}) == 1


def test_a_load_beside_the_last_store_reads_what_was_there() -> None:
    beside: Bundle = {"load": (("load", 2, 0),), **LAST}
    assert unused(CONSTS, STORE, beside, {"store": (("store", 1, 2),)}) == 0
    assert unused(CONSTS, STORE, LAST, {"load": (("load", 2, 0),)},
                  {"store": (("store", 1, 2),)}) == 1  # fmt: skip


def test_a_computed_address_is_the_same_where_it_is_the_same_value() -> None:
    start: Bundle = {"load": (("load", 0, 9), ("load", 1, 9))}
    other: Bundle = {"load": (("load", 0, 9), ("const", 1, 7))}
    assert unused(start, STORE, {"store": (("store", 1, 0),)}) == 1
    assert unused(other, STORE, {"store": (("store", 1, 0),)}) == 0


def test_part_of_a_vector_is_not_all_of_it() -> None:
    wide: Bundle = {"store": (("vstore", 0, 8),)}
    vector: Bundle = {"valu": (("vbroadcast", 8, 1),)}
    assert unused(CONSTS, vector, wide, LAST) == 0
    assert unused(CONSTS, vector, LAST, wide) == 1


def test_where_stores_take_longer_nothing_is_said() -> None:
    assert unused(CONSTS, STORE, LAST, machine=slow("store")) == 0


def test_what_is_not_output_bounds_no_dataflow() -> None:
    facts = Facts(16, {}, (Region("x", 0, 8), Region("y", 8, 8, output=True)))
    assert unused(CONSTS, STORE, facts=facts) == 3
    assert dataflow(CONSTS, STORE, facts=facts) == 0


def test_what_an_unused_load_reads_is_used_for_it_may_steer_a_store() -> None:
    """Without the first store the second one would go to another address, and stay."""
    consts: Bundle = {"load": (("const", 0, 5), ("const", 1, 7))}
    steered: Bundle = {"store": (("store", 2, 0),)}  # to word 7, as the load says
    later: tuple[Bundle, ...] = ({"store": (("store", 1, 1),)}, {"store": (("store", 0, 0),)})
    assert unused(consts, LAST, {"load": (("load", 2, 0),)}, steered, *later) == 2
