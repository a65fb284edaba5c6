"""What is named as an input: read from stdin once, and named at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from slotweave.base.diagnostics import Exit
from support.command_line import assert_refused, slotweave

PROGRAM = '[{"load": [["const", 0, 1]]}]'

FROM_STDIN = [
    (("run", "-", "--mem", "-"), "PROGRAM or --mem"),
    (("run", "-", "--machine", "-"), "PROGRAM or --machine"),
    (("verify", "-", "--against", "-"), "PROGRAM or --against"),
    (("diff", "-", "-"), "A or B"),
    (("report", "-", "-"), "A or B"),
    (("inspect", "-", "--machine", "-"), "PROGRAM or --machine"),
    (("what-if", "-", "--machine", "-"), "PROGRAM or --machine"),
    (("repack", "-", "--machine", "-"), "PROGRAM or --machine"),
    (("explain", "-", "0", "--machine", "-"), "PROGRAM or --machine"),
    (("bound", "-", "--machine", "-"), "KERNEL|PROGRAM or --machine"),
    (("bound", "--check", "-", "--machine", "-"), "--check or --machine"),
    (("compile", "saxpy", "--plan", "-", "--machine", "-"), "--plan or --machine"),
    (("pass", "lower", "-", "--machine", "-"), "FILE or --machine"),
    (("hexagon", "repack", "-", "--counts", "-"), "FILE.s or --counts"),
]


@pytest.mark.parametrize(("command", "names"), FROM_STDIN)
def test_stdin_is_read_once(command: tuple[str, ...], names: str) -> None:
    reason = f"SW212 stdin can be read once; name a file for {names}\n"
    assert_refused(slotweave(*command, stdin=PROGRAM), "SW212", reason)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "program.json"
    slotweave("compile", "saxpy", "-p", "n=16", "-o", file)
    return file


NO_FACTS = "SW215 --facts NAME|FILE.json: there is no set of facts called ''"
EMPTY = [
    (("inspect", "PROGRAM", "--facts"), NO_FACTS),
    (("bound", "PROGRAM", "--facts"), NO_FACTS),
    (("what-if", "PROGRAM", "--facts"), NO_FACTS),
    (("repack", "PROGRAM", "--facts"), NO_FACTS),
    (("explain", "PROGRAM", "0", "--facts"), NO_FACTS),
    (("diff", "PROGRAM", "PROGRAM", "--facts"), NO_FACTS),
    (("report", "PROGRAM", "-o", "-", "--facts"), NO_FACTS),
    (("verify", "PROGRAM", "--against", "PROGRAM", "--facts"), NO_FACTS),
    (("facts", "show"), "SW215 there is no set of facts called '' (known: "),
    (("compile", "saxpy", "--plan"), "SW209 there is no plan of saxpy called ''"),
    (("tune", "saxpy", "-o", "-", "--plan"), "SW209 there is no plan of saxpy called ''"),
    (("explore", "saxpy", "--plan"), "SW209 there is no plan of saxpy called ''"),
    (("bound", "saxpy", "--plan"), "SW209 there is no plan of saxpy called ''"),
    (("bench", "saxpy", "--plan"), "SW209 there is no plan of saxpy called ''"),
    (("bound", "PROGRAM", "--plan"), "are for kernels, not for programs"),
    (("bound", "saxpy", "--facts"), "are for programs; kernels have --contract and -p"),
    (("bound", "--check", "PROGRAM", "--facts"), "--check takes all but --machine from its file"),
    (("bound", "saxpy", "--machine"), "SW208 there is no machine ''"),
    (("bench", "saxpy", "--machine"), "SW208 there is no machine ''"),
    (("bench",), "SW201 there is no kernel ''"),
    (("verify", "PROGRAM", "--against"), "SW201 there is no kernel ''"),
    (("verify", "PROGRAM", "--facts", "none", "--against"), "and '' is none"),
    (("verify", "PROGRAM", "--contract"), "there is no contract of saxpy called ''"),
    (("verify", "--self-test"), "SW201 there is no kernel ''"),
    (("verify", "--self-test", "saxpy", "--machine"), "SW208 there is no machine ''"),
    (("verify", "--self-test", "saxpy", "--against"), "leave out --against"),
    (("facts", "show", "none", "--contract"), "--contract are for kernels, and 'none' is none"),
    (("ladder", "--timelines"), "SW207 '': there is no such directory"),
]


@pytest.mark.parametrize(("command", "reason"), EMPTY)
def test_an_empty_text_is_not_left_out(
    program: Path, command: tuple[str, ...], reason: str
) -> None:
    """A variable of the shell that is not set must not choose what is usual."""
    named = [str(program) if word == "PROGRAM" else word for word in command]
    answer = slotweave(*named, "")
    assert answer.code == Exit.BAD_INPUT
    assert answer.out == ""
    assert reason.replace("PROGRAM", str(program)) in answer.err
