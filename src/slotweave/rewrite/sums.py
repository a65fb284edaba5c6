"""Sums in a graph: trees of one associative operation, and in what other shape they end earlier.

A *sum* is of any operation that is associative and commutative; of additions the products may be
summands that a multiply_add adds. Its *leaves* are what is summed up. Nothing but the next node of
the tree uses what lies between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TypeAlias

from slotweave.ir.graph import Graph, Node
from slotweave.isa import Shape
from slotweave.machine import Machine
from slotweave.rules.associative import ASSOCIATIVE

#: Fewer leaves than this have one shape only, unless one of them is a product.
_FEWEST_LEAVES = 3

#: A value: a node of the graph. A product: the two nodes that it is of.
Leaf: TypeAlias = int | tuple[int, int]


@dataclass(frozen=True, slots=True)
class Join:
    """Two parts summed up; if `fused`, `left` is a product and one multiply_add does both."""

    left: Part
    right: Part
    fused: bool = False


Part: TypeAlias = Leaf | Join


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum whose result is node `root`: its operation, its leaves in order, and its shape."""

    root: int
    op: str
    leaves: tuple[Leaf, ...]
    shape: Part


@dataclass(frozen=True, slots=True)
class Costs:
    """The cycles from operands to result of what sums of one width are made of.

    `fused` is that of a multiply_add, None on a machine that has none.
    """

    join: int
    product: int
    fused: int | None


def costs_of(op: str, width: int, machine: Machine) -> Costs | None:
    """The least latencies of that operation, and of products; None if the machine lacks one."""
    join = least_latency(machine, op, width)
    product = least_latency(machine, "mul", width)
    if join is None or (op == "add" and product is None):
        return None
    return Costs(join, product or join, least_latency(machine, "multiply_add", width))


def least_latency(machine: Machine, op: str, width: int) -> int | None:
    """The least latency of `op` on that many lanes; None if the machine cannot do it."""
    modes = machine.modes_of(op, Shape.WORD if width == 1 else Shape.VECTOR)
    return min((mode.latency for mode in modes if machine.slots[mode.engine]), default=None)


def sums_of(graph: Graph) -> list[Sum]:
    """The sums of `graph` that have several shapes, in the order of their roots."""
    nodes = graph.nodes
    uses = [0] * len(nodes)
    for node in nodes:
        for arg in node.args:
            uses[arg] += 1
    inner: set[int] = set()
    found: list[Sum] = []
    for root in range(len(nodes) - 1, -1, -1):
        op = _operation(nodes[root])
        if op and root not in inner:
            made = _sum(nodes, uses, root, op, inner)
            if len(made.leaves) >= _FEWEST_LEAVES or nodes[root].op == "multiply_add":
                found.append(made)
    return found[::-1]


def _operation(node: Node) -> str:
    """The operation of the sum that the node may belong to."""
    if node.op == "multiply_add":
        return "add"
    return node.op if node.op in ASSOCIATIVE else ""


def _sum(nodes: Sequence[Node], uses: list[int], root: int, op: str, inner: set[int]) -> Sum:
    """The sum with that root; what lies between its root and its leaves is put into `inner`."""
    leaves: list[Leaf] = []
    shapes: list[Part] = []
    stack: list[tuple[int, bool]] = [(root, False)]
    while stack:
        at, done = stack.pop()
        node = nodes[at]
        fused = node.op == "multiply_add"
        alone = uses[at] == 1 and node.width == nodes[root].width
        if done:
            right, left = shapes.pop(), shapes.pop()
            shapes.append(Join(left, right, fused))
        elif at == root or (alone and _operation(node) == op):
            inner.add(at)
            stack.append((at, True))
            if fused:
                stack.append((node.args[2], False))
                leaves.append(node.args[:2])  # type: ignore[arg-type]
                shapes.append(leaves[-1])
            else:
                stack += ((node.args[1], False), (node.args[0], False))
        else:
            product = alone and op == "add" and node.op == "mul"
            leaves.append((node.args[0], node.args[1]) if product else at)
            shapes.append(leaves[-1])
    return Sum(root, op, tuple(leaves), shapes.pop())


def end_of(shape: Part, ready: Callable[[Leaf], float], costs: Costs) -> float:
    """The cycle from which on the sum is known, with slots for everything."""
    ends: list[float] = []
    stack: list[tuple[Part, bool]] = [(shape, False)]
    while stack:
        part, done = stack.pop()
        if not isinstance(part, Join):
            ends.append(ready(part) + (costs.product if isinstance(part, tuple) else 0))
        elif not done:
            stack += ((part, True), (part.right, False), (part.left, False))
        else:
            right, left = ends.pop(), ends.pop()
            if part.fused and costs.fused is not None:
                ends.append(max(left - costs.product, right) + costs.fused)
            else:
                ends.append(max(left, right) + costs.join)
    return ends.pop()


def early_shape(
    leaves: Sequence[Leaf], ready: Callable[[Leaf], float], costs: Costs, most_parts: int | None
) -> Part:
    """A shape of these leaves that ends early, with few products that no multiply_add adds.

    The two parts that are ready first are joined, again and again, which for values is optimal
    (Golumbic, "Combinatorial merging", IEEE Transactions on Computers, 1976). A product is added
    to a part that waits for nothing when it comes. Where there is none it begins a part, unless
    there are `most_parts` already.
    """
    placed = [(ready(leaf), place, leaf) for place, leaf in enumerate(leaves)]
    heap: list[tuple[float, int, Part]] = [one for one in placed if not isinstance(one[2], tuple)]
    heapify(heap)
    for at, place, leaf in sorted(one for one in placed if isinstance(one[2], tuple)):
        full = most_parts is not None and len(heap) >= most_parts
        if costs.fused is not None and heap and (heap[0][0] <= at or full):
            end, other, part = heappop(heap)
            joined = Join(leaf, part, fused=True)
            heappush(heap, (max(at, end) + costs.fused, other, joined))
        else:
            heappush(heap, (at + costs.product, place, leaf))
    while len(heap) > 1:
        (_first, place, left), (second, other, right) = heappop(heap), heappop(heap)
        heappush(heap, (second + costs.join, min(place, other), Join(left, right)))
    return heap[0][2]
