"""stdin, stdout and stderr that are closed or full: a diagnostic, the exit code, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = "from slotweave.cli.main import main; main()"
PROGRAM = '[{"load": [["const", 0, 1]]}]'
BAD = '{"load"'

full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.json").write_text(PROGRAM)
    (tmp_path / "bad.json").write_text(BAD)
    return tmp_path


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `command`, in which SW is the command under test, in a shell."""
    own = f"'{sys.executable}' -c '{MAIN}'"
    return subprocess.run(
        ["/bin/sh", "-c", command.replace("SW ", f"{own} ")],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_package_runs_as_a_module() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "slotweave", "--version"], capture_output=True, text=True, check=True
    )
    assert ended.stdout.startswith("slotweave ")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_stdout_that_lacks_characters_shows_others(folder: Path, encoding: str) -> None:
    made = shell("SW compile saxpy -p n=16 -o s.json -q", folder)
    assert made.returncode == 0
    shown = shell(f"PYTHONIOENCODING={encoding} SW inspect s.json", folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    page = shell(f"PYTHONIOENCODING={encoding} SW report s.json -o - >p.html", folder)
    assert (page.returncode, page.stderr) == (0, "")
    assert "\u2212" in (folder / "p.html").read_text("utf-8")  # a file, so in UTF-8


@pytest.mark.parametrize("options", ["", " --json", " -q"])
@full_device
def test_a_full_stdout_is_complained_of(folder: Path, options: str) -> None:
    ended = shell(f"SW inspect a.json{options} >/dev/full", folder)
    assert ended.returncode == 2
    said = "SW207 stdout: cannot be written: No space left on device"
    assert ended.stderr.splitlines()[-1] == said
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["inspect a.json", "inspect a.json --json", "kernels list",
                                     "export a.json --format text", "--help"])  # fmt: skip
def test_a_closed_stdout_is_complained_of(folder: Path, command: str) -> None:
    ended = shell(f"SW {command} >&-", folder)
    assert ended.returncode == 2
    said = "SW207 stdout: cannot be written: Bad file descriptor"
    assert ended.stderr.splitlines()[-1] == said
    assert "Traceback" not in ended.stderr


def test_a_command_that_prints_nothing_needs_no_stdout(folder: Path) -> None:
    ended = shell("SW export a.json --format json -o b.json -q >&-", folder)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (folder / "b.json").exists()


def test_a_closed_stdin_is_complained_of(folder: Path) -> None:
    ended = shell("SW inspect - <&-", folder)
    assert ended.returncode == 2
    assert ended.stderr == "SW203 stdin: cannot be read: Bad file descriptor\n"


def test_what_stderr_does_not_take_does_not_go_to_stdout(folder: Path) -> None:
    ended = shell("SW inspect a.json --json 2>&-", folder)
    assert ended.returncode == 0
    assert ended.stdout.startswith("{")
    assert ended.stdout.endswith("}\n")


@pytest.mark.parametrize("stderr", ["&-", pytest.param("/dev/full", marks=full_device)])
def test_an_error_that_cannot_be_said_keeps_its_exit_code(folder: Path, stderr: str) -> None:
    assert shell(f"SW inspect bad.json 2>{stderr}", folder).returncode == 2


@full_device
def test_a_check_that_failed_is_told_where_stdout_is_full(folder: Path) -> None:
    (folder / "wrong.json").write_text('[{"alu": [["+", 9999, 1, 2]]}]')
    ended = shell("SW run wrong.json --json >/dev/full", folder)
    assert ended.returncode == 1
    assert ended.stderr.startswith("SW105 wrong.json")


def test_a_pipe_is_written_to_by_any_name(folder: Path) -> None:
    written = shell("SW export a.json --format json", folder).stdout
    for name in ("/dev/stdout", "/dev/fd/1", "/dev/fd/7"):
        ended = shell(f"SW export a.json --format json -o {name} 7>&1 | cat", folder)
        assert ended.stdout == written


def test_a_named_pipe_stays_one(folder: Path) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    ended = shell("cat pipe & SW export a.json --format json -o pipe; wait", folder)
    assert ended.stdout.endswith("]}\n")
    assert pipe.is_fifo()
