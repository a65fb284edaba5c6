"""`slotweave machines`: what is built in, and machine files with mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from slotweave.machine import CHALLENGE, machine_from_toml, machine_to_toml
from support.command_line import assert_refused, slotweave


def test_the_machines_are_listed() -> None:
    answer = slotweave("machines", "list")
    names = ["challenge", "minimal", "challenge-slow", "st200", "wide"]
    assert [line.split()[0] for line in answer.out.splitlines()] == names
    assert slotweave("machines", "list", "--json").json["machines"] == names


def test_a_machine_is_shown_as_the_file_that_describes_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    assert slotweave("machines", "show", "challenge", "-o", file).code == 0
    machine = machine_from_toml(file.read_text())
    assert set(machine.modes) == set(CHALLENGE.modes)
    assert slotweave("machines", "show", file).out == file.read_text()
    other = tmp_path / "other.toml"
    told = slotweave("machines", "show", "challenge", "--json", "-o", other)
    assert told.json["name"] == "challenge"
    assert told.err == f"wrote {other}\n"
    assert other.read_text() == file.read_text()


def test_a_machine_is_read_from_stdin() -> None:
    text = machine_to_toml(CHALLENGE)
    assert slotweave("machines", "show", "-", stdin=text).out == text


def test_the_json_form_holds_sizes_engines_and_modes() -> None:
    answer = slotweave("machines", "show", "minimal", "--json").json
    assert answer["engines"] == {"scalar": 2, "vector": 1, "memory": 1, "control": 1}
    assert (answer["vector_length"], answer["scratch_words"]) == (4, 64)
    assert {"operation": "select", "shape": "vector", "engine": "control", "per_lane": False,
            "latency": 1} in answer["modes"]  # fmt: skip


def test_a_misspelt_machine_is_refused_with_what_was_meant() -> None:
    answer = slotweave("machines", "show", "challange")
    assert_refused(answer, "SW208", "no machine 'challange'", "did you mean 'challenge'?")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("valu = 6", "valu = six", "Invalid value"),
        ("scratch_words = 1536", 'scratch_words = "1536"', "must be an integer, not str"),
        ('"multiply_add"', '"multiply_sub"', "unknown operation 'multiply_sub'"),
    ],
)
def test_a_mistake_in_a_machine_file_is_named_with_its_line(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    file = tmp_path / "mine.toml"
    text = machine_to_toml(CHALLENGE)
    assert right in text
    line = text[: text.index(right)].count("\n") + 1
    file.write_text(text.replace(right, wrong, 1))
    assert_refused(slotweave("machines", "show", file), "SW205", f"{file}:{line}: ", message)


def test_a_missing_machine_file_is_refused(tmp_path: Path) -> None:
    answer = slotweave("machines", "show", tmp_path / "none.toml")
    assert_refused(answer, "SW203", "none.toml", "no such file")
