"""Why operations stand where they stand, on programs small enough to say it by hand."""

from __future__ import annotations

import pytest

from slotweave.anatomy.causes.idle_causes import idle_slots
from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.causes.why_here import explain_bundle, explain_cycle
from slotweave.anatomy.unrolled import unrolled
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event
from slotweave.views.explain_text import explanation_lines
from strategies.odd_latencies import slow

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
    return "\n".join(explanation_lines(explain_bundle(TEXT, CHALLENGE, bundle, engine, slot)))


def test_the_chain_goes_back_to_an_operation_that_was_free_earlier() -> None:
    (store,) = explain_bundle(TEXT, CHALLENGE, 5, "store", 0).to_json()["operations"]
    assert (store["free_from"], store["room"]) == (5, None)
    assert [(link["cause"], link["bundle"]) for link in store["chain"]] == [("operand", 4)]


def test_an_operation_that_could_stand_earlier_says_where() -> None:
    (late,) = explain_bundle(TEXT, CHALLENGE, 4, "alu", 0).to_json()["operations"]
    assert (late["free_from"], late["room"], late["chain"]) == (3, 3, [])
    assert "nothing delays it from 3 on: alu has a free slot in 3" in text_of(4, "alu", 0)


def test_a_full_engine_is_the_reason_where_nothing_else_is() -> None:
    (late,) = explain_bundle(TEXT, CHALLENGE, 2, "load", 0).to_json()["operations"]
    assert (late["free_from"], late["room"]) == (0, None)
    assert "nothing delays it from 0 on, but load has no free slot in 0–1" in text_of(2, "load", 0)


def test_an_empty_slot_names_its_cause_and_the_next_operation() -> None:
    (empty,) = explain_bundle(TEXT, CHALLENGE, 3, "store").to_json()["empty"]
    assert (empty["slots"], empty["cause"]) == (2, "dependence")
    assert empty["next"]["bundle"] == 5
    assert "5:store:0 `store 0 4`" in text_of(3, "store")


def test_each_empty_slot_has_its_own_cause() -> None:
    """The first ones can hold what could move there; the others wait as the page shows them."""
    bundles: tuple[Bundle, ...] = (
        {"load": (("const", 0, 1),)},
        {"alu": (("+", 2, 0, 0),)},
        {"alu": (("+", 3, 2, 0), ("+", 4, 0, 0))},
    )
    program = Program("challenge", bundles)
    free, waits = explain_bundle(program, CHALLENGE, 1, "alu").empty
    assert (free.first, free.slots, free.cause, free.could_move) == (1, 1, "free", 1)
    assert (waits.first, waits.slots, waits.cause, waits.could_move) == (2, 10, "dependence", 0)
    assert free.next is not None
    assert waits.next is not None
    assert (free.next.place.text, waits.next.place.text) == ("+ 4 0 0", "+ 3 2 0")
    lines = list(explanation_lines(explain_bundle(program, CHALLENGE, 1, "alu")))
    assert "alu: slot 1 is empty: 1 later operation could move here" in lines
    assert "alu: slots 2 to 11 are empty: all later operations wait for operands" in lines
    (one,) = explain_bundle(program, CHALLENGE, 1, "alu", 5).empty
    assert (one.first, one.slots, one.cause) == (5, 1, "dependence")
    causes = idle_slots(program, CHALLENGE, placements(program, CHALLENGE, {}))["alu"]
    told = explain_bundle(program, CHALLENGE, 1, "alu").empty
    assert {each.cause: each.slots for each in told} == causes.by_cause(1, 2)


def test_where_no_operation_is_left_there_is_no_next() -> None:
    (empty,) = explain_bundle(TEXT, CHALLENGE, 5, "load", 1).to_json()["empty"]
    assert (empty["cause"], empty["next"]) == ("nothing", None)


def test_a_slot_shows_itself_alone() -> None:
    answer = explain_bundle(TEXT, CHALLENGE, 1, "load", 1).to_json()
    assert [one["text"] for one in answer["operations"]] == ["const 6 2"]
    assert answer["empty"] == []


def test_a_whole_bundle_shows_its_operations_and_every_engine_with_room() -> None:
    answer = explain_bundle(TEXT, CHALLENGE, 1).to_json()
    assert len(answer["operations"]) == 3
    assert [empty["engine"] for empty in answer["empty"]] == ["alu", "valu", "store", "flow"]


#: Counts word 2 up to 3; the store of the last pass waits for its word, not for other passes.
LOOP = Program(
    "challenge",
    (
        {"load": (("const", 0, 1), ("const", 1, 3))},
        {"alu": (("+", 2, 2, 0),)},
        {"debug": (("compare", 2, "key"),)},
        {"alu": (("<", 4, 2, 1), ("*", 3, 2, 2))},
        {"flow": (("cond_jump", 4, 1),), "store": (("store", 2, 3),)},
        {"load": (("load", 5, 1),)},
    ),
)
RUN = unrolled(LOOP, CHALLENGE, NOTHING_KNOWN)


def test_every_place_of_a_run_is_that_of_an_event_with_the_makers_of_its_words() -> None:
    events: list[Event] = []
    run(LOOP, CHALLENGE, [0] * 8, strict=False, on_event=events.append)
    assert {e.cycle for e in events} == set(range(RUN.cycles[-1]))
    wrote: dict[int, Event] = {}
    for event in sorted(events, key=lambda one: one.cycle):
        answer = explain_cycle(RUN, CHALLENGE, event.cycle, event.engine, event.slot).to_json()
        assert (answer["cycle"], answer["bundle"]) == (event.cycle, event.bundle)
        (one,) = answer["operations"]
        slot = LOOP.bundles[event.bundle][event.engine][event.slot]
        assert one["text"] == " ".join(map(str, slot))
        read = [a.address for a in event.reads if a.space == "scratch"]
        makers = [wrote[word] for word in read if word in wrote and wrote[word].cycle < event.cycle]
        held = [h for h in one["held"] if h["cause"] == "operand"]
        assert [h["until"] for h in held] == ([max(e.cycle for e in makers) + 1] if makers else [])
        for hold in held:
            by = hold["by"]
            assert (by["cycle"], by["bundle"]) in {(e.cycle, e.bundle) for e in makers}
        wrote.update({a.address: event for a in event.writes if a.space == "scratch"})


def test_a_place_of_a_run_has_cycle_and_bundle() -> None:
    lines = list(explanation_lines(explain_cycle(RUN, CHALLENGE, 5, "alu", 1)))
    assert lines == [
        "cycle 5 of the run: bundle 3",
        "5:alu:1 (bundle 3) `* 3 2 2`",
        "    until 5: its operand is computed by 4:alu:0 (bundle 1) `+ 2 2 0`",
        "    until 3: the scratch word that it writes is still in use by 2:alu:1 (bundle "
        "3) `* 3 2 2`",
        "    as early as what it waits for, but that chain starts with an operation that "
        "could move to 3",
        "    < operand: 4:alu:0 (bundle 1) `+ 2 2 0`",
        "      nothing delays it from 3 on: alu has a free slot in 3",
    ]


def test_a_jump_keeps_its_place_and_holds_nothing() -> None:
    (jump,) = explain_cycle(RUN, CHALLENGE, 3, "flow").to_json()["operations"]
    assert jump["jumps"]
    lines = explanation_lines(explain_cycle(RUN, CHALLENGE, 3, "flow"))
    assert "keeps its place" in "\n".join(lines)
    (load,) = explain_cycle(RUN, CHALLENGE, 10, "load", 0).to_json()["operations"]
    assert {hold["by"]["engine"] for hold in load["held"]} == {"load", "store"}
    (empty,) = explain_cycle(RUN, CHALLENGE, 2, "flow").to_json()["empty"]
    assert (empty["cause"], empty["next"]) == ("nothing", None)


def end_of(program: Program, bundle: int, engine: str, slot: int = 0) -> tuple[str, list[str]]:
    """Why the chain of an operation ends where it does, and what is said about it."""
    answer = explain_bundle(program, CHALLENGE, bundle, engine, slot)
    (operation,) = answer.operations
    return operation.end.why, [line.strip() for line in explanation_lines(answer)]


def test_a_chain_from_the_first_bundle_makes_an_operation_as_early_as_it_can_be() -> None:
    why, lines = end_of(TEXT, 1, "alu")
    assert why == "first"
    assert "as early as possible: its chain starts in the first bundle" in lines
    assert lines[-1] == "nothing delays it: this is the first bundle"


def test_a_chain_that_ends_in_an_operation_with_room_before_it_says_where() -> None:
    why, lines = end_of(TEXT, 5, "store")
    assert why == "room"
    assert any("that chain starts with an operation that could move to 3" in line for line in lines)
    assert lines[-1] == "nothing delays it from 3 on: alu has a free slot in 3"
    assert end_of(TEXT, 4, "alu")[1][-1] == lines[-1]


def test_a_chain_that_ends_where_an_engine_is_full_names_both() -> None:
    text = Program("challenge", (*TEXT.bundles[:3], {"alu": (("+", 4, 3, 3),)}))
    why, lines = end_of(text, 3, "alu")
    assert why == "full"
    back = "as early as what it waits for, which leads back to 0–1, where load has no free slot"
    assert back in lines
    assert lines[-1] == "nothing delays it from 0 on, but load has no free slot in 0–1"


def test_operations_that_wait_for_each_other_end_a_chain() -> None:
    swap: Bundle = {"alu": (("+", 0, 1, 1), ("+", 1, 0, 0))}
    const: Bundle = {"load": (("const", 0, 1), ("const", 1, 2))}
    why, lines = end_of(Program("challenge", (const, NOTHING, swap)), 2, "alu")
    assert why == "together"
    assert lines[-1] == "operations of this bundle wait for each other"


def test_a_pause_ends_a_chain() -> None:
    stored: Bundle = {"store": (("store", 0, 1),)}
    pause: Bundle = {"flow": (("pause",),)}
    why, lines = end_of(Program("challenge", (NOTHING, NOTHING, pause, stored)), 3, "store")
    assert why == "keeps"
    assert any("which leads back to something fixed in its place" in line for line in lines)


def test_a_long_chain_names_its_last_link() -> None:
    sums: list[Bundle] = [{"alu": (("+", 0, 0, 0),)}] * 20
    _why, lines = end_of(Program("challenge", ({"load": (("const", 0, 1),)}, *sums)), 20, "alu")
    assert "< 8 more, the last 0:load:0 `const 0 1`" in lines
    assert lines[-1] == "nothing delays it: this is the first bundle"


def told_of(program: Program, bundle: int, engine: str) -> list[str]:
    answer = explain_bundle(program, CHALLENGE, bundle, engine)
    return [line.strip() for line in explanation_lines(answer)]


@pytest.mark.parametrize("name", ["halt", "pause"])
@pytest.mark.parametrize("first", ["flow", "store"])
def test_a_halt_or_pause_comes_after_all_of_its_bundle_and_keeps_its_place(
    name: str, first: str
) -> None:
    """Wherever the bundle lists it; moved up alone it would leave the store out."""
    beside: Bundle = {"flow": ((name,),), "store": (("store", 0, 0),)}
    if first == "store":
        beside = dict(reversed(beside.items()))
    text = Program("challenge", ({"load": (("const", 0, 5),)}, NOTHING, beside))
    (halt,) = explain_bundle(text, CHALLENGE, 2, "flow").operations
    assert [(hold.until, hold.by.engine) for hold in halt.held] == [(2, "store")]
    assert (halt.free_from, halt.room, halt.keeps, halt.jumps) == (2, None, True, False)
    assert told_of(text, 2, "flow")[1:3] == [
        f"until 2: a {name} comes after 2:store:0 `store 0 0`",
        f"a {name} keeps its place",
    ]
    (store,) = explain_bundle(text, CHALLENGE, 2, "store").operations
    assert [hold.cause for hold in store.held] == ["operand"]
    assert store.room == 1


def test_a_halt_comes_after_a_store_that_lands_later() -> None:
    stored: Bundle = {"store": (("store", 0, 0),)}
    text = Program("challenge", ({"load": (("const", 0, 5),)}, stored, {"flow": (("halt",),)}))
    (halt,) = explain_bundle(text, slow("store"), 2, "flow").operations
    assert [(hold.until, hold.by.engine) for hold in halt.held] == [(1, "store")]


def test_an_empty_bundle_on_the_way_is_named_as_such() -> None:
    const: Bundle = {"load": (("const", 0, 5),)}
    text = Program("challenge", (const, {}, {"store": (("store", 0, 0),)}))
    why = "an empty bundle costs no cycle and has none"
    assert f"nothing delays it from 1 on, but store has no free slot in 1: {why}" in told_of(
        text, 2, "store"
    )


def test_of_slots_before_the_last_jump_it_is_not_said_that_nothing_is_left() -> None:
    text = Program("challenge", (
        {"load": (("const", 0, 5),)}, {"flow": (("jump", 2),), "load": (("const", 1, 5),)},
        {"store": (("store", 0, 1),), "flow": (("halt",),)},
    ))  # fmt: skip
    (line,) = told_of(text, 0, "flow")
    assert "only pauses, halts and jumps are left for this engine" in line
    assert "no operation for this engine that could move is left" in told_of(text, 0, "valu")[0]
