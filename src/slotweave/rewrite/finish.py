"""From a workspace back to a graph: what is needed, in an order close to the source's.

Needed is what a store, a trace, or a pause depends on. A load that nothing needs is dropped; what
waited for it waits for what it had waited for.
"""

from __future__ import annotations

from slotweave.ir.graph import PURE, Graph, Node
from slotweave.isa import OPERATIONS, Effect
from slotweave.rewrite.workspace import Workspace

#: Operations that are only needed if something else needs them.
FOR_OTHERS = PURE | {"join"} | {n for n, kind in OPERATIONS.items() if kind.effect is Effect.LOAD}


def needed_nodes(nodes: list[Node] | tuple[Node, ...], alive: list[bool] | None = None) -> set[int]:
    """The nodes with an effect, and all that these depend on by arguments or through joins."""
    waiting = [
        name
        for name, node in enumerate(nodes)
        if node.op not in FOR_OTHERS and (alive is None or alive[name])
    ]
    needed = set(waiting)
    while waiting:
        node = nodes[waiting.pop()]
        joins = [name for name in node.after if nodes[name].op == "join"] if node.after else ()
        for name in (*node.args, *joins):
            if name not in needed:
                needed.add(name)
                waiting.append(name)
    return needed


def finish(work: Workspace) -> tuple[Graph, tuple[int, ...]]:
    """The graph that the workspace holds, and which node of the workspace each node of it is."""
    needed = needed_nodes(work.nodes, work.alive)
    # A join after one node is that node.
    needed -= {n for n in needed if work.nodes[n].op == "join" and len(work.nodes[n].after) < 2}
    waits = _Waits(work, needed)
    number: dict[int, int] = {}
    nodes: list[Node] = []
    for first in sorted(needed, key=lambda name: (work.position[name], name)):
        stack = [first]
        while stack:
            name = stack.pop()
            if name in number:
                continue
            node = work.nodes[name]
            after = waits.of(name) if node.after else ()
            try:
                args = tuple([number[arg] for arg in node.args])
                after = tuple(sorted([number[x] for x in after])) if after else ()
            except KeyError:
                unmet = [x for x in (*node.args, *after) if x not in number]
                stack += (name, *reversed(unmet))
                continue
            number[name] = len(nodes)
            nodes.append(node.with_edges(args, after))
    return work.graph.with_nodes(tuple(nodes)), tuple(number)


class _Waits:
    """What each node waits for, among the needed ones."""

    def __init__(self, work: Workspace, needed: set[int]) -> None:
        self._work = work
        self._needed = needed

    def of(self, name: int) -> tuple[int, ...]:
        """The needed nodes after the `after` of `name`, dropped ones replaced by theirs."""
        found: dict[int, None] = {}
        seen: set[int] = set()
        waiting = list(reversed(self._work.nodes[name].after))
        while waiting:
            earlier = self._work.current(waiting.pop())
            if earlier in seen:
                continue
            seen.add(earlier)
            if earlier in self._needed:
                found[earlier] = None
            else:
                waiting += reversed(self._work.nodes[earlier].after)
        return tuple(found)
