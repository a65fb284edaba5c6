"""Where the words of each value lie, before addresses are known: storages and offsets.

Every word that an operation writes is a *cell*. Slices and overlays only name cells. By default the
cells of one operation lie side by side in a storage of their own; an overlay asks for its cells to
lie side by side in another one. It is *placed* if each of them can be written where it should lie;
otherwise it is *virtual*: its words stay where they are, and only operations that work lane by lane
can read it (the others get a copy, see `materialize`).

A part can be placed if no other overlay placed it before and, unless it is the whole result of an
operation, if that operation can write its words one by one. Words of a part that a later part
covers are written nevertheless: the later part must land later (`covers`), and nothing may read
these words of the earlier one. All words of one operation lie in one storage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from slotweave.base.ragged import Ints, offsets
from slotweave.ir.allocation import Layout
from slotweave.ir.graph import Graph
from slotweave.isa import Shape
from slotweave.machine import Machine

Bools: TypeAlias = NDArray[np.bool_]

#: Nodes that only name words.
_NAMING = frozenset({"slice", "overlay"})


@dataclass(frozen=True)
class Placement:
    """`layout` for every node, the words of each storage, and which operation makes each word.

    `makers[j]` is the operation of entry j of the layout, `contiguous[i]` says whether the
    words of node i lie side by side. `covers` lists (earlier, later) operations that write one word
    of a storage, of which the later one must stand.
    """

    layout: Layout
    storage_words: tuple[int, ...]
    makers: Ints
    contiguous: Bools
    covers: tuple[tuple[int, int], ...]


class _Cells:
    """The words written by operations, and the block in which each was placed, if any."""

    def __init__(self, graph: Graph) -> None:
        columns = graph.columns
        self.written = ~columns.are(_NAMING)
        words = np.where(self.written, columns.width, 0)
        self.made_by = np.repeat(np.arange(len(words), dtype=np.int32), words)
        self.maker: list[int] = self.made_by.tolist()
        self.home: dict[int, tuple[int, int]] = {}  # cell -> block, word
        self.block_words: list[int] = []
        self._first: list[int] = offsets(words).tolist()

    def of(self, maker: int) -> range:
        """The words that node `maker` writes."""
        return range(self._first[maker], self._first[maker + 1])


def place(graph: Graph, machine: Machine) -> Placement:
    """Give each word of each value of `graph` a storage and an offset."""
    cells = _Cells(graph)
    lanes: dict[int, Sequence[int]] = {}  # of slices and overlays
    covers: list[tuple[int, int]] = []
    readers = _readers_of_overlay_parts(graph)

    def lanes_of(arg: int) -> Sequence[int]:
        return lanes[arg] if arg in lanes else cells.of(arg)

    for index in np.flatnonzero(~cells.written).tolist():
        node = graph.nodes[index]
        if node.op == "slice":
            lanes[index] = lanes_of(node.args[0])[node.imm : node.imm + node.width]
            continue
        parts = [(at, lanes_of(arg)) for arg, at in zip(node.args, node.offsets, strict=True)]
        words = [-1] * node.width
        for at, part in parts:
            words[at : at + len(part)] = part
        lanes[index] = words
        pairs = _covered_pairs(parts, cells)
        ordered = all(earlier < later for earlier, later in pairs)
        sound = -1 not in words and ordered
        sound = sound and (not pairs or _covers_nothing_read(graph, index, readers))
        if sound and _can_be_placed(graph, machine, parts, cells):
            _place_parts(parts, node.width, cells)
            covers += pairs
    return _finish(graph, lanes, cells, tuple(covers))


def _readers_of_overlay_parts(graph: Graph) -> dict[int, list[int]]:
    """The nodes that use each value that is a part of an overlay."""
    columns = graph.columns
    overlays = np.flatnonzero(columns.are({"overlay"})).astype(np.int32)
    is_part = np.zeros(len(graph.nodes), np.bool_)
    is_part[columns.args.take(overlays).values] = True
    readers: dict[int, list[int]] = {part: [] for part in np.flatnonzero(is_part).tolist()}
    of_parts = is_part[columns.args.values]
    used = columns.args.values[of_parts].tolist()
    for part, reader in zip(used, columns.args.owner[of_parts].tolist(), strict=True):
        if reader not in readers[part][-1:]:
            readers[part].append(reader)
    return readers


def _covers_nothing_read(graph: Graph, overlay: int, readers: dict[int, list[int]]) -> bool:
    """Whether nothing but the overlay reads words of its parts that later parts cover."""
    node = graph.nodes[overlay]
    uncovered = [-1] * node.width  # by word, the last part there
    for part, (arg, at) in enumerate(zip(node.args, node.offsets, strict=True)):
        uncovered[at : at + graph.nodes[arg].width] = [part] * graph.nodes[arg].width
    for part, (arg, at) in enumerate(zip(node.args, node.offsets, strict=True)):
        if graph.nodes[arg].structural or node.args.count(arg) > 1:
            return False
        for reader in readers[arg]:
            other = graph.nodes[reader]
            if reader == overlay:
                continue
            if other.op != "slice":
                return False
            read = uncovered[at + other.imm : at + other.imm + other.width]
            if any(last != part for last in read):
                return False
    return True


def _covered_pairs(parts: list[tuple[int, Sequence[int]]], cells: _Cells) -> list[tuple[int, int]]:
    """(earlier, later) operations that would write the same word of the overlay."""
    writer: dict[int, int] = {}
    pairs: dict[tuple[int, int], None] = {}
    for at, part in parts:
        for word, cell in enumerate(part, at):
            maker = cells.maker[cell]
            if writer.get(word, maker) != maker:
                pairs[writer[word], maker] = None
            writer[word] = maker
    return list(pairs)


def _can_be_placed(
    graph: Graph, machine: Machine, parts: list[tuple[int, Sequence[int]]], cells: _Cells
) -> bool:
    """Whether the cells are free to lie there: each maker's whole result, in one overlay only."""
    seen: set[int] = set()
    missing: dict[int, int] = {}
    for _at, part in parts:
        if any(cell in cells.home or cell in seen for cell in part):
            return False
        seen.update(part)
        in_order = all(b == a + 1 for a, b in pairwise(part))
        for cell in part:
            maker = cells.maker[cell]
            if graph.nodes[maker].op in ("variable", "zeros"):
                return False
            width = graph.nodes[maker].width
            missing[maker] = missing.get(maker, width) - 1
            whole = in_order and len(part) == width
            if not whole and not _writes_single_words(graph, machine, maker):
                return False
    return not any(missing.values())


def _writes_single_words(graph: Graph, machine: Machine, maker: int) -> bool:
    """Whether the operation can put each word of its result anywhere."""
    node = graph.nodes[maker]
    modes = machine.modes_of(node.op, Shape.VECTOR)
    return node.width == 1 or any(m.per_lane and machine.slots[m.engine] > 0 for m in modes)


def _place_parts(parts: list[tuple[int, Sequence[int]]], words: int, cells: _Cells) -> None:
    block = len(cells.block_words)
    cells.block_words.append(words)
    for at, part in parts:
        for word, cell in enumerate(part, at):
            cells.home[cell] = (block, word)


def _finish(
    graph: Graph,
    lanes: Mapping[int, Sequence[int]],
    cells: _Cells,
    covers: tuple[tuple[int, int], ...],
) -> Placement:
    """Number the storages: the blocks of placed overlays, then those of single operations."""
    maker = cells.made_by
    placed = np.fromiter(cells.home, dtype=np.int64, count=len(cells.home))
    located = np.empty((len(maker), 2), dtype=np.int32)
    located[placed] = np.array(list(cells.home.values()), dtype=np.int32).reshape(-1, 2)
    free = np.delete(np.arange(len(maker)), placed)
    begins = np.flatnonzero(np.diff(maker[free], prepend=-1))  # of storages, among the free cells
    counts = np.diff(begins, append=len(free))
    located[free, 0] = np.repeat(np.arange(len(begins)) + len(cells.block_words), counts)
    located[free, 1] = free - np.repeat(free[begins], counts)
    words = located[free[begins + counts - 1], 1] + 1
    storage_words = (*cells.block_words, *words.tolist())
    width = graph.columns.width
    offset = offsets(width)
    flat = np.empty(int(offset[-1]), np.int64)  # the cell of each word
    named = np.repeat(~cells.written, width)
    flat[~named] = np.arange(len(maker))  # they are in order
    flat[named] = np.fromiter(chain.from_iterable(lanes.values()), np.int64, int(named.sum()))
    layout = Layout(offset, located[flat, 0], located[flat, 1])
    return Placement(layout, storage_words, maker[flat], _contiguous(layout), covers)


def _contiguous(layout: Layout) -> Bools:
    """For each node whether its words lie side by side in one storage (true for one or none)."""
    steps = (np.diff(layout.storage) == 0) & (np.diff(layout.word) == 1)
    breaks = np.concatenate(([0], np.cumsum(~steps), [0]))  # breaks[j]: before entry j
    first, last = layout.offset[:-1], np.maximum(layout.offset[1:] - 1, layout.offset[:-1])
    whole: Bools = breaks[last] == breaks[first]
    return whole
