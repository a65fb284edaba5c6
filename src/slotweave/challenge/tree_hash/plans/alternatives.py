"""What the plans of tree hash may choose from, counted for a bound over all of them.

A route is one pass of a vector from the root; its states are (level, level of the newest address,
what is at hand of a record). Counted is what every plan of style `vector` takes for sure: hash,
node, parity, selects, loads, steps of addresses (each as if any engine with vector arithmetic could
run it), the tables' words and addresses, nodes and factors that must be in all lanes of a vector.
Not counted: other constants, addresses that the header holds, addresses of values, places to store
children in, indices that are written back, latency. Items start at the root.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from slotweave.challenge.tree_hash.plans.choices import BIASES
from slotweave.challenge.tree_hash.tables.memory_map import (
    COPY_WORDS,
    FAMILY_WORDS,
    RECORD_WORDS,
    Table,
    index_table,
    room_for_tables,
)
from slotweave.challenge.tree_hash.tables.records import windows_of_records
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.ir.alternatives import END, START, Alternatives, Arc, Installation, Route, Work
from slotweave.isa import Shape as Width
from slotweave.machine import Machine

#: Levels with more nodes than this are not selected among; no plan that does so can be short.
MOST_SELECTED = 32

Works = tuple[Work, ...]


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

    def constants(self, count: float) -> Work:
        """Words that are known before: loaded, sums, or an immediate away from another one."""
        made = [self.of(name, count, Width.WORD) for name in ("const", "add", "add_immediate")]
        return Work(count, tuple(sorted({mode for work in made for mode in work.modes})))

    def broadcasts(self, count: float) -> Work:
        return self.of("broadcast", count)

    def factors(self) -> Works:
        """Four factors with addends, in all lanes where products are of whole vectors only.

        They may be made of other vectors, so that nobody needs the words.
        """
        modes = self.machine.modes_of("multiply_add", Width.VECTOR)
        if any(mode.per_lane and self.machine.slots[mode.engine] for mode in modes):
            return ()
        return (self.broadcasts(8),)

    def stores(self, count: float) -> Work:
        return self.of("store", count, Width.WORD)

    def selects(self, count: float) -> Work:
        return self.of("select", count)


def tree_hash_alternatives(
    parameters: Mapping[str, int], contract: str, machine: Machine
) -> Alternatives | None:
    """The choices for this shape; None where nothing can be chosen or counted so."""
    shape = Shape.of(parameters)
    if contract == "any-start" or shape.batch < machine.vector_length:
        return None
    costs = _Costs(machine)
    groups = -(-shape.batch // costs.lanes)
    full, rest = divmod(shape.rounds, shape.height + 1)
    room = room_for_tables(shape, costs.lanes)
    index = index_table(shape, costs.lanes) if contract == "full" else None
    if index is not None:  # it may lie over nodes
        room += index.table.size
    tables = _tables(shape, costs.lanes, room)
    routes = []
    if full:
        arcs = tuple(_Pass(shape.height + 1, tables, costs).arcs())
        routes.append(Route("full pass", groups * full, arcs))
    if rest:
        routes.append(Route("last pass", groups, tuple(_Pass(rest, tables, costs).arcs())))
    # Values; the constant of the last hash.
    fixed = (costs.loads(groups), costs.simple(groups), *costs.factors())
    return Alternatives(fixed, tuple(routes), tuple(_installations(tables, costs)), room)


def _tables(shape: Shape, lanes: int, room: int) -> tuple[Table, ...]:
    tables = [
        Table(depth, words)
        for words in (RECORD_WORDS, FAMILY_WORDS, COPY_WORDS)
        for depth in range(shape.height + 1)
    ]
    return tuple(
        table
        for table in tables
        if table.depth + table.levels <= shape.height + 1
        and 2**table.depth % lanes == 0
        and table.size <= room
    )


def _installations(tables: tuple[Table, ...], costs: _Costs) -> Iterator[Installation]:
    """The tables, the levels of the tree that are read for them, and nodes to select among."""
    for level in range(MOST_SELECTED.bit_length()):
        yield Installation(_nodes(level), 0, (costs.broadcasts(2**level),))
    levels = sorted({table.depth + below for table in tables for below in range(table.levels)})
    for level in levels:
        rows = 2**level / costs.lanes
        addresses = costs.constants(max(0, rows - 1))  # the header says where the tree begins
        yield Installation(_rows(level), 0, (costs.loads(rows), addresses))
    for table in tables:
        rows = table.size / costs.lanes
        work = (
            costs.of("xor", table.size, Width.WORD),
            costs.of("vstore", rows),
            costs.constants(max(0, rows - 2)),  # it says where indices and values begin, too
        )
        needs = tuple(_rows(table.depth + below) for below in range(table.levels))
        yield Installation(table.name, table.size, work, needs)


def _rows(level: int) -> str:
    return f"level {level} read"


def _nodes(level: int) -> str:
    return f"level {level} in registers"


class _Pass:
    """The ways through a pass of `levels` levels."""

    def __init__(self, levels: int, tables: tuple[Table, ...], costs: _Costs) -> None:
        self.levels, self.tables, self.costs = levels, frozenset(tables), costs

    def arcs(self) -> Iterator[Arc]:
        for depth in range(self.levels):
            for known in range(max(depth, 1)):
                for arc in (*self._selects(depth, known), *self._reads(depth, known)):
                    yield arc
                    if known == depth - 1:  # what may be done after a window may be done there
                        source = _state(depth, known, self.levels, "window")
                        yield replace(arc, source=source)
            yield from self._without_constant(depth)
            yield from self._from_record(depth)

    def _base(self, depth: int) -> Works:
        """Hash, the node mixed in, and where to go."""
        return (*self.costs.hash(), self.costs.simple(1 + (depth + 1 < self.levels)))

    def _selects(self, depth: int, known: int) -> Iterator[Arc]:
        if 2**depth > MOST_SELECTED:
            return
        source = _state(depth, known, self.levels)
        after = _state(depth + 1, known, self.levels)
        base, costs = self._base(depth), self.costs
        work = (*base, costs.selects(2**depth - 1))
        yield Arc(source, after, f"level {depth}: select", work, _nodes(depth))
        if depth:
            pairs = 2 ** (depth - 1)
            blended = (costs.of("multiply_add", pairs), costs.selects(pairs - 1))
            # Half of its nodes, and as many differences.
            yield Arc(source, after, f"level {depth}: blend", (*base, *blended), _nodes(depth))

    def _reads(self, depth: int, known: int) -> Iterator[Arc]:
        if depth == 0:
            return
        source = _state(depth, known, self.levels)
        for bits, bias in enumerate(BIASES[: 1 + depth - known]):
            steps = depth - known - (bits if known == 0 else bits - 1)
            address = (
                self.costs.simple(steps),
                self.costs.selects(2**bits - 1),
                self.costs.loads(self.costs.lanes),
            )
            for way, left, whole_again, table in self._ways(depth):
                work = (*self._base(depth), *address, self.costs.simple(whole_again))
                after = _state(depth + 1, depth, self.levels, left)
                name = f"level {depth}: {way}, bias {bias}"
                yield Arc(source, after, name, work, table.name if table else "")

    def _ways(self, depth: int) -> Iterator[tuple[str, str, int, Table | None]]:
        """(way, what is at hand after it, operations for the constant, table)."""
        yield "gather", "", 1, None
        yield "window", "window", 1, None
        for way, left, words in (
            ("copy", "", COPY_WORDS),
            ("record", "child", RECORD_WORDS),
            ("family", "family", FAMILY_WORDS),
        ):
            table = Table(depth, words)
            if table in self.tables:
                yield way, left, 0, table

    def _without_constant(self, depth: int) -> Iterator[Arc]:
        """After a window: the next address is the last one twice and a bit."""
        if depth < 2:
            return
        source = _state(depth, depth - 1, self.levels, "window")
        work = (*self._base(depth), self.costs.simple(2), self.costs.loads(self.costs.lanes))
        for way, left in (("gather", ""), ("window", "window")):
            after = _state(depth + 1, depth, self.levels, left)
            yield Arc(source, after, f"level {depth}: {way}, no constant", work)

    def _from_record(self, depth: int) -> Iterator[Arc]:
        """Children, from records and from families, and grandchildren."""
        costs, base = self.costs, self._base(depth)
        children = {
            "both": (costs.simple(1), costs.selects(1)),
            "memory": (costs.loads(2), costs.stores(2 * costs.lanes), costs.selects(1)),
            "stored": (costs.loads(1), costs.stores(2 * costs.lanes), costs.selects(1)),
            "scalar": (costs.of("select", costs.lanes, Width.WORD),),
        }
        for name, extra in children.items():
            for at_hand, left in (("child", ""), ("family", "grandchild")):
                source = _state(depth, depth - 1, self.levels, at_hand)
                after = _state(depth + 1, depth - 1, self.levels, left)
                yield Arc(source, after, f"level {depth}: child, {name}", (*base, *extra))
        if depth + 1 == self.levels:  # else the bit is asked for where it is not strided
            work = (*base, costs.selects(len(windows_of_records(costs.lanes))))
            source = _state(depth, depth - 1, self.levels, "child")
            after = _state(depth + 1, depth - 1, self.levels)
            yield Arc(source, after, f"level {depth}: child, strided", work)
        source = _state(depth, depth - 2, self.levels, "grandchild")
        after = _state(depth + 1, depth - 2, self.levels)
        work = (*base, costs.simple(3), costs.selects(3))
        yield Arc(source, after, f"level {depth}: grandchild", work)


def _state(depth: int, known: int, levels: int, at_hand: str = "") -> str:
    if depth == levels:
        return END
    if depth == 0:
        return START
    return f"{depth} from {known} {at_hand}".rstrip()
