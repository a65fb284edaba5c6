"""Rounds of a loop written out: they are those of its body, in an order that memory allows.

Guarantees, if no fault is returned: running `repeated` once leaves memory, the trace and all
variables as running `body` so many times does. Both are read from the front, and each value gets
the number of what computes it: an operation on such numbers, a variable before the first round, or
a certain load. Then the accesses of memory, the words traced and the variables at the end have to
be the same, one by one; and accesses of different rounds that may touch one word, those of one
round that are in order, and traces must be in order.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

from slotweave.analysis.iteration_order import iteration_conflicts
from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.graph import Graph, Node
from slotweave.isa import Effect


@dataclass
class _Run:
    """Numbers of values, shared by both graphs, and what a run does: by event its value number."""

    numbers: dict[Hashable, int]
    variables: dict[int, int] = field(default_factory=dict)
    events: list[Hashable] = field(default_factory=list)

    def number(self, key: Hashable) -> int:
        return self.numbers.setdefault(key, len(self.numbers))

    def go(self, graph: Graph) -> list[int]:
        """Run `graph`; returns by node its event, -1 for nodes that are none."""
        values: list[int] = []
        events: list[int] = []
        assigned: dict[int, int] = {}
        for node in graph.nodes:
            args = tuple([values[arg] for arg in node.args])
            event = -1
            if node.op == "variable":
                value = self.variables.get(node.imm)
                value = self.number(("variable", node.imm)) if value is None else value
            elif node.op == "assign":
                assigned[node.imm] = args[0]
                value = -1
            else:
                key = (node.op, node.width, node.imm, node.offsets, node.region, args)
                if not node.pure and node.op != "join":
                    event = len(self.events)
                    self.events.append(key)
                    value = self.number(("event", event, key))
                else:
                    value = self.number(key)
            values.append(value)
            events.append(event)
        self.variables |= assigned
        return events


def repeated_faults(
    body: Graph, repeated: Graph, times: int, constants: Mapping[int, int]
) -> Iterator[Diagnostic]:
    """What is wrong (SW401) with `repeated` as `times` rounds of `body`.

    `constants` are the words of variables that hold the same constant in all rounds.
    """
    numbers: dict[Hashable, int] = {}
    wanted, found = _Run(numbers), _Run(numbers)
    rounds = [wanted.go(body) for _ in range(times)]
    events = found.go(repeated)
    if wanted.events != found.events:
        yield Diagnostic("SW401", f"{times} rounds do other accesses of memory, or trace others")
        return
    kept = {name: found.variables.get(name) for name in wanted.variables}
    if kept != wanted.variables or len(found.variables) != len(kept):
        yield Diagnostic("SW401", f"{times} rounds leave something else in variables")
        return
    node_of = {event: index for index, event in enumerate(events) if event >= 0}
    before = _ancestors(repeated)
    for earlier, later in _orders(body, rounds, constants):
        first, then = node_of[earlier], node_of[later]
        if not before[then] >> first & 1:
            node, other = repeated.nodes[then], repeated.nodes[first]
            reason = f"{node.op} ({node.where}) does not wait for {other.op} of an earlier round"
            yield Diagnostic("SW401", f"of {times} rounds, {reason}", file=node.where)


def _orders(
    body: Graph, rounds: list[list[int]], constants: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """Pairs of events the first of which comes first."""
    conflicts = list(iteration_conflicts(body, constants))
    events = [i for i, node in enumerate(body.nodes) if not node.pure and _is_event(node)]
    before = _ancestors(body)
    traces = [i for i in events if body.nodes[i].op == "trace_write"]
    for at, one in enumerate(rounds):
        for later in events:
            for earlier in events:
                if before[later] >> earlier & 1:
                    yield one[earlier], one[later]
        for conflict in conflicts:
            for distance in range(conflict.distance, at + 1):
                yield rounds[at - distance][conflict.earlier], one[conflict.later]
        if at and traces:
            yield rounds[at - 1][traces[-1]], one[traces[0]]


def _is_event(node: Node) -> bool:
    return node.op not in ("join", "assign") and node.effect is not Effect.NONE


def _ancestors(graph: Graph) -> list[int]:
    """For each node the set, as bits, of what it waits for."""
    found: list[int] = []
    for node in graph.nodes:
        row = 0
        for earlier in (*node.args, *node.after):
            row |= found[earlier] | 1 << earlier
        found.append(row)
    return found
