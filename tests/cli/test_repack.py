"""`slotweave repack`: what it writes and says, and how it is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slotweave.ir.program_files import program_to_json
from support.command_line import assert_refused, slotweave
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
    assert answer.json["verified"] == {"instances": 20, "mismatches": 0}
    assert len(json.loads(made.read_text())["program"]) == 4
    assert "best so far: 4 cycles" in answer.err


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


def test_a_jump_on_data_is_refused_with_file_and_bundle() -> None:
    branch = [{"load": [["load", 1, 0]]}, {"flow": [["cond_jump", 1, 0]]}]
    answer = slotweave("repack", "-", stdin=json.dumps(branch))
    assert_refused(answer, "SW219", "stdin, bundle 1", "depends on data")
