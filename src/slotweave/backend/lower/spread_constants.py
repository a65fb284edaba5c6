"""Let constants come from more than one engine: from other constants that are there already.

Guarantees: the graph returned computes the same. Each constant but the first is written as the sum
of two earlier ones, or as the first one plus an immediate; the lowering then offers the sum, the
added immediate and the constant itself, and the scheduler takes whichever is cheapest at the time.
Where several constants lie the same step apart, the step becomes a constant too: a row of addresses
then costs one constant and sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK, Shape
from slotweave.machine import Machine, Mode

#: Sums are looked for among at most this many constants; further ones are immediates.
MOST_SUMMANDS = 512

#: No constant waits for a longer chain of sums than this.
LONGEST_CHAIN = 16

NO_LIMITS: Mapping[int, int] = {}

#: Most constants that are added as steps between others, and how many others each must serve.
MOST_STEPS, LEAST_SERVED = 4, 4


def spread_constants(
    graph: Graph, machine: Machine, room: Mapping[int, int] = NO_LIMITS, outright: int = 0
) -> Graph:
    """`graph` with its constants free to come from any engine that can make them.

    `room` says of constants for how many cycles they may wait at most; the first `outright` after
    the first one of all stay as they are.
    """
    constants = [i for i, node in enumerate(graph.nodes) if node.op == "const"]
    if not constants:
        return graph
    anchor, *others = constants
    loaded = {graph.nodes[index].imm for index in others[:outright]}
    sums = _runs_elsewhere(machine, "add")
    immediates = _runs_elsewhere(machine, "add_immediate")
    base = graph.nodes[anchor].imm
    if sums:
        graph = _with_steps(graph, anchor)
    available = _Available(anchor, base)
    nodes = list(graph.nodes)
    for index, node in enumerate(graph.nodes):
        if node.op != "const" or index == anchor:
            continue
        if node.imm in loaded:
            available.add(node.imm, index, 0)
            continue
        most = min(LONGEST_CHAIN, room.get(node.imm, LONGEST_CHAIN))
        found = available.summands(node.imm, most) if sums else None
        depth = 0
        if found is not None:
            nodes[index] = replace(node, op="add", args=found.pair, imm=0)
            depth = found.depth
        elif immediates and most >= 1:
            imm = (node.imm - base) & WORD_MASK
            nodes[index] = replace(node, op="add_immediate", args=(anchor,), imm=imm)
            depth = 1
        available.add(node.imm, index, depth)
    return graph.with_nodes(tuple(nodes))


def _with_steps(graph: Graph, anchor: int) -> Graph:
    """`graph` with the most common steps between its constants right after node `anchor`."""
    place: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        if node.op == "const":
            place.setdefault(node.imm, index)
    steps = [step for step in _steps(sorted(place)) if place.get(step, anchor + 1) > anchor]
    order: list[int | Node] = list(range(anchor + 1))
    order += [place.get(step, Node("const", 1, imm=step)) for step in steps]
    moved = {place[step] for step in steps if step in place}
    order += [index for index in range(anchor + 1, len(graph.nodes)) if index not in moved]
    number = {old: new for new, old in enumerate(order) if isinstance(old, int)}
    nodes = [graph.nodes[old] if isinstance(old, int) else old for old in order]
    return graph.with_nodes(
        tuple(
            [
                node.with_edges(
                    tuple([number[arg] for arg in node.args]),
                    tuple([number[earlier] for earlier in node.after]) if node.after else (),
                )
                for node in nodes
            ]
        )
    )


def _steps(values: Sequence[int]) -> Iterator[int]:
    """The steps that lie between many of these constants, and longer ones where there are more."""
    apart = Counter(after - before for before, after in pairwise(values))
    for step, served in apart.most_common(MOST_STEPS):
        if served >= LEAST_SERVED:
            yield step
        if served >= LONGEST_CHAIN:
            yield step * (LONGEST_CHAIN // 2) & WORD_MASK


def _runs_elsewhere(machine: Machine, operation: str) -> bool:
    """Whether an engine that cannot load constants can do `operation` in their stead."""
    constants, others = (
        {mode.engine for mode in machine.modes_of(name, Shape.WORD) if machine.slots[mode.engine]}
        for name in ("const", operation)
    )
    return bool(constants) and bool(others - constants)


@dataclass(frozen=True, slots=True)
class _Summands:
    """Two nodes of constants, and the length of the chain of sums that their sum ends."""

    pair: tuple[int, int]
    depth: int


class _Available:
    """Constants made so far: where, and at the end of how long a chain of sums."""

    def __init__(self, anchor: int, base: int) -> None:
        self.node = {base: anchor}
        self.depth = {base: 0}

    def add(self, value: int, node: int, depth: int) -> None:
        if len(self.node) < MOST_SUMMANDS and value not in self.node:
            self.node[value] = node
            self.depth[value] = depth

    def summands(self, value: int, most: int) -> _Summands | None:
        """What adds up to `value` at the end of the shortest chain, of `most` sums at most."""
        best: _Summands | None = None
        for word, node in self.node.items():
            other = (value - word) & WORD_MASK
            if other in self.node:
                depth = 1 + max(self.depth[word], self.depth[other])
                if depth <= most:
                    best, most = _Summands((node, self.node[other]), depth), depth - 1
        return best


def constant_modes(machine: Machine, op: str) -> tuple[Mode, ...]:
    """Modes that make the value of a sum of constants outright, or as an added immediate; `op` is
    the operation that adds."""
    names = ("const", "add_immediate") if op == "add" else ("const",)
    return tuple(mode for name in names for mode in machine.modes_of(name, Shape.WORD))
