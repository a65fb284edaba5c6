"""Write variables by operations: what `assign` says, done by whatever makes the value, or a copy.

Guarantees: in the graph returned no `assign` is left; each variable that one named has a *writer*,
an operation that writes it and whose result is of use under no other name, so that it can lie
where the variable does, and runs after all operations that read what the variable held before.
A copy is an operation that the machine has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.ir.graph import Graph, Node
from slotweave.isa import Shape
from slotweave.machine import Machine

#: Operations that return what all of their operands are, and how many these are.
_COPIES = (("or", 2), ("and", 2), ("select", 3), ("add_immediate", 1))


@dataclass(frozen=True)
class Written:
    """The graph without `assign`; by writer, the variable that it writes."""

    graph: Graph
    variable: Mapping[int, int]


def copy_variables(graph: Graph, machine: Machine) -> Written:
    """`graph` with a writer for each variable that it assigns.

    Raises NoSchedule (SW302) if one must be copied and no operation of the machine can do that.
    """
    assigned = {node.imm: node.args[0] for node in graph.nodes if node.op == "assign"}
    if not assigned:
        return Written(graph, {})
    sources = Counter(assigned.values())
    nodes: list[Node] = []
    number: list[int] = []
    for node in graph.nodes:
        number.append(len(nodes))
        if node.op != "assign":
            nodes.append(renumbered(node, number))
    order = _Order(nodes, any(mode.latency > 1 for mode in machine.modes))
    taken: dict[int, int] = {}  # what may be other variables, which change as well: taken first
    for target, old in assigned.items():
        made = nodes[source := number[old]]
        if made.structural and not (made.op == "variable" and made.imm == target):
            taken[target] = len(nodes)
            nodes.append(copy_of(source, replace(made, stage=""), machine))
            order.append(nodes[-1])
    variable: dict[int, int] = {}
    for target, old in assigned.items():
        source = number[old]
        if nodes[source].op == "variable" and nodes[source].imm == target:
            continue
        if sources[old] == 1 and order.can_be_last(source, target):
            variable[source] = target
            continue
        made, source = nodes[source], taken.get(target, source)
        nodes.append(copy_of(source, made, machine))
        order.append(nodes[-1], target)
        variable[len(nodes) - 1] = target
    return Written(graph.with_nodes(tuple(nodes)), variable)


def copy_of(source: int, made: Node, machine: Machine) -> Node:
    """A copy of node `source`, which `made` is like."""
    shape = Shape.WORD if made.width == 1 else Shape.VECTOR
    for op, operands in _COPIES:
        if any(machine.slots[mode.engine] for mode in machine.modes_of(op, shape)):
            args = (source,) * operands
            return Node(op, made.width, args, item=made.item, stage=made.stage, where=made.where)
    names = ", ".join(repr(op) for op, _ in _COPIES)
    reason = f"no engine of machine {machine.name!r} can copy a {shape.value}, as a variable needs"
    raise NoSchedule(Diagnostic("SW302", f"{reason}: give it one of {names}"))


def readers(nodes: list[Node] | tuple[Node, ...], variable: int) -> list[int]:
    """The operations that read `variable`, also by parts of it."""
    names: set[int] = set()
    found: list[int] = []
    for index, node in enumerate(nodes):
        if node.op == "variable" and node.imm == variable:
            names.add(index)
        elif not names.isdisjoint(node.args):
            if node.op in ("slice", "overlay"):
                names.add(index)
            else:
                found.append(index)
    return found


def _is_part_of(nodes: list[Node], value: int, variable: int) -> bool:
    """Whether `value` holds words of what `variable` held before, where they lie."""
    waiting, seen = [value], {value}
    while waiting:
        node = nodes[waiting.pop()]
        if node.op == "variable" and node.imm == variable:
            return True
        if node.op in ("slice", "overlay"):
            waiting += set(node.args) - seen
            seen.update(node.args)
    return False


def renumbered(node: Node, number: Sequence[int]) -> Node:
    """`node` with the nodes that it names under their new numbers."""
    args = tuple(number[arg] for arg in node.args)
    return replace(node, args=args, after=tuple(number[earlier] for earlier in node.after))


class _Order:
    """Which operation must come before which: operands, memory, and readers before writers.

    Where results take longer than a bundle, operations stay on their side of a pause as well.
    """

    def __init__(self, nodes: list[Node], slow: bool) -> None:
        self._nodes = nodes
        self._before = [{*node.args, *node.after} for node in nodes]
        self._pause: set[int] = set()  # the last one
        for index, node in enumerate(nodes):
            self._before[index] |= self._pause
            if slow and node.op == "pause":
                self._before[index].update(range(max(self._pause, default=0), index))
                self._pause = {index}
        self._uses = Counter(arg for node in nodes if node.structural for arg in node.args)

    def can_be_last(self, source: int, target: int) -> bool:
        """Whether `source` can write `target` itself: note that it does, if so."""
        node = self._nodes[source]
        if node.structural or self._uses[source]:
            return False
        found = readers(self._nodes, target)
        if source in found and node.width > 1 and not self._reads_whole(node, target):
            return False
        wait = [reader for reader in found if reader != source]
        if any(self._reaches(source, reader) for reader in wait):
            return False
        self._before[source].update(wait)
        return True

    def _reads_whole(self, node: Node, target: int) -> bool:
        """Whether `node` reads `target` under no other name, so each lane what it overwrites.

        Lane by lane, in several cycles, it would find words of a part of it already overwritten.
        """
        rest = {arg for arg in node.args if self._nodes[arg].op != "variable"}
        return not any(_is_part_of(self._nodes, arg, target) for arg in rest)

    def append(self, node: Node, target: int = -1) -> None:
        """A copy, into variable `target` if there is one, is now the last node."""
        before = {*node.args, *readers(self._nodes, target), *self._pause}
        self._before.append(before - {len(self._before)})

    def _reaches(self, earlier: int, later: int) -> bool:
        """Whether `later` must come after `earlier`."""
        seen, waiting = {later}, [later]
        while waiting:
            for node in self._before[waiting.pop()] - seen:
                if node == earlier:
                    return True
                seen.add(node)
                waiting.append(node)
        return False
