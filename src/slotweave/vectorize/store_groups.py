"""Groups of word stores whose values may be made together: the seeds that packing grows from.

Only stores that may all come last are grouped: each to a known word that nothing accesses after
it. Stores to adjacent words of values made by isomorphic operations are grouped first. Next come
stores of such values to any words (for example one field of many records), and last the remaining
stores to adjacent words.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from slotweave.ir.graph import Graph, Node
from slotweave.ir.known_words import Words
from slotweave.isa import Effect

Group = tuple[int, ...]

#: Values are isomorphic if the operations that make them agree this many steps back.
_LOOKED_BACK = 3


def store_groups(graph: Graph, known: Mapping[int, Words]) -> list[Group]:
    """Groups of vector_length stores each, in the order of their words."""
    found: list[Group] = []
    for region in graph.regions:
        stores = _last_stores(graph, known, region.name)
        shapes = {store: _shape(graph, store, _LOOKED_BACK) for store in stores.values()}
        for find, told_apart in ((_side_by_side, shapes), (_alike, shapes), (_side_by_side, {})):
            groups = list(find(stores, graph.vector_length, told_apart))
            found += groups
            taken = {store for group in groups for store in group}
            stores = {word: store for word, store in stores.items() if store not in taken}
    return found


def touched_words(graph: Graph, node: Node, known: Mapping[int, Words]) -> set[int] | None:
    """The words that an access may touch; None if that is not known."""
    address = known.get(node.args[0])
    if address is None:
        return None
    if node.op in ("vload", "vstore"):
        return set(range(address[0], address[0] + graph.vector_length))
    return set(address)


def _last_stores(graph: Graph, known: Mapping[int, Words], region: str) -> dict[int, int]:
    """Word -> its last store, for words of `region` that nothing accesses after that.

    Where it is not known which words an access touches, or at a pause, the search ends.
    """
    stores: dict[int, int] = {}
    touched: set[int] = set()
    for index in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[index]
        if node.op == "pause":
            break
        if node.region != region or node.op == "join":
            continue
        words = touched_words(graph, node, known)
        if words is None:
            break
        if node.op == "store" and len(words) == 1 and words.isdisjoint(touched):
            stores[min(words)] = index
        touched |= words
    return stores


def _side_by_side(
    stores: Mapping[int, int], lanes: int, shapes: Mapping[int, Hashable]
) -> Iterator[Group]:
    """Stores of one shape to `lanes` words in a row, from the first word on."""
    free = min(stores, default=0)
    for word in sorted(stores):
        row = [stores.get(one, -1) for one in range(word, word + lanes)]
        if word >= free and -1 not in row and len({shapes.get(store) for store in row}) == 1:
            yield tuple(row)
            free = word + lanes


def _alike(
    stores: Mapping[int, int], lanes: int, shapes: Mapping[int, Hashable]
) -> Iterator[Group]:
    """Stores of one shape in the order of their words, if there is something to make."""
    by_shape: dict[Hashable, list[int]] = {}
    for word in sorted(stores):
        by_shape.setdefault(shapes[stores[word]], []).append(stores[word])
    for shape, row in by_shape.items():
        for first in range(0, len(row) - lanes + 1, lanes) if shape else ():
            yield tuple(row[first : first + lanes])


def _shape(graph: Graph, store: int, depth: int) -> Hashable:
    """What makes the word that is stored, and what makes its operands, down to `depth`.

    None if nothing makes it: it is known, loaded, or a part of something.
    """
    value = graph.nodes[store].args[1]
    made = graph.nodes[value].effect is Effect.NONE
    return _made_by(graph, value, depth) if made else None


def _made_by(graph: Graph, index: int, depth: int) -> Hashable:
    node = graph.nodes[index]
    if depth == 0 or node.structural or not node.args:
        return None
    if node.effect is Effect.LOAD:
        return node.op, node.region
    return node.op, *(_made_by(graph, arg, depth - 1) for arg in node.args)
