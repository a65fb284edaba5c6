"""Whatever a file holds, the command answers: no traceback, no hang, bounded memory, the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from fuzz.mutation import mutated
from slotweave.base.files import MAX_FILE_BYTES
from slotweave.extensions import kernels
from slotweave.ir.text.plan_json import plan_to_json
from support.command_line import Answer, assert_refused, slotweave, slotweave_process

SHAPE = {"height": 4, "rounds": 4, "batch": 16}
PARAMETERS = [part for name, value in SHAPE.items() for part in ("-p", f"{name}={value}")]
PROGRAM = {
    "schema_version": 1,
    "machine": "challenge",
    "program": [
        {"load": [["const", 0, 0], ["const", 1, 2]]},
        {"load": [["load", 2, 0]]},
        {"store": [["store", 1, 2]]},
    ],
    "names": {"2": ["word", 1]},
    "meta": {"kernel": "tree-hash", "params": SHAPE, "contract": "values"},
}
ENDLESS = {**PROGRAM, "program": [{"flow": [["jump", 0]]}]}
#: In each kind of file, with `--long` and without it.
MUTANTS, FEW_MUTANTS = 40, 15


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sound file of each kind, and a program to use them with."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "program.json").write_text(json.dumps(PROGRAM))
    (folder / "memory.json").write_text("[1, 2, 3, 4]")
    slotweave("export", folder / "program.json", "--format", "text", "-o", folder / "program.txt")
    slotweave("machines", "show", "challenge", "-o", folder / "machine.toml")
    plan = kernels()["tree-hash"].plan("default", SHAPE, "values")
    (folder / "plan.json").write_text(plan_to_json(plan))
    made = ("-o", folder / "compiled.json", "--result", folder / "result.json", "-q")
    assert slotweave("compile", "tree-hash", *PARAMETERS, *made).code == 0
    return folder


USES: dict[str, Callable[[Path, Path], tuple[object, ...]]] = {
    "program.json": lambda file, _: ("run", file, "--max-cycles", 100),
    "program.txt": lambda file, _: ("inspect", file),
    "compiled.json": lambda file, _: ("verify", file, "--instances", 1, "--max-cycles", 9999),
    "result.json": lambda file, _: ("verify", file),
    "memory.json": lambda file, sound: ("run", sound / "program.json", "--mem", file),
    "machine.toml": lambda file, sound: ("run", sound / "program.json", "--machine", file,
                                         "--mem", sound / "memory.json"),
    "plan.json": lambda file, _: ("compile", "tree-hash", *PARAMETERS, "--plan", file,
                                  "--instances", 1),
}  # fmt: skip


def assert_answered(answer: Answer) -> None:
    assert answer.code in (0, 1, 2, 3)
    if answer.code:
        assert answer.err.startswith("SW")
        assert len(answer.err) < 2000


@pytest.mark.parametrize("name", sorted(USES))
def test_damaged_files_are_answered(
    tmp_path: Path, sound: Path, name: str, request: pytest.FixtureRequest
) -> None:
    file, text = tmp_path / name, (sound / name).read_text()
    for seed in range(MUTANTS if request.config.getoption("--long") else FEW_MUTANTS):
        file.write_bytes(mutated(text, Random(seed)).encode("utf-8", "surrogatepass"))
        assert_answered(slotweave(*USES[name](file, sound)))


HOSTILE = {
    "nothing": b"",
    "NULs": b"\0" * 1000,
    "no UTF-8": b'{"a": "\xff\xfe"}',
    "lone surrogate": b'"\xed\xa0\x80"',
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000,
    "deep tables": b"a = " + b"[" * 100_000,
    "deep keys": b"a." * 100_000 + b"a = 1",
    "long number": b"1" + b"0" * 5000,
    "long number in TOML": b"name = 1" + b"0" * 5000,
    "infinite": b"[1e999]",
    "NaN": b"[NaN]",
    "two keys": b'{"name": 1, "name": 1}',
    "two keys in TOML": b"name = 1\nname = 1\n",
    "BOM alone": "\ufeff".encode(),
    "garbage": Random(1).randbytes(10_000_000),
    "ten million letters": b"x" * 10_000_000,
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_files_of_every_kind_are_refused(tmp_path: Path, sound: Path, kind: str) -> None:
    for name in USES:
        file = tmp_path / name
        file.write_bytes(HOSTILE[kind])
        answer = slotweave(*USES[name](file, sound))
        assert_answered(answer)
        assert answer.code == 2
        assert str(file) in answer.err


HUGE = {
    "scratch": ("scratch_words = 1536", f"scratch_words = {10**12}"),
    "slots": ("alu = 12", f"alu = {10**9}"),
    "vectors": ("vector_length = 8", f"vector_length = {10**6}"),
    "latency": ("[word]", f"[latency]\nalu.add = {10**9}\n\n[word]"),
}


@pytest.mark.parametrize("kind", sorted(HUGE))
def test_a_machine_too_large_to_simulate_is_refused(tmp_path: Path, sound: Path, kind: str) -> None:
    file = tmp_path / "machine.toml"
    file.write_text((sound / "machine.toml").read_text().replace(*HUGE[kind], 1))
    answer = slotweave("run", sound / "program.json", "--machine", file)
    assert_refused(answer, "SW205", f"{file}:", "must be at most")


@pytest.mark.parametrize("size", [10**12, 10**90, -1])
def test_a_plan_with_tables_that_no_tree_has_is_refused(
    tmp_path: Path, sound: Path, size: int
) -> None:
    plan = json.loads((sound / "plan.json").read_text())
    plan["choices"]["tables"] = [size]
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    answer = slotweave("compile", "tree-hash", *PARAMETERS, "--plan", file)
    assert_refused(answer, "SW209", "no table of records")


@pytest.mark.parametrize("command", [("run",), ("verify", "--against", "tree-hash")])
def test_a_program_that_never_stops_is_ended(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "endless.json"
    file.write_text(json.dumps(ENDLESS))
    answer = slotweave(command[0], file, *command[1:], "--max-cycles", 5000)
    assert_refused(answer, "SW114", f"{file}, bundle 0", "5,000 cycles", exit_code=1)


def test_a_file_without_end_is_refused() -> None:
    bounded = "import resource; resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))"
    ended = slotweave_process("inspect", "/dev/zero", code=bounded)
    assert ended.returncode == 2
    assert ended.stderr == f"SW203 /dev/zero: is longer than {MAX_FILE_BYTES >> 20} MiB\n"


def test_a_long_program_is_simulated(tmp_path: Path) -> None:
    file = tmp_path / "long.json"
    bundles = ['{"load": [["const", 0, 0]]}', *['{"alu": [["+", 0, 0, 0]]}'] * 20_000]
    file.write_text(f"[{','.join(bundles)}]")
    assert slotweave("run", file).out == "20,001 cycles, stopped at bundle 20,001\n"
