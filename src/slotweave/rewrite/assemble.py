"""A graph put together of its parts, each rewritten by itself (see `pieces`).

Nodes come in the order of those of the graph that they were made from, and each after what it uses
or waits for, as `finish` puts them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from slotweave.ir.graph import PURE, Graph, Node
from slotweave.rewrite.finish import FOR_OTHERS
from slotweave.rewrite.pieces import MADE, NOWHERE, Piece, closure
from slotweave.rewrite.split import constant_of
from slotweave.rewrite.workspace import form_of


class Assembly:
    """Nodes of all pieces, one piece after the other, the shared one first.

    `same[n]` is the node that stands for n: of what is borrowed, or made by several, there is one.
    `origin[n]` is the node of the graph that n was, or MADE; `base[n]` the first node of its piece.
    """

    def __init__(self, graph: Graph, needed: set[int], shared: Piece, part: Sequence[int]) -> None:
        self._graph = graph
        self._needed = needed
        self._nodes: list[Node] = []
        self._same: list[int] = []
        self._base: list[int] = []
        self._item: list[int] = []
        self._origin: list[int] = []
        self._place: list[int] = []
        self._constants: dict[tuple[int, int], int] = {}
        self._asked: set[int] = set()
        self._held: set[int] = set()
        self._lost: set[tuple[int, int]] = set()
        self._shared = len(shared.nodes)
        self._forms: set[Hashable] = set()
        self._twins = False
        self.add(shared, None, part, range(self._shared))

    def add(
        self, piece: Piece, item: int | None, part: Sequence[int], borrowed: Sequence[int]
    ) -> None:
        """One more piece, of nodes `part` of the graph, that works for `item` (None: each node says
        for which); `borrowed` are shared nodes."""
        base, size = len(self._nodes), len(piece.nodes)
        same = list(range(base, base + size))
        for at, source in enumerate(piece.source):
            if source < 0:
                same[at] = borrowed[-1 - source]
            else:
                key = constant_of(piece.nodes, piece.nodes[at])
                if key is not None:
                    same[at] = one = self._constants.setdefault(key, base + at)
                    if one < self._shared <= base:
                        self._asked.add(one)
        self._asked.update([borrowed[number] for number in piece.asked])
        self._held.update([borrowed[number] for number in piece.held])
        self._lost |= piece.lost
        self._note_forms(piece, same, piece.near if base else range(size))
        self._nodes += piece.nodes
        self._same += same
        self._base += [base] * size
        self._item += [node.item if item is None or node.item < 0 else item for node in piece.nodes]
        self._origin += [part[at] if 0 <= at < MADE else MADE for at in piece.source]
        self._place += [part[at] if at < NOWHERE else NOWHERE for at in piece.place]

    def _note_forms(self, piece: Piece, same: Sequence[int], near: Iterable[int]) -> None:
        """Notice nodes `near` what is shared that are like those of another piece."""
        for at in near:
            node = piece.nodes[at]
            args = tuple([same[arg] for arg in node.args])
            form = form_of(node.op, node.width, args, node.imm, node.offsets, node.region)
            self._twins |= len(self._nodes) > 0 and form in self._forms
            self._forms.add(form)

    def graph(self) -> Graph | None:
        """The graph of all pieces.

        None if something would come before what it waits for, if two parts have the same node, or
        if a constant might have been lost and made again among all parts, which gives it another
        place.
        """
        nodes = self._nodes
        held = closure(nodes, [at for at in self._held if constant_of(nodes, nodes[at])])
        gone = self._asked.difference(held) or self._lost.intersection(self._constants)
        if self._twins or gone:
            return None
        rows = zip(self._origin, self._nodes, strict=True)
        kept = {of for of, node in rows if of != MADE and node.op not in PURE}
        waits = _Waits(self._graph, self._needed, kept)
        number: dict[int, int] = {}
        made: list[Node] = []
        try:
            for at in self._order(waits.joins):
                self._emit(at, waits, number, made)
        except _TooEarlyError:
            return None
        return self._graph.with_nodes(tuple(made))

    def _order(self, joins: Sequence[int]) -> list[int]:
        """The nodes in order, those of what is shared only if they are of use, and joins of the
        graph, as -1 - join."""
        nodes, size = self._nodes, self._shared
        wanted = [at for at in self._same[size:] if at < size]
        wanted += [at for at in range(size) if nodes[at].op not in FOR_OTHERS]
        unused = set(range(size)) - set(closure(nodes[:size], wanted))
        place = np.array([*self._place, *joins], dtype=np.int64)
        all_of = [*range(len(nodes)), *[-1 - join for join in joins]]
        order = np.argsort(place, kind="stable").tolist()
        return [all_of[at] for at in order if at not in unused]

    def _emit(self, at: int, waits: _Waits, number: dict[int, int], made: list[Node]) -> None:
        """Put a node there, if it is not; what is shared after what it uses."""
        if at < 0:
            index = -1 - at
            node = self._graph.nodes[index] if index in self._needed else Node("join", 0)
            waits.number[index] = len(made)
            made.append(node.with_edges((), waits.of(index)))
            return
        one = self._same[at]
        if one in number:
            return
        if one < self._shared:
            at = one
            for arg in self._nodes[at].args:
                self._emit(arg, waits, number, made)
        node, same, base = self._nodes[at], self._same, self._base[at]
        args = tuple([number[same[base + arg]] for arg in node.args])
        after: tuple[int, ...] = ()
        if node.op not in PURE and self._origin[at] != MADE:
            after = waits.of(self._origin[at])
            waits.number[self._origin[at]] = len(made)
        number[one] = len(made)
        made.append(Node(node.op, node.width, args, node.imm, node.offsets, node.region, after,
                         self._item[at], node.stage, node.where))  # fmt: skip


class _TooEarlyError(Exception):
    """What a node waits for is not there yet."""


class _Waits:
    """What is left of the order of memory accesses.

    `number` is that of each access of the graph, and of each join, in the new one; `joins` are
    those for which something waits, and they for several accesses.
    """

    def __init__(self, graph: Graph, needed: set[int], kept: set[int]) -> None:
        self.number: dict[int, int] = {}
        self._nodes = graph.nodes
        self._kept = kept
        self.joins = self._joins(needed)
        self._left = kept.union(self.joins)

    def _joins(self, needed: set[int]) -> list[int]:
        nodes = self._nodes
        found: set[int] = set()
        waiting = [earlier for access in self._kept for earlier in nodes[access].after]
        while waiting:
            index = waiting.pop()
            if index not in self._kept and index not in found:
                found.add(index)
                waiting += nodes[index].after
        return sorted(
            index
            for index in found
            if len(nodes[index].after) > 1 and (nodes[index].op == "join" or index not in needed)
        )

    def of(self, index: int) -> tuple[int, ...]:
        """What node `index` of the graph waits for, of what is there."""
        if not self._nodes[index].after:
            return ()
        found: set[int] = set()
        seen: set[int] = set()
        waiting = list(self._nodes[index].after)
        while waiting:
            earlier = waiting.pop()
            if earlier in seen:
                continue
            seen.add(earlier)
            if earlier not in self._left:
                waiting += self._nodes[earlier].after
            elif earlier in self.number:
                found.add(self.number[earlier])
            else:
                raise _TooEarlyError
        return tuple(sorted(found))
