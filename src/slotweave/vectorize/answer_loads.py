"""Loads that can only read a few words, answered by selects among these.

Each word is loaded once. Where the address is a sum of bits, the bits choose, one after the
other. Otherwise the range is halved as in a binary search: the lower half if the address is less
than its middle. Only regions that nothing stores to are considered, so it does not matter when the
words are loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor

from slotweave.analysis.graph_words import GraphWords
from slotweave.analysis.linear_forms import bits_of
from slotweave.analysis.value_ranges import Range
from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK, Effect
from slotweave.vectorize.copying import Copy


def answer_loads(
    graph: Graph, known: GraphWords, most: int, share: Fraction = Fraction(1)
) -> Graph:
    """`graph` with selects for the word loads of which the address is one of at most `most`.

    Of those that could be one of more than half of `most`, only a `share` is answered, vector by
    vector. `known` is what is known of the words of `graph`.
    """
    found = dict(_few(graph, known, most))
    many = [index for index, (low, high) in found.items() if high - low >= most // 2]
    for number, group in enumerate(_vectors(graph, known, many)):
        if floor((number + 1) * share) == floor(number * share):
            for index in group:
                del found[index]
    answers = _Answers(graph, known)
    for index, node in enumerate(graph.nodes):
        if index in found:
            answers.answer(node, *found[index])
        else:
            answers.keep(node)
    return answers.copy.graph()


def _vectors(graph: Graph, known: GraphWords, loads: list[int]) -> Iterator[list[int]]:
    """`loads` by the vector that their addresses are of; those of no vector, some in a row."""
    groups: dict[int, list[int]] = {}
    for load in loads:
        groups.setdefault(known.source(graph.nodes[load].args[0])[0], []).append(load)
    alone = [group[0] for group in groups.values() if len(group) == 1]
    yield from (group for group in groups.values() if len(group) > 1)
    lanes = graph.vector_length
    yield from (alone[first : first + lanes] for first in range(0, len(alone), lanes))


def _few(graph: Graph, known: GraphWords, most: int) -> Iterator[tuple[int, Range]]:
    """The loads that can read only a few words, and between which addresses."""
    stored = {node.region for node in graph.nodes if node.effect is Effect.STORE}
    for index, node in enumerate(graph.nodes):
        if node.op == "load" and node.width == 1 and node.region not in stored:
            low, high = known.ranges[node.args[0]][0]
            region = graph.region_by_name[node.region]
            if low < high < low + most and region.start <= low and high < region.stop:
                yield index, (low, high)


class _Answers:
    """The copy, and the words and limits that are in it already."""

    def __init__(self, graph: Graph, known: GraphWords) -> None:
        self.copy = Copy(graph)
        self._known = known
        self._number: list[int] = []
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
        less = replace(load, op="lt", args=(load.args[0], self.copy.constant(middle)), region="")
        chosen = (self.copy.add(less), lower, upper)
        return self.copy.add(replace(load, op="select", args=chosen, region=""))

    def _word(self, load: Node, address: int) -> int:
        if address not in self._words:
            fresh = replace(load, args=(self.copy.constant(address),), item=-1)
            self._words[address] = self.copy.add(fresh)
        return self._words[address]
