"""Accesses that are a known distance apart have no order in a bound: nor have they elsewhere."""

from __future__ import annotations

from slotweave.anatomy.timing.apart_accesses import ApartAccesses
from slotweave.anatomy.timing.program_bounds import program_bounds
from slotweave.anatomy.timing.what_if import what_if
from slotweave.bounds import best_bound
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.program import Bundle, Program
from slotweave.lift import lift
from slotweave.machine import CHALLENGE

#: Word 1 is an address that memory tells, word 2 another; a long sum goes to the first, and what
#: the second reads is stored.
START: Bundle = {"load": (("load", 1, 0), ("const", 9, 1))}
SUMS: tuple[Bundle, ...] = tuple({"alu": (("+", 20, 20, 20),)} for _ in range(4))
END: tuple[Bundle, ...] = (
    {"store": (("store", 1, 20),)}, {"load": (("load", 3, 2),)}, {"alu": (("+", 3, 3, 3),)},
    {"alu": (("+", 3, 3, 3),)}, {"store": (("store", 0, 3),)},
)  # fmt: skip


def through(*to_the_second: tuple[str, int, int, int]) -> Program:
    first: Bundle = {"alu": (("+", 20, 1, 1),)}
    moved = tuple({"alu": (slot,)} for slot in to_the_second)
    return Program("challenge", (START, first, *moved, *SUMS, *END))


def bound_of(program: Program) -> int:
    return best_bound(program_bounds(program, CHALLENGE, NOTHING_KNOWN)).cycles


def test_no_bound_is_above_what_timing_again_reaches() -> None:
    next_to_it = through(("+", 2, 1, 9))
    assert bound_of(next_to_it) <= what_if(next_to_it, CHALLENGE, {}).retimed == 8


def test_what_may_be_the_same_word_stays_in_order() -> None:
    for same in ((("+", 2, 1, 9), ("-", 2, 2, 9)), (("*", 2, 1, 9), ("+", 2, 2, 1))):
        program = through(*same)
        assert bound_of(program) == what_if(program, CHALLENGE, {}).retimed == 11


def demanded(program: Program) -> list[bool]:
    graph = lift(program, CHALLENGE, NOTHING_KNOWN)
    apart = ApartAccesses(graph)
    return [apart.demanded(earlier, index)
            for index, node in enumerate(graph.nodes) for earlier in node.after]  # fmt: skip


def test_a_vector_is_apart_from_a_word_that_it_does_not_hold() -> None:
    def beside(distance: int) -> Program:
        return Program("challenge", (
            {"load": (("load", 1, 0), ("const", 9, distance))}, {"alu": (("+", 2, 1, 9),)},
            {"store": (("vstore", 1, 16),)}, {"store": (("store", 2, 16),)},
        ))  # fmt: skip

    assert demanded(beside(7))[-1] is True
    assert demanded(beside(8))[-1] is False
    assert demanded(beside(2**32 - 1))[-1] is False


def test_distances_are_known_lane_by_lane() -> None:
    """The address of one word is a lane of a vector sum, that of the other a sum of words."""
    lanes = Program("challenge", (
        {"load": (("load", 1, 0), ("const", 9, 1))}, {"valu": (("vbroadcast", 16, 1),)},
        {"valu": (("vbroadcast", 24, 9),)}, {"valu": (("+", 32, 16, 24),)},
        {"store": (("store", 35, 1),)}, {"alu": (("*", 40, 1, 1),)}, {"store": (("store", 1, 40),)},
    ))  # fmt: skip
    assert demanded(lanes)[-1] is False
