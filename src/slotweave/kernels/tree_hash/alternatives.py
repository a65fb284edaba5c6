"""What the plans of tree hash may choose from, counted for a bound over all of them.

A route is one pass of a vector from the root; its states are (level, level of the newest address).
Counted is what every plan of style `vector` takes for sure: hash, node, parity, selects, loads,
steps of addresses (each as if any engine with vector arithmetic could run it), the tables' words.
Not counted: constants, broadcasts, addresses of tables and values, latency. Items start at the
root.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from slotweave.ir.alternatives import END, START, Arc, Design, Route, Work
from slotweave.isa import Shape as Width
from slotweave.kernels.tree_hash.choices import BIASES
from slotweave.kernels.tree_hash.memory_map import room_for_tables, table_words
from slotweave.kernels.tree_hash.workload import Shape
from slotweave.machine import Machine


class _Costs:
    """Work in the modes of one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.lanes = machine.vector_length

    def of(self, operation: str, count: float, width: Width = Width.VECTOR) -> Work:
        modes = {
            (mode.engine, self.lanes if mode.per_lane else 1)
            for mode in self.machine.modes_of(operation, width)
            if self.machine.slots[mode.engine]
        }
        return Work(count, tuple(sorted(modes)))

    def simple(self, count: float) -> Work:
        return self.of("xor", count)

    def hash(self) -> tuple[Work, ...]:
        return (self.of("multiply_add", 4), self.simple(6))

    def loads(self, count: float) -> Work:
        return self.of("load", count, Width.WORD)

    def selects(self, count: float) -> Work:
        return self.of("select", count)


def tree_hash_alternatives(
    parameters: Mapping[str, int], contract: str, machine: Machine
) -> tuple[Design, ...]:
    """A design for each set of tables that fits; none where nothing can be chosen or counted so."""
    shape = Shape.of(parameters)
    if contract == "any-start" or shape.batch < machine.vector_length:
        return ()
    costs = _Costs(machine)
    return tuple(_design(shape, costs, tables) for tables in _table_sets(shape, costs.lanes))


def _table_sets(shape: Shape, lanes: int) -> Iterator[tuple[int, ...]]:
    room = room_for_tables(shape, lanes)
    depths = [
        depth
        for depth in range(shape.height)
        if 2**depth % lanes == 0 and table_words(depth) <= room
    ]
    for count in range(len(depths) + 1):
        for tables in combinations(depths, count):
            if sum(map(table_words, tables)) <= room:
                yield tables


def _design(shape: Shape, costs: _Costs, tables: Sequence[int]) -> Design:
    groups = -(-shape.batch // costs.lanes)
    full, rest = divmod(shape.rounds, shape.height + 1)
    routes = []
    if full:
        arcs = tuple(_arcs(shape.height + 1, tables, costs))
        routes.append(Route("full pass", groups * full, arcs))
    if rest:
        routes.append(Route("last pass", groups, tuple(_arcs(rest, tables, costs))))
    levels = {depth + below for depth in tables for below in (0, 1)}
    words = sum(2**level for level in levels)
    fixed = (
        costs.loads(groups + words / costs.lanes),
        costs.simple(groups),  # the constant of the last hash
        costs.of("xor", words, Width.WORD),
    )
    name = "records of levels " + ", ".join(map(str, tables)) if tables else "no records"
    return Design(name, fixed, tuple(routes))


def _arcs(levels: int, tables: Sequence[int], costs: _Costs) -> Iterator[Arc]:
    """The ways through a pass of so many levels."""
    for depth in range(levels):
        parity = costs.simple(1 + (depth + 1 < levels))  # the node mixed in, and where to go
        base = (*costs.hash(), parity)
        for known in range(max(depth, 1)):
            select = (*base, costs.selects(2**depth - 1))
            source = _state(depth, known, levels)
            after = _state(depth + 1, known, levels)
            yield Arc(source, after, f"level {depth}: select", select)
            if depth == 0:
                continue
            after = _state(depth + 1, depth, levels)
            for bits, name in enumerate(BIASES):
                if bits > depth - known:
                    continue
                steps = depth - known - (bits if known == 0 else bits - 1)
                address = (
                    costs.simple(steps),
                    costs.selects(2**bits - 1),
                    costs.loads(costs.lanes),
                )
                way = (*base, *address, costs.simple(1))
                yield Arc(source, after, f"level {depth}: gather, bias {name}", way)
                if depth in tables:
                    child = _state(depth + 1, depth, levels, child=True)
                    way = (*base, *address)
                    yield Arc(source, child, f"level {depth}: record, bias {name}", way)
    yield from _children(levels, tables, costs)


def _children(levels: int, tables: Sequence[int], costs: _Costs) -> Iterator[Arc]:
    for depth in (parent + 1 for parent in tables if parent + 1 < levels):
        base = (*costs.hash(), costs.simple(1 + (depth + 1 < levels)))
        source = _state(depth, depth - 1, levels, child=True)
        after = _state(depth + 1, depth - 1, levels)
        ways = {
            "both": (costs.simple(1), costs.selects(1)),
            "memory": (costs.loads(2), costs.selects(1)),
            "scalar": (costs.of("select", costs.lanes, Width.WORD),),
        }
        for name, extra in ways.items():
            yield Arc(source, after, f"level {depth}: child, {name}", (*base, *extra))


def _state(depth: int, known: int, levels: int, child: bool = False) -> str:
    if depth == levels:
        return END
    if depth == 0:
        return START
    return f"{depth} from {known}{' child' if child else ''}"
