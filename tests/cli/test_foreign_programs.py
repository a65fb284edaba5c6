"""Python files with the challenge's interface, wherever a program is named."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from slotweave.ir.text.program_files import program_from_json
from support.command_line import assert_refused, slotweave
from support.examples import a_share
from support.processes import is_running

SHAPE = ("--shape", "2,2,8")

TWO_BUNDLES = """
class KernelBuilder:
    def build_kernel(self, *shape):
        self.instrs = [{'load': [('const', 0, 9)]}, {'flow': [('trace_write', 0)]}]
"""


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


def test_bound_takes_it(tmp_path: Path) -> None:
    file = tmp_path / "two.py"
    file.write_text(TWO_BUNDLES)
    assert slotweave("bound", file, "--json").json["bound"]["cycles"] >= 1


@pytest.mark.parametrize("command", ["inspect", "repack"])
def test_the_table_names_the_shape_that_was_built(python_file: Path, command: str) -> None:
    effort = ("--effort", "fast") if command == "repack" else ()
    answer = slotweave(command, python_file, *SHAPE, *effort)
    (row,) = [line for line in answer.out.splitlines() if line.startswith("built for ")]
    assert row.split(maxsplit=2)[2].strip() == "the shape 2,2,8"


def test_verify_and_export_name_the_shape_that_was_built(python_file: Path) -> None:
    verified = slotweave("verify", python_file, *SHAPE, "--instances", 3)
    assert verified.out == (
        "3 random and 8 directed inputs, no difference to tree-hash (built for the shape 2,2,8)\n"
    )
    exported = slotweave("export", python_file, *SHAPE, "--format", "text")
    assert exported.err == f"{python_file}: built for the shape 2,2,8\n"
    assert slotweave("export", python_file, *SHAPE, "--format", "text", "-q").err == ""


def test_what_it_printed_is_shown_if_wanted(tmp_path: Path) -> None:
    file = tmp_path / "loud.py"
    text = "for i in range(9999):\n    print(i, chr(27) + '[31m')\n"
    file.write_text(text + TWO_BUNDLES)
    said = slotweave("inspect", file, *SHAPE, "--json", "-v").err
    assert f"{file} printed 108,879 bytes; its last lines:\n" in said
    assert "\n  9998  [31m\n" in said
    assert "\n  100 " not in said
    assert "9998" not in slotweave("inspect", file, *SHAPE, "--json").err


COMMANDS = {
    "inspect": (), "run": (), "export": ("--format", "text"), "what-if": (), "explain": ("0",),
    "repack": ("--effort", "fast"), "bound": (), "diff": ("-",),
}  # fmt: skip


@pytest.mark.parametrize("command", a_share(COMMANDS, 2))
def test_a_file_built_for_the_usual_shape_is_said_to_be(tmp_path: Path, command: str) -> None:
    file = tmp_path / "two.py"
    file.write_text(TWO_BUNDLES)
    said = f"{file}: built for the shape 10,16,256, as no --shape HEIGHT,ROUNDS,BATCH is given\n"
    first = [command, file, *COMMANDS[command]]
    answer = slotweave(*first, stdin='[{"load": [["const", 0, 1]]}]')
    assert answer.err.startswith(said)
    assert said not in slotweave(*first, *SHAPE, stdin='[{"load": [["const", 0, 1]]}]').err


def test_bound_builds_the_shape_that_is_wanted(python_file: Path) -> None:
    bound = slotweave("bound", python_file, *SHAPE, "--json").json["bound"]["cycles"]
    assert bound <= slotweave("inspect", python_file, *SHAPE, "--json").json["cycles"]


def test_a_malformed_shape_is_refused_also_where_nothing_needs_one(saved: Path) -> None:
    answer = slotweave("verify", saved, "--shape", "5,7,x")
    assert_refused(answer, "SW202", "--shape HEIGHT,ROUNDS,BATCH: batch", "'x'")


def test_reads_of_scratch_never_written_are_obeyed_if_wanted(python_file: Path) -> None:
    file = python_file.with_name("zero.py")
    file.write_text(
        "from perf_takehome import KernelBuilder as Sound, DebugInfo\n"
        "class KernelBuilder(Sound):\n"
        "    def build_kernel(self, *shape):\n"
        "        super().build_kernel(*shape)\n"
        "        self.instrs[0]['flow'] = [('add_imm', 700, 700, 1)]\n"
    )
    arguments = ("verify", file, *SHAPE, "--instances", 3)
    assert_refused(slotweave(*arguments), "SW109", exit_code=1)
    assert slotweave(*arguments, "--compatible").code == 0
    assert slotweave(*arguments, "--compatible", "--against", python_file).code == 0


def test_it_ends_when_the_command_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "sleeper.py"
    file.write_text(
        "import os, time\n"
        "open('new', 'w').write(str(os.getpid()))\n"
        "os.rename('new', 'pid')\n"
        "time.sleep(60)\n"
    )
    program = "from slotweave.cli.main import main; main()"
    with subprocess.Popen([sys.executable, "-c", program, "inspect", str(file)]) as command:
        assert eventually((tmp_path / "pid").exists)
        command.kill()
    pid = int((tmp_path / "pid").read_text())
    assert eventually(lambda: not is_running(pid))


def eventually(condition: Callable[[], bool]) -> bool:
    return any(condition() or time.sleep(0.02) for _ in range(1500))


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
