"""Program files that are no programs: refused with the place, and nothing is written."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from support.command_line import assert_refused, slotweave

SOUND = {
    "schema_version": 1,
    "machine": "minimal",
    "program": [
        {"scalar": [["const", 0, 1], ["const", 1, 2]]},
        {"memory": [["store", 0, 1]]},
    ],
}

MALFORMED = {
    "empty": "",
    "truncated": json.dumps(SOUND)[:-30],
    "another version": json.dumps({**SOUND, "schema_version": 2}),
    "no bundles": json.dumps({"machine": "minimal"}),
    "bundles are text": json.dumps({**SOUND, "program": "nothing"}),
    "a bundle is a list": json.dumps([["alu"]]),
    "slots are a number": json.dumps([{"alu": 3}]),
    "a slot is a number": json.dumps([{"alu": [3]}]),
    "an operand is text": json.dumps([{"alu": [["+", 1, 2, "3"]]}]),
    "an operand is a fraction": json.dumps([{"alu": [["+", 1, 2, 3.5]]}]),
    "an operand is huge": '[{"load": [["const", 1, 1%s]]}]' % ("0" * 5000),
    "deep nesting": "[" * 100_000,
    "a machine is no name": json.dumps({**SOUND, "machine": 7}),
    "two keys of one name": '{"program": [], "program": []}',
    "NaN": '[{"alu": [["+", 1, 2, NaN]]}]',
    "prose": "This is not a program.\n",
    "text form cut off": "slotweave program 1\n0: alu(+ 1 2",
}


@pytest.mark.parametrize("kind", sorted(MALFORMED))
def test_a_malformed_program_file_is_refused(tmp_path: Path, kind: str) -> None:
    file, output = tmp_path / "program.json", tmp_path / "out.json"
    file.write_text(MALFORMED[kind])
    answer = slotweave("run", file, "-o", output)
    assert_refused(answer, "SW204", str(file))
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("seed", range(4))
def test_ten_megabytes_of_garbage_are_refused(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "program.json"
    garbage = random.Random(seed).randbytes(10_000_000)
    beginnings = (b"", b'{"program": ["', b"slotweave program 1\n", b"[")
    file.write_bytes(beginnings[seed] + (garbage if seed % 2 == 0 else garbage.hex().encode()))
    answer = slotweave("run", file)
    assert_refused(answer, "SW204", str(file))
    assert len(answer.err) < 400


def test_the_place_of_a_mistake_is_named(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    program = [SOUND["program"][0], {"memory": [["store", 0, 1], ["store", 0, None]]}]
    file.write_text(json.dumps(program))
    assert_refused(slotweave("run", file), "SW204", f"{file}, bundle 1, memory[1]: ")


def test_a_missing_program_file_is_refused(tmp_path: Path) -> None:
    answer = slotweave("run", tmp_path / "none.json")
    assert_refused(answer, "SW203", "none.json", "no such file")


def test_a_directory_is_no_program_file(tmp_path: Path) -> None:
    assert_refused(slotweave("run", tmp_path), "SW203", "Is a directory")


def test_a_machine_that_is_not_built_in_must_be_given(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    file.write_text(json.dumps({**SOUND, "machine": "mine"}))
    assert_refused(slotweave("run", file), "SW208", "'mine'", "--machine FILE.toml")
    toml = tmp_path / "mine.toml"
    slotweave("machines", "show", "minimal", "-o", toml)
    memory = tmp_path / "memory.json"
    memory.write_text("[0, 0]")
    assert slotweave("run", file, "--machine", toml, "--mem", memory).code == 0


@pytest.mark.parametrize("text", ["[]", '{"program": []}', "slotweave program 1\n"])
@pytest.mark.parametrize("command", ["run", "inspect", "repack", "bound", "what-if"])
def test_a_program_without_bundles_takes_no_cycle(command: str, text: str) -> None:
    """The machine stops behind the last bundle, at once if there is none."""
    answer = slotweave(command, "-", "--json", stdin=text)
    assert answer.code == 0, answer.err
    assert answer.json.get("cycles", answer.json.get("bound", {}).get("cycles")) == 0
