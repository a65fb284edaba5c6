"""The table of a result: what a person reads, made from its summary."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console, RenderableType

from slotweave.anatomy.given_words import GivenWords
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.summaries.compiled import CompiledSummary, RunOfBlocks, compiled_summary
from slotweave.base.budget import Budget
from slotweave.base.wording import ANY_ORDER, EACH_BUNDLE_ONCE, EACH_ONCE_OF_LONG, KEPT_ORDER
from slotweave.bounds import Bound
from slotweave.check.runs.execution import Verified
from slotweave.check.runs.inputs import Coverage
from slotweave.machine import CHALLENGE
from slotweave.repacking import RepackOptions, repack
from slotweave.repacking.blocks.one_block import RepackedBlock
from slotweave.repacking.summary import RepackedSummary, repacked_summary
from slotweave.views.inspect_table import inspect_view
from slotweave.views.parts import gap_text, title
from slotweave.views.repack_lines import vector_lines
from slotweave.views.result_table import compiled_view, repacked_view
from support.tree_hash import compiled


@pytest.fixture(scope="module")
def summary() -> CompiledSummary:
    return compiled_summary(compiled((3, 4, 16), instances=3))


@pytest.fixture(scope="module")
def repacked() -> RepackedSummary:
    given = compiled((3, 4, 16), plan="packed", instances=1)
    options, budget = RepackOptions(instances=1), Budget(evaluations=1)
    found = repack(given.program, CHALLENGE, given.job.facts, options, budget=budget)
    return repacked_summary(found, "given", 0, GivenWords(None, (), 0))


def shown(view: RenderableType) -> str:
    console = Console(file=StringIO(), width=120)
    console.print(view)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_table_names_cycles_bound_gap_scratch_and_checks(summary: CompiledSummary) -> None:
    text = shown(compiled_view(summary))
    assert text.startswith("tree-hash on challenge: height 3, rounds 4, batch 16, contract values")
    lines = {line.split("  ")[0]: line for line in text.splitlines() if line}
    assert f"{summary.cycles:,}" in lines["cycles"]
    bound = f"{summary.bound.cycles:,} for the operations of this plan, {KEPT_ORDER}: "
    assert f"{bound}{summary.bound.why}".startswith(lines["lower bound"].split("  ")[1])
    assert f"{bound}{summary.bound.why}" in " ".join(text.split())
    gap = summary.cycles - summary.bound.cycles
    assert f"{gap:,} cycle{'' if gap == 1 else 's'}" in lines["gap"]
    peak = summary.result.scratch_peak
    assert f"{peak:,} of 1,536 words allocated at" in lines["scratch"]
    assert "agrees with the reference on 3 random and 8 directed inputs" in lines["verified"]
    assert "program does what its kernel says: yes" in lines["proved"]


def test_bound_and_scratch_say_what_they_are_of(
    summary: CompiledSummary, repacked: RepackedSummary
) -> None:
    why = f": {summary.bound.why}"
    straight = " ".join(shown(compiled_view(summary)).split())
    assert f"for the operations of this plan, {KEPT_ORDER}{why}" in straight
    assert "words allocated at the peak" in straight
    jumping = shown(compiled_view(replace(summary, run=RunOfBlocks({"jump": 1}, (), ()))))
    assert f"for one run of these slots, each on its engine{why}" in " ".join(jumping.split())
    assert "jumps in a run: 1 jump" in jumping
    variant = shown(repacked_view(repacked))
    assert "words still to be read at the peak" in variant
    result = repacked.result
    inspected = inspect_program(result.program, CHALLENGE, result.facts)
    assert (repacked.bound, repacked.dataflow) == (inspected.bound, inspected.dataflow)
    assert inspected.bound is not None
    bound = f"{inspected.bound.cycles:,} for these slots, each on its engine, {ANY_ORDER}: "
    assert bound in variant
    assert bound in shown(inspect_view(inspected))


def test_a_value_of_0_is_told_in_the_title() -> None:
    told = title("kernel", "challenge", {"n": 0}, contract=None).plain
    assert told == "kernel on challenge: n 0"


def test_used_and_idle_slots_of_an_engine_are_all_of_them(repacked: RepackedSummary) -> None:
    lines = shown(repacked_view(repacked)).splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("engine"))
    second = next(at for at, line in enumerate(lines) if line.startswith("idle"))
    assert lines[second].split("  ", 1)[1].split() == (
        ["fillable", "word", "used", "memory", "elsewhere", "waiting", "no", "work"]
    ), "no column for jumps where there are none"
    for name, engine in repacked.engines.items():
        used, slots = numbers(lines[first:second], name)[-2:]
        assert (used, slots) == (engine.used, engine.slots)
        assert used + sum(numbers(lines[second:], name)) == slots


def test_compile_names_the_command_that_says_why_slots_are_idle(summary: CompiledSummary) -> None:
    text = shown(compiled_view(summary))
    assert "`slotweave inspect PROGRAM` shows why the other slots are idle." in text
    assert "fillable" not in text


def numbers(lines: list[str], name: str) -> list[int]:
    row = next(line for line in lines if line.startswith(name))
    return [int(cell) for cell in row.replace(",", "").split() if cell.isdecimal()]


def test_slots_idle_because_of_jumps_have_a_column(repacked: RepackedSummary) -> None:
    idle = {**(repacked.idle or {}), "load": {"jump": 3, "nothing": 1}}
    text = shown(repacked_view(replace(repacked, idle=idle)))
    assert "after a jump" in text
    assert "After a jump: one could, but for a jump between." in text


def test_what_is_not_known_is_left_out(repacked: RepackedSummary) -> None:
    assert "Idle" in shown(repacked_view(repacked))
    bare = shown(repacked_view(replace(repacked, ladder=(), idle=None)))
    for word in ("lower bound", "gap", "never written", "two writes", "Idle"):
        assert word not in bare


def test_sides_that_no_input_reached_are_named(summary: CompiledSummary) -> None:
    result = summary.result
    coverage = Coverage(4, 1, ("a", "b", "c"))
    missed = replace(result, verified=replace(result.verified, coverage=coverage))
    text = " ".join(shown(compiled_view(replace(summary, result=missed))).split())
    assert "3 of the 4 sides of branches not reached by any input (a, b, ...)" in text


def test_a_run_that_was_too_long_to_be_followed_is_not_blamed_on_data(
    repacked: RepackedSummary,
) -> None:
    block = RepackedBlock(0, 2, 2, ({}, {}), None, "kept")
    by_blocks = replace(repacked.result, blocks=(block,), verified=Verified(0, 0, 0), best=None)
    long = replace(by_blocks, too_long=True, vectorized="it jumps")
    told = [replace(repacked, result=each).cycles_of for each in (by_blocks, long)]
    assert told == [EACH_BUNDLE_ONCE, EACH_ONCE_OF_LONG]
    (line,) = vector_lines(long, "p.json", rewrite=True)
    assert line.startswith("it takes too long to be followed, so each block was repacked")


@pytest.mark.parametrize("run", [None, RunOfBlocks({"jump": 1}, (), ())])
def test_a_schedule_as_short_as_its_bound_says_so(
    summary: CompiledSummary, run: RunOfBlocks | None
) -> None:
    tight = replace(summary, ladder=(Bound("load", summary.cycles, "w"),), run=run)
    of = "for the operations of this plan"
    of = of if run is None else "for one run of these slots, each on its engine"
    assert f"none: no schedule is shorter {of}" in " ".join(shown(compiled_view(tight)).split())


def test_large_gaps_have_their_thousands_apart() -> None:
    assert gap_text(14_895, 1_000, "") == "13,895 cycles (1,389.5 % above the bound)"
