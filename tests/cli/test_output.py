"""Output files appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slotweave.base.diagnostics import Exit, InputError
from slotweave.cli.output import expect_writable, write_output
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


BUILDER = (
    "class KernelBuilder:\n"
    "    instrs = [{'load': [('const', 0, 1)]}]\n"
    "    def build_kernel(self, *shape): pass\n"
)
SHAPE = ("--shape", "2,2,8")


@pytest.mark.parametrize(
    "command",
    [("repack",), ("run",), ("export", "--format", "json"), ("export", "--format", "text")],
)
def test_nothing_but_python_is_written_to_a_python_file(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    file, link = tmp_path / "mine.py", tmp_path / "link.json"
    file.write_text(BUILDER)
    link.symlink_to(file)
    for name in (file, link, tmp_path / "new.py"):
        answer = slotweave(*command, file, *SHAPE, "-o", name)
        assert_refused(answer, "SW207", str(name), "--format challenge")
    assert file.read_text() == BUILDER
    assert not (tmp_path / "new.py").exists()


@pytest.mark.parametrize("option", ["-o", "--result"])
def test_a_kernel_is_not_replaced_by_what_is_made_of_it(tmp_path: Path, option: str) -> None:
    file = tmp_path / "own.py"
    file.write_text("def own(k): pass\n")
    answer = slotweave("compile", f"{file}:own", option, file)
    assert_refused(answer, "SW207", "Python file")
    assert file.read_text() == "def own(k): pass\n"


def test_an_export_does_not_replace_the_file_that_it_is_of(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(BUILDER)
    answer = slotweave("export", file, *SHAPE, "--format", "challenge", "-o", file)
    assert_refused(answer, "SW207", "built by")
    assert file.read_text() == BUILDER


@pytest.mark.parametrize(("option", "said"), [(None, True), ("-q", False), ("--json", False)])
def test_repack_says_that_it_wrote_nothing(option: str | None, said: bool) -> None:
    options = [option] if option else []
    answer = slotweave("repack", "-", *options, stdin='[{"load": [["const", 0, 1]]}]')
    assert ("nothing was written; -o FILE writes the program\n" in answer.err) is said


@pytest.mark.parametrize(
    "command", [("compile", "tree-hash"), ("facts", "show", "challenge"), ("repack", "none.json")]
)
def test_an_output_file_without_a_name_is_refused(command: tuple[str, ...]) -> None:
    assert_refused(slotweave(*command, "-o", ""), "SW207", "the name of the output file is empty")


SOLVING = ("solve", "none.json")
TWO_ON_STDOUT = [
    (("compile", "saxpy"), ("--result", "-"), ("-o", "-"), "-o - and --result -"),
    (("compile", "saxpy"), ("--result", "-"), ("--json",), "--json and --result -"),
    (("compile", "saxpy"), ("--result", "/dev/stdout"), ("-o", "-"), "-o - and --result -"),
    (("report", "none.json"), ("-o", "-"), ("--svg", "-"), "-o - and --svg -"),
    (SOLVING, ("--svg", "-"), ("-o", "-"), "-o - and --svg -"),
    (SOLVING, ("--svg", "-"), ("--json",), "--json and --svg -"),
    (("bound", "saxpy"), ("--svg", "-"), ("--certificate", "-"), "--certificate - and --svg -"),
    (("explore", "saxpy"), ("--svg", "-"), ("--html", "-"), "--html - and --svg -"),
    (("explore", "saxpy"), ("--html", "-"), ("--json",), "--json and --html -"),
    (("explore", "saxpy"), ("--svg", "-"), ("--json",), "--json and --svg -"),
    (("inspect", "none.json"), ("--svg", "-"), ("--json",), "--json and --svg -"),
    (("tune", "saxpy"), ("-o", "-"), ("--json",), "--json and -o -"),
]


@pytest.mark.parametrize(("command", "one", "other", "both"), TWO_ON_STDOUT)
def test_stdout_holds_one_output(
    command: tuple[str, ...], one: tuple[str, ...], other: tuple[str, ...], both: str
) -> None:
    """The two that are named are those that were given."""
    answer = slotweave(*command, *one, *other)
    assert_refused(answer, "SW212", f"SW212 {both} would both write to stdout; give ")


TWO_IN_A_FILE = [
    (("compile", "saxpy"), "-o", "--result"),
    (("explore", "saxpy"), "--html", "--svg"),
    (("report", "none.json"), "-o", "--svg"),
    (SOLVING, "-o", "--svg"),
    (("bound", "saxpy"), "--certificate", "--svg"),
    (("tune", "saxpy"), "-o", "--store"),
]


@pytest.mark.parametrize(("command", "one", "other"), TWO_IN_A_FILE)
def test_a_file_holds_one_output(
    tmp_path: Path, command: tuple[str, ...], one: str, other: str
) -> None:
    """By whatever names it goes, and whether it is there or not."""
    file, link, way = tmp_path / "out", tmp_path / "link", tmp_path / "sub" / ".." / "out"
    (tmp_path / "sub").mkdir()
    link.symlink_to(file)
    reason = f"SW212 {one} and {other} would both write to {file}; give {other} another file"
    for again in (file, link, way):
        assert_refused(slotweave(*command, one, file, other, again), "SW212", reason)
    assert not file.exists()
    file.write_text("before")
    for again in (file, link, way):
        assert_refused(slotweave(*command, one, file, other, again), "SW212", reason)
    assert file.read_text() == "before"


def test_a_device_takes_any_number_of_outputs() -> None:
    options = ("-o", os.devnull, "--result", os.devnull)
    assert slotweave("compile", "saxpy", "-p", "n=16", *options).code == Exit.DONE
