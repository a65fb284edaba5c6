"""`slotweave repack`: what it writes and says, and how it is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slotweave.base.budget import Budget, budget
from slotweave.base.wording import ANY_ORDER
from slotweave.cli.commands.verbs.repack import Progress
from slotweave.cli.terminal import Terminal
from slotweave.ir.text.program_files import program_to_json
from support.clocks import TickingClock
from support.command_line import assert_refused, slotweave, slotweave_process
from support.scalar_programs import scalar_tree_hash

SLOW = [
    {"load": [["const", 0, 0]]}, {"load": [["const", 1, 1]]},
    {"load": [["load", 2, 0]]}, {"alu": [["+", 2, 2, 1]]}, {"store": [["store", 1, 2]]},
]  # fmt: skip
FACTS = '{"memory_words": 4, "regions": [{"name": "all", "start": 0, "length": 4, "output": true}]}'


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    file = tmp_path / "slow.json"
    file.write_text(json.dumps(SLOW))
    return file


def test_a_shorter_program_is_written_and_both_lengths_are_said(slow: Path, tmp_path: Path) -> None:
    made, facts = tmp_path / "made.json", tmp_path / "facts.json"
    facts.write_text(FACTS)
    answer = slotweave("repack", slow, "--facts", facts, "-o", made, "--json")
    assert answer.code == 0, answer.err
    assert (answer.json["before"], answer.json["cycles"]) == (5, 4)
    assert answer.json["proved"]["facts"]["memory_words"] == 4
    assert {"instances": 20, "mismatches": 0}.items() <= answer.json["verified"].items()
    assert len(json.loads(made.read_text())["program"]) == 4
    assert "best so far: 4 cycles" in answer.err


def test_the_result_names_the_evaluations_and_they_repeat_it(slow: Path) -> None:
    full = slotweave("repack", slow, "--json").json
    assert full["evaluations"] > 0
    again = slotweave("repack", slow, "--evaluations", full["evaluations"], "--json").json
    assert {**again, "seconds": None} == {**full, "seconds": None}
    for limit in (("--evaluations", 0), ("--time-limit", 0)):
        answer = slotweave("repack", slow, *limit, "--json")
        assert answer.code == 0
        assert (answer.json["evaluations"], answer.json["cycles"]) == (0, 5)


def test_progress_tells_what_is_better_at_once_and_else_how_it_goes_now_and_then(capsys) -> None:
    progress = Progress(Terminal(), budget(500, 60, TickingClock()), lambda: None)
    progress("forwarded: 9 cycles", 9, 1)
    for evaluation in range(2, 25):
        progress("", 9, evaluation)
    assert capsys.readouterr().err.splitlines() == [
        "forwarded: 9 cycles (best so far: 9 cycles)",
        "11 evaluations of 500 at most, 48 s left (best so far: 9 cycles)",
        "21 evaluations of 500 at most, 38 s left (best so far: 9 cycles)",
    ]


def test_progress_without_limits_names_none(capsys) -> None:
    progress = Progress(Terminal(), Budget(clock=TickingClock()), lambda: None)
    for evaluation in range(10):
        progress("", 9, evaluation)
    assert capsys.readouterr().err == "9 evaluations (best so far: 9 cycles)\n"


INTERRUPTED = """
import signal
from slotweave.cli.terminal import Terminal
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a job in the background lacks
note = Terminal.note
def interrupt_at(terminal, text):
    note(terminal, text)
    if {words!r} in text:
        signal.raise_signal(signal.SIGINT)
Terminal.note = interrupt_at
"""


@pytest.mark.parametrize("words", ["4 cycles (best", "proving"])
def test_ctrl_c_ends_with_130_and_keeps_what_was_found(
    slow: Path, tmp_path: Path, words: str
) -> None:
    made = tmp_path / "made.json"
    done = slotweave_process("repack", slow, "-o", made, code=INTERRUPTED.format(words=words))
    assert done.returncode == 130
    assert done.stderr.splitlines()[-2:] == [f"wrote {made}", "interrupted"]
    assert len(json.loads(made.read_text())["program"]) == 4


def test_a_bare_program_is_repacked_under_no_facts(slow: Path) -> None:
    answer = slotweave("repack", slow, "--json", "-q")
    assert answer.json["cycles"] == 4
    assert answer.json["proved"]["facts"]["name"] == "none"


def test_the_table_names_the_facts_and_the_reason(slow: Path) -> None:
    answer = slotweave("repack", slow)
    assert "5 cycles before, 4 now, under facts 'none'" in answer.out


def test_the_facts_of_the_challenge_fit_the_shape_that_is_given(tmp_path: Path) -> None:
    program, _facts = scalar_tree_hash(2, 2, 8)
    file = tmp_path / "scalar.json"
    file.write_text(program_to_json(program))
    options = ("--facts", "challenge", "--shape", "2,2,8", "--vectorize", "--json")
    answer = slotweave("repack", file, *options)
    assert answer.json["way"].startswith("in vectors")
    assert answer.json["cycles"] < answer.json["before"] / 10


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--facts", "chalenge"), "SW215", "--facts NAME|FILE.json: there is no"),
        (("--facts", "chalenge"), "SW215", "did you mean 'challenge'?"),
        (("--facts", "challenge", "--shape", "10,16"), "SW212", "--shape HEIGHT,ROUNDS,BATCH: "),
        (("--facts", "challenge", "--shape", "10,16,x"), "SW202", "--shape HEIGHT,ROUNDS,BATCH: "),
        (("--shape", "10,16,x"), "SW202", "batch must be a whole number, not 'x'"),
        (("--effort", "most"), "SW212", "'most'"),
        (("--vectorize", "--no-rewrite"), "SW212", "--no-rewrite forbids"),
        (("--json", "-o", "-"), "SW212", "-o -"),
    ],
)
def test_options_with_a_mistake_are_refused(slow, options, code, words):
    assert_refused(slotweave("repack", slow, *options), code, words)


def test_it_is_said_which_variants_were_tried_and_how_to_try_vectors(slow: Path) -> None:
    lines = slotweave("repack", slow).out.splitlines()
    assert any("bounds; the best, 'forwarded', takes 4 cycles" in line for line in lines)
    assert not any("vectorizing" in line for line in lines)
    for option in ("--no-vectorize", "--no-rewrite"):
        said = f"vectorizing was not tried ({option}); to try it: slotweave repack {slow} --vec"
        assert said in slotweave("repack", slow, option).out
    ended = slotweave("repack", slow, "--evaluations", 0).out
    assert "vectorizing was not tried because the search ended first" in ended


def test_stores_to_words_that_are_not_output_are_said_to_be_left_out(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    regions = [{"name": "out", "start": 0, "length": 1, "output": True}]
    facts.write_text(json.dumps({"memory_words": 4, "regions": regions}))
    program = [
        {"load": [["const", 1, 0]]}, {"load": [["const", 2, 3]]},
        {"store": [["store", 2, 2]]}, {"store": [["store", 1, 2]]},
    ]  # fmt: skip
    answer = slotweave("repack", "-", "--facts", facts, stdin=json.dumps(program))
    assert "1 store to words that are not output: left out" in answer.out
    shown = slotweave("repack", "-", "--facts", facts, "--json", stdin=json.dumps(program)).json
    assert shown["dropped_stores"] == {"not_output": 1, "overwritten": 0}


def test_a_result_is_proved_again_by_verify_from_the_files_alone(tmp_path: Path) -> None:
    program, _facts = scalar_tree_hash(2, 3, 8)
    given, made = tmp_path / "scalar.json", tmp_path / "made.json"
    given.write_text(program_to_json(program))
    options = ("--facts", "challenge", "--shape", "2,3,8")
    assert slotweave("repack", given, *options, "-o", made, "--json").json["proved"]["program"]
    answer = slotweave("verify", made, "--against", given, *options, "--prove", "--json")
    assert answer.json["proved"]["program"] is True, answer.json["proved"]["why"]


UNWRITTEN = [
    {"load": [["const", 1, 1]]}, {"load": [["load", 2, 1]]}, {"alu": [["+", 3, 2, 9]]},
    {"alu": [["+", 4, 3, 10]]}, {"store": [["store", 1, 4]]},
]  # fmt: skip
WARNING = "warning: SW109 stdin, "


def test_reads_of_scratch_never_written_are_told_and_gone_afterwards() -> None:
    answer = slotweave("repack", "-", "--json", stdin=json.dumps(UNWRITTEN))
    assert answer.code == 0
    assert f"{WARNING}bundle 2, alu[0]: scratch 9 is read and was never written, the" in answer.err
    assert "the first of 2 such reads (taken as 0, as on the machine; strict mode" in answer.err
    assert (answer.json["before"], answer.json["cycles"]) == (5, 3)
    assert answer.json["never_written"] == {"reads": 0, "first": None}
    assert WARNING not in slotweave("repack", "-", "-q", stdin=json.dumps(UNWRITTEN)).err


@pytest.mark.parametrize("jump", [{}, {"flow": [["cond_jump", 5, 0]]}], ids=["straight", "jumps"])
def test_a_program_that_lives_on_zeros_is_returned_and_still_said_to(jump, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(FACTS)
    zeros = json.dumps([{"store": [["store", 3, 4]], **jump}])
    answer = slotweave("repack", "-", "--facts", facts, "--json", stdin=zeros)
    assert answer.code == 0
    assert f"{WARNING}bundle 0, store[0]: scratch 3 is" in answer.err
    assert answer.json["way"] == "unchanged"
    first = {"bundle": 0, "engine": "store", "slot": 0, "word": 3}
    assert answer.json["never_written"] == {"reads": 3 if jump else 2, "first": first}
    table = " ".join(slotweave("repack", "-", "--facts", facts, stdin=zeros).out.split())
    assert f"lower bound 1 for these slots, each on its engine, {ANY_ORDER}: " in table
    assert answer.json["bound"]["cycles"] == answer.json["cycles"] == 1
    assert "reads of scratch that nothing has written, the first of word 3 in bundle 0" in table


def test_of_a_program_that_writes_what_it_reads_nothing_is_said(slow: Path) -> None:
    assert "SW109" not in slotweave("repack", slow).err


def test_a_program_whose_jumps_depend_on_data_is_repacked_block_by_block(tmp_path: Path) -> None:
    bundles = [{"load": [["load", 1, 0]]}, {"alu": [["+", 2, 1, 1]]}, {"alu": [["+", 3, 1, 1]]},
               {"store": [["store", 0, 2]]}, {"flow": [["cond_jump", 1, 6]]},
               {"store": [["store", 2, 3]]}]  # fmt: skip
    program, facts, made = (tmp_path / name for name in ("p.json", "f.json", "q.json"))
    program.write_text(json.dumps(bundles))
    facts.write_text(json.dumps({"memory_words": 8}))
    answer = slotweave("repack", program, "--json", "-o", made)
    assert answer.json["way"] == "block by block"
    assert [(b["start"], b["stop"], b["before"], b["cycles"]) for b in answer.json["blocks"]] == [
        (0, 5, 5, 3), (5, 6, 1, 1)
    ]  # fmt: skip
    assert answer.json["blocks"][0]["bound"]["cycles"] == 3
    assert answer.json["blocks"][1]["bound"] is None
    assert (answer.json["before"], answer.json["cycles"]) == (6, 4)
    assert "bound" not in answer.json
    text = slotweave("repack", program).out
    assert "bundles 0 to 4: 5 cycles, 3 now, at least 3 (proved on symbols to do what it" in text
    assert "bundle 5: 1 cycle (it takes at most one cycle)" in text
    assert "(each bundle counted once, because data decides the jumps)" in text


def test_a_jump_to_a_computed_bundle_is_refused_with_file_and_bundle() -> None:
    computed = [{"load": [["load", 1, 0]]}, {"flow": [["jump_indirect", 1]]}]
    answer = slotweave("repack", "-", stdin=json.dumps(computed))
    assert_refused(answer, "SW219", "stdin, bundle 1", "may go to any bundle")


def test_of_a_program_whose_jumps_depend_on_data_scratch_is_what_inspect_says(
    tmp_path: Path,
) -> None:
    program = tmp_path / "p.json"
    branch = [{"load": [["load", 1, 0]]}, {"flow": [["cond_jump", 1, 2]]},
              {"load": [["const", 2, 5]]}, {"store": [["store", 0, 2]]}]  # fmt: skip
    program.write_text(json.dumps(branch))
    said = "scratch 3 of 1,536 words are used"
    for command in (("inspect",), ("repack", "-o", tmp_path / "q.json")):
        assert said in " ".join(slotweave(command[0], program, *command[1:]).out.split())
