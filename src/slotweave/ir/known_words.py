"""Which words of a value are known before the run: constants, and what is computed from them."""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK
from slotweave.isa.codegen import word_function

Words = tuple[int, ...]


def known_words(node: Node, args: Sequence[Words]) -> Words | None:
    """The words of `node` if those of its arguments are `args`; None if that does not fix them."""
    if not node.pure:
        return None
    if node.op == "const":
        return (node.imm & WORD_MASK,)
    if node.op == "broadcast":
        return args[0] * node.width
    if node.op == "slice":
        return args[0][node.imm : node.imm + node.width]
    if node.op == "overlay":
        return _overlaid(node, args)
    lanes = [*args, (node.imm,) * node.width] if node.op == "add_immediate" else args
    function = word_function(node.op)
    try:
        return tuple(function(*lane) for lane in zip(*lanes, strict=True))
    except ZeroDivisionError:
        return None


def _overlaid(node: Node, args: Sequence[Words]) -> Words | None:
    words: dict[int, int] = {}
    for offset, part in zip(node.offsets, args, strict=True):
        words.update(enumerate(part, offset))
    return tuple(words[i] for i in range(node.width)) if len(words) == node.width else None


def known_values(graph: Graph) -> dict[int, Words]:
    """The known words of each node of `graph` that has only known ones."""
    known: dict[int, Words] = {}
    for index, node in enumerate(graph.nodes):
        if all(arg in known for arg in node.args):
            words = known_words(node, [known[arg] for arg in node.args])
            if words is not None:
                known[index] = words
    return known


def constant_of(graph: Graph, node: Node) -> int | None:
    """The word that `node` makes if it is a constant, or one plus an immediate; else None."""
    if node.op == "const":
        return node.imm & WORD_MASK
    if node.op == "add_immediate" and graph.nodes[node.args[0]].op == "const":
        return (graph.nodes[node.args[0]].imm + node.imm) & WORD_MASK
    return None
