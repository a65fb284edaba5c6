"""Graph -> Problem: the modes of each operation, its edges, the storages it writes and reads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np

from slotweave.analysis.memory_edges import MemoryEdges
from slotweave.backend.lower.copy_variables import copy_variables, readers
from slotweave.backend.lower.materialize import (
    ModeKind,
    materialize,
    mode_kind,
    no_engine,
    usable_modes,
)
from slotweave.backend.lower.placement import Placement, place
from slotweave.backend.lower.spread_constants import NO_LIMITS, spread_constants
from slotweave.bounds import Bound, best_bound, bound_ladder
from slotweave.bounds.critical_path import critical_path_bound, distances
from slotweave.ir.allocation import Layout
from slotweave.ir.graph import Graph
from slotweave.ir.known_words import word_constants
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


class _Rows:
    """A ragged column that grows row by row."""

    def __init__(self) -> None:
        self.offset = [0]
        self.values: list[int] = []

    def add(self, row: list[int]) -> None:
        self.values += row
        self.offset.append(len(self.values))

    def arrays(self) -> tuple[Ints, Ints]:
        return _ints(self.offset), _ints(self.values)


def _ints(values: list[int] | tuple[int, ...]) -> Ints:
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
    operations = [i for i, node in enumerate(graph.nodes) if node.op not in _NOT_RUN]
    number = {node: op for op, node in enumerate(operations)}
    modes = _Modes(graph, machine, placement)
    edges = _edges(graph, placement, operations, number, modes, writers)
    reads = _reads(graph, placement, operations)
    pred_offset, pred = edges[0].arrays()
    read_offset, read = reads.arrays()
    problem = Problem(
        engines=tuple(machine.slots),
        slots=tuple(machine.slots.values()),
        nodes=_ints(operations),
        items=_ints([graph.nodes[index].item for index in operations]),
        **modes.columns(operations),
        pred_offset=pred_offset,
        pred=pred,
        pred_kind=_ints(edges[1]),
        pred_lag=_ints(edges[2]),
        writes=_ints([_storage_written(graph, placement, index) for index in operations]),
        read_offset=read_offset,
        read=read,
        storage_words=_ints(placement.storage_words),
    )
    return Lowered(graph, problem, placement.layout, _pinned(graph, placement, writers))


class _Modes:
    """The modes of each operation as columns of a problem; looked up once a kind of operation."""

    def __init__(self, graph: Graph, machine: Machine, placement: Placement) -> None:
        self.graph, self.machine, self.placement = graph, machine, placement
        self.constants = word_constants(graph)
        self.engine = {name: number for number, name in enumerate(machine.slots)}
        self.source = {mode: number for number, mode in enumerate(machine.modes)}
        self._rows: dict[ModeKind, list[tuple[int, int, int, int]]] = {}

    def rows(self, index: int) -> list[tuple[int, int, int, int]]:
        """(engine, slots, latency, source) of each mode of node `index`, whole vectors first."""
        if self.graph.nodes[index].op in _FREE:
            return [(-1, 0, 0, -1)]
        kind = mode_kind(self.graph, self.placement, index, self.constants)
        rows = self._rows.get(kind)
        if rows is None:
            rows = self._rows[kind] = self._rows_of(kind)
        if not rows:
            raise no_engine(self.graph, self.machine, index)
        return rows

    def _rows_of(self, kind: ModeKind) -> list[tuple[int, int, int, int]]:
        lanes = self.graph.vector_length
        modes = usable_modes(self.machine, kind)
        return [
            (self.engine[m.engine], lanes if m.per_lane else 1, m.latency, self.source[m])
            for m in sorted(modes, key=lambda mode: mode.per_lane)
        ]

    def latencies(self, index: int) -> tuple[int, ...]:
        """Those of the modes of node `index`."""
        return tuple(latency for _engine, _slots, latency, _source in self.rows(index))

    def columns(self, operations: list[int]) -> dict[str, Ints]:
        offset = [0]
        rows: list[tuple[int, int, int, int]] = []
        for index in operations:
            rows += self.rows(index)
            offset.append(len(rows))
        table = np.array(rows, dtype=np.int32).reshape(-1, 4)
        names = ("mode_engine", "mode_slots", "mode_latency", "mode_source")
        columns = {name: np.ascontiguousarray(table[:, i]) for i, name in enumerate(names)}
        return {"mode_offset": _ints(offset), **columns}


def _edges(
    graph: Graph,
    placement: Placement,
    operations: list[int],
    number: dict[int, int],
    modes: _Modes,
    writers: Mapping[int, int],
) -> tuple[_Rows, list[int], list[int]]:
    """Predecessor rows with kind and lag: data first, then memory order and covered words."""
    rows, kinds, lags = _Rows(), [], []
    covers: dict[int, list[int]] = {}
    for earlier, later in placement.covers:
        covers.setdefault(later, []).append(earlier)
    makers = _distinct(placement.layout.offset.tolist(), placement.makers)
    order = MemoryEdges(graph, modes.latencies)
    at_pauses = _around_pauses(graph, operations, modes)
    for index in operations:
        node = graph.nodes[index]
        made_by = [maker for arg in node.args for maker in makers[arg]]
        # What a variable holds is there from the start.
        row = dict.fromkeys([number[maker] for maker in made_by if maker in number], (DATA, 0))
        if index in writers:
            for reader in readers(graph.nodes, writers[index]):
                if reader != index:
                    _demand(row, number[reader], (ORDER, 0))
        for access in node.after:
            _demand(row, number[access], order.edge(access, index))
        for earlier in covers.get(index, ()):
            _demand(row, number[earlier], (ORDER, _landing_lag(modes, earlier, index)))
        for earlier, lag in at_pauses.get(index, ()):
            _demand(row, number[earlier], (ORDER, lag))
        rows.add(list(row))
        kinds += [kind for kind, _lag in row.values()]
        lags += [lag for _kind, lag in row.values()]
    return rows, kinds, lags


def _around_pauses(
    graph: Graph, operations: list[int], modes: _Modes
) -> dict[int, list[tuple[int, int]]]:
    """By node (earlier node, lag): what keeps results that take longer than a bundle from being in
    flight at a pause, where they would land early if pauses are enabled."""
    found: dict[int, list[tuple[int, int]]] = {}
    pauses = [index for index in operations if graph.nodes[index].op == "pause"]
    for index in operations if pauses else ():
        latency = max(modes.latencies(index))
        if latency <= 1 or graph.nodes[index].op in ("pause", "join"):
            continue
        at = bisect_left(pauses, index)
        if at:
            found.setdefault(index, []).append((pauses[at - 1], 1))
        if at < len(pauses):
            found.setdefault(pauses[at], []).append((index, latency - 1))
    return found


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


def _storage_written(graph: Graph, placement: Placement, index: int) -> int:
    if graph.nodes[index].width == 0:
        return -1
    return int(placement.layout.storage[placement.layout.offset[index]])


def _reads(graph: Graph, placement: Placement, operations: list[int]) -> _Rows:
    """The storages that hold the operands of each operation, but for those of variables."""
    rows = _Rows()
    offset, storage = placement.layout.offset.tolist(), placement.layout.storage.tolist()
    variables = {storage[offset[i]] for i, node in enumerate(graph.nodes) if node.op == "variable"}
    storages = _distinct(offset, storage)
    for index in operations:
        args = graph.nodes[index].args
        row: Iterable[int] = storages[args[0]] if len(args) == 1 else ()
        if len(args) > 1:
            row = dict.fromkeys(chain.from_iterable([storages[arg] for arg in args]))
        rows.add([each for each in row if each not in variables] if variables else list(row))
    return rows


def _distinct(offset: list[int], entries: list[int]) -> list[tuple[int, ...]]:
    """For each node the different ones among its entries, in order."""
    rows = [entries[start:stop] for start, stop in pairwise(offset)]
    return [
        (row[0],) if row and row.count(row[0]) == len(row) else tuple(dict.fromkeys(row))
        for row in rows
    ]


def _pinned(graph: Graph, placement: Placement, writers: Mapping[int, int]) -> dict[int, int]:
    """Which variable each storage is that has a place of its own in all blocks."""
    numbers = {i: node.imm for i, node in enumerate(graph.nodes) if node.op == "variable"}
    layout = placement.layout
    return {
        int(layout.storage[layout.offset[index]]): variable
        for index, variable in {**numbers, **writers}.items()
    }
