"""Sums in other shapes: a tree where a chain is what a graph waits for.

Guarantees: what `reassociated` returns is derived as `rewrite` derives, by the rules and the laws,
so the same checker follows it. Operations of the graph keep their order of memory accesses. There
is one operation more for each product that no multiply_add adds any more, and none else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from slotweave.ir.derivation import Derivation
from slotweave.ir.graph import Graph, Node
from slotweave.machine import Machine
from slotweave.rewrite.driver import Fired, Rewritten
from slotweave.rewrite.finish import finish
from slotweave.rewrite.resum import Resum, TooLongError
from slotweave.rewrite.sums import Join, Leaf, Part, Sum, costs_of, early_shape, end_of
from slotweave.rewrite.workspace import Workspace


@dataclass(frozen=True)
class Shaped:
    """A sum, and the shape that it is to have."""

    sum: Sum
    shape: Part


def earlier_shapes(
    graph: Graph,
    machine: Machine,
    sums: Iterable[Sum],
    ready: Sequence[float],
    most_parts: int | None = None,
) -> list[Shaped]:
    """Shapes of those of the sums that end earlier in another one, in the order of their roots.

    `ready` is the cycle from which on each node is known.
    """
    found: list[Shaped] = []

    def ready_at(leaf: Leaf) -> float:
        return max(ready[node] for node in leaf) if isinstance(leaf, tuple) else ready[leaf]

    for each in sums:
        costs = costs_of(each.op, graph.nodes[each.root].width, machine)
        if costs is None:
            continue
        shape = early_shape(each.leaves, ready_at, costs, most_parts)
        if end_of(shape, ready_at, costs) < end_of(each.shape, ready_at, costs):
            found.append(Shaped(each, shape))
    return found


def reassociated(before: Rewritten, machine: Machine, wanted: Sequence[Shaped]) -> Rewritten:
    """`before` with these sums in these shapes; those whose proof would be too long stay."""
    work = Workspace(before.graph, machine)
    at = [work.add(node, number) for number, node in enumerate(before.graph.nodes)]
    made = Resum(list(before.derivation.nodes))
    fired: Counter[tuple[str, str]] = Counter()
    for each in wanted:
        node = before.graph.nodes[each.sum.root]
        old, new = (_renamed(shape, before.names.__getitem__)
                    for shape in (each.sum.shape, each.shape))  # fmt: skip
        try:
            made.show(each.sum.op, node.width, old, new)
        except TooLongError:
            continue
        root = at[each.sum.root]
        shape = _renamed(each.shape, lambda leaf: work.current(at[leaf]))
        work.replace(root, _built(work, each.sum.op, node, shape, root))
        fired[f"reassociate_{each.sum.op}", node.where] += 1
    graph, _names = finish(work)
    steps = (*before.derivation.steps, *made.steps)
    counts = tuple(Fired(rule, where, count) for (rule, where), count in sorted(fired.items()))
    return replace(
        before, graph=graph, fired=(*before.fired, *counts),
        derivation=Derivation(tuple(made.nodes), steps), names=(),
    )  # fmt: skip


def _renamed(shape: Part, name: Callable[[int], int]) -> Part:
    """`shape` with other names for the nodes."""
    parts: list[Part] = []
    stack: list[tuple[Part, bool]] = [(shape, False)]
    while stack:
        part, done = stack.pop()
        if isinstance(part, tuple):
            parts.append((name(part[0]), name(part[1])))
        elif not isinstance(part, Join):
            parts.append(name(part))
        elif not done:
            stack += ((part, True), (part.right, False), (part.left, False))
        else:
            right, left = parts.pop(), parts.pop()
            parts.append(Join(left, right, part.fused))
    return parts.pop()


def _built(work: Workspace, op: str, like: Node, shape: Part, root: int) -> int:
    """The name of the node that holds the sum in `shape`."""
    names: list[int] = []
    stack: list[tuple[Part, bool]] = [(shape, False)]

    def made(name: str, *args: int) -> int:
        return work.derive(name, like.width, args, 0, root)

    while stack:
        part, done = stack.pop()
        if isinstance(part, tuple):
            names.append(made("mul", *part))
        elif not isinstance(part, Join):
            names.append(part)
        elif not done:
            stack += ((part, True), (part.right, False))
            stack += () if part.fused else ((part.left, False),)
        elif part.fused:
            assert isinstance(part.left, tuple)
            names.append(made("multiply_add", *part.left, names.pop()))
        else:
            right, left = names.pop(), names.pop()
            names.append(made(op, left, right))
    return names.pop()
