"""What may get worse where packets get fewer: `--no-worse`, its three rules and what they write."""

from pathlib import Path

import pytest

from slotweave.driver.solving.solve import Limits, Method
from slotweave.hexagon.dependence.edges import dependences
from slotweave.hexagon.inspection import repack_file
from slotweave.hexagon.judges.assembler import MISSING, find_assembler, new_errors
from slotweave.hexagon.judges.emulator import compare, missing
from slotweave.hexagon.judges.harness import arguments_of
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.problem import input_schedule, packet_problem
from slotweave.hexagon.packing.stalls import stall_cycles
from slotweave.hexagon.packing.within_rule import fewest_stalls
from support.command_line import slotweave
from support.hexagon.listings import block_of, packets_text, text_of

pytest.importorskip("ortools", reason="packing with a proof needs ortools")
LIMITS = Limits(workers=1, work=0.5)
HEAD = "\t.attribute\t4, 67\n\t.text\n\t.globl f\n"
#: The return, a block of its own.
END = ".Lend:\n" + packets_text([["jumpr r31"]])
#: A packet fewer is a stall more: as many cycles.
TRADED = HEAD + text_of(
    [["r1 = memw(r0+#0)"], ["r2 = add(r2,r3)"], ["r1 = add(r1,#4)", "r2 += mpyi(r1,r1)"],
     ["r0 = add(r1,r2)"]]
) + END  # fmt: skip
#: A packet fewer is two stalls more.
DEAR = HEAD + text_of(
    [["r7 = mpyi(r1,r1)", "r8 = mpyi(r2,r2)"], ["r6 = mpyi(r3,r3)", "r1 = mpyi(r4,r4)"],
     ["r9 = mpyi(r7,r7)"], ["memw(r0+r1<<#2) = r1", "r9 = mpyi(r8,r8)"]]
) + END  # fmt: skip
#: A loop whose pass takes a packet fewer and stalls once, if passes overlap.
LOOP = (
    f"{HEAD}\t.type f,@function\nf:\n"
    + packets_text([["r2 = #0", "loop0(.L,r1)"]])
    + ".L:\n"
    + packets_text([["r0 = memw(r0+#0)"], ["r3 = add(r3,#1)"], ["r2 = add(r2,r0)"]], ["endloop0"])
    + END
)


@pytest.mark.parametrize(
    ("text", "written"),
    [(TRADED, {"stalls": 4, "cycles": 3, "packets": 3}),
     (DEAR, {"stalls": 4, "cycles": 4, "packets": 3})],
    ids=["a stall for a packet", "two stalls for a packet"],
)  # fmt: skip
def test_each_rule_takes_what_it_allows(text: str, written: dict[str, int]) -> None:
    for rule in NoWorse:
        one, _ = repack_file(text, "f.s", LIMITS, no_worse=rule).blocks.values()
        assert (one.before, one.packets, one.after) == (4, 3, written[rule])
        if one.written is None:
            by = "a bound shows" if rule is NoWorse.STALLS else "CP-SAT proves"
            assert one.kept == f"more modelled {rule.value}, as {by}"
            assert one.stalls_after == one.stalls_before < one.stalls
        else:
            assert one.kept == ""
            assert one.stalls == one.stalls_after <= rule.most_stalls(3, 4, one.stalls_before)
            assert one.same is not None
            assert one.same.proved


def test_stalls_that_buy_no_packet_are_not_written() -> None:
    """The product is read in the next packet, or in the one after that of what has no order."""
    rest = [f"r{to} = add(r{of},#1)" for to, of in ((5, 6), (7, 8), (9, 10), (11, 12))]
    found = dependences(block_of(["r1 = mpyi(r2,r3)"], ["r4 = mpyi(r1,r1)"], rest))
    assert found is not None
    problem = packet_problem(found)
    stalled = input_schedule(problem)
    assert stall_cycles(stalled.starts, problem.waits) == 1
    fewer = fewest_stalls(problem, stalled, LIMITS, Method.AUTO).schedule
    assert fewer is not None
    assert fewer.makespan(problem.project) <= 3
    assert stall_cycles(fewer.starts, problem.waits) == 0


def test_what_was_not_searched_is_not_called_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slotweave.driver.solving.work.has_solver", lambda: False)
    one, _ = repack_file(DEAR, "f.s", LIMITS, no_worse=NoWorse.CYCLES).blocks.values()
    assert (one.written, one.kept) == (None, "more modelled cycles, as far as was searched")


def test_a_pass_of_a_loop_obeys_the_rule() -> None:
    for rule in NoWorse:
        result = repack_file(LOOP, "f.s", LIMITS, no_worse=rule, pipeline=True)
        assert result.loops is not None
        (loop,) = result.loops.values()
        assert (loop.before, loop.stalls_before) == (2, 0)
        if rule is NoWorse.STALLS:
            assert loop.period is None
            assert loop.kept.endswith("without more modelled stalls")
        else:
            assert (loop.period, loop.stalls) == (1, 1)
            assert loop.same is not None
            assert loop.same.proved


@pytest.mark.parametrize("text", [TRADED, DEAR], ids=["traded", "dear"])
@pytest.mark.parametrize("rule", NoWorse)
@pytest.mark.skipif(find_assembler() is None, reason=MISSING)
@pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")
def test_assembler_and_emulator_take_what_each_rule_writes(
    text: str, rule: NoWorse, tmp_path: Path
) -> None:
    result = repack_file(text, "f.s", LIMITS, no_worse=rule)
    assembler = find_assembler()
    assert assembler is not None
    assert new_errors(assembler, text, result.text) == []
    files = tmp_path / "a.s", tmp_path / "b.s"
    files[0].write_text(text)
    files[1].write_text(result.text)
    arguments = arguments_of("pointer,integer,integer,integer,0..30")
    trial = compare(files, "f", arguments, 30, 1, "hexagonv67")
    assert (trial.ran, trial.mismatch) == (True, None)
    before, after = trial.packets
    one, _ = result.blocks.values()
    assert before - after == 30 * (one.before - one.after)


def test_the_summary_says_what_is_found_and_not_written_and_why(tmp_path: Path) -> None:
    path = tmp_path / "f.s"
    path.write_text(TRADED)
    out = slotweave("hexagon", "repack", path).out
    assert "5 packets; 5 as written, 4 found, bound 4" in out
    said = (
        "found and not written: 1 packet fewer in 1 block: more modelled stalls, as a bound shows"
    )
    assert said in out
    counts = tmp_path / "counts.json"
    for passes, is_said in ((0, False), (2, True)):
        counts.write_text(f'{{"f": {passes}}}')
        out = slotweave("hexagon", "repack", path, "--counts", counts).out
        assert ("found and not written: 2 packets fewer in 1 block" in out) is is_said
        assert ("found and not written" in out) is is_said
    out = slotweave("hexagon", "repack", path, "--no-worse", "cycles").out
    assert "5 packets; 4 as written, 4 found, bound 4" in out
    assert "not written" not in out


def test_another_rule_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.s"
    path.write_text(TRADED)
    answer = slotweave("hexagon", "repack", path, "--no-worse", "time")
    assert answer.code == 2
    assert "'stalls', 'cycles', 'packets'" in answer.err


def test_the_option_of_before_is_refused_with_what_took_its_place(tmp_path: Path) -> None:
    answer = slotweave("hexagon", "repack", tmp_path / "none.s", "--allow-stalls")
    assert answer.code == 2
    assert "--no-worse packets does what it did" in answer.err
