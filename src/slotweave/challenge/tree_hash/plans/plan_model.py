"""How much of each engine a way of walking the tree takes, counted before anything is compiled.

A *pattern* says for each depth how one pass from the root answers its level, and (by `TWO` or
`NONE` after the way) whether two bits of its address are selected, or none, not just the first.
The counts are those of one vector of eight items on a machine like the challenge's: enough to
choose between patterns, which is all that is asked of them; what a plan really takes is counted
from its problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from slotweave.challenge.tree_hash.tables.memory_map import RECORD_WORDS, Table, tables_fit
from slotweave.challenge.tree_hash.workload import Shape

LANES = 8
LANES_A_CYCLE, LOADS_A_CYCLE, STORES_A_CYCLE = 60, 2, 2

#: Selects pay for levels up to this depth, tables for parents up to the other one.
DEEPEST_SELECT, SHALLOWEST_TABLE, DEEPEST_TABLE = 3, 3, 7

#: The share of an engine's work that overlaps no other's: were there but one vector, and at least.
NOT_OVERLAPPED, LEAST_NOT_OVERLAPPED = 1.6, 0.05

#: Vectors a table must serve before it is worth building.
GROUPS_FOR_TABLES = 8

#: Lanes, loads and selects for constants and the top of the tree, however large the batch; with
#: the loads and selects that the first and the last cycles have no work for.
SETUP_LANES, SETUP_LOADS, SETUP_FLOW = 350, 90, 30

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

    def within(self, other: Demand) -> bool:
        """Whether this is no more than `other` of anything."""
        return (
            self.lanes <= other.lanes
            and self.loads <= other.loads
            and self.flow <= other.flow
            and self.stores <= other.stores
        )

    def cycles(self, groups: int) -> float:
        """The cycles that the scarcest engine takes, and a share of what all of them take.

        The fewer vectors there are, the less does the work of one engine overlap that of another.
        """
        each = (self.lanes / LANES_A_CYCLE, self.loads / LOADS_A_CYCLE, float(self.flow),
                self.stores / STORES_A_CYCLE)  # fmt: skip
        return max(each) + sum(each) * max(NOT_OVERLAPPED / groups, LEAST_NOT_OVERLAPPED)


@dataclass(frozen=True, slots=True)
class Design:
    """Tables to build, the pattern of full passes, and that of the last, unfinished one.

    `eighths` of the vectors take the other pattern in full passes, which differs from the first in
    how addresses are chosen.
    """

    tables: tuple[Table, ...]
    full_pass: Pattern
    last_pass: Pattern
    cycles: float
    other_pass: Pattern
    eighths: int = 0


def best_design(shape: Shape) -> Design:
    """The design that wants the fewest cycles by these counts."""
    groups = -(-shape.batch // LANES)
    full, rest = divmod(shape.rounds, shape.height + 1)
    designs = []
    for tables in _table_sets(shape, groups):
        setup = Demand(SETUP_LANES, SETUP_LOADS, SETUP_FLOW) + _building(tables)
        passes = _passes(shape.height + 1, tables)
        endings = _passes(rest, tables)
        for whole, wanted in passes if full else passes[:1]:
            start = setup + wanted.times(full * groups)
            for ending, more in endings:
                total = start + more.times(groups)
                designs.append(Design(tables, whole, ending, total.cycles(groups), whole))
    best = min(designs, key=lambda design: (design.cycles, [t.depth for t in design.tables]))
    return min(_mixed(best, full, groups, shape), key=lambda design: design.cycles)


def _mixed(design: Design, full: int, groups: int, shape: Shape) -> Iterator[Design]:
    """`design`, and the same with other addresses for some of the vectors."""
    yield design
    fixed = Demand(SETUP_LANES, SETUP_LOADS, SETUP_FLOW) + _building(design.tables)
    passes = dict(_passes(shape.height + 1, design.tables))
    endings = dict(_passes(shape.rounds % (shape.height + 1), design.tables))
    fixed += endings[design.last_pass].times(groups)
    for other, wanted in passes.items() if full else ():
        if plain(other) == plain(design.full_pass):
            for eighths in range(1, 8):
                some = groups * eighths // 8
                mixed = passes[design.full_pass].times(groups - some) + wanted.times(some)
                cycles = (fixed + mixed.times(full)).cycles(groups)
                yield replace(design, other_pass=other, eighths=eighths, cycles=cycles)


def plain(pattern: Pattern) -> list[str]:
    """The ways without what they say of addresses."""
    return [way.removesuffix(TWO).removesuffix(NONE) for way in pattern]


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


def _passes(levels: int, tables: Sequence[Table]) -> list[tuple[Pattern, Demand]]:
    """Patterns for a pass of that many levels with what one vector wants for it, hash and parity
    included; none wants as much as another one of everything, or more."""
    at: list[dict[int, _Front]] = [{} for _ in range(levels + 1)]
    at[0][0] = _Front()
    at[0][0].add((), Demand())
    for depth in range(levels):
        for known, front in at[depth].items():
            for ways, address in _steps(depth, known, levels, tables):
                end = at[depth + len(ways)].setdefault(address, _Front())
                wanted = _demand(ways, depth, known)
                for pattern, before in front.entries:
                    end.add((*pattern, *ways), before + wanted)
    last = _Front()
    for front in at[levels].values():
        for pattern, wanted in front.entries:
            last.add(pattern, wanted)
    return last.entries


class _Front:
    """Patterns with their demands; none wants at least as much of everything as another one."""

    def __init__(self) -> None:
        self.entries: list[tuple[Pattern, Demand]] = []

    def add(self, pattern: Pattern, wanted: Demand) -> None:
        if any(other.within(wanted) for _, other in self.entries):
            return
        kept = [entry for entry in self.entries if not wanted.within(entry[1])]
        self.entries = [*kept, (pattern, wanted)]


def _steps(
    depth: int, known: int, levels: int, tables: Sequence[Table]
) -> Iterator[tuple[Pattern, int]]:
    """The ways to answer the next level or two, and the level of the newest address after them."""
    if depth <= DEEPEST_SELECT:
        yield ("select",), known
    if depth < DEEPEST_SELECT:
        return
    for bias in ("", TWO) if depth - known >= 2 else ("",):
        yield ("gather" + bias,), depth
        if depth + 1 < levels:
            yield ("window" + bias, "gather" + NONE), depth + 1
        if Table(depth, RECORD_WORDS) in tables:
            if depth + 1 == levels:
                yield ("record" + bias,), depth
                continue
            yield ("record" + bias, "child"), depth


def _demand(ways: Pattern, depth: int, known: int) -> Demand:
    """What these ways from `depth` on want, if the newest address is that of level `known`."""
    total = Demand()
    for level, way in enumerate(ways, depth):
        total += Demand(12 * LANES)  # hash, node, parity
        if way == "select":
            total += Demand(flow=2**level - 1)
        elif way == "child":
            total += Demand(LANES, flow=1)  # mixed with both children
        else:
            bits = 2 if way.endswith(TWO) else 1  # they choose among constants
            steps = level - known - (bits if known == 0 else bits - 1)
            if way.endswith(NONE):
                bits, steps = 0, 1  # after a window: there is no constant
            whole_again = 0 if way.startswith("record") else LANES
            total += Demand(steps * LANES + whole_again, LANES, 2**bits - 1)
            known = level
    return total
