"""Loads that can only read a few words, answered by selects among these.

The words are loaded once each. Where the address is a sum of bits, these choose, one after the
other; else the words are told apart by halving: the lower half if the address is less than its
middle, as in a binary search. Only regions that nothing stores to are looked at, so that it does
not matter when the words are loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from slotweave.analysis.graph_words import GraphWords
from slotweave.analysis.linear_forms import bits_of
from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK, Effect
from slotweave.vectorize.copying import Copy


def answer_loads(graph: Graph, known: GraphWords, most: int) -> Graph:
    """`graph` with selects for the word loads of which the address is one of at most `most`.

    `known` is what is known of its words.
    """
    stored = {node.region for node in graph.nodes if node.effect is Effect.STORE}
    answers = _Answers(graph, known)
    for node in graph.nodes:
        if node.op == "load" and node.width == 1 and node.region not in stored:
            low, high = known.ranges[node.args[0]][0]
            region = graph.region_by_name[node.region]
            if low < high < low + most and region.start <= low and high < region.stop:
                answers.answer(node, low, high)
                continue
        answers.keep(node)
    return answers.copy.graph()


class _Answers:
    """The copy, and the words and limits that are in it already."""

    def __init__(self, graph: Graph, known: GraphWords) -> None:
        self.copy = Copy(graph)
        self._known = known
        self._number: list[int] = []
        self._constants: dict[int, int] = {}
        self._words: dict[int, int] = {}

    def keep(self, node: Node) -> None:
        """The next node of the graph, as it is."""
        self._number.append(-1 if node.op == "join" else self.copy.add(self._renamed(node)))

    def answer(self, load: Node, low: int, high: int) -> None:
        """The next node of the graph, which reads one of the addresses `low` .. `high`."""
        form = self._known.form(load.args[0])
        bits = bits_of(form, (low, high)) if form else ()
        fresh = self._renamed(load)
        if form and bits:
            self._number.append(self._chosen(fresh, form.base, bits))
        else:
            self._number.append(self._among(fresh, low, high))

    def _renamed(self, node: Node) -> Node:
        return replace(node, args=tuple(self._number[arg] for arg in node.args))

    def _chosen(self, load: Node, base: int, bits: Sequence[tuple[int, int]]) -> int:
        """The word at `base` plus the factor of each bit that is 1."""
        if not bits:
            return self._word(load, base & WORD_MASK)
        (name, factor), *others = bits
        yes, no = self._chosen(load, base + factor, others), self._chosen(load, base, others)
        node, word = self._known.ref(name)
        bit = self.copy.word((self._number[node], word))
        return self.copy.add(replace(load, op="select", args=(bit, yes, no), region=""))

    def _among(self, load: Node, low: int, high: int) -> int:
        """The word at one of the addresses `low` .. `high`."""
        if low == high:
            return self._word(load, low)
        middle = (low + high + 1) // 2
        lower, upper = self._among(load, low, middle - 1), self._among(load, middle, high)
        less = replace(load, op="lt", args=(load.args[0], self._constant(middle)), region="")
        chosen = (self.copy.add(less), lower, upper)
        return self.copy.add(replace(load, op="select", args=chosen, region=""))

    def _constant(self, word: int) -> int:
        if word not in self._constants:
            self._constants[word] = self.copy.add(Node("const", 1, imm=word))
        return self._constants[word]

    def _word(self, load: Node, address: int) -> int:
        if address not in self._words:
            fresh = replace(load, args=(self._constant(address),), item=-1)
            self._words[address] = self.copy.add(fresh)
        return self._words[address]
