"""Text as a row of tokens with their lines: the common ground of the readers.

Whatever does not fit is an InputError that names file, line and token: SW223 for a mistake, SW224
for a kind of problem that is not supported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.project import Project
from slotweave.ir.text.program_values import excerpt, last_line
from slotweave.ir.verify.project_verify import LARGEST, project_faults

MALFORMED, UNSUPPORTED = "SW223", "SW224"

_INTEGER = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text, and the line it stands on."""

    text: str
    line: int


class Tokens:
    """The tokens of a text, one after the other."""

    def __init__(self, tokens: Iterator[Token], file: str, last_line: int) -> None:
        self._tokens = list(tokens)
        self._at = 0
        self.file = file
        self._last_line = last_line

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._tokens)

    @property
    def next_line(self) -> int:
        """The line of the next token; the last line with a token if there is none."""
        return self._last_line if self.is_at_end else self._tokens[self._at].line

    def take(self, what: str) -> Token:
        """The next token, which is to be `what`."""
        if self.is_at_end:
            self.fail(self._last_line, f"the text ends where {what} should stand")
        token = self._tokens[self._at]
        self._at += 1
        return token

    def peek(self) -> str:
        """The text of the next token, empty at the end."""
        return "" if self.is_at_end else self._tokens[self._at].text

    def expect(self, text: str, what: str) -> Token:
        """The next token, which must be `text`."""
        token = self.take(what)
        if token.text != text:
            self.fail(token.line, f"{excerpt(token.text)} stands where {what} should")
        return token

    def integer(self, what: str, lowest: int = 0, highest: int = LARGEST) -> int:
        """The next token as an integer within these bounds."""
        token = self.take(what)
        if not _INTEGER.fullmatch(token.text):
            self.fail(token.line, f"{excerpt(token.text)} is no integer; {what} should stand here")
        value = int(token.text)
        if not lowest <= value <= highest:
            reason = f"{what} must be from {lowest} to {highest}, not {excerpt(token.text)}"
            self.fail(token.line, reason)
        return value

    def expect_end(self, after: str) -> None:
        """Refuse what stands after the last token that was declared."""
        if not self.is_at_end:
            token = self.take("")
            self.fail(token.line, f"{excerpt(token.text)} stands after {after}")

    def fail(self, line: int, reason: str) -> NoReturn:
        raise InputError(Diagnostic(MALFORMED, reason, file=self.file, line=line))

    def refuse(self, line: int, kind: str) -> NoReturn:
        """The text is well formed, but its kind is not supported."""
        reason = f"{kind} are not supported"
        raise InputError(Diagnostic(UNSUPPORTED, reason, file=self.file, line=line))


def words(text: str, file: str, first_line: int = 1) -> Tokens:
    """Words between blanks."""
    lines = text.split("\n")
    found = (
        Token(word, number)
        for number, line in enumerate(lines, first_line)
        for word in line.split()
    )
    return Tokens(found, file, max(1, first_line + last_line(text) - 1))


def sound(project: Project, file: str) -> Project:
    """`project`, unless it breaks an invariant."""
    for found in project_faults(project):
        raise InputError(Diagnostic(MALFORMED, found.message, file=file))
    return project
