"""What a rung is said to do is what its program does."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from slotweave.challenge.ladder.ladder import THRESHOLDS
from slotweave.challenge.ladder.ladder_flow import any_rung_summary, rung_run
from slotweave.challenge.ladder.ladder_pictures import CYCLES_A_COLUMN, ladder_plot, timeline
from slotweave.challenge.ladder.ladder_table import ladder_markdown
from slotweave.challenge.ladder.rung_run import RungRun
from slotweave.challenge.ladder.stage_cycles import batches_alive, stage_slots
from slotweave.challenge.tree_hash.plans.ladder_plans import RUNGS
from slotweave.driver.compiled import Compiled
from slotweave.machine import CHALLENGE
from support.tree_hash import compiled

SHAPE = (4, 7, 104)
BY_NAME = {rung.plan: rung for rung in RUNGS}


@pytest.fixture(scope="module")
def results() -> dict[str, Compiled]:
    names = ("scalar", "packed", "grouped", "multi-batch", "dedup-static")
    return {name: compiled(SHAPE, plan=name, instances=1) for name in names}


@pytest.fixture(scope="module")
def runs(results: dict[str, Compiled]) -> dict[str, RungRun]:
    return {name: rung_run(result) for name, result in results.items()}


@pytest.fixture(scope="module")
def rungs(results: dict[str, Compiled], runs: dict[str, RungRun]) -> dict[str, dict[str, Any]]:
    """The summary of each, without the scalar one's cycles."""
    return {
        name: any_rung_summary(BY_NAME[name], result, runs[name], None)
        for name, result in results.items()
    }


def test_loads_are_counted_by_level_of_the_tree(rungs: dict[str, dict[str, Any]]) -> None:
    each = dict.fromkeys("01", 208) | dict.fromkeys("234", 104)  # 7 rounds of a tree of 5 levels
    for name in ("scalar", "packed", "grouped", "multi-batch"):
        assert rungs[name]["counters"]["loads_by_level"] == each
    assert rungs["dedup-static"]["counters"]["loads_by_level"] == {"4": 104}


def test_only_rungs_that_overlap_have_bundles_with_two_stages(
    results: dict[str, Compiled], rungs: dict[str, dict[str, Any]]
) -> None:
    overlaps = {name: rung["counters"]["overlapping_bundles"] for name, rung in rungs.items()}
    assert overlaps["packed"] == overlaps["grouped"] == 0
    assert overlaps["multi-batch"] > results["multi-batch"].cycles // 2


@pytest.mark.parametrize(("name", "items", "alive"),
                         [("packed", 1, 1), ("grouped", 1, 6), ("multi-batch", 4, 4)])  # fmt: skip
def test_batches_alive_are_those_with_words_in_registers(
    results: dict[str, Compiled], name: str, items: int, alive: int
) -> None:
    fitted = results[name].block.fitted
    assert batches_alive(fitted.problem, fitted.schedule, items) == alive


def test_every_slot_belongs_to_one_stage(results: dict[str, Compiled]) -> None:
    for result in results.values():
        slots = sum(int(row.sum()) for row in stage_slots(result).values())
        assert slots == len(result.block.fitted.schedule.cycle)


def test_a_program_without_jumps_or_spills_shows_none(rungs: dict[str, dict[str, Any]]) -> None:
    for name in ("packed", "dedup-static"):
        found = rungs[name]["counters"]
        assert (found["jumps"], found["spills"]) == (0, 0)


def test_thresholds_are_passed_by_fewer_cycles(
    results: dict[str, Compiled],
    runs: dict[str, RungRun],
    rungs: dict[str, dict[str, Any]],
) -> None:
    result = results["grouped"]
    found = any_rung_summary(BY_NAME["grouped"], result, runs["grouped"], 10 * result.cycles)
    assert found["thresholds"] == [limit for limit in THRESHOLDS if result.cycles < limit]
    assert found["speedup"] == 10.0
    assert rungs["grouped"]["speedup"] is None


def test_idle_and_used_slots_of_a_rung_are_all_slots(rungs: dict[str, dict[str, Any]]) -> None:
    for found in rungs.values():
        for engine, use in found["engines"].items():
            assert use["used"] + sum(found["idle"][engine].values()) == use["slots"]


def test_pictures_are_svg_and_timelines_have_one_scale(
    results: dict[str, Compiled],
    runs: dict[str, RungRun],
    rungs: dict[str, dict[str, Any]],
) -> None:
    bars = ElementTree.fromstring(ladder_plot(list(rungs.values())))
    labels = {text.text for text in bars.iter("{http://www.w3.org/2000/svg}text")}
    assert {"scalar", f"{results['scalar'].cycles:,}"} <= labels
    for name in ("packed", "multi-batch"):
        picture = ElementTree.fromstring(timeline(name, runs[name], CHALLENGE))
        columns = -(-results[name].cycles // CYCLES_A_COLUMN)
        for path in picture.iter("{http://www.w3.org/2000/svg}path"):
            assert path.attrib["d"].count("H") == columns


def test_markdown_has_a_row_for_each_rung_in_each_table(rungs: dict[str, dict[str, Any]]) -> None:
    page = ladder_markdown(
        list(rungs.values()), [{"batches": 5, "cycles": 2100}], [{"words": 99, "spills": 7}]
    )
    assert page.count("\n| grouped |") == 5
    assert "| 5 | 2,100 | – | – | – | – | – | – | – | – |" in page
    assert "| 99 | – | – | 7 | – | – |" in page


def test_each_rung_is_measured_against_the_one_it_changes(
    results: dict[str, Compiled], rungs: dict[str, dict[str, Any]]
) -> None:
    page = ladder_markdown(list(rungs.values()), [], [])
    packed, grouped = (results[name].cycles for name in ("packed", "grouped"))
    row = f"| packed | {packed:,} | {grouped:,} | {packed / grouped:.2f} |"
    assert row in page


def test_words_live_in_a_run_are_those_of_the_allocation(
    results: dict[str, Compiled], runs: dict[str, RungRun]
) -> None:
    """A storage counts as a whole, in a run its words count one by one: a little fewer."""
    for name, result in results.items():
        live, peak = runs[name].live, result.scratch_peak
        assert len(live) == result.cycles, name
        assert 0.9 * peak <= live.max() <= peak, name


def test_slots_of_a_run_are_idle_for_one_cause_each(runs: dict[str, RungRun]) -> None:
    for name in ("packed", "multi-batch"):
        run = runs[name]
        for engine, use in run.engine_use(CHALLENGE).items():
            assert use.used + sum(run.idle[engine].values()) == use.slots
        assert not any("jump" in causes for causes in run.idle.values())
