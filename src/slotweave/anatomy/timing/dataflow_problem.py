"""What a program computes as a scheduling problem: any order, any engine, any words of scratch.

Its operations are the nodes of the graph that `repack --no-rewrite` schedules (see `lift`): those
of the program whose results reach memory or another effect, repeated ones once, without those whose
results are known words, and without stores that surely nobody sees. Each may run in any mode of the
machine; it waits for its operands and for accesses that it may alias in memory. So both the
program's own schedule and all that `repack --no-rewrite` returns are among those that a bound of
the problem is about. Accesses at addresses that are a known distance apart may change places, as
where `what-if` times them again.

Where an access lies in several regions, the graph has a node for each; together they are one slot.
A known word, or a vector of one, costs a slot only if an operation of the program did nothing but
make it, once for each different one. A word that is 0 costs nothing: scratch that nobody has
written is 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, overload

import numpy as np

from slotweave.analysis.access_lags import least_lag
from slotweave.analysis.memory_edges import MemoryEdges
from slotweave.anatomy.timing.apart_accesses import ApartAccesses
from slotweave.anatomy.timing.storage_free import storage_free_problem
from slotweave.bounds import Bound, bound_ladder
from slotweave.ir.graph import STRUCTURAL, Graph, Node
from slotweave.ir.problem import DATA, Ints, Problem
from slotweave.isa import WORD_MASK, Shape
from slotweave.lift import PART
from slotweave.machine import Machine
from slotweave.rewrite.once import needed_once
from slotweave.vectorize import dead_stores, without_stores

#: Engine, slots, latency.
Row = tuple[int, int, int]

#: By what a word or a vector can come to hold a known word.
_CONSTANT = {
    Shape.WORD: ("const", "add", "add_immediate"),
    Shape.VECTOR: ("broadcast", "add"),
}

#: What takes no slot.
_FREE: tuple[Row, ...] = ((-1, 0, 0),)

_PLACE = re.compile(r"bundle (\d+), (\w+)\[(\d+)\]")


class Dataflow(Protocol):
    """What is known of a graph that is lifted from a program, or from a block of one; `made` and
    `spread` are the known words that operations did nothing but make (see `Lifted`)."""

    @property
    def graph(self) -> Graph: ...
    @property
    def made(self) -> frozenset[int]: ...
    @property
    def spread(self) -> frozenset[int]: ...


@dataclass(frozen=True)
class Control:
    """A slot that ends a block, at `place`: it waits for what is assigned to the `variables`."""

    place: str
    engine: str
    variables: frozenset[int]


def dataflow_problem(lifted: Dataflow, machine: Machine) -> Problem:
    """The problem; `nodes` are those of `dataflow_graph`."""
    return _problem(dataflow_graph(lifted, machine), lifted, machine)


def _problem(
    graph: Graph, lifted: Dataflow, machine: Machine, ends: Sequence[Control] = ()
) -> Problem:
    """The same; after the nodes come the slots of `ends`."""
    modes = _Modes(graph, lifted, machine)
    offset, rows = modes.table()
    if ends:
        engines = list(machine.slots)
        rows = np.concatenate([rows, [(engines.index(end.engine), 1, 1) for end in ends]])
        offset = np.concatenate([offset, offset[-1] + 1 + np.arange(len(ends))])
    table = offset.astype(np.int32), rows.astype(np.int32)
    return storage_free_problem(machine, table, _edges(graph, modes, ends))


def dataflow_graph(lifted: Dataflow, machine: Machine, whole: bool = True) -> Graph:
    """What is needed of a lifted graph, repeated operations once.

    Where it is the `whole` run, nobody sees what is stored to memory that is not output; whatever
    follows a block may read that.
    """
    graph = needed_once(lifted.graph, machine)
    while True:
        dead = dead_stores(graph)
        unseen = dead.overwritten | dead.not_output if whole else dead.overwritten
        if not unseen:
            return graph
        graph = needed_once(without_stores(graph, unseen), machine)


def dataflow_ladder(
    lifted: Dataflow,
    machine: Machine,
    ends: Sequence[Control] = (),
    whole: bool = True,
    first: int = 0,
) -> tuple[Bound, ...]:
    """The bounds of the problem, with the slots that end a block; operations go by their places in
    the text, in which the block begins at bundle `first`."""
    graph = dataflow_graph(lifted, machine, whole)
    problem = _problem(graph, lifted, machine, ends)
    names: Sequence[str] = _Places(graph.nodes, first)
    return bound_ladder(problem, names=[*names, *(end.place for end in ends)] if ends else names)


class _Places(Sequence[str]):
    """The places of nodes, each found out when it is asked for: a bound names one of them."""

    def __init__(self, nodes: tuple[Node, ...], first: int) -> None:
        self._nodes, self._first = nodes, first

    def __len__(self) -> int:
        return len(self._nodes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return _Places(self._nodes[index], self._first)
        return _place(self._nodes[index], self._first)


def _place(node: Node, first: int) -> str:
    """`11:load:0`, as `explain` takes it; "" for what stands nowhere in the text."""
    place = _PLACE.match(node.where)
    return f"{first + int(place[1])}:{place[2]}:{place[3]}" if place else ""


def _edges(graph: Graph, modes: _Modes, ends: Sequence[Control]) -> tuple[Ints, Ints]:
    """The first edge of each operation, and (predecessor, kind, lag) of all, in that order."""
    order = MemoryEdges(graph, modes.latencies, least_lag)
    apart = ApartAccesses(graph)
    offset = [0]
    preds: list[int] = []
    ordered: list[tuple[int, int, int]] = []  # edge, kind, lag of those that may be no operands
    for index, node in enumerate(graph.nodes):
        if not modes.known[index]:
            args = node.args
            for earlier in node.after:
                if earlier not in args and apart.demanded(earlier, index):
                    ordered.append((len(preds), *order.edge(earlier, index)))
                    preds.append(earlier)
            preds += dict.fromkeys(args) if len(args) > 1 else args
        offset.append(len(preds))
    assigned = {node.imm: node.args[0] for node in graph.nodes if node.op == "assign"}
    for end in ends:
        waits = {assigned[variable] for variable in end.variables if variable in assigned}
        preds += sorted(waits)
        offset.append(len(preds))
    table = np.zeros((len(preds), 3), np.int32)
    table[:, 0], table[:, 1] = preds, DATA
    at, kind, lag = np.array(ordered, np.int32).reshape(-1, 3).T
    table[at, 1], table[at, 2] = kind, lag
    return np.array(offset, np.int32), table


class _Modes:
    """The modes of each node, looked up once a kind.

    `known[i]`: is node i a known word, or a vector of one? It waits for nothing.
    """

    def __init__(self, graph: Graph, lifted: Dataflow, machine: Machine) -> None:
        self._graph, self._lifted, self._machine = graph, lifted, machine
        self._engine = {name: number for number, name in enumerate(machine.slots)}
        nodes = graph.nodes
        self.known = [
            node.op == "const" or (node.op == "broadcast" and nodes[node.args[0]].op == "const")
            for node in nodes
        ]
        self._number: dict[tuple[str, int, bool], int] = {}  # of each kind, in `_rows`
        self._rows: list[tuple[Row, ...]] = [_FREE]
        self._kind = [self._kind_of(index, node) for index, node in enumerate(nodes)]

    def latencies(self, index: int) -> list[int]:
        """Those that node `index` may have."""
        return [latency for _engine, _slots, latency in self._rows[self._kind[index]]]

    def table(self) -> tuple[Ints, Ints]:
        """The first mode of each node, and engine, slots and latency of all, in that order."""
        rows = np.array([mode for row in self._rows for mode in row], np.int32)
        length = np.array([len(row) for row in self._rows])
        of = np.array(self._kind, np.int64)
        offset = np.concatenate(([0], np.cumsum(length[of])))
        first = np.cumsum(length) - length
        at = np.arange(offset[-1]) + np.repeat(first[of] - offset[:-1], length[of])
        return offset.astype(np.int32), rows[at]

    def _kind_of(self, index: int, node: Node) -> int:
        """The number of the row of node `index`."""
        known = self.known[index]
        if node.op in STRUCTURAL or node.stage == PART or (known and not self._made(node)):
            return 0
        shape = self._graph.shape(index)
        key = (node.op, shape is Shape.WORD, known)
        number = self._number.get(key)
        if number is None:
            number = self._number[key] = len(self._rows)
            names = {node.op, *(_CONSTANT[shape] if known else ())}
            # Of an access that is parted, a piece may be one that the machine has no mode for.
            self._rows.append(tuple(sorted(self._of(names, shape))) or _FREE)
        return number

    def _made(self, node: Node) -> bool:
        """Did an operation of the program do nothing but make this known word, or vector of it?"""
        word = (node if node.op == "const" else self._graph.nodes[node.args[0]]).imm & WORD_MASK
        return word != 0 and word in (
            self._lifted.made if node.op == "const" else self._lifted.spread
        )

    def _of(self, names: Iterable[str], shape: Shape) -> set[Row]:
        lanes = self._machine.vector_length
        return {
            (self._engine[mode.engine], lanes if mode.per_lane else 1, mode.latency)
            for name in names
            for mode in self._machine.modes_of(name, shape)
            if self._machine.slots[mode.engine]
        }
