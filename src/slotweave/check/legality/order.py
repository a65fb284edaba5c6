"""Order: a problem has every dependence of the graph that it stands for, and as long as it must be.

Guarantees, if no fault is returned: of two memory accesses of the graph, one of them a store, that
may touch one word, the later has to wait for the earlier; each wait of the graph is an edge of the
problem, as long as the machine asks for (see `_asked`); no result is in flight at a pause, where it
would land early if pauses are enabled; each operand is a DATA edge from what makes
its words; and what writes a variable waits for all that read what it held before. So a schedule
that keeps the edges of the problem keeps the order of the graph. Which accesses must be ordered is
worked out from their addresses here; what lowering thought is not asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf

import numpy as np

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.access_order import missing_paths
from slotweave.ir.graph import Graph, Node
from slotweave.ir.problem import DATA, Problem
from slotweave.isa import LOADS, STORES

#: Operations that wait for others, and are waited for, beyond their operands.
_ORDERED = frozenset({"join", "pause", "trace_write"})

#: Values that are words of others, where these lie.
_NAMES = frozenset({"slice", "overlay"})

#: For each word of a value the node that makes it.
_Makers = tuple[int, ...]


def order_faults(
    wanted: Graph, graph: Graph, problem: Problem, pinned: Mapping[int, int]
) -> Iterator[Diagnostic]:
    """What `problem` lacks (SW401), which stands for `graph`, which was made of `wanted`.

    `pinned` are the variables that storages of the problem are.
    """
    for earlier, later in missing_paths(wanted):
        yield _fault(wanted, later, earlier, "does not wait for it")
    rows = _Rows(graph, problem)
    yield from _missing_waits(wanted, rows)
    yield from _missing_operands(rows)
    yield from _missing_readers(rows, pinned)
    yield from _in_flight_at_pauses(rows)


class _Rows:
    """For each node of the graph that is an operation: the edge from each other one.

    An edge is DATA, or the cycles that it lasts at least. `fastest` and `slowest` are the latencies
    of the modes of each node.
    """

    def __init__(self, graph: Graph, problem: Problem) -> None:
        self.graph = graph
        self.writes = problem.writes.tolist()
        self.nodes = problem.nodes.tolist()
        offset, kinds = problem.pred_offset.tolist(), problem.pred_kind.tolist()
        preds = [self.nodes[pred] for pred in problem.pred.tolist()]
        lags = problem.pred_lag.tolist()
        modes = problem.mode_latency, problem.mode_offset[:-1]
        self.fastest = dict(zip(self.nodes, np.minimum.reduceat(*modes).tolist(), strict=True))
        self.slowest = dict(zip(self.nodes, np.maximum.reduceat(*modes).tolist(), strict=True))
        self.edges: dict[int, dict[int, float]] = {}
        for node, (start, stop) in zip(self.nodes, pairwise(offset), strict=True):
            row = self.edges[node] = {}
            for at in range(start, stop):
                lasts = inf if kinds[at] == DATA else lags[at]
                row[preds[at]] = max(lasts, row.get(preds[at], -inf))


def _missing_waits(wanted: Graph, rows: _Rows) -> Iterator[Diagnostic]:
    """Waits of the graphs that are no edges.

    Lowering leaves accesses in turn, so those of both graphs are the same one after the other;
    there are more where values are kept in memory for a while, in programs without jumps, and then
    the waits of the lowered graph count.
    """
    mine, theirs = _in_turn(rows.graph.nodes), _in_turn(wanted.nodes)
    if [_kind(rows.graph.nodes[i]) for i in mine] != [_kind(wanted.nodes[i]) for i in theirs]:
        wanted, theirs = rows.graph, mine
    number = dict(zip(theirs, mine, strict=True))
    behind = _behind(wanted.nodes, theirs)
    for index in theirs:
        row = rows.edges[number[index]]
        for earlier in wanted.nodes[index].after:
            lasts = row.get(number[earlier])
            if lasts is None:
                yield _fault(wanted, index, earlier, "does not wait for it")
            elif lasts < max(
                (
                    _asked(wanted.nodes[earlier], wanted.nodes[then],
                           rows.slowest[number[earlier]], rows.fastest[number[then]])
                    for then in behind[index]
                ),
                default=inf,
            ):  # fmt: skip
                yield _fault(wanted, index, earlier, "does not wait until it has landed")


def _behind(nodes: Sequence[Node], in_turn: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """What waits at each node: itself; at a join, what waits for it, one of each kind of node."""
    found: dict[int, dict[tuple[str, int], int]] = {i: {} for i in in_turn}
    for index in reversed(in_turn):
        node = nodes[index]
        if node.op != "join":
            width = nodes[node.args[-1]].width if node.args else 0
            found[index] = {(node.op, width): index}
        for earlier in nodes[index].after:
            if nodes[earlier].op == "join":
                found[earlier].update(found[index])
    return {index: tuple(kinds.values()) for index, kinds in found.items()}


def _asked(earlier: Node, later: Node, slowest: int, fastest: int) -> float:
    """The cycles from the issue of `earlier` to that of `later` that the machine asks for.

    `slowest` is how long `earlier` may take to land, `fastest` how soon `later` may.
    """
    if earlier.op == "join":
        return inf
    if later.op == "pause":  # lets what is in flight land, when its bundle is over
        return 1 if earlier.op == "pause" else 0
    if earlier.op in ("pause", "trace_write"):
        return 1
    stores = later.effect is STORES
    if earlier.effect is LOADS:
        return 1 - fastest if stores else -inf
    return slowest - fastest + 1 if stores else slowest


def _in_turn(nodes: Sequence[Node]) -> list[int]:
    return [index for index, node in enumerate(nodes) if node.region or node.op in _ORDERED]


def _kind(node: Node) -> tuple[str, str]:
    return node.op, node.region


def _missing_operands(rows: _Rows) -> Iterator[Diagnostic]:
    nodes = rows.graph.nodes
    makers = _makers_of_names(nodes)
    for index, row in rows.edges.items():
        for arg in nodes[index].args:
            for maker in dict.fromkeys(makers.get(arg, (arg,))):
                if nodes[maker].op != "variable" and row.get(maker) != inf:
                    yield _fault(rows.graph, index, maker, "does not wait for its result")


def _makers_of_names(nodes: Sequence[Node]) -> dict[int, _Makers]:
    """What makes the words of slices and overlays."""
    makers: dict[int, _Makers] = {}
    for index, node in enumerate(nodes):
        if node.op not in _NAMES:
            continue
        parts = [makers.get(arg, (arg,) * nodes[arg].width) for arg in node.args]
        if node.op == "slice":
            makers[index] = parts[0][node.imm : node.imm + node.width]
            continue
        words: dict[int, int] = {}
        for offset, part in zip(node.offsets, parts, strict=True):
            words.update(enumerate(part, offset))
        makers[index] = tuple(words[word] for word in range(node.width))
    return makers


def _missing_readers(rows: _Rows, pinned: Mapping[int, int]) -> Iterator[Diagnostic]:
    """Readers of variables that what writes them does not wait for."""
    nodes = rows.graph.nodes
    writers = {
        pinned[storage]: node
        for node, storage in zip(rows.nodes, rows.writes, strict=True)
        if storage in pinned
    }
    if not writers:
        return
    held: dict[int, frozenset[int]] = {}  # value -> the variables that its words are
    for index, node in enumerate(nodes):
        if node.op == "variable":
            held[index] = frozenset((node.imm,))
            continue
        found = frozenset[int]().union(*(held.get(arg, frozenset()) for arg in node.args))
        if node.op in _NAMES and found:
            held[index] = found
            continue
        for writer in (writers[variable] for variable in found & writers.keys()):
            if writer != index and index not in rows.edges[writer]:
                yield _fault(rows.graph, writer, index, "overwrites the variable that it reads")


def _in_flight_at_pauses(rows: _Rows) -> Iterator[Diagnostic]:
    """Results that take longer than a bundle, and may be in flight at the pause before or after."""
    nodes = rows.graph.nodes
    pauses = [node for node in rows.nodes if nodes[node].op == "pause"]
    for index in rows.nodes if pauses else ():
        latency = rows.slowest[index]
        if latency <= 1 or nodes[index].op in _ORDERED:
            continue
        at = bisect_left(pauses, index)
        for pause in pauses[max(at - 1, 0) : at]:
            if rows.edges[index].get(pause, -inf) < 1:
                yield _fault(rows.graph, index, pause, "may be in flight there")
        for pause in pauses[at : at + 1]:
            if rows.edges[pause].get(index, -inf) < latency - 1:
                yield _fault(rows.graph, pause, index, "may not have landed by then")


def _fault(graph: Graph, later: int, earlier: int, what: str) -> Diagnostic:
    first, second = graph.nodes[earlier], graph.nodes[later]
    reason = (
        f"the problem lacks an order: node {later} ({second.op}) comes after node {earlier} "
        f"({first.op}, {first.where or 'made by the compiler'}), but {what}"
    )
    return Diagnostic("SW401", reason, file=second.where)
