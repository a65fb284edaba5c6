"""A fixed program on machines with other numbers of slots."""

from __future__ import annotations

from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.report.what_if import what_if


def program(*bundles: Bundle) -> Program:
    return Program("challenge", bundles)


CONSTANTS = program(*({"load": (("const", 2 * k, k), ("const", 2 * k + 1, k))} for k in range(4)))


def test_a_full_engine_has_a_price() -> None:
    answer = what_if(CONSTANTS, CHALLENGE, {})
    assert (answer["before"], answer["retimed"], answer["cycles"]) == (4, 4, 4)
    assert answer["prices"] == {"alu": 0, "valu": 0, "load": 1, "store": 0, "flow": 0}


def test_other_slots_give_other_cycles() -> None:
    assert what_if(CONSTANTS, CHALLENGE, {"load": 4})["cycles"] == 2
    assert what_if(CONSTANTS, CHALLENGE, {"load": 1})["cycles"] == 8


def test_operations_go_where_their_operands_are() -> None:
    late = program(
        {"load": (("const", 0, 1),)}, {"flow": (("add_imm", 9, 9, 1),)},
        {"alu": (("+", 1, 0, 0),)}, {"store": (("store", 0, 1),)},
    )  # fmt: skip
    assert what_if(late, CHALLENGE, {})["retimed"] == 3


def test_words_used_again_are_waited_for() -> None:
    reused = program(
        {"load": (("const", 0, 1),)}, {"store": (("store", 1, 0),)},
        {"load": (("const", 0, 2),)}, {"store": (("store", 1, 0),)},
    )  # fmt: skip
    answer = what_if(reused, CHALLENGE, {})
    assert (answer["cycles"], answer["scratch"]) == (3, 0)
    apart = program({"load": (("const", 0, 1),)}, {"alu": (("+", 1, 0, 0),)},
                    {"load": (("const", 0, 2),)}, {"alu": (("+", 2, 0, 0),)})  # fmt: skip
    answer = what_if(apart, CHALLENGE, {})
    assert (answer["cycles"], answer["scratch"]) == (3, 1)


def test_words_that_are_swapped_stay_together() -> None:
    swap = program(
        {"load": (("const", 0, 1),)}, {"load": (("const", 1, 2),)}, {"load": (("const", 2, 2),)},
        {"alu": (("+", 0, 1, 2), ("+", 1, 0, 2))},
    )  # fmt: skip
    assert what_if(swap, CHALLENGE, {"alu": 2})["cycles"] == 3


def test_nothing_behind_a_halt_counts() -> None:
    halted = program({"flow": (("halt",),)}, {"load": (("const", 0, 1),)})
    assert what_if(halted, CHALLENGE, {})["cycles"] == 1
