"""What is named as an input: read from stdin once, and named at all."""

from __future__ import annotations

import pytest

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
