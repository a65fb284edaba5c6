"""Which word of output differs first, and who wrote it: both ways to find it, and by hand."""

from __future__ import annotations

from slotweave.anatomy.compare.matching import Numbering, diff_sides, side_of
from slotweave.anatomy.compare.output_difference import OutputDifference, difference_of_runs
from slotweave.anatomy.compare.program_diff import ProgramDiff
from slotweave.anatomy.compare.schedules import one_schedule
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.views.diff_text import diff_lines

#: Words 4 to 7 are output, words 8 to 11 are not judged.
FACTS = Facts(12, {}, (Region("in", 0, 4, read_only=True), Region("out", 4, 4, output=True),
                       Region("rest", 8, 4)))  # fmt: skip


def program(*bundles: Bundle) -> Program:
    return Program("challenge", bundles, names={0: ("at", 1), 2: ("sum", 1)})


def stores(*words: int) -> Program:
    """Stores of known words to 4, 5, 6, ..., one after the other."""
    rows: list[Bundle] = []
    for at, word in enumerate(words):
        rows += [
            {"load": (("const", 0, 4 + at), ("const", 2, word))},
            {"store": (("store", 0, 2),)},
        ]
    return program(*rows)


def compared(a: Program, b: Program, facts: Facts = FACTS) -> ProgramDiff:
    numbering = Numbering()
    return diff_sides(*(side_of(one, CHALLENGE, facts, numbering) for one in (a, b)))


def both_ways(a: Program, b: Program, facts: Facts = FACTS) -> OutputDifference | None:
    sampled = compared(a, b, facts).output
    run = difference_of_runs((a, CHALLENGE), (b, CHALLENGE), facts, [0] * 12)
    assert sampled == run
    return sampled


def test_programs_that_leave_the_same_have_no_difference() -> None:
    assert both_ways(stores(1, 2), stores(1, 2)) is None


def test_the_lowest_word_that_differs_is_told_with_both_stores() -> None:
    found = both_ways(stores(1, 2, 3), stores(1, 7, 8))
    assert found is not None
    assert (found.where, found.a.word, found.b.word) == ("out[1] (address 5)", 2, 7)
    assert found.a.by is not None
    assert (found.a.by.at, found.a.by.named) == (3, "store at sum")
    assert found.a.by == found.b.by


def test_a_word_that_nothing_writes_has_no_store() -> None:
    found = difference_of_runs(
        (stores(1, 2), CHALLENGE), (stores(1), CHALLENGE), FACTS, [9] * 12
    )  # fmt: skip
    assert found is not None
    assert (found.where, found.a.word, found.b.word) == ("out[1] (address 5)", 2, 9)
    assert found.b.by is None
    sampled = compared(stores(1, 2), stores(1)).output
    assert sampled is not None
    assert (sampled.where, sampled.a, sampled.b.by) == (found.where, found.a, None)


def test_what_is_not_output_is_not_judged() -> None:
    rest = {"load": (("const", 0, 8),)}, {"store": (("store", 0, 0),)}
    assert both_ways(program(*rest), program()) is None
    everything = compared(program(*rest), program(), Facts(12)).output
    assert everything is not None
    assert everything.where == "memory[8]"


def test_of_several_stores_the_last_one_counts() -> None:
    twice = program(*stores(1).bundles, {"load": (("const", 2, 5),)}, {"store": (("store", 0, 2),)})
    found = both_ways(stores(1), twice)
    assert found is not None
    assert found.b.by is not None
    assert (found.b.word, found.b.by.at) == (5, 3)


def test_traces_are_compared_after_memory() -> None:
    trace: Bundle = {"flow": (("trace_write", 2),)}
    one = program(*stores(1).bundles, trace)
    more = program(*stores(1).bundles, trace, {"load": (("const", 2, 5),)}, trace)
    found = both_ways(one, more)
    assert found is not None
    assert (found.where, found.a.word, found.b.word) == ("trace[1]", None, 5)
    assert (found.a.by, found.b.by and found.b.by.at) == (None, 4)
    other = both_ways(one, program(*stores(1).bundles, {"load": (("const", 2, 5),)}, trace))
    assert other is not None
    assert (other.where, other.a.word, other.b.word) == ("trace[0]", 1, 5)


def test_data_that_differ_are_told_for_a_memory_on_which_they_do() -> None:
    """The one stores what it loads, the other its lowest bit."""
    load: Bundle = {"load": (("load", 2, 1), ("const", 0, 4))}
    bit: Bundle = {"load": (("const", 3, 1),)}
    a = program(load, {"store": (("store", 0, 2),)})
    b = program(load, bit, {"alu": (("&", 2, 2, 3),)}, {"store": (("store", 0, 2),)})
    found = compared(a, b).output
    assert found is not None
    assert found.a.word != found.b.word
    assert found.a.word is not None
    assert found.b.word == found.a.word & 1


def test_two_programs_with_one_schedule_say_where_they_part() -> None:
    a, b = stores(1, 2, 3), stores(1, 7, 8)
    assert one_schedule(a, b)
    parting = compared(a, b).parting
    assert parting is not None
    assert (parting.a.bundle, parting.a.engine, parting.a.slot) == (2, "load", 1)
    assert (parting.a.named, parting.b.named) == ("const sum 2", "const sum 7")
    lines = list(diff_lines(compared(a, b), ("a", "b")))
    assert lines[3:7] == [
        "out[1] (address 5) differs first: 2 in A, 7 in B",
        "    A: written by 3:store:0 `store at sum`",
        "    B: written by 3:store:0 `store at sum`",
        "both have one schedule; they differ first in 2:load:1 `const sum 2`, which is "
        "`const sum 7` in B",
    ]


def test_debug_slots_are_no_part_of_a_schedule() -> None:
    told = program(*({**bundle, "debug": (("comment", 1),)} for bundle in stores(1).bundles))
    same = compared(stores(1), told)
    assert (same.one_schedule, same.parting) == (True, None)
    assert not one_schedule(stores(1), stores(1, 2))
    assert not one_schedule(stores(1), program({"load": (("const", 0, 4),)}, stores(1).bundles[1]))


def test_without_facts_words_that_were_never_known_are_compared_too() -> None:
    load: Bundle = {"load": (("const", 0, 4), ("const", 1, 1))}
    copy = program(load, {"load": (("load", 2, 1),)}, {"store": (("store", 0, 2),)})
    found = compared(copy, program(load), NOTHING_KNOWN).output
    assert found is not None
    assert (found.where, found.b.by) == ("memory[4]", None)
