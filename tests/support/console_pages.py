"""Pages whose commands are run, one after the other, and whose output is compared.

Of a `console` block the lines after `$ ` are commands, the others what they print, unless `> FILE`
keeps it. "This is `NAME`" before a block of code makes it a file in the folder where they run.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from support.command_line import slotweave

CONSOLE = re.compile(r"^```console\n(?P<lines>.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"^This is `(?P<name>[^`]+)`[^\n]*\n\n```\w+\n(?P<text>.*?)^```$",
                  re.DOTALL | re.MULTILINE)  # fmt: skip
_BLOCK = re.compile(rf"{CONSOLE.pattern}|{FILE.pattern}", re.DOTALL | re.MULTILINE)


def page_as_run(page: str) -> str:
    """`page` with what its commands print in the working folder, files being made on the way."""
    return _BLOCK.sub(_block_as_run, page)


def _block_as_run(block: re.Match[str]) -> str:
    if block["name"]:
        Path(block["name"]).write_text(block["text"], encoding="utf-8")
        return block[0]
    lines = []
    for line in block["lines"].splitlines():
        if line.startswith("$ "):
            lines += [line, *_printed(shlex.split(line.removeprefix("$ ")))]
    return "\n".join(["```console", *lines, "```"])


def _printed(words: list[str]) -> list[str]:
    """The lines that a command prints, trailing blanks cut; none if they go to a file.

    Of a command that fails, as some on the pages do to be cured, they are its message.
    """
    target = words[-1] if words[-2] == ">" else None
    answer = slotweave(*words[1 : -2 if target else None])
    if target:
        assert answer.code == 0, answer.err
        Path(target).write_text(answer.out, encoding="utf-8")
        return []
    shown = answer.out if answer.code == 0 else answer.err
    return [line.rstrip() for line in shown.rstrip().splitlines()]
