"""When the nodes of a graph can be known: by what they wait for, and by slots taken in turn.

This is quicker than lowering and scheduling, and knows less: it is for choosing between graphs that
compute the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from slotweave.ir.graph import STRUCTURAL, Graph, Node
from slotweave.isa import Shape
from slotweave.machine import Machine, Mode


@dataclass(frozen=True)
class Paths:
    """`head[i]`: cycles until node i is known, if slots are shared by nobody, of which it takes
    `latency[i]` itself. No schedule has fewer cycles than `slots`, which some engine alone must
    give.
    """

    graph: Graph
    head: tuple[int, ...]
    latency: tuple[int, ...]
    slots: int

    @property
    def longest(self) -> int:
        """The cycles of the longest path."""
        return max(self.head, default=0)

    @cached_property
    def tail(self) -> tuple[int, ...]:
        """Cycles from the time that each node is known to the end."""
        nodes, latency = self.graph.nodes, self.latency
        tail = [0] * len(nodes)
        for at in range(len(nodes) - 1, -1, -1):
            here = tail[at] + latency[at]
            for earlier in (*nodes[at].args, *nodes[at].after):
                if here > tail[earlier]:
                    tail[earlier] = here
        return tuple(tail)


def paths_of(graph: Graph, machine: Machine) -> Paths:
    """The longest paths to and from each node of `graph`, in its fastest mode."""
    nodes, places = graph.nodes, _Places(graph, machine)
    kinds = [places.of(at) for at in range(len(nodes))]
    latency = tuple([each.latency for each in kinds])
    head: list[int] = []
    for node, taken in zip(nodes, latency, strict=True):
        head.append(_start(node, head) + taken)
    work = Counter([each.only for each in kinds if each.only is not None])
    slots = max((-(-count // machine.slots[name]) for name, count in work.items()), default=0)
    return Paths(graph, tuple(head), latency, slots)


def cycles_in_turn(
    graph: Graph, machine: Machine, late: Mapping[int, int] | None = None
) -> list[int]:
    """The cycle from which on each node is known, if in their order they take the first free slot.

    `late` are the cycles before which some nodes are not known. A vector done lane by lane is taken
    to need one slot.
    """
    free = {name: _FreeSlots(slots) for name, slots in machine.engines if slots}
    places = _Places(graph, machine)
    known: list[int] = []
    for at, node in enumerate(graph.nodes):
        start = _start(node, known)
        modes = places.of(at).modes
        if modes:
            first = [(free[mode.engine].first(start) + mode.latency, mode) for mode in modes]
            start, mode = min(first, key=lambda one: one[0])
            free[mode.engine].take(start - mode.latency)
        known.append(max(start, late.get(at, 0)) if late else start)
    return known


@dataclass(frozen=True)
class _Place:
    """Where nodes of a kind can run, whole vectors before lanes of them; nowhere if they need no
    slot.

    `latency` is that of the fastest of the `modes`, `only` the engine of all, if there is one.
    """

    modes: tuple[Mode, ...]
    latency: int
    only: str | None


class _Places:
    """Where each node of a graph can run, looked up once a kind of node."""

    def __init__(self, graph: Graph, machine: Machine) -> None:
        self._graph, self._machine = graph, machine
        self._found: dict[tuple[str, Shape], _Place] = {}

    def of(self, at: int) -> _Place:
        """That of node `at`.

        Constants are left out: lowering spreads them over the engines that have slots to spare.
        """
        op = self._graph.nodes[at].op
        if op in _NO_PLACE:
            return _NOWHERE
        kind = op, self._graph.shape(at)
        found = self._found.get(kind)
        if found is None:
            found = self._found[kind] = self._look_up(*kind)
        return found

    def _look_up(self, op: str, shape: Shape) -> _Place:
        slots = self._machine.slots
        able = [mode for mode in self._machine.modes_of(op, shape) if slots[mode.engine]]
        modes = [mode for mode in able if not mode.per_lane] or able
        engines = {mode.engine for mode in modes}
        latency = min((mode.latency for mode in modes), default=0)
        return _Place(tuple(modes), latency, min(engines) if len(engines) == 1 else None)


_NO_PLACE = STRUCTURAL | {"const"}

_NOWHERE = _Place((), 0, None)


def _start(node: Node, known: Sequence[int]) -> int:
    """When all that the node waits for is known."""
    earlier = (*node.args, *node.after) if node.after else node.args
    if len(earlier) == 1:
        return known[earlier[0]]
    return max([known[each] for each in earlier]) if earlier else 0


class _FreeSlots:
    """The slots of an engine that are left in each cycle."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._left: list[int] = []
        self._later: list[int] = []  # a full cycle: one after it, up to which all are full

    def first(self, cycle: int) -> int:
        """The first cycle from `cycle` on with a slot left."""
        way = []
        while cycle < len(self._left) and not self._left[cycle]:
            way.append(cycle)
            cycle = self._later[cycle]
        for full in way:
            self._later[full] = cycle
        return cycle

    def take(self, cycle: int) -> None:
        while len(self._left) <= cycle:
            self._later.append(len(self._left) + 1)
            self._left.append(self._slots)
        self._left[cycle] -= 1
