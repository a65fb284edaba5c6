"""The command itself: help, version, usage errors, and how quickly it can answer."""

from __future__ import annotations

import pytest

import slotweave as package
from support.command_line import slotweave, slotweave_process

COMMANDS = ("compile", "run", "verify", "inspect", "explain", "export", "kernels", "machines",
            "rules", "bench")  # fmt: skip
HEAVY = ("numpy", "numba", "rich", "ortools", "z3", "pandas", "slotweave.machine", "slotweave.ir")


def test_help_lists_every_command() -> None:
    answer = slotweave("--help")
    assert answer.code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in answer.out


@pytest.mark.parametrize(
    "group", [(), ("kernels",), ("facts",), ("machines",), ("rules",), ("study",), ("cache",)]
)
def test_help_cuts_no_sentence_at_80_columns(
    group: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = slotweave(*group, "--help").out.partition("\nCommands:\n")[2]
    assert listed
    assert [line for line in listed.splitlines() if line.endswith(("...", "…"))] == []


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import atexit, sys\n"
        f"heavy = {HEAVY!r}\n"
        "atexit.register(lambda: print([m for m in heavy if m in sys.modules], file=sys.stderr))"
    )
    done = slotweave_process("--help", code=code)
    assert done.returncode == 0
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    answer = slotweave(name, "--help")
    assert answer.code == 0
    assert answer.out.startswith("Usage: ")


@pytest.mark.parametrize("name", ["compile", "run", "verify", "inspect", "explain", "export"])
def test_every_command_has_the_common_options(name: str) -> None:
    text = slotweave(name, "--help").out
    for option in ("--quiet", "--verbose", "--color"):
        assert option in text


def test_the_version_is_printed() -> None:
    answer = slotweave("--version")
    assert (answer.code, answer.out) == (0, f"slotweave {package.__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["run"], "PROGRAM"),
        (["run", "-", "--nonsense"], "No such option: --nonsense"),
        (["run", "-", "--max-cycles", "0"], "--max-cycles"),
        (["run", "-", "--max-cycles", "many"], "--max-cycles"),
        (["export", "-", "--format", "elf"], "elf"),
        (["machines", "list", "--color", "pink"], "pink"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_hint(arguments: list[str], message: str) -> None:
    answer = slotweave(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert message in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "error",
    ["KeyboardInterrupt", "SystemError('in compiled code') from KeyboardInterrupt()"],
)
def test_ctrl_c_ends_a_command_with_130(error: str) -> None:
    code = (
        "import slotweave.cli.commands.verbs.run as verb\n"
        f"def interrupted(*_): raise {error}\n"
        "verb.program_in = interrupted"
    )
    done = slotweave_process("run", "program.json", code=code)
    assert done.returncode == 130
    assert done.stderr == "interrupted\n"


def test_a_reader_that_closes_the_pipe_ends_the_command_quietly() -> None:
    code = "import os, sys\nread, write = os.pipe()\nos.close(read)\nos.dup2(write, 1)"
    done = slotweave_process("machines", "show", "challenge", code=code)
    assert (done.returncode, done.stderr) == (0, "")
