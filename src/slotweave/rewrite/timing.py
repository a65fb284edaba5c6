"""When the nodes of a graph can be known: by what they wait for, and by slots taken in turn.

This is quicker than lowering and scheduling, and knows less: it is for choosing between graphs that
compute the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slotweave.ir.graph import Graph, Node
from slotweave.isa import Shape
from slotweave.machine import Machine, Mode


@dataclass(frozen=True)
class Paths:
    """`head[i]`: cycles until node i is known; `tail[i]`: cycles from then to the end, if slots are
    shared by nobody. No schedule has fewer cycles than `slots`, which some engine alone must give.
    """

    head: tuple[int, ...]
    tail: tuple[int, ...]
    slots: int

    @property
    def longest(self) -> int:
        return max(map(sum, zip(self.head, self.tail, strict=True)), default=0)


def paths_of(graph: Graph, machine: Machine) -> Paths:
    """The longest paths to and from each node of `graph`, in its fastest mode."""
    nodes = graph.nodes
    modes = [_modes(graph, machine, at) for at in range(len(nodes))]
    cycles = [min((mode.latency for mode in each), default=0) for each in modes]
    head: list[int] = []
    for node, taken in zip(nodes, cycles, strict=True):
        head.append(_start(node, head) + taken)
    tail = [0] * len(nodes)
    for at in range(len(nodes) - 1, -1, -1):
        for earlier in (*nodes[at].args, *nodes[at].after):
            tail[earlier] = max(tail[earlier], tail[at] + cycles[at])
    work: Counter[str] = Counter()
    for each in modes:
        if each and len({mode.engine for mode in each}) == 1:
            work[each[0].engine] += 1
    slots = max((-(-count // machine.slots[name]) for name, count in work.items()), default=0)
    return Paths(tuple(head), tuple(tail), slots)


def cycles_in_turn(
    graph: Graph, machine: Machine, late: Mapping[int, int] | None = None
) -> list[int]:
    """The cycle from which on each node is known, if in their order they take the first free slot.

    `late` are the cycles before which some nodes are not known. A vector done lane by lane is taken
    to need one slot.
    """
    free = {name: _FreeSlots(slots) for name, slots in machine.engines if slots}
    known: list[int] = []
    for at, node in enumerate(graph.nodes):
        start = _start(node, known)
        modes = _modes(graph, machine, at)
        if modes:
            first = [(free[mode.engine].first(start) + mode.latency, mode) for mode in modes]
            start, mode = min(first, key=lambda one: one[0])
            free[mode.engine].take(start - mode.latency)
        known.append(max(start, late.get(at, 0)) if late else start)
    return known


def _modes(graph: Graph, machine: Machine, at: int) -> list[Mode]:
    """Where node `at` can run, whole vectors before lanes of them; nowhere if it needs no slot.

    Constants are left out: lowering spreads them over the engines that have slots to spare.
    """
    node = graph.nodes[at]
    if node.structural or node.op == "const":
        return []
    shape: Shape = graph.shape(at)
    modes = [mode for mode in machine.modes_of(node.op, shape) if machine.slots[mode.engine]]
    return [mode for mode in modes if not mode.per_lane] or modes


def _start(node: Node, known: Sequence[int]) -> int:
    return max((known[earlier] for earlier in (*node.args, *node.after)), default=0)


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
