"""Between which words each word of a graph's values lies, under facts about memory.

Guarantees: for every memory that the facts allow, each word is within its range. Loads from regions
that nothing stores to have the ranges that the facts give, all others any.
"""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.analysis.value_ranges import ANY, BIT, Range, below, hull, result_range
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Node
from slotweave.isa import OPERATIONS, WORD_MASK, Effect

Ranges = tuple[Range, ...]


def graph_ranges(graph: Graph, facts: Facts) -> list[Ranges]:
    """The ranges of the words of each node."""
    found: list[Ranges] = []
    loaded = _loaded_ranges(graph, facts)
    for node in graph.nodes:
        args = [found[arg] for arg in node.args]
        if not node.width:
            found.append(())
        elif node.effect is Effect.LOAD:
            found.append((loaded.get(node.region, ANY),) * node.width)
        elif node.pure:
            found.append(_ranges(graph, node, args))
        else:
            found.append((ANY,) * node.width)
    return found


def _loaded_ranges(graph: Graph, facts: Facts) -> dict[str, Range]:
    """Of any word of the regions that are never stored to."""
    stored = {node.region for node in graph.nodes if node.effect is Effect.STORE}
    return {name: r for name, r in facts.ranges.items() if name not in stored}


def _ranges(graph: Graph, node: Node, args: Sequence[Ranges]) -> Ranges:
    if node.op == "const":
        word = node.imm & WORD_MASK
        return ((word, word),) * node.width
    if node.op == "broadcast":
        return args[0] * node.width
    if node.op == "slice":
        return args[0][node.imm : node.imm + node.width]
    if node.op == "overlay":
        words: dict[int, Range] = {}
        for offset, part in zip(node.offsets, args, strict=True):
            words.update(enumerate(part, offset))
        return tuple(words[word] for word in range(node.width))
    return tuple(_word_range(graph, node, list(row)) for row in zip(*args, strict=True))


def _word_range(graph: Graph, node: Node, row: list[Range]) -> Range:
    if OPERATIONS[node.op].immediate:
        row.append((node.imm & WORD_MASK, node.imm & WORD_MASK))
    if node.op == "select":
        compared = _compared(graph, node.args[0], node.args[1])
        if compared is not None:
            limit = graph.nodes[compared]
            if limit.op == "const":
                row[1] = below(row[1], (limit.imm & WORD_MASK, limit.imm & WORD_MASK))
    if node.op == "mul" and BIT in row:
        return hull((0, 0), row[0] if row[1] == BIT else row[1])
    return result_range(node.op, row)


def _compared(graph: Graph, condition: int, value: int) -> int | None:
    """The node that `value` is less than if `condition` is not 0, if that is known."""
    test = graph.nodes[condition]
    return test.args[1] if test.op == "lt" and test.args[0] == value else None
