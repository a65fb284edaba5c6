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
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from slotweave.backend.lower.constant_ways import (
    ADD_IMMEDIATE,
    MULTIPLY_ADD,
    Means,
    Wanted,
    ways_of,
)
from slotweave.backend.lower.early_constants import add_early_constants
from slotweave.backend.lower.reordered import Reordered
from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK, Shape
from slotweave.machine import Machine, Mode

#: No constant waits for a longer chain of sums than this.
LONGEST_CHAIN = 16

NO_LIMITS: Mapping[int, int] = {}

#: What may make a constant of two earlier ones besides a sum.
_OPERATIONS = ("sub", "mul", "and", "or", "xor", "shl", "shr", "div", "mod", "lt", "eq")

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
    means = _means(machine, derived, zeros)
    if means.sums:
        _add_steps(draft, anchor)
    if not zeros:
        _spread(draft, {graph.nodes[anchor].imm: (anchor, 0)}, {}, room, loaded, means)
        return draft.graph()
    loaded.add(graph.nodes[anchor].imm)
    given = add_early_constants(draft)
    start = {0: (given.word, -1), **{word: (node, 0) for word, node in given.read.items()}}
    _spread(draft, start, {0: (given.vector, -1)}, room, loaded, means)
    draft.drop_unread()
    return draft.graph()


def _means(machine: Machine, derived: int, zeros: bool) -> Means:
    """What constants may be made by; of operations besides sums only with `derived`."""
    return Means(
        _runs_elsewhere(machine, "add"),
        _runs_elsewhere(machine, ADD_IMMEDIATE),
        tuple([each for each in _OPERATIONS if derived and _runs_elsewhere(machine, each)]),
        _on_vectors(machine) if derived and zeros else (),
        derived,
    )


def _spread(
    draft: Reordered,
    start: Mapping[int, tuple[int, int]],
    vectors: Mapping[int, tuple[int, int]],
    room: Mapping[int, int],
    loaded: Collection[int],
    means: Means,
) -> None:
    """Let constants be made from those of `start`, and vectors of them from `vectors`.

    Both say where a constant lies, and at the end of how long a chain (-1: before all that is
    made). Immediates are added to the first one.
    """
    nodes = draft.nodes
    number: list[int] = []
    wanted: list[Wanted] = []
    for each, constant in _wanted(draft, start, room, loaded, wide=bool(vectors)):
        number.append(each)
        wanted.append(constant)
    given, rows = (
        tuple([(value, depth) for value, (_node, depth) in each.items()])
        for each in (start, vectors)
    )
    word_at = {value: node for value, (node, _depth) in start.items()}
    row_at = {value: node for value, (node, _depth) in vectors.items()}
    ways = ways_of(tuple(wanted), given, rows, means)
    for at, constant, way in zip(number, wanted, ways, strict=True):
        made = row_at if constant.wide else word_at
        if way is not None:
            args = tuple([made[value] for value in way.args])
            nodes[at] = replace(nodes[at], op=way.op, args=args, imm=way.imm)
        made.setdefault(constant.value, at)


def _wanted(
    draft: Reordered,
    start: Mapping[int, tuple[int, int]],
    room: Mapping[int, int],
    loaded: Collection[int],
    wide: bool,
) -> Iterator[tuple[int, Wanted]]:
    """The constants in order, by node, and vectors of them if they are wanted as well."""
    nodes = draft.nodes
    values = {node: value for value, (node, _depth) in start.items()}
    given = set(values)
    readers = _uses_of(draft) if wide else {}
    for index in draft.order:
        node = nodes[index]
        if node.op == "const" and index not in given:
            values[index] = node.imm
            most = min(LONGEST_CHAIN, room.get(node.imm, LONGEST_CHAIN))
            yield index, Wanted(node.imm, False, None if node.imm in loaded else most)
        elif node.op == "broadcast" and wide:
            word = draft.standing_for(node.args[0])
            if word in values:
                # A word that only the vector wants is not made if the vector needs none.
                yield index, Wanted(values[word], True, int(readers[word] == 1))


def _uses_of(draft: Reordered) -> Counter[int]:
    """How many operands each node is."""
    instead, nodes = draft.instead, draft.nodes
    return Counter([instead.get(arg, arg) for number in draft.order for arg in nodes[number].args])


def _on_vectors(machine: Machine) -> tuple[str, ...]:
    """The operations that may make one vector of constants of others."""
    return tuple(
        [
            name
            for name in (MULTIPLY_ADD, *_OPERATIONS)
            if any(machine.slots[mode.engine] for mode in machine.modes_of(name, Shape.VECTOR))
        ]
    )


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


def constant_modes(machine: Machine, op: str) -> tuple[Mode, ...]:
    """Modes that make what `op` makes of constants outright, or as an added immediate."""
    names = ("const",) if op == "add_immediate" else ("const", "add_immediate")
    return tuple(mode for name in names for mode in machine.modes_of(name, Shape.WORD))
