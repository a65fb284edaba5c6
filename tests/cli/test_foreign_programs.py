"""Python files with the challenge's interface, wherever a program is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from slotweave.ir.program_files import program_from_json
from support.command_line import assert_refused, slotweave

SHAPE = ("--shape", "2,2,8")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled program; beside it, as perf_takehome.py, what is exported of it."""
    folder = tmp_path_factory.mktemp("exported")
    file = folder / "program.json"
    shape = ("-p", "height=2", "-p", "rounds=2", "-p", "batch=8")
    compiled = slotweave(
        "compile", "tree-hash", *shape, "--contract", "full", "--plan", "scalar", "-o", file
    )
    assert compiled.code == 0
    exported = folder / "perf_takehome.py"
    assert slotweave("export", file, "--format", "challenge", "-o", exported).code == 0
    return file


@pytest.fixture(scope="module")
def python_file(saved: Path) -> Path:
    return saved.with_name("perf_takehome.py")


def test_what_export_writes_loads_back(saved: Path, python_file: Path) -> None:
    before = program_from_json(saved.read_text())
    answer = slotweave("export", python_file, *SHAPE, "--format", "json")
    after = program_from_json(answer.out)
    assert after.bundles == before.bundles
    assert after.names == before.names
    assert after.machine == before.machine
    for key in ("kernel", "params", "contract"):
        assert after.meta[key] == before.meta[key]


def test_run_and_inspect_take_it(saved: Path, python_file: Path, tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    shape = ("-p", "height=2", "-p", "rounds=2", "-p", "batch=8")
    assert slotweave("kernels", "memory", "tree-hash", *shape, "-o", memory).code == 0
    ran = slotweave("run", python_file, *SHAPE, "--mem", memory, "--json").json
    assert ran == slotweave("run", saved, "--mem", memory, "--json").json
    shown = slotweave("inspect", python_file, *SHAPE, "--json").json
    assert shown["cycles"] == ran["cycles"]


def test_verify_takes_it_on_both_sides(saved: Path, python_file: Path) -> None:
    assert slotweave("verify", python_file, *SHAPE, "--instances", 3).code == 0
    against = ("--against", python_file, *SHAPE, "--instances", 3)
    assert slotweave("verify", saved, *against).code == 0


def test_repack_assumes_what_the_judge_does(python_file: Path) -> None:
    options = (*SHAPE, "--effort", "fast", "--json")
    repacked = slotweave("repack", python_file, *options).json
    assert repacked["cycles"] < repacked["before"]
    assert repacked["proved"]["facts"]["name"] == "challenge"


FAILING = "while True:\n    pass\n"


@pytest.mark.parametrize(
    "command",
    [("run",), ("inspect",), ("verify",), ("repack",), ("export", "--format", "json")],
)
def test_the_time_limit_holds_everywhere(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "endless.py"
    file.write_text(FAILING)
    answer = slotweave(*command, file, "--load-time-limit", "0.3")
    assert_refused(answer, "SW222", str(file), "0.3 seconds")


def test_a_file_that_builds_nothing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.py"
    file.write_text("")
    output = tmp_path / "out.json"
    answer = slotweave("export", file, "--format", "json", "-o", output)
    assert_refused(answer, "SW221", str(file), "KernelBuilder")
    assert not output.exists()


@pytest.mark.parametrize("shape", ["10,16", "10,16,many", "-1,1,8"])
def test_a_shape_that_is_none_is_refused(python_file: Path, shape: str) -> None:
    answer = slotweave("inspect", python_file, f"--shape={shape}")
    assert answer.code == 2
    assert answer.err.startswith("SW2")
