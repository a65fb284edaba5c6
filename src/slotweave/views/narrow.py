"""Tables in narrow terminals: numbers stay whole, and lines become longer than the terminal."""

from __future__ import annotations

from rich.cells import cell_len
from rich.table import Column, Table


def with_whole_numbers(table: Table) -> Table:
    """`table`, whose rows are all there: names and numbers in it are not cut, headings fold."""
    for number, column in enumerate(table.columns):
        if number == 0 or column.justify == "right":
            column.min_width = _width(column)
            column.overflow = "fold"
    return table


def _width(column: Column) -> int:
    """The longest cell, or word of the heading."""
    texts = [*str(column.header).split(), *(cell for cell in column.cells if isinstance(cell, str))]
    return max(map(cell_len, texts), default=0)
