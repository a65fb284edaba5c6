"""Two programs compared: what both compute, what moved, what only one of them has."""

from __future__ import annotations

from typing import Any

from slotweave.anatomy.compare.matching import Numbering, diff_sides, side_of
from slotweave.anatomy.compare.program_diff import ProgramDiff
from slotweave.anatomy.inspect import inspect_program
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.views.diff_text import diff_lines
from support.tree_hash import parameters


def compared(a: Program, b: Program, facts: Facts = NOTHING_KNOWN) -> ProgramDiff:
    numbering = Numbering()
    return diff_sides(
        side_of(a, CHALLENGE, facts, numbering), side_of(b, CHALLENGE, facts, numbering)
    )


def summary(a: Program, b: Program, facts: Facts = NOTHING_KNOWN) -> dict[str, Any]:
    return compared(a, b, facts).to_json()


def program(*bundles: Bundle) -> Program:
    return Program("challenge", bundles)


#: mem[5] = mem[4] + 1
PLAIN = program(
    {"load": (("const", 0, 4), ("const", 1, 1))},
    {"load": (("load", 2, 0), ("const", 3, 5))},
    {"alu": (("+", 4, 2, 1),)},
    {"store": (("store", 3, 4),)},
)


def texts(only: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["text"], one["why"]) for one in only]


def test_a_program_is_like_itself() -> None:
    same = summary(PLAIN, PLAIN)
    assert same["matched"] == same["unmoved"] == 6
    assert same["only"] == {"a": [], "b": []}


def test_other_words_of_scratch_change_nothing() -> None:
    moved = program(
        {"load": (("const", 9, 4), ("const", 8, 1))},
        {"load": (("load", 9, 9), ("const", 7, 5))},
        {"alu": (("+", 9, 9, 8),)},
        {"store": (("store", 7, 9),)},
    )
    assert summary(PLAIN, moved)["unmoved"] == 6


def test_what_moved_says_by_how_many_cycles() -> None:
    late = program(
        {"load": (("const", 0, 4), ("const", 3, 5))},
        {"load": (("load", 2, 0), ("const", 1, 1))},
        {"flow": ()},
        {"flow": (("add_imm", 4, 2, 1),)},
        {"store": (("store", 3, 4),)},
    )
    answer = summary(PLAIN, late)
    moves = {match["a"][0]["text"]: match["moved"] for match in answer["matches"]}
    assert moves == {
        "const 0 4": 0, "const 1 1": 1, "load 2 0": 0,
        "const 3 5": -1, "+ 4 2 1": 1, "store 3 4": 1,
    }  # fmt: skip
    assert (answer["earlier"], answer["later"], answer["unmoved"]) == (1, 3, 2)
    assert answer["engines"] == {"alu": {"flow": 1}}


def test_bundles_that_cost_nothing_are_no_distance() -> None:
    free: Bundle = {"debug": (("compare", 0, "key"),)}
    assert summary(PLAIN, program(free, *PLAIN.bundles))["unmoved"] == 6


def test_dead_and_repeated_operations_are_only_in_theirs() -> None:
    extra: Bundle = {"alu": (("*", 9, 2, 2), ("+", 10, 1, 2))}
    longer = program(*PLAIN.bundles[:3], extra, PLAIN.bundles[3])
    answer = summary(PLAIN, longer)
    assert answer["matched"] == 6
    assert texts(answer["only"]["b"]) == [("* 9 2 2", "unused"), ("+ 10 1 2", "again")]
    assert answer["only"]["a"] == []
    assert texts(summary(longer, PLAIN)["only"]["a"]) == texts(answer["only"]["b"])


def test_what_could_be_left_out_is_counted_as_inspect_does() -> None:
    extra: Bundle = {"alu": (("*", 9, 2, 2), ("+", 10, 2, 1))}
    longer = program(*PLAIN.bundles[:3], extra, PLAIN.bundles[3])
    view = inspect_program(longer, CHALLENGE, NOTHING_KNOWN).view
    assert view is not None
    answer = summary(PLAIN, longer)
    assert (answer["a"]["unused"], answer["a"]["repeated"]) == (0, 0)
    assert (answer["b"]["unused"], answer["b"]["repeated"]) == (view.unused, view.repeated)
    assert (view.unused, view.repeated) == (2, 1)


def test_a_vector_is_matched_with_its_lanes() -> None:
    def doubled(sums: Bundle) -> Program:
        return program(
            {"load": (("const", 0, 8),)}, {"load": (("vload", 8, 0),)}, sums,
            {"store": (("vstore", 0, 16),)},
        )  # fmt: skip

    whole = doubled({"valu": (("+", 16, 8, 8),)})
    lanes = doubled({"alu": tuple(("+", 16 + lane, 8 + lane, 8 + lane) for lane in range(8))})
    for a, b, engines in (
        (whole, lanes, {"valu": {"alu": 1}}),
        (lanes, whole, {"alu": {"valu": 1}}),
    ):
        answer = summary(a, b)
        assert (answer["matched"], answer["engines"]) == (4, engines)
        assert answer["only"] == {"a": [], "b": []}
    diff = compared(whole, lanes)
    assert [len(match.b) for match in diff.matches] == [1, 1, 8, 1]


def test_another_value_is_no_match_although_the_text_is_the_same() -> None:
    other = program({"load": (("const", 0, 4), ("const", 1, 2))}, *PLAIN.bundles[1:])
    answer = summary(PLAIN, other)
    assert texts(answer["only"]["a"]) == [
        ("const 1 1", "new"), ("+ 4 2 1", "new"), ("store 3 4", "new")
    ]  # fmt: skip
    assert len(answer["only"]["b"]) == 3


def test_a_store_elsewhere_is_another_store() -> None:
    bundles = list(PLAIN.bundles)
    bundles[1] = {"load": (("load", 2, 0), ("const", 3, 6))}
    assert [one["text"] for one in summary(PLAIN, program(*bundles))["only"]["a"]] == [
        "const 3 5", "store 3 4"
    ]  # fmt: skip


def test_a_load_behind_a_store_reads_what_was_stored() -> None:
    """mem[4] is read before it is overwritten in one program, and behind that in the other."""
    store: Bundle = {"store": (("store", 0, 0),)}
    load: Bundle = {"load": (("load", 2, 0),)}
    const: Bundle = {"load": (("const", 0, 4),)}
    last: Bundle = {"store": (("store", 2, 0),)}
    answer = summary(program(const, load, store, last), program(const, store, load, last))
    assert "load 2 0" in [one["text"] for one in answer["only"]["a"]]


def test_a_loop_is_compared_as_it_runs() -> None:
    """Three stores, rolled and unrolled: only counting and jumping is the loop's own."""
    rolled = program(
        {"load": (("const", 0, 0), ("const", 1, 1))},
        {"load": (("const", 2, 3),)},
        {"store": (("store", 0, 2),)},
        {"alu": (("+", 0, 0, 1),)},
        {"alu": (("<", 3, 0, 2),)},
        {"flow": (("cond_jump", 3, 2),)},
    )
    unrolled = program(
        {"load": (("const", 5, 0), ("const", 7, 2))},
        {"load": (("const", 6, 1), ("const", 8, 3))},
        *({"store": (("store", address, 8),)} for address in (5, 6, 7)),
    )
    answer = summary(rolled, unrolled)
    stores = [m for m in answer["matches"] if m["a"][0]["text"].startswith("store")]
    assert [match["moved"] for match in stores] == [0, -3, -6]
    assert answer["only"]["b"] == []


def test_two_plans_of_one_kernel_share_most_of_their_results() -> None:
    sizes = parameters(3, 4, 32)
    plans = [TREE_HASH.plan(name, sizes, "values") for name in ("packed", "cross-engine")]
    made = [
        compile_job(Job(TREE_HASH, sizes, "values", plan, CHALLENGE, instances=1)).program
        for plan in plans
    ]
    diff = compared(made[0], made[1], TREE_HASH.facts(sizes, "values"))
    matched = {number for match in diff.matches for number in match.b}
    assert len(matched) > 0.5 * len(diff.b.done)
    for side, at in ((diff.a, 0), (diff.b, 1)):
        numbers = [n for match in diff.matches for n in (match.a, match.b)[at]]
        numbers += [*diff.only[at], *diff.regrouped[at]]
        assert sorted(numbers) == list(range(len(side.done))), "each operation is in one place"


def test_known_words_of_memory_are_known_to_both() -> None:
    """One program knows the address, the other reads it where the facts have it."""
    facts = Facts(16, {2: 9}, (Region("all", 0, 16, output=True),))
    knows = program({"load": (("const", 0, 9), ("const", 1, 1))}, {"store": (("store", 0, 1),)})
    reads = program(
        {"load": (("const", 0, 2), ("const", 1, 1))}, {"load": (("load", 0, 0),)},
        {"store": (("store", 0, 1),)},
    )  # fmt: skip
    assert texts(summary(knows, reads, facts)["only"]["b"]) == [("const 0 2", "new")]
    assert len(summary(knows, reads)["only"]["b"]) == 3


def test_the_lines_say_what_the_numbers_say() -> None:
    late = program(*PLAIN.bundles[:2], {"alu": (("*", 9, 2, 2),)}, *PLAIN.bundles[2:])
    lines = "\n".join(diff_lines(compared(PLAIN, late), ("one", "two")))
    assert "A  one: 4 cycles, 6 operations\nB  two: 5 cycles, 7 operations" in lines
    assert "6 results computed by both\n        4  in the same cycle on the same engine" in lines
    assert "        2  later in B, by 1 cycle at the median and 1 at most" in lines
    assert "nothing only in A\n1 operation only in B: 1 with no effect on output" in lines
    assert "    2:alu:0 `* 9 2 2`" in lines
