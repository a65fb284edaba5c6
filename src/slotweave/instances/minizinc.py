"""Modulo problems as MiniZinc data (`.dzn`), as those of the benchmark `cyclic-rcpsp`.

Assignments `name = value;` in any order, comments `% ...` and `/* ... */`. Known are `n_res`,
`rcap` (units of each resource per cycle), `n_tasks`, `rreq` (what each task takes in the cycle in
which it starts), `n_prec` and `prec`, of which a row `a, b, l, w` says start(a) + l <= start(b) +
w * period. The first and the last task are source and sink, of no duration; all others last one
cycle. Matrices are literals `[| 1, 2 | 3, 4 |]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slotweave.instances.shared import numbered_resources
from slotweave.instances.tokens import Token, Tokens, sound
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Use
from slotweave.ir.text.program_values import excerpt, last_line
from slotweave.ir.verify.project_verify import LARGEST

_TOKEN = re.compile(
    r"(?P<skip>\s+|%[^\n]*|/\*.*?\*/)|(?P<word>[A-Za-z_][A-Za-z0-9_]*|[+-]?[0-9]+"
    r"|\[\||\|\]|[^\s])",
    re.DOTALL | re.ASCII,
)
_NUMBERS, _LISTS, _TABLES = ("n_res", "n_tasks", "n_prec"), ("rcap",), ("rreq", "prec")

Row = tuple[int, list[int]]  # the line it begins on, and its numbers


def read_minizinc(text: str, file: str) -> Project:
    """The modulo problem that `text` says. Raises InputError."""
    numbers, tables, lines = _assignments(_tokens(text, file))
    end = Tokens(iter(()), file, max(1, last_line(text)))
    for name in (*_NUMBERS, *_LISTS, *_TABLES):
        if name not in lines:
            end.fail(max(1, last_line(text)), f"there is no assignment to {name}")
    size, resources = numbers["n_tasks"], numbers["n_res"]
    capacities = tables["rcap"][0][1]
    if len(capacities) != resources:
        reason = f"rcap has {len(capacities)} entries, and n_res declares {resources}"
        end.fail(lines["rcap"], reason)
    _expect_shape(end, "rreq", lines["rreq"], tables["rreq"], size, resources, "n_tasks")
    _expect_shape(end, "prec", lines["prec"], tables["prec"], numbers["n_prec"], 4, "n_prec")
    activities = tuple(
        _task(end, number, size, line, demands)
        for number, (line, demands) in enumerate(tables["rreq"], 1)
    )
    lags = tuple(_lag(end, line, row, size) for line, row in tables["prec"])
    resource_rows = numbered_resources(capacities)
    return sound(Project(resource_rows, activities, lags, is_modulo=True), file)


def _task(end: Tokens, number: int, size: int, line: int, demands: list[int]) -> Activity:
    uses = tuple(Use(k, units, 0, 1) for k, units in enumerate(demands) if units)
    is_bare = number in (1, size)
    if is_bare and uses:
        end.fail(line, f"task {number} is the source or the sink, and rreq gives it a demand")
    return Activity(str(number), (ActivityMode(0 if is_bare else 1, uses),))


def _lag(end: Tokens, line: int, row: list[int], size: int) -> Lag:
    before, after, lag, distance = row
    for task in (before, after):
        if not 1 <= task <= size:
            end.fail(line, f"prec names task {task}, and there are {size}")
    if distance < 0:
        end.fail(line, f"prec has the distance {distance}, and 0 iterations are the least")
    return Lag(before - 1, after - 1, lag, distance)


def _expect_shape(
    end: Tokens, name: str, line: int, rows: list[Row], height: int, width: int, declared: str
) -> None:
    for number, (begins, row) in enumerate(rows, 1):
        if len(row) != width:
            end.fail(begins, f"row {number} of {name} has {len(row)} entries instead of {width}")
    if len(rows) != height:
        end.fail(line, f"{name} has {len(rows)} rows, and {declared} declares {height}")


def _tokens(text: str, file: str) -> Tokens:
    """Comments and blanks left out."""

    def found() -> Iterator[Token]:
        line = 1
        for match in _TOKEN.finditer(text):
            if match["word"] is not None:
                yield Token(match["word"], line)
            line += match[0].count("\n")

    return Tokens(found(), file, max(1, last_line(text)))


def _assignments(tokens: Tokens) -> tuple[dict[str, int], dict[str, list[Row]], dict[str, int]]:
    """Numbers and rows by name, and the line of each assignment."""
    numbers: dict[str, int] = {}
    tables: dict[str, list[Row]] = {}
    lines: dict[str, int] = {}
    while not tokens.is_at_end:
        name = tokens.take("a name")
        known = (*_NUMBERS, *_LISTS, *_TABLES)
        if name.text not in known:
            reason = f"{excerpt(name.text)} is not one of {', '.join(known)}"
            tokens.fail(name.line, reason)
        if name.text in lines:
            tokens.fail(name.line, f"{name.text} is assigned twice")
        lines[name.text] = name.line
        tokens.expect("=", f"the `=` of {name.text}")
        if name.text in _NUMBERS:
            numbers[name.text] = tokens.integer(name.text)
        elif name.text in _LISTS:
            tables[name.text] = [_list(tokens, name.text)]
        else:
            tables[name.text] = _table(tokens, name.text)
        if not tokens.is_at_end or tokens.peek() == ";":
            tokens.expect(";", f"the `;` after {name.text}")
    return numbers, tables, lines


def _list(tokens: Tokens, name: str) -> Row:
    line = tokens.expect("[", f"the `[` of {name}").line
    values: list[int] = []
    while tokens.peek() != "]":
        values.append(tokens.integer(f"an entry of {name}"))
        if tokens.peek() != "]":
            tokens.expect(",", f"a `,` or `]` in {name}")
    tokens.expect("]", f"the `]` of {name}")
    return line, values


def _table(tokens: Tokens, name: str) -> list[Row]:
    """The rows of `[| 1, 2 | 3, 4 |]`; a table without any is `[| |]`."""
    tokens.expect("[|", f"the `[|` of {name}")
    rows: list[Row] = []
    while tokens.peek() != "|]":
        row: Row = (tokens.next_line, [])
        while tokens.peek() not in ("|", "|]"):
            row[1].append(tokens.integer(f"an entry of {name}", -LARGEST))
            if tokens.peek() not in ("|", "|]"):
                tokens.expect(",", f"a `,` or `|` in {name}")
        rows.append(row)
        if tokens.peek() == "|":
            tokens.take("a row")
            if tokens.peek() == "|]":  # a bar may stand before the end
                break
    tokens.expect("|]", f"the `|]` of {name}")
    return rows
