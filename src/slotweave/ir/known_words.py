"""Which words of a value are known before the run: constants, and what is computed from them."""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK
from slotweave.isa.codegen import word_function

Words = tuple[int, ...]


def known_words(node: Node, args: Sequence[Words]) -> Words | None:
    """The words of `node` if those of its arguments are `args`; None if that does not fix them."""
    if not node.pure or node.op == "variable":
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


def word_constants(graph: Graph) -> dict[int, int]:
    """The value of each node that is a constant word, or a sum of such words and immediates."""
    constants: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        if node.op == "const":
            constants[index] = node.imm & WORD_MASK
        elif node.op in ("add", "add_immediate") and node.width == 1:
            terms = [constants.get(arg) for arg in node.args]
            if None not in terms:
                total = sum(term for term in terms if term is not None) + node.imm
                constants[index] = total & WORD_MASK
    return constants
