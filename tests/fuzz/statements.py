"""Kernels as data: statements that print, parse, and shrink.

A statement is a name, numbers, and for loops and branches bodies of statements. As text it is a
line of its own, its bodies indented below it, separated by `else`:

    load 0 1 3 0
    branch 2
      store 2 0 5 0 1
    else
      set 0 1

What the numbers mean is said in `writing`; every number means something in every place, so that a
kernel stays one when statements are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_INDENT = "  "


@dataclass(frozen=True)
class Statement:
    """One call of the tracer."""

    name: str
    numbers: tuple[int, ...] = ()
    bodies: tuple[tuple[Statement, ...], ...] = ()


Statements = tuple[Statement, ...]


def statements_to_text(statements: Statements) -> str:
    """The text that `statements_from_text` reads."""
    return "".join(f"{line}\n" for line in _lines(statements))


def _lines(statements: Statements) -> Iterator[str]:
    for statement in statements:
        yield " ".join([statement.name, *map(str, statement.numbers)])
        for number, body in enumerate(statement.bodies):
            if number:
                yield "else"
            yield from (_INDENT + line for line in _lines(body))


def statements_from_text(text: str) -> Statements:
    """The statements; raises ValueError where a number cannot be read."""
    return _parse([line for line in text.splitlines() if line.strip()])


def _parse(lines: list[str]) -> Statements:
    found: list[Statement] = []
    at = 0
    while at < len(lines):
        name, *numbers = lines[at].split()
        at += 1
        bodies = []
        for number in range(_BODIES.get(name, 0)):
            if number and at < len(lines) and lines[at] == "else":
                at += 1
            start = at
            while at < len(lines) and lines[at].startswith(_INDENT):
                at += 1
            bodies.append(_parse([line[len(_INDENT) :] for line in lines[start:at]]))
        found.append(Statement(name, tuple(map(int, numbers)), tuple(bodies)))
    return tuple(found)


_BODIES = {"loop": 1, "branch": 2, "item": 1}
