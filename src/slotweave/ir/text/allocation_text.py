"""Allocations and layouts as text; each parses back to an equal value.

    allocation storages=2 peak=12 size=64
    storage address
    0 16
    1 -1

    layout nodes=2
    node words
    0 3.0,3.1
    1 -

A word of a layout is `storage.word`.
"""

from __future__ import annotations

from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.text.table_text import (
    Line,
    RaggedColumn,
    TableReader,
    int_column,
    list_cell,
    shortened,
    table_text,
)


def allocation_to_text(allocation: Allocation) -> str:
    """`allocation` as text."""
    addresses = allocation.address.tolist()
    header = f"allocation storages={len(addresses)} peak={allocation.peak} size={allocation.size}"
    return table_text((header,), ("storage", "address"), map(str, addresses))


def allocation_from_text(text: str, file: str = "") -> Allocation:
    """The allocation that `text` says. Raises InputError (SW213) naming the line."""
    reader = TableReader(text, file)
    storages, peak, size = reader.header("allocation", "storages", "peak", "size")
    rows = reader.rows(storages, "storage", "address")
    addresses = [line.integer(line.cells[1]) for line in rows]
    reader.end()
    return Allocation(int_column(addresses), peak, size)


def layout_to_text(layout: Layout) -> str:
    """`layout` as text."""
    offset = layout.offset.tolist()
    places = [
        f"{storage}.{word}"
        for storage, word in zip(layout.storage.tolist(), layout.word.tolist(), strict=True)
    ]
    nodes = len(offset) - 1
    rows = (list_cell(places[offset[i] : offset[i + 1]]) for i in range(nodes))
    return table_text((f"layout nodes={nodes}",), ("node", "words"), rows)


def layout_from_text(text: str, file: str = "") -> Layout:
    """The layout that `text` says. Raises InputError (SW213) naming the line."""
    reader = TableReader(text, file)
    (nodes,) = reader.header("layout", "nodes")
    storage, word = RaggedColumn(), RaggedColumn()
    for line in reader.rows(nodes, "node", "words"):
        cells = [] if line.cells[1] == "-" else line.cells[1].split(",")
        places = [_place(line, cell) for cell in cells]
        storage.add(place[0] for place in places)
        word.add(place[1] for place in places)
    reader.end()
    return Layout(storage.offset, storage.values, word.values)


def _place(line: Line, cell: str) -> tuple[int, int]:
    storage, dot, word = cell.partition(".")
    if not dot:
        line.fail(f"{shortened(cell)} is not a place 'storage.word'")
    return line.integer(storage), line.integer(word)
