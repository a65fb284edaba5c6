"""Let constants come from more than one engine: from other constants that are there already.

Guarantees: the graph returned computes the same. Each constant but the first is written as the sum
of two earlier ones, or as the first one plus an immediate; the lowering then offers the sum, the
added immediate and the constant itself, and the scheduler takes whichever is cheapest at the time.
Where several constants lie the same step apart, the step becomes a constant too: a row of addresses
then costs one constant and sums. In the first cycles, when there is nothing yet that could be added
up, other operations may find a constant earlier: 7 & 2310 is 6, and 7 == 7 is 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from slotweave.backend.lower.early_constants import add_early_constants
from slotweave.backend.lower.reordered import Reordered
from slotweave.ir.graph import Graph, Node
from slotweave.isa import EXCHANGEABLE, WORD_MASK, Shape
from slotweave.isa.codegen import word_function
from slotweave.machine import Machine, Mode

#: Sums are looked for among at most this many constants; further ones are immediates.
MOST_SUMMANDS = 512

#: No constant waits for a longer chain of sums than this.
LONGEST_CHAIN = 16

NO_LIMITS: Mapping[int, int] = {}

#: What may make a constant of two earlier ones besides a sum.
_OPERATIONS = ("sub", "mul", "and", "or", "xor", "shl", "shr", "div", "mod", "lt", "eq")
_DIVIDE = frozenset({"div", "mod"})
_MULTIPLY_ADD = "multiply_add"

#: Most constants that are added as steps between others, and how many others each must serve.
MOST_STEPS, LEAST_SERVED = 4, 4


def spread_constants(
    graph: Graph,
    machine: Machine,
    room: Mapping[int, int] = NO_LIMITS,
    outright: int = 0,
    derived: int = 0,
    zeros: bool = False,
) -> Graph:
    """`graph` with its constants free to come from any engine that can make them.

    `room` says of constants for how many cycles they may wait at most; the first `outright` after
    the first one of all stay as they are. Where a chain of at most `derived` operations of any kind
    makes a constant, and no chain of sums as short does, it is made so. With `zeros`, the first one
    of all is 0, in words that nothing has written yet.
    """
    constants = [i for i, node in enumerate(graph.nodes) if node.op == "const"]
    if not constants:
        return graph
    anchor, *others = constants
    loaded = {graph.nodes[index].imm for index in others[:outright]}
    draft = Reordered(graph)
    if _runs_elsewhere(machine, "add"):
        _add_steps(draft, anchor)
    if not zeros:
        start = {graph.nodes[anchor].imm: (anchor, 0)}
        _spread(draft, machine, start, {}, room, loaded, derived)
        return draft.graph()
    loaded.add(graph.nodes[anchor].imm)
    given = add_early_constants(draft)
    start = {0: (given.word, -1), **{word: (node, 0) for word, node in given.read.items()}}
    _spread(draft, machine, start, {0: (given.vector, -1)}, room, loaded, derived)
    draft.drop_unread()
    return draft.graph()


def _spread(
    draft: Reordered,
    machine: Machine,
    start: Mapping[int, tuple[int, int]],
    vectors: Mapping[int, tuple[int, int]],
    room: Mapping[int, int],
    loaded: Collection[int],
    derived: int,
) -> None:
    """Let constants be made from those of `start`, and vectors of them from `vectors`.

    Both say where a constant lies, and at the end of how long a chain (-1: before all that is
    made). Immediates are added to the first one.
    """
    sums = _runs_elsewhere(machine, "add")
    immediates = _runs_elsewhere(machine, "add_immediate")
    operations = [name for name in _OPERATIONS if _runs_elsewhere(machine, name)]
    words = _Available(operations if derived else [], derived, start)
    rows = _Available(_on_vectors(machine) if vectors and derived else [], derived + 1, vectors)
    base, (anchor, before) = next(iter(start.items()))
    nodes = draft.nodes
    values = {node: value for value, (node, _depth) in start.items()}
    given = set(values)
    readers = _uses_of(draft) if vectors else {}
    for index in draft.order:
        node = nodes[index]
        if node.op == "broadcast" and vectors:
            word = draft.standing_for(node.args[0])
            if word in values:
                # A word that only the vector wants is not made if the vector needs none.
                value = values[word]
                most = words.depth[value] + (readers[word] == 1)
                way = rows.way_to(value, most)
                if way is not None:
                    nodes[index] = replace(node, op=way.op, args=way.args)
                rows.add(value, index, way.depth if way else words.depth[value] + 1)
        if node.op != "const" or index in given:
            continue
        values[index] = node.imm
        most = min(LONGEST_CHAIN, room.get(node.imm, LONGEST_CHAIN))
        found = words.way_to(node.imm, most) if sums else None
        depth = 0
        if node.imm in loaded:
            pass
        elif found is not None:
            nodes[index] = replace(node, op=found.op, args=found.args, imm=0)
            depth = found.depth
        elif immediates and most > before:
            imm = (node.imm - base) & WORD_MASK
            nodes[index] = replace(node, op="add_immediate", args=(anchor,), imm=imm)
            depth = before + 1
        words.add(node.imm, index, depth)


def _uses_of(draft: Reordered) -> Counter[int]:
    """How many operands each node is."""
    instead, nodes = draft.instead, draft.nodes
    return Counter([instead.get(arg, arg) for number in draft.order for arg in nodes[number].args])


def _on_vectors(machine: Machine) -> list[str]:
    """The operations that may make one vector of constants of others."""
    return [
        name
        for name in (_MULTIPLY_ADD, *_OPERATIONS)
        if any(machine.slots[mode.engine] for mode in machine.modes_of(name, Shape.VECTOR))
    ]


def _add_steps(draft: Reordered, anchor: int) -> None:
    """Put the most common steps between the constants right after node `anchor`."""
    place: dict[int, int] = {}
    for number in draft.order:
        node = draft.nodes[number]
        if node.op == "const":
            place.setdefault(node.imm, number)
    found = dict.fromkeys(_steps(sorted(place)))
    steps = [step for step in found if place.get(step, anchor + 1) > anchor]
    if not steps:
        return
    moved = {place[step] for step in steps if step in place}
    size = len(draft.order)
    first = [place[step] if step in place else draft.add(Node("const", 1, imm=step))
             for step in steps]  # fmt: skip
    rest = [number for number in range(anchor + 1, size) if number not in moved]
    draft.order = [*range(anchor + 1), *first, *rest]


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
class _Way:
    """An operation, the nodes of constants that it takes, and the length of the chain of operations
    that it ends."""

    op: str
    args: tuple[int, ...]
    depth: int


class _Available:
    """Constants made so far: where, and at the end of how long a chain of operations.

    What one of `operations` makes of two of them, or multiply_add of three, is kept if it ends a
    chain of at most `derived`.
    """

    def __init__(
        self, operations: Sequence[str], derived: int, start: Mapping[int, tuple[int, int]]
    ) -> None:
        self.node: dict[int, int] = {}
        self.depth: dict[int, int] = {}
        self._operations = [
            (name, word_function(name)) for name in operations if name != _MULTIPLY_ADD
        ]
        self._ordered = [each for each in self._operations if each[0] not in EXCHANGEABLE]
        self._products: dict[int, _Way] | None = {} if _MULTIPLY_ADD in operations else None
        self._derived = derived
        self._ways: dict[int, _Way] = {}
        for value, (node, depth) in start.items():
            self.add(value, node, depth)

    def add(self, value: int, node: int, depth: int) -> None:
        if len(self.node) >= MOST_SUMMANDS or value in self.node:
            return
        self.node[value] = node
        self.depth[value] = depth
        if self._operations and depth < self._derived:
            early = [word for word, behind in self.depth.items() if behind < self._derived]
            for word in early:
                self._note_ways(word, value, self._operations)
                self._note_ways(value, word, self._ordered)

    def _note_ways(
        self, one: int, other: int, operations: Sequence[tuple[str, Callable[..., int]]]
    ) -> None:
        """Keep what the operations make of these two constants."""
        depth = 1 + max(self.depth[one], self.depth[other])
        pair = self.node[one], self.node[other]
        if self._products is not None:
            product = one * other & WORD_MASK
            if product not in self._products or depth < self._products[product].depth:
                self._products[product] = _Way(_MULTIPLY_ADD, pair, depth)
        for name, function in operations:
            if name in _DIVIDE and not other:
                continue
            made = function(one, other)
            if made not in self._ways or depth < self._ways[made].depth:
                self._ways[made] = _Way(name, pair, depth)

    def way_to(self, value: int, most: int) -> _Way | None:
        """What makes `value` at the end of the shortest chain, of `most` operations at most: a sum,
        if one is as short as any."""
        best = self._summands(value, most)
        for other in (self._ways.get(value), self._multiplied(value)):
            if other is not None and other.depth <= (best.depth - 1 if best else most):
                best = other
        return best

    def _multiplied(self, value: int) -> _Way | None:
        """A product and a summand that make `value`, at the end of the shortest chain."""
        best: _Way | None = None
        for product, way in (self._products or {}).items():
            rest = (value - product) & WORD_MASK
            if self.depth.get(rest, self._derived) < self._derived:
                depth = max(way.depth, 1 + self.depth[rest])
                if best is None or depth < best.depth:
                    best = _Way(_MULTIPLY_ADD, (*way.args, self.node[rest]), depth)
        return best

    def _summands(self, value: int, most: int) -> _Way | None:
        """What adds up to `value` at the end of the shortest chain."""
        best: _Way | None = None
        for word, node in self.node.items():
            other = (value - word) & WORD_MASK
            if other in self.node:
                depth = 1 + max(self.depth[word], self.depth[other])
                if depth <= most:
                    best, most = _Way("add", (node, self.node[other]), depth), depth - 1
        return best


def constant_modes(machine: Machine, op: str) -> tuple[Mode, ...]:
    """Modes that make what `op` makes of constants outright, or as an added immediate."""
    names = ("const",) if op == "add_immediate" else ("const", "add_immediate")
    return tuple(mode for name in names for mode in machine.modes_of(name, Shape.WORD))
