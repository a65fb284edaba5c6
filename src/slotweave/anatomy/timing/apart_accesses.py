"""Which accesses of a graph are a known distance apart, so that no order of them is demanded.

A graph keeps accesses at computed addresses of one region in the order of the program. Whoever
compares addresses (see `placements`) knows more: x and x + 1 are two words, whatever x is. A bound
must hold for them as well, so it leaves such an order out. Addresses are compared by the numbers of
their values, as in `word_values`. Here a load gives the same word whenever it is made, which can
only leave more out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from slotweave.ir.graph import Graph, Node
from slotweave.isa import LOADS, OPERATIONS, STORES, WORD_BITS, WORD_MASK, canonical_args
from slotweave.isa.codegen import word_function

#: The number of its base times 2^32 plus the distance from it. The base of constants is 0.
_Value = int

_SUMS = frozenset({"add", "sub", "add_immediate"})


class ApartAccesses:
    """The accesses of `graph` by their addresses."""

    def __init__(self, graph: Graph) -> None:
        self._nodes, self._lanes = graph.nodes, graph.vector_length
        ordered = _ordered(graph.nodes)
        self._address: Mapping[int, _Value] = {}
        if ordered and _differ(graph.nodes, ordered):
            self._address = _addresses(graph.nodes, ordered)
        self._behind = _behind_joins(graph.nodes) if self._address else {}

    def demanded(self, earlier: int, later: int) -> bool:
        """Is the order of two nodes demanded, the second of which has the first in `after`?

        The order of an access and a join is, if it is of the access and all that the join is for.
        """
        if earlier not in self._address:
            return True
        return not any(self._apart(earlier, one) for one in self._behind.get(later, (later,)))

    def _apart(self, one: int, other: int) -> bool:
        a, b = self._address[one], self._address.get(other)
        if b is None or a >> WORD_BITS != b >> WORD_BITS:
            return False
        ahead = (b - a) & WORD_MASK
        return self._width(one) <= ahead <= WORD_MASK + 1 - self._width(other)

    def _width(self, index: int) -> int:
        return self._lanes if self._nodes[index].op in ("vload", "vstore") else 1


def _ordered(nodes: Sequence[Node]) -> list[int]:
    """The loads and stores that another one waits for, or that wait."""
    waited = {earlier for node in nodes for earlier in node.after}
    return [
        index
        for index, node in enumerate(nodes)
        if (node.after or index in waited)
        and node.effect in (LOADS, STORES)
        and nodes[node.args[0]].width == 1
    ]


def _behind_joins(nodes: Sequence[Node]) -> Mapping[int, set[int]]:
    """What waits for each join, for others in between as well."""
    behind: dict[int, set[int]] = {}
    for index in range(len(nodes) - 1, -1, -1):
        joins = nodes[index].op == "join"
        own = behind.setdefault(index, set()) if joins else {index}
        for earlier in nodes[index].after:
            if nodes[earlier].op == "join":
                behind.setdefault(earlier, set()).update(own)
    return behind


def _differ(nodes: Sequence[Node], ordered: Iterable[int]) -> bool:
    """Are computed addresses at different distances from anything? If not, none are apart.

    Looked at are sums alone, which takes no time.
    """
    known: dict[tuple[int, int], tuple[int, int, int]] = {}
    found = {_stripped(nodes, (nodes[index].args[0], 0), known) for index in ordered}
    computed = {distance for node, _lane, distance in found if nodes[node].op != "const"}
    return len(computed) > 1


def _stripped(
    nodes: Sequence[Node], word: tuple[int, int], known: dict[tuple[int, int], tuple[int, int, int]]
) -> tuple[int, int, int]:
    """The word (node and lane) of which `word` is a sum with a constant, and the constant."""
    passed: list[tuple[tuple[int, int], int]] = []
    while word not in known:
        step = _step(nodes, *word)
        if step is None:
            known[word] = (*word, 0)
            break
        passed.append((word, step[2]))
        word = step[:2]
    node, lane, moved = known[word]
    for each, distance in reversed(passed):
        moved = (moved + distance) & WORD_MASK
        known[each] = (node, lane, moved)
    return node, lane, moved


def _step(nodes: Sequence[Node], node: int, lane: int) -> tuple[int, int, int] | None:
    """The word that word `lane` of a node is the sum of, with how much; None if it is no sum."""
    here = nodes[node]
    if here.op == "slice":
        return here.args[0], lane + here.imm, 0
    if here.op == "broadcast":
        return here.args[0], 0, 0
    if here.op == "overlay":
        return *_uppermost(nodes, here, lane), 0
    if here.op == "add_immediate":
        return here.args[0], lane, here.imm
    if here.op in _SUMS:
        left, right = here.args
        if (known := _constant(nodes, right, lane)) is not None:
            return left, lane, -known if here.op == "sub" else known
        if here.op == "add" and (known := _constant(nodes, left, lane)) is not None:
            return right, lane, known
    return None


def _uppermost(nodes: Sequence[Node], overlay: Node, lane: int) -> tuple[int, int]:
    """The node, and the lane of it, that lies uppermost in a lane of an overlay."""
    parts = zip(overlay.args, overlay.offsets, strict=True)
    return [
        (part, lane - offset)
        for part, offset in parts
        if offset <= lane < offset + nodes[part].width
    ][-1]


def _constant(nodes: Sequence[Node], node: int, lane: int) -> int | None:
    """What is known of a word without computing anything."""
    while nodes[node].op in ("slice", "broadcast", "overlay"):
        step = _step(nodes, node, lane)
        assert step is not None  # all of them only move words
        node, lane, _none = step
    return nodes[node].imm & WORD_MASK if nodes[node].op == "const" else None


def _addresses(nodes: Sequence[Node], ordered: Sequence[int]) -> Mapping[int, _Value]:
    """The values of the addresses of accesses."""
    needed = bytearray(len(nodes))
    for index in ordered:
        needed[nodes[index].args[0]] = True
    for index in range(len(nodes) - 1, -1, -1):
        if needed[index]:
            for arg in nodes[index].args:
                needed[arg] = True
    bases: dict[Hashable, _Value] = {}

    def base(key: Hashable) -> _Value:
        return bases.setdefault(key, (len(bases) + 1) << WORD_BITS)

    values: dict[int, tuple[_Value, ...]] = {}
    for index, node in enumerate(nodes):
        if needed[index]:
            values[index] = _values(index, node, [values[arg] for arg in node.args], base)
    return {index: values[nodes[index].args[0]][0] for index in ordered}


def _values(
    index: int,
    node: Node,
    args: Sequence[tuple[_Value, ...]],
    base: Callable[[Hashable], _Value],
) -> tuple[_Value, ...]:
    """The value of each word of a node."""
    lanes = range(node.width)
    if node.op == "const":
        return (node.imm & WORD_MASK,)
    if node.op == "slice":
        return args[0][node.imm : node.imm + node.width]
    if node.op == "broadcast":
        return args[0] * node.width
    if node.op == "overlay":
        words = dict(enumerate(args[0]))
        for offset, part in zip(node.offsets, args, strict=True):
            words |= dict(enumerate(part, offset))
        return tuple([words[lane] for lane in lanes])
    if node.effect is LOADS:
        return tuple([base(("load", node.region, _moved(args[0][0], lane))) for lane in lanes])
    if node.op in OPERATIONS and OPERATIONS[node.op].pure:
        constant = (node.imm & WORD_MASK,) if OPERATIONS[node.op].immediate else ()
        return tuple([_result(node.op, (*row, *constant), base) for row in zip(*args, strict=True)])
    return tuple([base((index, lane)) for lane in lanes])


def _result(op: str, args: tuple[_Value, ...], base: Callable[[Hashable], _Value]) -> _Value:
    """One lane of a pure operation."""
    if OPERATIONS[op].defined_if is None and max(args) <= WORD_MASK:
        return int(word_function(op)(*args))
    if op in _SUMS and args[1] <= WORD_MASK:
        return _moved(args[0], -args[1] if op == "sub" else args[1])
    if op == "add" and args[0] <= WORD_MASK:
        return _moved(args[1], args[0])
    return base((op, *canonical_args(op, args)))


def _moved(value: _Value, distance: int) -> _Value:
    """`value` plus a constant."""
    return (value & ~WORD_MASK) | ((value + distance) & WORD_MASK)
