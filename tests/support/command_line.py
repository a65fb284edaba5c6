"""Running the command in this process: fast, and with stdout and stderr apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner

from slotweave.base.diagnostics import CODES
from slotweave.cli.main import command_line

_APP = command_line()


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def slotweave(*arguments: object, stdin: str | bytes = "") -> Answer:
    """Run the command; an exception that it does not answer for fails the test."""
    result = CliRunner().invoke(
        _APP, [str(argument) for argument in arguments], input=stdin, catch_exceptions=False
    )
    return Answer(result.exit_code, result.stdout, result.stderr)


def slotweave_process(*arguments: object, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in an interpreter of its own; `code` runs before it."""
    program = f"{code}\nfrom slotweave.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "100"},
    )


def assert_refused(answer: Answer, code: str, *words: str, exit_code: int = 2) -> None:
    """The command ended with `exit_code` and one line on stderr: `code`, with `words` in it."""
    assert code in CODES
    assert answer.code == exit_code, answer.err
    assert answer.out == ""
    assert answer.err.startswith(f"{code} ")
    assert answer.err.count("\n") == 1, "one line, no traceback"
    for word in words:
        assert word in answer.err
