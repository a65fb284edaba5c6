"""`slotweave verify --self-test`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slotweave.selftest import trial
from slotweave.selftest.outcome import Outcome, Subject
from support.command_line import Answer, assert_refused, slotweave

SMALL = ("-p", "height=3", "-p", "rounds=4", "-p", "batch=8")


def self_test(*arguments: object) -> Answer:
    return slotweave("verify", *arguments, "--self-test", "--mutants", 30)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("programs") / "program.json"
    assert slotweave("compile", "tree-hash", *SMALL, "-q", "-o", file).code == 0
    return file


def assert_counted(found: dict[str, Any]) -> None:
    assert found["mutants"] == 33
    assert found["missed"] == 0
    assert found["equivalent"] + found["caught"] == found["mutants"]
    assert sum(found["by"].values()) == found["caught"] > 0


@pytest.mark.parametrize("kernel", [(), ("tree-hash",)], ids=["left out", "named"])
def test_a_kernel_is_compiled_and_broken(kernel: tuple[str, ...]) -> None:
    answer = self_test(*kernel, *SMALL, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert_counted(answer.json["self_test"])
    assert set(answer.json["self_test"]["subjects"]) == {
        "program", "schedule", "allocation", "kernel",
    }  # fmt: skip
    assert (answer.json["kernel"], answer.json["plan"]) == ("tree-hash", "default")


def test_a_program_is_broken(program: Path) -> None:
    answer = self_test(program, "--json")
    assert_counted(answer.json["self_test"])
    assert set(answer.json["self_test"]["subjects"]) == {"program", "kernel"}
    assert answer.json["params"] == {"height": 3, "rounds": 4, "batch": 8}


def test_a_person_reads_the_counts(program: Path) -> None:
    answer = self_test(program)
    assert answer.code == 0
    for words in ("33 mutants", "by equivalence", "missed       0", "of the program: 30 mutants"):
        assert words in answer.out


def test_the_seed_decides_what_is_tried(program: Path) -> None:
    assert self_test(program, "--json").out == self_test(program, "--json").out
    assert self_test(program, "--json").out != self_test(program, "--json", "--seed", 1).out


def test_a_program_of_unknown_origin_is_refused(program: Path, tmp_path: Path) -> None:
    file = tmp_path / "bare.json"
    for meta in ({}, {"kernel": "tree-hash"}, {"kernel": "mine", "params": {}, "plan": "default"}):
        file.write_text(json.dumps({**json.loads(program.read_text()), "meta": meta}))
        assert_refused(self_test(file), "SW212", "does not name a kernel", str(file))


def test_a_program_that_is_wrong_is_refused(program: Path, tmp_path: Path) -> None:
    wrong = json.loads(program.read_text())
    wrong["program"].pop()
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(wrong))
    assert_refused(self_test(file), "SW403", "before any mutation", exit_code=1)


def test_a_missed_mutant_is_a_failed_check(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_missed(*_arguments: Any) -> Iterator[Outcome]:
        yield Outcome(Subject.PROGRAM, "drop a slot", "bundle 3", "memory[9] is 1", "")

    monkeypatch.setattr(trial, "trials", one_missed)
    answer = self_test(program, "--json")
    assert answer.code == 1
    assert answer.json["self_test"]["missed"] == 1
    assert answer.err.startswith("SW411 1 missed, the first: program mutant: drop a slot")


def test_only_a_self_test_can_do_without_a_program() -> None:
    assert_refused(slotweave("verify"), "SW212", "which program?")


@pytest.mark.parametrize("option", [("--against", "tree-hash"), ("--prove",)])
def test_other_checks_are_not_left_out_silently(option: tuple[str, ...]) -> None:
    assert_refused(
        self_test(*option), "SW212", "--self-test", "leave out --against, --prove, --require"
    )
