"""What a program computes as a scheduling problem: any order, any engine, any words of scratch.

Its operations are the nodes of the graph that `repack --no-rewrite` schedules (see `lift`): those
of the program whose results reach memory or another effect, repeated ones once, without those whose
results are known words. Each may run in any mode of the machine; it waits for its operands and for
accesses that it may alias in memory. So both the program's own schedule and all that
`repack --no-rewrite` returns are among those that a bound of the problem is about.

Where an access lies in several regions, the graph has a node for each; together they are one slot.
A known word, or a vector of one, costs a slot only if an operation of the program did nothing but
make it, once for each different one. A word that is 0 costs nothing: scratch that nobody has
written is 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate

import numpy as np

from slotweave.analysis.access_lags import least_lag
from slotweave.analysis.memory_edges import MemoryEdges
from slotweave.anatomy.timing.storage_free import storage_free_problem
from slotweave.bounds import Bound, bound_ladder
from slotweave.bounds.critical_path import Distances, distances, path_why
from slotweave.ir.certificate import PathCertificate
from slotweave.ir.graph import Graph, Node
from slotweave.ir.problem import DATA, Ints, Problem
from slotweave.isa import WORD_MASK, Shape
from slotweave.lift import PART, Lifted
from slotweave.machine import Machine
from slotweave.rewrite.once import needed_once

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


def dataflow_problem(lifted: Lifted, machine: Machine) -> Problem:
    """The problem; `nodes` are those of `dataflow_graph`."""
    return _problem(dataflow_graph(lifted, machine), lifted, machine)


def _problem(graph: Graph, lifted: Lifted, machine: Machine) -> Problem:
    modes = _Modes(graph, lifted, machine)
    rows = [modes.of(index) for index in range(len(graph.nodes))]
    order = MemoryEdges(graph, lambda index: [latency for _, _, latency in rows[index]], least_lag)
    edges = [
        [] if modes.known(index) else _edges(index, node, order)
        for index, node in enumerate(graph.nodes)
    ]
    table = np.array([mode for row in rows for mode in row], np.int32).reshape(-1, 3)
    preds = np.array([edge for row in edges for edge in row], np.int32).reshape(-1, 3)
    return storage_free_problem(
        machine, (_offsets(map(len, rows)), table), (_offsets(map(len, edges)), preds)
    )


def dataflow_graph(lifted: Lifted, machine: Machine) -> Graph:
    """What is needed of a lifted graph, repeated operations once."""
    return needed_once(lifted.graph, machine)


def dataflow_ladder(lifted: Lifted, machine: Machine) -> tuple[Bound, ...]:
    """The bounds of the problem; operations go by their places in the text."""
    graph = dataflow_graph(lifted, machine)
    problem = _problem(graph, lifted, machine)
    longest = distances(problem)
    return tuple(
        _located(bound, problem, longest, graph) for bound in bound_ladder(problem, longest)
    )


def _located(bound: Bound, problem: Problem, longest: Distances, graph: Graph) -> Bound:
    """The chain of a path goes by the first of its operations that has a slot."""
    if not isinstance(bound.certificate, PathCertificate) or bound.certificate.operation < 0:
        return bound
    slots = np.minimum.reduceat(problem.mode_slots, problem.mode_offset[:-1])
    through = np.flatnonzero((slots > 0) & (longest.head + longest.tail == bound.cycles)).tolist()
    places = (_PLACE.match(graph.nodes[operation].where) for operation in through)
    place = next((place for place in places if place), None)
    return replace(bound, why=path_why(":".join(place.groups()))) if place else bound


def _offsets(lengths: Iterable[int]) -> Ints:
    return np.array([0, *accumulate(lengths)], np.int32)


def _edges(index: int, node: Node, order: MemoryEdges) -> list[tuple[int, int, int]]:
    """(predecessor, kind, lag) of a node."""
    row: dict[int, tuple[int, int]] = {}
    for earlier in node.after:
        row[earlier] = order.edge(earlier, index)
    row.update(dict.fromkeys(node.args, (DATA, 0)))
    return [(earlier, *edge) for earlier, edge in row.items()]


class _Modes:
    """The modes of each node, looked up once a kind."""

    def __init__(self, graph: Graph, lifted: Lifted, machine: Machine) -> None:
        self._graph, self._lifted, self._machine = graph, lifted, machine
        self._engine = {name: number for number, name in enumerate(machine.slots)}
        self._rows: dict[tuple[str, Shape, bool], tuple[Row, ...]] = {}

    def of(self, index: int) -> tuple[Row, ...]:
        node = self._graph.nodes[index]
        known = self.known(index)
        if node.structural or node.stage == PART or (known and not self._made(index)):
            return _FREE
        key = (node.op, self._graph.shape(index), known)
        if key not in self._rows:
            names = {node.op, *(_CONSTANT[key[1]] if known else ())}
            self._rows[key] = tuple(sorted(self._of(names, key[1])))
        return self._rows[key]

    def known(self, index: int) -> bool:
        """Is this a known word, or a vector of one? It waits for nothing."""
        nodes = self._graph.nodes
        node = nodes[index]
        return node.op == "const" or (node.op == "broadcast" and nodes[node.args[0]].op == "const")

    def _made(self, index: int) -> bool:
        """Did an operation of the program do nothing but make this known word, or vector of it?"""
        node = self._graph.nodes[index]
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
