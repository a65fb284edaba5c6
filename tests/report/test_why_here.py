"""Why operations stand where they stand, on programs small enough to say it by hand."""

from __future__ import annotations

from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.report.why_here import explain_bundle
from slotweave.report.why_text import why_lines

NOTHING: Bundle = {"flow": ()}
TEXT = Program(
    "challenge",
    (
        {"load": (("const", 0, 1), ("const", 1, 2))},
        {"load": (("const", 5, 1), ("const", 6, 2)), "alu": (("+", 2, 0, 1),)},
        {"load": (("const", 3, 9),)},
        NOTHING,
        {"alu": (("+", 4, 2, 3),)},
        {"store": (("store", 0, 4),)},
    ),
)


def text_of(bundle: int, engine: str | None = None, slot: int | None = None) -> str:
    return "\n".join(why_lines(explain_bundle(TEXT, CHALLENGE, bundle, engine, slot)))


def test_the_chain_goes_back_to_an_operation_that_was_free_earlier() -> None:
    (store,) = explain_bundle(TEXT, CHALLENGE, 5, "store", 0)["operations"]
    assert (store["free_from"], store["room"]) == (5, None)
    assert [(link["cause"], link["bundle"]) for link in store["chain"]] == [("operand", 4)]


def test_an_operation_that_could_stand_earlier_says_where() -> None:
    (late,) = explain_bundle(TEXT, CHALLENGE, 4, "alu", 0)["operations"]
    assert (late["free_from"], late["room"], late["chain"]) == (3, 3, [])
    assert "nothing holds it from 3 on: alu has a free slot in 3" in text_of(4, "alu", 0)


def test_a_full_engine_is_the_reason_where_nothing_else_is() -> None:
    (late,) = explain_bundle(TEXT, CHALLENGE, 2, "load", 0)["operations"]
    assert (late["free_from"], late["room"]) == (0, None)
    assert "nothing holds it from 0 on, but load is full until it comes" in text_of(2, "load", 0)


def test_an_empty_slot_names_its_cause_and_the_next_operation() -> None:
    (empty,) = explain_bundle(TEXT, CHALLENGE, 3, "store")["empty"]
    assert (empty["slots"], empty["cause"]) == (2, "dependence")
    assert empty["next"]["bundle"] == 5
    assert "5:store:0 `store 0 4`" in text_of(3, "store")


def test_where_no_operation_is_left_there_is_no_next() -> None:
    (empty,) = explain_bundle(TEXT, CHALLENGE, 5, "load", 1)["empty"]
    assert (empty["cause"], empty["next"]) == ("nothing", None)


def test_a_slot_shows_itself_alone() -> None:
    answer = explain_bundle(TEXT, CHALLENGE, 1, "load", 1)
    assert [one["text"] for one in answer["operations"]] == ["const 6 2"]
    assert answer["empty"] == []


def test_a_whole_bundle_shows_its_operations_and_every_engine_with_room() -> None:
    answer = explain_bundle(TEXT, CHALLENGE, 1)
    assert len(answer["operations"]) == 3
    assert [empty["engine"] for empty in answer["empty"]] == ["alu", "valu", "store", "flow"]
