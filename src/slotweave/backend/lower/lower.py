"""Graph -> Problem: the modes of each operation, its edges, the storages it writes and reads."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from slotweave.analysis.memory_edges import MemoryEdges
from slotweave.backend.lower.copy_variables import copy_variables, readers
from slotweave.backend.lower.materialize import (
    ModeKind,
    materialize,
    mode_kinds,
    no_engine,
    usable_modes,
)
from slotweave.backend.lower.placement import Placement, place
from slotweave.backend.lower.spread_constants import NO_LIMITS, spread_constants
from slotweave.base.ragged import Ragged, offsets
from slotweave.bounds import Bound, best_bound, bound_ladder
from slotweave.bounds.critical_path import critical_path_bound, distances
from slotweave.ir.allocation import Layout
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import DATA, ORDER, Ints, Problem
from slotweave.machine import Machine

#: Waiting for constants that adds so little to what the slots take is not looked at.
_HARDLY_LONGER = 1.02

#: About how many lengths of the schedule are tried; constants have to be ready in time for each.
_ENDS = 4

_USUAL = ScheduleOptions()

#: Nodes that say where words lie and need no slot.
_NOT_RUN = frozenset({"slice", "overlay", "variable"})

#: Operations that take no slot.
_FREE = frozenset({"join", "zeros"})

#: A mode: engine, slots, latency and source.
_Row: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True)
class Lowered:
    """The problem, the graph it stands for (constants spread, copies added), and its layout.

    `pinned` are the storages of variables, old and new: storage -> variable.
    """

    graph: Graph
    problem: Problem
    layout: Layout
    pinned: Mapping[int, int]

    @cached_property
    def ladder(self) -> tuple[Bound, ...]:
        """The bounds of the problem; operations go by the lines of the kernel."""
        nodes = self.graph.nodes
        names = [nodes[node].where for node in self.problem.nodes.tolist()]
        return bound_ladder(self.problem, names=names)


def _ints(values: Sequence[int] | Sequence[tuple[int, ...]]) -> Ints:
    return np.array(values, dtype=np.int32)


def lower(graph: Graph, machine: Machine, options: ScheduleOptions = _USUAL) -> Lowered:
    """The scheduling problem of `graph` on `machine`.

    Constants are spread over engines as `options` say (see `spread_constants`). Where the paths
    through the chains of sums that they then are would make the problem longer, those that are
    urgent are not. Raises NoSchedule (SW302) if no engine can run one of its operations.
    """
    ways = options.outright, options.derived, options.zeros
    free = spread_constants(graph, machine, NO_LIMITS, *ways)
    spread = lower_as_it_stands(free, machine)
    least = _least(spread)
    slots = next(bound.cycles for bound in spread.ladder if bound.name == "slots")
    if least <= slots * _HARDLY_LONGER:
        return spread
    plain = lower_as_it_stands(graph, machine)
    fewest = max(slots, critical_path_bound(plain.problem).cycles)
    ends = range(least - 1, fewest - 1, -max(1, (least - fewest) // _ENDS))
    rooms = [_room(plain, end) for end in ends]
    timely = [
        lower_as_it_stands(spread_constants(graph, machine, room, *ways), machine) for room in rooms
    ]
    return min(spread, *timely, plain, key=_least)


def _room(plain: Lowered, cycles: int) -> dict[int, int]:
    """The cycle in which each constant must be made at the latest, in a schedule of that length."""
    tail = distances(plain.problem).tail.tolist()
    room: dict[int, int] = {}
    for operation, index in enumerate(plain.problem.nodes.tolist()):
        node = plain.graph.nodes[index]
        if node.op == "const":
            room[node.imm] = min(room.get(node.imm, cycles), cycles - tail[operation])
    return room


def _least(lowered: Lowered) -> int:
    """Fewer cycles no schedule has, the waiting at both ends counted."""
    return best_bound(lowered.ladder).cycles


def lower_as_it_stands(graph: Graph, machine: Machine) -> Lowered:
    """As `lower`, with every constant made as `graph` says."""
    placed, placement = materialize(graph, machine)
    written = copy_variables(placed, machine)
    if written.graph is not placed:
        placement = place(written.graph, machine)
    return lower_operations(written.graph, machine, written.variable, placement)


def lower_operations(
    graph: Graph, machine: Machine, writers: Mapping[int, int], placement: Placement
) -> Lowered:
    """The problem of a graph without `assign`, the operands of which can be read where they lie.

    `writers` are the operations that write a variable where it lies, by node: the variable.
    """
    operations = np.flatnonzero(~graph.columns.are(_NOT_RUN)).astype(np.int32)
    modes = _Modes(graph, machine, placement, operations)
    edges = _edges(graph, placement, operations, modes, writers)
    reads = _reads(graph, placement, operations)
    problem = Problem(
        engines=tuple(machine.slots),
        slots=tuple(machine.slots.values()),
        nodes=operations,
        items=_ints([graph.nodes[index].item for index in operations.tolist()]),
        **modes.columns(),
        pred_offset=edges.pred.offset,
        pred=edges.pred.values,
        pred_kind=edges.kind,
        pred_lag=edges.lag,
        writes=_storages_written(graph, placement, operations),
        read_offset=reads.offset,
        read=reads.values,
        storage_words=_ints(placement.storage_words),
    )
    return Lowered(graph, problem, placement.layout, _pinned(graph, placement, writers))


class _Modes:
    """The modes of each operation as columns of a problem; looked up once a kind of operation.

    Raises NoSchedule (SW302) if one has none.
    """

    def __init__(
        self, graph: Graph, machine: Machine, placement: Placement, operations: Ints
    ) -> None:
        found = mode_kinds(graph, placement)
        engine = {name: number for number, name in enumerate(machine.slots)}
        source = {mode: number for number, mode in enumerate(machine.modes)}
        lanes = graph.vector_length

        def rows_of(kind: ModeKind) -> list[_Row]:
            if kind[0] in _FREE:
                return [(-1, 0, 0, -1)]
            modes = sorted(usable_modes(machine, kind), key=lambda mode: mode.per_lane)
            return [
                (engine[m.engine], lanes if m.per_lane else 1, m.latency, source[m]) for m in modes
            ]

        self._of: list[int] = found.of.tolist()
        self._rows = [rows_of(kind) for kind in found.kinds]
        self._latencies: list[tuple[int, ...]] = [
            tuple([latency for *_, latency, _source in rows]) for rows in self._rows
        ]
        self._kind = found.of[operations]
        runs = np.array([bool(rows) for rows in self._rows], np.bool_)[self._kind]
        for index in operations[~runs].tolist():
            raise no_engine(graph, machine, index)

    def rows(self, index: int) -> list[_Row]:
        """(engine, slots, latency, source) of each mode of node `index`, whole vectors first."""
        return self._rows[self._of[index]]

    def latencies(self, index: int) -> tuple[int, ...]:
        """Those of the modes of node `index`."""
        return self._latencies[self._of[index]]

    def columns(self) -> dict[str, Ints]:
        """Those of all operations."""
        table = _ints([row for rows in self._rows for row in rows]).reshape(-1, 4)
        numbers = np.arange(len(table), dtype=np.int32)
        by_kind = Ragged(offsets(_ints([len(rows) for rows in self._rows])), numbers)
        rows = by_kind.take(self._kind)
        table = table[rows.values]
        names = ("mode_engine", "mode_slots", "mode_latency", "mode_source")
        columns = {name: np.ascontiguousarray(table[:, i]) for i, name in enumerate(names)}
        return {"mode_offset": rows.offset, **columns}


@dataclass(frozen=True, eq=False)
class _Edges:
    """The predecessors of each operation, with kind and lag."""

    pred: Ragged
    kind: Ints
    lag: Ints


def _edges(
    graph: Graph,
    placement: Placement,
    operations: Ints,
    modes: _Modes,
    writers: Mapping[int, int],
) -> _Edges:
    """What makes the operands first, then what memory order and covered words demand."""
    makers = Ragged(placement.layout.offset, placement.makers).distinct()
    made = _of_operands(graph, operations, makers)
    number = np.full(len(graph.nodes), -1, np.int32)
    number[operations] = np.arange(len(operations))
    # What a variable holds is there from the start.
    data = made.only(number[made.values] >= 0)
    data = Ragged(data.offset, number[data.values])
    rows: dict[int, dict[int, tuple[int, int]]] = {}
    for index, demands in sorted(_demands(graph, placement, operations, modes, writers).items()):
        at = int(number[index])
        before = data.values[data.offset[at] : data.offset[at + 1]].tolist()
        row = rows[at] = dict.fromkeys(before, (DATA, 0))
        for earlier, edge in demands:
            _demand(row, int(number[earlier]), edge)
    pred, changed = data.with_rows({at: list(row) for at, row in rows.items()})
    edges = _ints([edge for row in rows.values() for edge in row.values()]).reshape(-1, 2)
    kind, lag = np.full(len(changed), DATA, np.int32), np.zeros(len(changed), np.int32)
    kind[changed], lag[changed] = edges[:, 0], edges[:, 1]
    return _Edges(pred, kind, lag)


def _of_operands(graph: Graph, operations: Ints, by_node: Ragged) -> Ragged:
    """For each operation what the rows of its operands have, once each."""
    operands = graph.columns.args.take(operations)
    return by_node.take(operands.values).joined(operands.offset).distinct()


def _demands(
    graph: Graph,
    placement: Placement,
    operations: Ints,
    modes: _Modes,
    writers: Mapping[int, int],
) -> dict[int, list[tuple[int, tuple[int, int]]]]:
    """By node (earlier node, edge): what is demanded besides operands, edges as (kind, lag)."""
    found: dict[int, list[tuple[int, tuple[int, int]]]] = defaultdict(list)
    for index in sorted(writers):
        others = [reader for reader in readers(graph.nodes, writers[index]) if reader != index]
        found[index] += [(reader, (ORDER, 0)) for reader in others]
    order = MemoryEdges(graph, modes.latencies)
    for index in graph.columns.ordered:
        after = graph.nodes[index].after
        found[index] += [(access, order.edge(access, index)) for access in after]
    for earlier, later in placement.covers:
        found[later].append((earlier, (ORDER, _landing_lag(modes, earlier, later))))
    for earlier, later, lag in _around_pauses(graph, operations, modes):
        found[later].append((earlier, (ORDER, lag)))
    return found


def _around_pauses(graph: Graph, operations: Ints, modes: _Modes) -> Iterator[tuple[int, int, int]]:
    """(earlier node, later node, lag): what keeps results that take longer than a bundle from being
    in flight at a pause, where they would land early if pauses are enabled."""
    pauses = np.flatnonzero(graph.columns.are({"pause"})).tolist()
    for index in operations.tolist() if pauses else ():
        latency = max(modes.latencies(index))
        if latency <= 1 or graph.nodes[index].op in ("pause", "join"):
            continue
        at = bisect_left(pauses, index)
        if at:
            yield pauses[at - 1], index, 1
        if at < len(pauses):
            yield index, pauses[at], latency - 1


def _demand(row: dict[int, tuple[int, int]], earlier: int, edge: tuple[int, int]) -> None:
    """Add `edge` (kind, lag) from `earlier`; of all that is demanded of a pair the longest holds.

    A DATA edge waits until the result has landed, which is longer than any lag given here.
    """
    row[earlier] = max(row.get(earlier, edge), edge, key=lambda each: (each[0] == DATA, each[1]))


def _landing_lag(modes: _Modes, earlier: int, later: int) -> int:
    """The lag after which `later` lands strictly after `earlier`, whichever modes are chosen."""
    slowest = max(latency for _e, _s, latency, _m in modes.rows(earlier))
    fastest = min(latency for _e, _s, latency, _m in modes.rows(later))
    return slowest - fastest + 1


def _storages_written(graph: Graph, placement: Placement, operations: Ints) -> Ints:
    """The storage that each operation writes, -1 if it has no result."""
    written = np.full(len(operations), -1, np.int32)
    writes = graph.columns.width[operations] > 0
    layout = placement.layout
    written[writes] = layout.storage[layout.offset[operations[writes]]]
    return written


def _reads(graph: Graph, placement: Placement, operations: Ints) -> Ragged:
    """The storages that hold the operands of each operation, but for those of variables."""
    layout = placement.layout
    rows = _of_operands(graph, operations, Ragged(layout.offset, layout.storage).distinct())
    variables = np.flatnonzero(graph.columns.are({"variable"}))
    if not len(variables):
        return rows
    theirs = np.zeros(len(placement.storage_words), np.bool_)
    theirs[layout.storage[layout.offset[variables]]] = True
    return rows.only(~theirs[rows.values])


def _pinned(graph: Graph, placement: Placement, writers: Mapping[int, int]) -> dict[int, int]:
    """Which variable each storage is that has a place of its own in all blocks."""
    numbers = {i: node.imm for i, node in enumerate(graph.nodes) if node.op == "variable"}
    layout = placement.layout
    return {
        int(layout.storage[layout.offset[index]]): variable
        for index, variable in {**numbers, **writers}.items()
    }
