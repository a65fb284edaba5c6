"""Let values leave scratch for a while: stored to spare memory and loaded back, or rematerialized.

Guarantees: the graph returned leaves the same words in every region that is output or input, and
stores to no memory but what `spare_memory` says is free. What brings a value back has an edge from
its trigger, so that it does not come back before there is use for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from slotweave.analysis.order_edges import with_order_edges
from slotweave.backend.lower.lower import Lowered, lower_as_it_stands
from slotweave.backend.lower.spare_memory import Spare, spare_memory
from slotweave.ir.graph import Graph, Node
from slotweave.ir.known_words import word_constants
from slotweave.ir.schedule import Schedule
from slotweave.ir.split import Reload, Split
from slotweave.isa import Shape
from slotweave.machine import Machine

#: What it costs to bring a value back, in slots: a constant word; a vector of one, a word and a
#: broadcast; any other vector, the load and its address, and a share of the store.
WORD_REMATERIALIZE, VECTOR_REMATERIALIZE, FROM_MEMORY = 1, 2, 3

#: The stage that stores and loads of spilled values are shown under, and rematerialized constants.
SPILL, REMATERIALIZE = "spill", "rematerialise"


def reload_costs(lowered: Lowered, machine: Machine) -> list[int]:
    """By storage of the problem: the slots that it costs to bring it back, 0 if that cannot be."""
    graph, problem = lowered.graph, lowered.problem
    writers = Counter(problem.writes.tolist())
    spills = all(_runs(machine, op, Shape.VECTOR) for op in ("vload", "vstore"))
    constants, fixed = word_constants(graph), _taken_apart(graph)
    anchor = _anchor(graph)
    costs = [0] * len(problem.storage_words)
    for op, storage in enumerate(problem.writes.tolist()):
        if storage < 0:  # it writes nothing, and there may be no storage at all
            continue
        index = int(problem.nodes[op])
        node = graph.nodes[index]
        whole = writers[storage] == 1 and problem.storage_words[storage] == node.width
        if not whole or index in fixed or storage in lowered.pinned:
            continue
        if index in constants:
            costs[storage] = WORD_REMATERIALIZE * (index != anchor)
        elif node.op == "broadcast" and node.args[0] in constants:
            costs[storage] = VECTOR_REMATERIALIZE
        elif spills and node.width == graph.vector_length:
            costs[storage] = FROM_MEMORY
    return costs


def _runs(machine: Machine, operation: str, shape: Shape) -> bool:
    return any(machine.slots[mode.engine] for mode in machine.modes_of(operation, shape))


def _anchor(graph: Graph) -> int:
    """The constant that others are made from (-1: there is none)."""
    return next((i for i, node in enumerate(graph.nodes) if node.op == "const"), -1)


def _taken_apart(graph: Graph) -> set[int]:
    """Values of which an overlay names a part: that part could not lie elsewhere later."""
    root: dict[int, int] = {}
    fixed: set[int] = set()
    for index, node in enumerate(graph.nodes):
        if node.op == "slice":
            root[index] = root.get(node.args[0], node.args[0])
        elif node.op == "overlay":
            fixed.update(root.get(arg, arg) for arg in node.args)
    return fixed


def split_ranges(
    lowered: Lowered,
    machine: Machine,
    splits: Sequence[Split],
    schedule: Schedule,
    *,
    kept: Collection[str] = (),
) -> Lowered:
    """`lowered` with the live ranges of `splits` split, where memory is free for them.

    `splits` were chosen on `schedule`; only values that `reload_costs` gives a cost may be
    among them. Of the regions that are `kept`, because other blocks access them, only words are
    free that the graph itself overwrites later.
    """
    rewriting = _Rewriting(lowered, machine, schedule, kept)
    for split in sorted(splits, key=lambda split: (split.landed, split.storage)):
        rewriting.plan(split)
    graph, assigned, held = rewriting.rewritten()
    split_graph = lower_as_it_stands(graph.with_nodes((*graph.nodes, *assigned)), machine)
    if len(split_graph.graph.nodes) != len(graph.nodes):
        return split_graph  # copies came in between: nothing is held back then
    number = {node: op for op, node in enumerate(split_graph.problem.nodes.tolist())}
    edges = np.array([(number[a], number[b]) for a, b in held], np.int32).reshape(-1, 2)
    before, after = edges[:, 0], edges[:, 1]
    problem = with_order_edges(split_graph.problem, after, before, np.zeros_like(after))
    return replace(split_graph, problem=problem)


@dataclass(eq=False)
class _Return:
    """A value on its way back: `node` recomputes old `value`, for `readers` (old numbers)."""

    value: int
    readers: tuple[int, ...]
    trigger: int
    spare: Spare | None
    number: int = -1  # in the new graph, once it is there


@dataclass(eq=False)
class _Leave:
    """Value `value` goes to `spare`, when the nodes and returns that used it before are done."""

    value: int
    spare: Spare
    waits: list[int]
    returned: list[_Return]
    number: int = -1


@dataclass
class _Rewriting:
    """Old graph to new graph: first all splits are planned, then the nodes are written again."""

    lowered: Lowered
    machine: Machine
    schedule: Schedule
    kept: Collection[str] = ()
    returns: dict[int, list[_Return]] = field(default_factory=lambda: defaultdict(list))
    leaves: dict[int, _Leave] = field(default_factory=dict)
    covers: dict[int, list[_Return]] = field(default_factory=lambda: defaultdict(list))
    last_users: dict[int, list[_Return]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.graph = self.lowered.graph
        self.constants = word_constants(self.graph)
        self.anchor = _anchor(self.graph)
        cycles = [0] * len(self.graph.nodes)
        offset, cycle = self.schedule.cycle_offset.tolist(), self.schedule.cycle.tolist()
        for op, node in enumerate(self.lowered.problem.nodes.tolist()):
            if offset[op] < offset[op + 1]:
                cycles[node] = max(cycle[offset[op] : offset[op + 1]])
        self.spare = [
            spare
            for spare in spare_memory(self.graph, cycles)
            if spare.until is not None or spare.region not in self.kept
        ]
        self.nodes: list[Node] = []
        self.held: list[tuple[int, int]] = []

    def plan(self, split: Split) -> None:
        """Note what `split` asks for; nothing if it needs memory and none is free."""
        value = self._node(split.maker)
        made_anew = self._is_constant(value)
        spare = None if made_anew else self._find_spare(value, split)
        if spare is None and not made_anew:
            return
        found = [self._return(value, reload, spare) for reload in split.reloads]
        for each in found:
            self.returns[min(each.readers)].append(each)
        if spare is not None:
            self._take(spare, value, split, found)

    def _is_constant(self, value: int) -> bool:
        node = self.graph.nodes[value]
        return value in self.constants or (
            node.op == "broadcast" and node.args[0] in self.constants
        )

    def _node(self, op: int) -> int:
        return int(self.lowered.problem.nodes[op])

    def _return(self, value: int, reload: Reload, spare: Spare | None) -> _Return:
        readers = tuple(self._node(op) for op in reload.readers)
        trigger = -1 if reload.trigger < 0 else self._node(reload.trigger)
        return _Return(value, readers, trigger, spare)

    def _find_spare(self, value: int, split: Split) -> Spare | None:
        """Memory that is free meanwhile, of the same item if there is some."""
        last = max(self._node(op) for reload in split.reloads for op in reload.readers)
        cycle = split.reloads[-1].cycle
        item = self.graph.nodes[value].item
        free = (
            (spare.item != item, spare.item >= 0, spare.address, number)
            for number, spare in enumerate(self.spare)
            if spare.first < value and spare.cycle <= split.landed
            and (spare.until is None or (last < spare.until and cycle < spare.until_cycle))
        )  # fmt: skip
        best = min(free, default=None)
        return None if best is None else self.spare[best[-1]]

    def _take(self, spare: Spare, value: int, split: Split, found: list[_Return]) -> None:
        self.leaves[value] = _Leave(value, spare, spare.waits, self.last_users[id(spare)])
        if spare.until is not None:
            self.covers[spare.until] += found
        spare.first = max(max(each.readers) for each in found)
        spare.cycle, spare.item = split.reloads[-1].cycle, self.graph.nodes[value].item
        spare.waits = []
        self.last_users[id(spare)] = found

    def rewritten(self) -> tuple[Graph, list[Node], list[tuple[int, int]]]:
        """The new graph, what its variables hold at its end, and (earlier, later) nodes of it that
        are held back."""
        number: list[int] = []
        current: dict[int, dict[int, _Return]] = defaultdict(dict)  # reader -> value -> return
        for index, node in enumerate(self.graph.nodes):
            for each in self.returns.get(index, ()):
                each.number = self._bring_back(each, number)
                for reader in each.readers:
                    current[reader][each.value] = each
            args = tuple(self._argument(arg, current.get(index, {}), number) for arg in node.args)
            after = [number[earlier] for earlier in node.after]
            after += [each.number for each in self.covers.get(index, ())]
            number.append(self._add(replace(node, args=args, after=tuple(sorted(set(after))))))
            if index in self.leaves:
                self._send_away(self.leaves[index], number)
        held = [(number[trigger], node) for trigger, node in self.held if trigger >= 0]
        pinned = self.lowered.pinned
        assigned = [
            Node("assign", 0, (number[self._node(op)],), imm=pinned[storage])
            for op, storage in enumerate(self.lowered.problem.writes.tolist())
            if storage in pinned
        ]
        return self.graph.with_nodes(tuple(self.nodes)), assigned, held

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _argument(self, arg: int, back: dict[int, _Return], number: list[int]) -> int:
        """The new number of an operand, a part of a value that came back if it is one."""
        if arg in back:
            return back[arg].number
        node = self.graph.nodes[arg]
        if node.op == "slice" and back:
            inner = self._argument(node.args[0], back, number)
            if inner != number[node.args[0]]:
                return self._add(replace(node, args=(inner,)))
        return number[arg]

    def _bring_back(self, each: _Return, number: list[int]) -> int:
        old = self.graph.nodes[each.value]
        reader = self.graph.nodes[min(each.readers)]
        if each.spare is not None:
            address = self._word(each.spare.address, reader.item, SPILL, number)
            self.held.append((each.trigger, address))
            store = self.leaves[each.value].number
            load = Node("vload", old.width, (address,), region=each.spare.region, after=(store,))
            return self._add(replace(load, item=reader.item, stage=SPILL, where=old.where))
        source = each.value if each.value in self.constants else old.args[0]
        word = self._word(self.constants[source], reader.item, REMATERIALIZE, number)
        self.held.append((each.trigger, word))
        if source == each.value:
            return word
        return self._add(replace(old, args=(word,), item=reader.item, stage=REMATERIALIZE))

    def _word(self, word: int, item: int, stage: str, number: list[int]) -> int:
        """A constant made for one use, on any engine that can.

        What goes away before there is any other constant, as a word that nothing makes does, has
        none to be made from.
        """
        if _runs(self.machine, "add_immediate", Shape.WORD) and 0 <= self.anchor < len(number):
            base = self.constants[self.anchor]
            args, imm = (number[self.anchor],), (word - base) % 2**32
            return self._add(Node("add_immediate", 1, args, imm=imm, item=item, stage=stage))
        return self._add(Node("const", 1, imm=word, item=item, stage=stage))

    def _send_away(self, leave: _Leave, number: list[int]) -> None:
        old = self.graph.nodes[leave.value]
        address = self._word(leave.spare.address, old.item, SPILL, number)
        self.held.append((leave.value, address))
        waits = self._waits(leave, number)
        store = Node("vstore", 0, (address, number[leave.value]), region=leave.spare.region)
        leave.number = self._add(
            replace(store, after=waits, item=old.item, stage=SPILL, where=old.where)
        )

    @staticmethod
    def _waits(leave: _Leave, number: list[int]) -> tuple[int, ...]:
        waits: Iterable[int] = (
            *(number[node] for node in leave.waits),
            *(each.number for each in leave.returned),
        )
        return tuple(sorted(set(waits)))
