"""Python files with the challenge's interface that are for something else than tree hash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slotweave.ir.text.program_files import parse_program
from support.command_line import slotweave

#: Sums words 0 and 1 into word 32, which the judged facts call an input.
SUM = [
    {"load": [["const", 0, 0]]}, {"load": [["const", 1, 1]]}, {"load": [["const", 2, 32]]},
    {"load": [["load", 3, 0]]}, {"load": [["load", 4, 1]]}, {"alu": [["+", 5, 3, 4]]},
    {"store": [["store", 2, 5]]},
]  # fmt: skip
FACTS = {
    "memory_words": 40,
    "regions": [
        {"name": "x", "start": 0, "length": 2, "read_only": True},
        {"name": "y", "start": 32, "length": 1, "output": True},
    ],
}
CURE = "if the program is for something else, give a file of what is known of its memory"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sum.py"
    path.write_text(
        "class KernelBuilder:\n"
        "    def build_kernel(self, height, nodes, batch, rounds):\n"
        f"        self.instrs = {SUM}\n"
    )
    (tmp_path / "facts.json").write_text(json.dumps(FACTS))
    return path


def test_repack_says_before_it_searches_that_the_facts_do_not_fit(file: Path) -> None:
    answer = slotweave("repack", file)
    assert answer.code == 1
    _built, lifted, refused = answer.err.splitlines()  # and nothing of a search
    assert lifted.startswith("lifted ")
    assert refused.startswith(f"SW404 {file}: tree[25] (address 32) is an input and was changed")
    assert "the facts are 'challenge' (a Python file's if no --facts are given)" in refused
    assert CURE in refused
    assert "--facts none" in refused


@pytest.mark.parametrize(
    "command", [("inspect",), ("bound",), ("what-if",), ("explain", "0:load:0")]
)
def test_other_commands_warn_of_it(file: Path, command: tuple[str, ...]) -> None:
    name, *place = command
    answer = slotweave(name, file, *place)
    assert answer.code == 0
    (warning,) = [line for line in answer.err.splitlines() if line.startswith("warning: SW404")]
    assert f"{file}, bundle 6, store[0]: a store goes to tree[25] (address 32)" in warning
    assert CURE in warning
    for facts in ("none", file.with_name("facts.json")):
        assert "SW404" not in slotweave(name, file, *place, "--facts", facts).err


def test_what_is_made_under_other_facts_does_not_pass_for_tree_hash(file: Path) -> None:
    made = file.with_name("made.json")
    for facts in ("none", file.with_name("facts.json")):
        answer = slotweave("repack", file, "--facts", facts, "-o", made)
        assert answer.code == 0, answer.err
        assert answer.out.startswith("program on challenge\n")
        assert "kernel" not in parse_program(made.read_text(), "made").meta
        assert slotweave("inspect", file, "--facts", facts).out.startswith("program on challenge")


def compiled(folder: Path, contract: str) -> Path:
    made = folder / f"{contract}.json"
    shape = ("-p", "height=2", "-p", "rounds=2", "-p", "batch=8", "--plan", "scalar")
    done = slotweave("compile", "tree-hash", *shape, "--contract", contract, "-o", made, "-q")
    assert done.code == 0
    return made


@pytest.mark.parametrize(
    ("contract", "facts", "promised"),
    [
        ("full", "none", "full"),
        ("full", "challenge", "values"),
        ("values", "challenge-full", "values"),
        ("full", {"words": {"0": 2}}, "full"),  # the header of this shape begins with 2
        ("full", {"words": {"0": 3}}, None),
    ],
)
def test_a_repacked_program_promises_what_its_facts_support(
    tmp_path: Path, contract: str, facts: object, promised: str | None
) -> None:
    own = tmp_path / "own.json"
    own.write_text(json.dumps(facts))
    made, name = tmp_path / "made.json", facts if isinstance(facts, str) else own
    options = ("--facts", name, "--effort", "fast", "--evaluations", 2, "-o", made)
    answer = slotweave("repack", compiled(tmp_path, contract), *options)
    assert answer.code == 0, answer.err
    assert parse_program(made.read_text(), "made").meta.get("contract") == promised


def test_pauses_that_are_kept_or_left_out_are_counted(tmp_path: Path) -> None:
    file, facts = tmp_path / "p.json", tmp_path / "f.json"
    pausing = [{"flow": [["pause"]]}, {"flow": [["coreid", 6]]}, {"store": [["store", 6, 6]]}]
    file.write_text(json.dumps([*SUM, *pausing]))
    facts.write_text(json.dumps({"memory_words": 40, "regions": [FACTS["regions"][1]]}))
    kept = slotweave("repack", file, "--facts", "none")
    assert "\n1 pause kept: without regions, all of memory is output" in kept.out
    assert "\n1 core id taken as 0: " in kept.out
    out = slotweave("repack", file, "--facts", facts)
    assert "\n1 pause left out: under these facts, only memory at the end" in out.out
    said = slotweave("repack", file, "--facts", facts, "--json").json
    assert said["pauses"] == {"before": 1, "now": 0}
    assert said["core_ids"] == {"before": 1, "now": 0}
    same = slotweave("repack", file, "--facts", facts, "--evaluations", 0, "--json").json
    assert same["pauses"] == {"before": 1, "now": 1}
