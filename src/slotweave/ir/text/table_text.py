"""Tables as text: the common ground of the text forms of problems, schedules and allocations.

A form starts with a header, `kind name=number name=number ...`, and goes on with lines of cells
separated by spaces. A cell is an integer, or integers separated by commas (`-` for none). Blank
lines are skipped. Whatever does not parse is an InputError (SW213) naming the line; numbers are
32-bit, so that no text, however long, asks for more work or memory than its own length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.problem import Ints
from slotweave.ir.text.program_values import last_line

NONE = "-"
LOWEST, HIGHEST = -(2**31), 2**31 - 1

_INTEGER = re.compile(r"-?[0-9]{1,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one line, and where it stands."""

    number: int
    cells: tuple[str, ...]
    file: str

    def fail(self, reason: str) -> NoReturn:
        """Refuse the line."""
        raise InputError(Diagnostic("SW213", reason, file=self.file, line=self.number))

    def integer(self, cell: str) -> int:
        """The 32-bit integer that `cell` says."""
        if not _INTEGER.fullmatch(cell) or not LOWEST <= int(cell) <= HIGHEST:
            self.fail(f"{shortened(cell)} is not a 32-bit integer")
        return int(cell)

    def integers(self, cell: str) -> list[int]:
        """The integers of a list cell."""
        return [] if cell == NONE else [self.integer(part) for part in cell.split(",")]


class TableReader:
    """Reads a form line by line. `file` is named in errors."""

    def __init__(self, text: str, file: str) -> None:
        rows = text.split("\n")
        lines = (Line(i, tuple(row.split()), file) for i, row in enumerate(rows, 1))
        self._lines = (line for line in lines if line.cells)
        self._end = Line(max(1, last_line(text)), (), file)

    def line(self, what: str) -> Line:
        """The next line; an error that says `what` is missing if there is none."""
        line = next(self._lines, None)
        if line is None:
            self._end.fail(f"the text ends where {what} should stand")
        return line

    def header(self, kind: str, *names: str) -> list[int]:
        """The numbers of the first line, which must be `kind` and a number for each name."""
        line = self.line(f"the line '{kind} ...'")
        found = [cell.partition("=") for cell in line.cells[1:]]
        if line.cells[0] != kind or [name for name, _equals, _value in found] != list(names):
            form = " ".join((kind, *(f"{name}=N" for name in names)))
            line.fail(f"expected the line '{form}', not {shortened(' '.join(line.cells))}")
        numbers = [line.integer(value) for _name, _equals, value in found]
        if any(number < 0 for number in numbers):
            line.fail("the numbers of a header are not negative")
        return numbers

    def rows(self, count: int, *columns: str) -> Iterator[Line]:
        """The title line of a table and then its rows, `count` of them, numbered from 0."""
        title = self.line("the title line of a table")
        if title.cells != columns:
            title.fail(f"expected the columns '{' '.join(columns)}'")
        for number in range(count):
            line = self.line(f"{columns[0]} {number}")
            if len(line.cells) != len(columns):
                line.fail(f"expected {len(columns)} cells, not {len(line.cells)}")
            if line.integer(line.cells[0]) != number:
                line.fail(f"expected {columns[0]} {number}, not {shortened(line.cells[0])}")
            yield line

    def end(self) -> None:
        """Refuse anything that follows."""
        line = next(self._lines, None)
        if line is not None:
            line.fail(f"nothing may follow, found {shortened(' '.join(line.cells))}")


class RaggedColumn:
    """A ragged column that is built row by row."""

    def __init__(self) -> None:
        self._offset = [0]
        self._values: list[int] = []

    def add(self, row: Iterable[int]) -> None:
        self._values.extend(row)
        self._offset.append(len(self._values))

    @property
    def offset(self) -> Ints:
        return int_column(self._offset)

    @property
    def values(self) -> Ints:
        return int_column(self._values)


def int_column(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int32)


def list_cell(values: Iterable[object]) -> str:
    """A list as one cell."""
    return ",".join(map(str, values)) or NONE


def table_text(header: Iterable[str], columns: Iterable[str], rows: Iterable[str]) -> str:
    """A whole form: header lines, the title line, and the rows, numbered from 0."""
    numbered = (f"{number} {row}" for number, row in enumerate(rows))
    return "\n".join((*header, " ".join(columns), *numbered, ""))


def shortened(text: str) -> str:
    """`text` quoted, cut to a length that a message can hold."""
    return repr(text if len(text) <= 40 else f"{text[:40]}...")
