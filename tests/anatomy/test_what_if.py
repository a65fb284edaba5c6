"""A fixed program on machines with other numbers of slots."""

from __future__ import annotations

import pytest

from slotweave.anatomy.timing.retiming import groups_of, operations_of, words_of
from slotweave.anatomy.timing.what_if import what_if
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from support.examples import a_share
from support.placed import placed_under


def program(*bundles: Bundle) -> Program:
    return Program("challenge", bundles)


CONSTANTS = program(*({"load": (("const", 2 * k, k), ("const", 2 * k + 1, k))} for k in range(4)))


def test_a_full_engine_has_a_price() -> None:
    answer = what_if(CONSTANTS, CHALLENGE, {}).to_json()
    assert (answer["before"], answer["retimed"], answer["cycles"]) == (4, 4, 4)
    assert answer["prices"] == {"alu": 0, "valu": 0, "load": 1, "store": 0, "flow": 0}


def test_other_slots_give_other_cycles() -> None:
    assert what_if(CONSTANTS, CHALLENGE, {"load": 4}).to_json()["cycles"] == 2
    assert what_if(CONSTANTS, CHALLENGE, {"load": 1}).to_json()["cycles"] == 8


def test_operations_go_where_their_operands_are() -> None:
    late = program(
        {"load": (("const", 0, 1),)}, {"flow": (("add_imm", 9, 9, 1),)},
        {"alu": (("+", 1, 0, 0),)}, {"store": (("store", 0, 1),)},
    )  # fmt: skip
    assert what_if(late, CHALLENGE, {}).to_json()["retimed"] == 3


def test_words_used_again_are_waited_for() -> None:
    reused = program(
        {"load": (("const", 0, 1),)}, {"store": (("store", 1, 0),)},
        {"load": (("const", 0, 2),)}, {"store": (("store", 1, 0),)},
    )  # fmt: skip
    answer = what_if(reused, CHALLENGE, {}).to_json()
    assert (answer["cycles"], answer["scratch"]) == (3, 0)
    apart = program({"load": (("const", 0, 1),)}, {"alu": (("+", 1, 0, 0),)},
                    {"load": (("const", 0, 2),)}, {"alu": (("+", 2, 0, 0),)})  # fmt: skip
    answer = what_if(apart, CHALLENGE, {}).to_json()
    assert (answer["cycles"], answer["scratch"]) == (3, 1)


def test_words_that_are_swapped_stay_together() -> None:
    swap = program(
        {"load": (("const", 0, 1),)}, {"load": (("const", 1, 2),)}, {"load": (("const", 2, 2),)},
        {"alu": (("+", 0, 1, 2), ("+", 1, 0, 2))},
    )  # fmt: skip
    assert what_if(swap, CHALLENGE, {"alu": 2}).to_json()["cycles"] == 3


def test_nothing_behind_a_halt_counts() -> None:
    halted = program({"flow": (("halt",),)}, {"load": (("const", 0, 1),)})
    answer = what_if(halted, CHALLENGE, {}).to_json()
    assert (answer["before"], answer["cycles"]) == (1, 1)


def test_slots_have_other_prices_where_words_are_allocated_again() -> None:
    """Copies that all go through word 1, on an engine with one slot."""
    copies = program(
        {"load": (("const", 0, 5),)},
        *(
            bundle
            for _ in range(4)
            for bundle in ({"flow": (("add_imm", 1, 0, 1),)}, {"alu": (("+", 1, 1, 1),)})
        ),
    )  # fmt: skip
    answer = what_if(copies, CHALLENGE, {}).to_json()
    assert (answer["cycles"], answer["prices"]["flow"], answer["scratch"]) == (9, 0, 3)
    assert answer["scratch_words"]["now"] == 6
    prices = {"alu": 0, "valu": 0, "load": 0, "store": 0, "flow": 2}
    assert answer["scratch_words"]["prices"] == prices


#: Words 0 and 1 are pointers into two regions; what is loaded from each is stored back.
THROUGH_POINTERS = program(
    {"load": (("const", 0, 0), ("const", 1, 1))},
    {"load": (("load", 2, 0), ("load", 3, 1))},
    {"load": (("load", 4, 2),)}, {"store": (("store", 2, 4),)},
    {"load": (("load", 4, 3),)}, {"store": (("store", 3, 4),)},
)  # fmt: skip
APART = Facts(
    memory_words=16,
    words={0: 4, 1: 8},
    regions=(Region("header", 0, 4, read_only=True), Region("x", 4, 4), Region("y", 8, 8)),
)


def test_accesses_that_facts_keep_apart_do_not_wait_for_each_other() -> None:
    unknown = what_if(THROUGH_POINTERS, CHALLENGE, {}).to_json()
    assert (unknown["retimed"], unknown["scratch"]) == (6, 0)
    known = what_if(THROUGH_POINTERS, CHALLENGE, {}, APART).to_json()
    assert (known["retimed"], known["scratch"]) == (5, 1)


def test_a_load_and_a_store_of_one_bundle_are_parted_only_if_they_cannot_meet() -> None:
    late = program(
        {"load": (("const", 0, 0), ("const", 1, 1))}, {"load": (("load", 2, 0), ("load", 3, 1))},
        {"alu": (("+", 4, 0, 0),)}, {"alu": (("+", 5, 4, 4),)}, {"alu": (("+", 4, 5, 5),)},
        {"load": (("load", 6, 2),), "store": (("store", 3, 4),)}, {"alu": (("+", 7, 6, 6),)},
    )  # fmt: skip
    assert what_if(late, CHALLENGE, {}).to_json()["retimed"] == 6
    assert what_if(late, CHALLENGE, {}, APART).to_json()["retimed"] == 5


def test_other_distances_from_one_base_are_other_words() -> None:
    same, other = (
        program(
            {"load": (("const", 0, 8), ("const", 1, address))}, {"store": (("store", 0, 9),)},
            {"load": (("load", 2, 1),)},
        )
        for address in (8, 9)
    )  # fmt: skip
    assert what_if(same, CHALLENGE, {}).to_json()["retimed"] == 3
    assert what_if(other, CHALLENGE, {}).to_json()["retimed"] == 2


def test_a_slot_more_that_makes_the_order_worse_saves_nothing() -> None:
    """With three slots for `load` constant 4 comes first, and its sum delays that of 1."""
    anomaly = program(
        {"load": (("const", 0, 1),)}, {"load": (("const", 4, 1),)}, {"load": (("const", 1, 1),)},
        {"flow": (("add_imm", 1, 1, 1),)}, {"flow": (("add_imm", 2, 4, 1),)},
        {"alu": (("+", 0, 0, 2),)},
    )  # fmt: skip
    placed = placed_under(anomaly, CHALLENGE)
    groups = groups_of(operations_of(placed, CHALLENGE), *words_of(placed))
    wider = {**CHALLENGE.slots, "load": 3}
    assert (groups.retimed(CHALLENGE.slots), groups.retimed(wider)) == (3, 4)
    assert what_if(anomaly, CHALLENGE, {}).to_json()["prices"]["load"] == 0
    assert what_if(anomaly, CHALLENGE, {"load": 3}).to_json()["cycles"] == 3


def test_stores_of_one_bundle_that_may_alias_stay_in_order() -> None:
    """The first one waits for its word; with one slot for stores the second one waits, too."""
    late = program(
        {"load": (("const", 0, 0), ("const", 1, 1))}, {"load": (("load", 2, 0), ("load", 3, 1))},
        {"alu": (("+", 4, 2, 3),)}, {"store": (("store", 2, 4), ("store", 3, 1))},
    )  # fmt: skip
    assert what_if(late, CHALLENGE, {}).to_json()["cycles"] == 4
    assert what_if(late, CHALLENGE, {"store": 1}).to_json()["cycles"] == 5
    assert what_if(late, CHALLENGE, {"store": 1}, APART).to_json()["cycles"] == 4


@pytest.mark.parametrize("many", a_share([5_000, 15_000], 2))
def test_many_stores_are_timed_without_looking_at_all_cycles_for_each(many: int) -> None:
    """Each store finds room far behind the first cycle that its words allow."""
    stores = [{"load": (("const", 2 + at % 9, at),), "store": (("store", 2 + (at - 1) % 9, 0),)}
              for at in range(1, many)]  # fmt: skip
    answer = what_if(
        program({"load": (("const", 0, 1), ("const", 2, 0))}, *stores), CHALLENGE, {}
    ).to_json()
    assert answer["retimed"] == many // 2 + 1
