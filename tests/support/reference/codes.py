"""docs/reference/codes.md: every code with its explanation and an input that provokes it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from functools import cache
from pathlib import Path
from unittest.mock import patch

from slotweave.base.diagnostics import CODES, SlotweaveError
from support.command_line import Answer, slotweave
from support.reference.code_examples import EXAMPLES, CodeExample

MESSAGE = re.compile(r"SW\d{3} ")

BEGINNING = """\
# Codes

What Slotweave says of something that went wrong begins with a code. `slotweave explain CODE` prints
its explanation. Codes are stable; scripts may rely on them. SW1xx are about programs and their
runs, SW2xx about input and options, SW3xx about limits, SW4xx about checks, SW5xx about values
between the stages.

Each code has an input that provokes it, and the message that follows. Every one is run in a test.
Those marked *planted* are faults of the compiler: what is shown breaks something on purpose.
"""


def page() -> str:
    return "\n".join([BEGINNING, *(_entry(code) for code in CODES)])


def _entry(code: str) -> str:
    entry, example = CODES[code], EXAMPLES[code]
    planted = " (*planted*)" if example.planted else ""
    parts = [f"## {code}: {entry.title}{planted}", entry.text, *_shown(example)]
    return "\n\n".join([*parts, f"```text\n{_steady(provoked(code), example)}\n```"]) + "\n"


def _shown(example: CodeExample) -> Iterator[str]:
    for name, text in example.files.items():
        yield f"`{name}`:\n\n```{LANGUAGES[Path(name).suffix]}\n{text.rstrip()}\n```"
    if example.python:
        yield f"```python\n{example.python.rstrip()}\n```"
    if example.commands:
        yield "```console\n" + "\n".join(f"$ {command}" for command in example.commands) + "\n```"


#: Modules that examples take away.
REPLACED = ("z3", "slotweave.rules.prove")

LANGUAGES = {".json": "json", ".py": "python", ".s": "text", ".toml": "toml", ".xml": "xml"}


def _steady(message: str, example: CodeExample) -> str:
    """The message up to what varies."""
    if not example.varies:
        return message
    steady, mark, _ = message.partition(example.varies)
    assert mark, message
    return f"{steady}{mark}..."


@cache
def provoked(code: str) -> str:
    """The message of the example of a code, which runs in an empty folder."""
    example = EXAMPLES[code]
    replaced = {name: sys.modules.get(name) for name in REPLACED}
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        try:
            return _message(example).replace(f"{Path.cwd()}/", "")
        finally:
            patch.stopall()
            for name, module in replaced.items():
                if module is None:
                    sys.modules.pop(name, None)
                else:
                    sys.modules[name] = module


def _message(example: CodeExample) -> str:
    for name, text in example.files.items():
        Path(name).write_text(text, encoding="utf-8")
    if example.python:
        error = _raised(example.python)
        if error is not None:
            assert error.exit_code == example.exit
            return str(error)
    for command in example.commands[:-1]:
        words = shlex.split(command)
        if words[0] == "slotweave":
            assert slotweave(*words[1:]).code == 0, command
        else:
            subprocess.run(words, check=True)
    return _last_message(slotweave(*shlex.split(example.commands[-1])[1:]), example)


def _raised(python: str) -> SlotweaveError | None:
    """The error that these lines end with."""
    try:
        exec(compile(python, "example.py", "exec"), {"__name__": "example"})
    except SlotweaveError as error:
        return error
    return None


def _last_message(answer: Answer, example: CodeExample) -> str:
    assert answer.code == example.exit, answer
    said = [line for line in answer.err.splitlines() if MESSAGE.match(line)]
    return said[-1]
