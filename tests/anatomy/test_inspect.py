"""What a program is said to use, by its text alone."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from time import process_time

import pytest
from rich.console import Console

from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.words.live_scratch import is_straight, live_words
from slotweave.base.diagnostics import CheckFailed
from slotweave.base.wording import ANY_ORDER
from slotweave.ir.facts import Facts
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.views.inspect_table import inspect_view
from support.command_line import slotweave

#: mem[0] += 1, in four bundles and one that costs nothing.
STRAIGHT: tuple[Bundle, ...] = (
    {"load": (("const", 0, 0), ("const", 1, 1))},
    {"load": (("load", 2, 0),)},
    {"debug": (("compare", 2, "key"),)},
    {"alu": (("+", 2, 2, 1),)},
    {"store": (("store", 0, 2),)},
)
#: Goes on for as long as the first word of memory says.
LOOP: tuple[Bundle, ...] = (
    {"load": (("const", 3, 1), ("load", 4, 3))},
    {"flow": (("cond_jump", 4, 1),), "alu": (("-", 4, 4, 3),)},
)
#: Word 4 counts down from 3: the second bundle runs four times.
COUNTED: tuple[Bundle, ...] = (
    {"load": (("const", 3, 1), ("const", 4, 3))},
    {"flow": (("cond_jump", 4, 1),), "alu": (("-", 4, 4, 3),)},
    {"debug": (("compare", 4, "key"),)},
    {"store": (("store", 3, 4),)},
)


def program(*bundles: Bundle) -> Program:
    return Program("challenge", bundles)


def test_cycles_are_bundles_that_cost_one() -> None:
    result = inspect_program(program(*STRAIGHT), CHALLENGE).to_json()
    assert (result["cycles"], result["bundles"], result["straight"]) == (4, 5, True)


def test_engines_are_counted_by_slots() -> None:
    engines = inspect_program(program(*STRAIGHT), CHALLENGE).to_json()["engines"]
    assert engines["load"] == {"used": 3, "slots": 8, "share": 0.375}
    assert engines["valu"] == {"used": 0, "slots": 24, "share": 0.0}


def test_the_bound_is_the_busiest_engine_or_the_longest_chain() -> None:
    result = inspect_program(program(*STRAIGHT), CHALLENGE).to_json()
    load = {"name": "load", "cycles": 2, "why": "its 3 slots on load, 2 a cycle"}
    assert load in result["ladder"]
    assert (result["bound"]["name"], result["bound"]["cycles"]) == ("critical path", 4)
    parallel = program(*({"load": (("const", word, 0),)} for word in range(6)))
    assert inspect_program(parallel, CHALLENGE).to_json()["bound"]["name"] == "load"


def test_a_value_is_live_from_its_landing_to_its_last_read() -> None:
    # Words 0 and 1 land in bundle 1; word 2 in 2 and 4. The sum reads 1 for the last time.
    assert live_words(program(*STRAIGHT), CHALLENGE).max() == 3
    assert live_words(program(*STRAIGHT[:2]), CHALLENGE).max() == 1


def test_a_value_that_nobody_reads_is_never_live() -> None:
    assert live_words(program({"load": (("const", 0, 1),)}, {"flow": ()}), CHALLENGE).max() == 0


def test_a_word_can_hold_the_old_value_while_the_new_one_is_in_flight() -> None:
    modes = tuple(
        replace(mode, latency=3) if mode.operation == "const" else mode for mode in CHALLENGE.modes
    )
    slow = replace(CHALLENGE, modes=modes)
    nothing: Bundle = {"flow": ()}
    reads: Bundle = {"flow": (("trace_write", 0),)}
    again = program({"load": (("const", 0, 1),)}, nothing, {"load": (("const", 0, 2),)},
                    reads, reads, reads)  # fmt: skip
    assert live_words(again, slow).max() == 1


def test_a_program_that_jumps_is_counted_as_it_runs() -> None:
    result = inspect_program(program(*COUNTED), CHALLENGE).to_json()
    assert (result["cycles"], result["bundles"], result["straight"]) == (6, 4, False)
    assert result["run"] == {"known": True, "bundles": 6}
    assert result["engines"]["flow"] == {"used": 4, "slots": 6, "share": 0.666667}
    assert result["engines"]["alu"]["used"] == 4
    assert result["unused"] == 0, "a jump needs its condition"
    assert sum(result["idle"]["flow"].values()) == 2


def test_a_straight_program_says_nothing_of_a_run() -> None:
    assert "run" not in inspect_program(program(*STRAIGHT), CHALLENGE).to_json()


def test_a_program_that_halts_on_the_way_is_taken_as_it_runs() -> None:
    halted = program(*STRAIGHT, {"flow": (("halt",),)}, *STRAIGHT)
    result = inspect_program(halted, CHALLENGE).to_json()
    assert (result["cycles"], result["bundles"], result["straight"]) == (5, 11, True)
    assert result["run"] == {"known": True, "bundles": 6}
    assert result["engines"]["load"] == {"used": 3, "slots": 10, "share": 0.3}
    assert "run" not in inspect_program(program(*halted.bundles[:6]), CHALLENGE).to_json()
    assert "run 6 bundles, from 11 in the program: it ends at a halt" in shown(*halted.bundles)


def test_what_waits_at_either_end_counts_in_the_bound() -> None:
    """Six selects on one engine, behind a load that they need and before a store."""
    rows = [
        bundle
        for word in range(10, 16)
        for bundle in (
            {"load": (("const", word, word),)},
            {"flow": (("select", 3, 2, word, 2),)},
            {"store": (("store", word, 3),)},
        )
    ]
    result = inspect_program(program(*STRAIGHT[:2], *rows), CHALLENGE).to_json()
    ladder = {rung["name"]: rung["cycles"] for rung in result["ladder"]}
    assert max(ladder["flow"], ladder["critical path"]) < ladder["dataflow"] == 8
    assert result["bound"]["cycles"] == ladder["heads and tails"] == 9


def test_a_run_that_is_too_long_is_not_shown() -> None:
    assert inspect_program(program(*COUNTED), CHALLENGE, max_bundles=7).to_json()["run"]["known"]
    result = inspect_program(program(*COUNTED), CHALLENGE, max_bundles=5).to_json()
    assert (result["cycles"], result["run"]["known"], result["run"]["bundle"]) == (3, False, 2)
    assert (result["run"]["code"], result["run"]["why"]) == (
        "SW219", "more than 5 bundles are run"
    )  # fmt: skip
    once = "each bundle counted once, because its run is too long to be followed"
    assert result["cycles_of"] == once


def test_facts_may_decide_the_jumps() -> None:
    result = inspect_program(program(*LOOP), CHALLENGE, Facts(4, {0: 6})).to_json()
    assert (result["cycles"], result["run"]["known"]) == (8, True)


def test_a_run_that_faults_is_refused() -> None:
    """Under these facts the first load lies past the end of memory."""
    with pytest.raises(CheckFailed, match="SW106"):
        inspect_program(
            program({"load": (("load", 0, 0), ("vload", 8, 0))}, *COUNTED), CHALLENGE, Facts(4)
        )


def test_why_a_run_is_not_shown_is_said() -> None:
    bad = slotweave("inspect", "-", "--json", stdin=json.dumps(LOOP))
    assert bad.code == 0
    assert "how it runs is not known: SW219 bundle 1: cond_jump depends on data" in bad.err
    assert bad.json["run"]["bundle"] == 1
    good = slotweave("inspect", "-", stdin=json.dumps(COUNTED))
    assert "not known" not in good.err
    assert "6 bundles, from 4 in the program: its jumps are followed" in good.out


@pytest.mark.long
def test_a_run_of_a_hundred_thousand_bundles_is_shown_in_seconds() -> None:
    """Each of its stores is an end of its own."""
    many = program(
        {"load": (("const", 0, 1), ("const", 1, 25_000))},
        {"alu": (("+", 2, 2, 0), ("^", 3, 2, 0))},
        {"store": (("store", 2, 3),)},
        {"alu": (("<", 4, 2, 1),)},
        {"flow": (("cond_jump", 4, 1),)},
    )
    begin = process_time()
    assert inspect_program(many, CHALLENGE).to_json()["cycles"] == 100_001
    assert process_time() - begin < 20


def test_where_jumps_depend_on_data_every_word_it_touches_counts() -> None:
    assert not is_straight(program(*LOOP))
    result = inspect_program(program(*LOOP), CHALLENGE).to_json()
    assert result["straight"] is False
    assert result["scratch"] == {"peak": 2, "mean": 2.0, "size": 1536}


def test_a_debug_slot_called_like_a_jump_is_no_jump() -> None:
    assert is_straight(program({"debug": (("jump", 0),)}))


def test_a_program_that_the_machine_cannot_run_is_refused() -> None:
    with pytest.raises(CheckFailed, match="SW103"):
        inspect_program(program({"alu": (("**", 0, 0, 0),)}), CHALLENGE)


def test_two_writes_to_one_word_are_let_pass() -> None:
    twice = program({"load": (("const", 0, 1), ("const", 0, 2))})
    assert inspect_program(twice, CHALLENGE).to_json()["cycles"] == 1


def shown(*bundles: Bundle) -> str:
    console = Console(file=StringIO(), width=80, no_color=True)
    console.print(inspect_view(inspect_program(program(*bundles), CHALLENGE)))
    assert isinstance(console.file, StringIO)
    return " ".join(console.file.getvalue().split())


def test_the_table_speaks_to_a_person() -> None:
    text = shown(*STRAIGHT)
    assert "program on challenge" in text
    assert "cycles 4" in text
    assert f"lower bound 4 for these slots, each on its engine, {ANY_ORDER}: its" in text
    assert "gap none" in text
    assert "scratch 3 of 1,536 words still to be read at the peak, 2.0 on average" in text
    assert "unused 0 operations" in text
    assert "37.5 % 3 8" in text


def test_the_table_warns_where_cycles_are_only_bundles() -> None:
    assert "each bundle counted once, because data decides the jumps" in shown(*LOOP)
    assert "bound" not in shown(*LOOP)
    assert "gap" not in shown(*LOOP)
    assert "each bundle counted once" not in shown(*COUNTED)


def test_the_table_of_a_run_is_of_its_bundles() -> None:
    text = shown(*COUNTED)
    assert "run 6 bundles, from 4 in the program" in text
    assert f"lower bound 6 for the slots of this run, each on its engine, {ANY_ORDER}: " in text
    assert "words still to be read at the peak" in text
    assert "1 group of items, 6 cycles from first to last operation at the median, 1.0" in text


def test_an_empty_program_has_a_table_too() -> None:
    assert "cycles 0" in shown()


def test_one_cycle_is_singular() -> None:
    late = shown({"load": (("const", 0, 1),)}, {"load": (("const", 1, 1),)})
    assert "gap 1 cycle (100.0 % above the bound)" in late
