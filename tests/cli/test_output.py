"""Output files appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slotweave.cli.output import expect_writable, write_output
from slotweave.diagnostics import InputError
from support.command_line import assert_refused, slotweave


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    answer = slotweave("machines", "show", "minimal", "-o", tmp_path / "none" / "mine.toml")
    assert_refused(answer, "SW207", "cannot be written")


def test_a_directory_is_no_output_file(tmp_path: Path) -> None:
    answer = slotweave("run", "-", "-o", tmp_path, stdin="[]")
    assert_refused(answer, "SW207", str(tmp_path), "it is a directory")


def test_the_destination_is_looked_at_before_the_work(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "out.json"
    answer = slotweave("run", "-", "-o", missing, stdin="not even read")
    assert_refused(answer, "SW207", f"there is no directory {missing.parent}")


def test_what_was_there_stays_if_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out.json"
    file.write_text("before")

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(InputError, match=r"SW207 .*out\.json: .*No space left on device"):
        write_output(str(file), "after")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("before")
    link = tmp_path / "link"
    link.symlink_to("target")
    write_output(str(link), "after")
    assert link.is_symlink()
    assert (tmp_path / "target").read_text() == "after"


def test_a_new_file_has_the_usual_rights(tmp_path: Path) -> None:
    write_output(str(tmp_path / "new"), "text")
    (tmp_path / "plain").write_text("text")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_device_is_written_to_and_not_replaced() -> None:
    expect_writable(os.devnull)
    write_output(os.devnull, "text")
    assert not Path(os.devnull).is_file()
