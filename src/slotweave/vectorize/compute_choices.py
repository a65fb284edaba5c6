"""Choices between two known words, by a bit: computed instead of selected.

What a select takes is then a sum, the bit times what is between the two words. So the work moves
from the engine that selects to those that add.
"""

from __future__ import annotations

from dataclasses import replace

from slotweave.analysis.graph_words import GraphWords, Ref
from slotweave.analysis.value_ranges import BIT
from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK
from slotweave.vectorize.copying import Copy

#: Of each word: a bit, what it is multiplied by, and what is added.
_Sum = tuple[int, int, int]


def compute_choices(graph: Graph, known: GraphWords) -> Graph:
    """`graph` with sums for selects by a bit between two words; `known` is of its words."""
    copy = Copy(graph)
    number: list[int] = []
    for index, node in enumerate(graph.nodes):
        if node.op == "join":
            number.append(-1)
            continue
        found = _sum_of(node, index, known) if node.op == "select" else None
        if found is None:
            number.append(copy.add(replace(node, args=tuple(number[arg] for arg in node.args))))
            continue
        bit, factor, base = found
        refs: list[Ref] = [known.ref(bit + word) for word in range(node.width)]
        bits = copy.block(tuple((number[maker], word) for maker, word in refs))
        number.append(_summed(copy, node, bits, factor, base))
    return copy.graph()


def _sum_of(node: Node, index: int, known: GraphWords) -> _Sum | None:
    """The bit of the first word, its factor, and what is added: the same for all words."""
    found: set[_Sum] = set()
    for word in range(node.width):
        form = known.form(index, word)
        if form is None or len(form.terms) != 1 or form.terms[0][2] != BIT:
            return None
        bit, factor, _range = form.terms[0]
        if known.ref(bit)[0] >= index:  # nothing but itself is known of it
            return None
        found.add((bit - word, factor, form.base))
    return found.pop() if len(found) == 1 else None


def _summed(copy: Copy, node: Node, bits: int, factor: int, base: int) -> int:
    """`base` plus `factor` for each of `bits` that is 1."""

    def constant(word: int) -> int:
        return copy.block(((copy.constant(word & WORD_MASK), 0),) * node.width)

    def made(op: str, *args: int) -> int:
        return copy.add(replace(node, op=op, args=args))

    if factor == -1:
        return made("sub", constant(base), bits)
    product = bits if factor == 1 else made("mul", bits, constant(factor))
    return made("add", product, constant(base)) if base else product
