"""How much of each engine a way of walking the tree takes, counted before anything is compiled.

A *pattern* says for each depth how one pass from the root answers its level, and (by `TWO` or
`NONE` behind the way) whether two bits of its address are selected, or none, not just the first.
The counts are those of one vector of eight items on a machine like the challenge's: enough to
choose between patterns, which is all that is asked of them; what a plan really takes is counted
from its problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from slotweave.kernels.tree_hash.memory_map import RECORD_WORDS, Table, tables_fit
from slotweave.kernels.tree_hash.workload import Shape

LANES = 8
LANES_A_CYCLE, LOADS_A_CYCLE, STORES_A_CYCLE = 60, 2, 2

#: Selects pay for levels up to this depth, tables for parents up to the other one.
DEEPEST_SELECT, SHALLOWEST_TABLE, DEEPEST_TABLE = 3, 3, 7

#: Vectors a table must serve before it is worth building.
GROUPS_FOR_TABLES = 8

#: Loads and arithmetic lanes for constants and the top of the tree, however large the batch.
SETUP_LOADS, SETUP_LANES = 60, 350

Pattern = tuple[str, ...]

#: Ends the name of a way whose address takes its first two bits by selects, or none.
TWO, NONE = " two", " none"


@dataclass(frozen=True, slots=True)
class Demand:
    """Slots wanted: arithmetic in lanes (a vector operation is eight), the others as they are."""

    lanes: int = 0
    loads: int = 0
    flow: int = 0
    stores: int = 0

    def __add__(self, other: Demand) -> Demand:
        return Demand(self.lanes + other.lanes, self.loads + other.loads,
                      self.flow + other.flow, self.stores + other.stores)  # fmt: skip

    def times(self, count: int) -> Demand:
        return Demand(self.lanes * count, self.loads * count, self.flow * count,
                      self.stores * count)  # fmt: skip

    @property
    def cycles(self) -> float:
        """The cycles that the scarcest engine takes, and a little for the others being full too."""
        each = (self.lanes / LANES_A_CYCLE, self.loads / LOADS_A_CYCLE, float(self.flow),
                self.stores / STORES_A_CYCLE)  # fmt: skip
        return max(each) + 0.05 * sum(each)


@dataclass(frozen=True, slots=True)
class Design:
    """Tables to build, the pattern of full passes, and that of the last, unfinished one."""

    tables: tuple[Table, ...]
    full_pass: Pattern
    last_pass: Pattern
    cycles: float


def best_design(shape: Shape) -> Design:
    """The design that wants the fewest cycles by these counts."""
    groups = -(-shape.batch // LANES)
    full, rest = divmod(shape.rounds, shape.height + 1)
    designs = []
    for tables in _table_sets(shape, groups):
        setup = Demand(SETUP_LANES, SETUP_LOADS) + _building(tables)
        patterns = list(_patterns(shape.height, tables))
        endings = {pattern[:rest] for pattern in patterns}
        for whole in patterns if full else patterns[:1]:
            start = setup + _pass_demand(whole).times(full * groups)
            for ending in sorted(endings):
                total = start + _pass_demand(ending).times(groups)
                designs.append(Design(tables, whole, ending, total.cycles))
    return min(designs, key=lambda design: (design.cycles, [t.depth for t in design.tables]))


def _table_sets(shape: Shape, groups: int) -> Iterator[tuple[Table, ...]]:
    """Sets of tables that fit into memory, as declared: the smallest, which is used last, first."""
    depths = range(SHALLOWEST_TABLE, min(DEEPEST_TABLE, shape.height - 1) + 1)
    most = len(depths) if groups >= GROUPS_FOR_TABLES else 0
    for count in range(most + 1):
        for chosen in combinations(depths, count):
            tables = tuple(Table(depth, RECORD_WORDS) for depth in chosen)
            if tables_fit(tables, shape, LANES):
                yield tables


def _building(tables: Sequence[Table]) -> Demand:
    """Each word of a table takes an alu slot; trees are read, tables stored by vectors."""
    words = sum(table.size for table in tables)
    return Demand(words, words // 4, 0, words // LANES)


def _patterns(height: int, tables: Sequence[Table]) -> Iterator[Pattern]:
    """Every way to answer the levels 0 to `height`, one after the other."""

    def extend(pattern: Pattern, known: int) -> Iterator[Pattern]:
        depth = len(pattern)
        if depth == height + 1:
            yield pattern
            return
        if depth <= DEEPEST_SELECT:
            yield from extend((*pattern, "select"), known)
        for bias in ("", TWO) if depth - known >= 2 else ("",):
            if depth >= DEEPEST_SELECT:
                yield from extend((*pattern, "gather" + bias), depth)
                if depth < height:
                    yield from extend((*pattern, "window" + bias, "gather" + NONE), depth + 1)
            if Table(depth, RECORD_WORDS) in tables:
                yield from extend((*pattern, "record" + bias, "child"), depth)

    return extend((), 0)


def _pass_demand(pattern: Pattern) -> Demand:
    """One vector's walk over the levels of `pattern`, hash and parity included."""
    total = Demand()
    known = 0  # bits in the newest address
    for depth, way in enumerate(pattern):
        total += Demand(12 * LANES)  # hash, node, parity
        if way == "select":
            total += Demand(flow=2**depth - 1)
        elif way == "child":
            total += Demand(LANES, flow=1)  # mixed with both children
        else:
            bits = 2 if way.endswith(TWO) else 1  # they choose among constants
            steps = depth - known - (bits if known == 0 else bits - 1)
            if way.endswith(NONE):
                bits, steps = 0, 1  # behind a window: there is no constant
            whole_again = 0 if way.startswith("record") else LANES
            total += Demand(steps * LANES + whole_again, LANES, 2**bits - 1)
            known = depth
    return total
