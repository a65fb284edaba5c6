"""Loads that can only read a few words, answered by selects among these.

The words are loaded once each; which one is meant is found by halving: the lower half if the
address is less than its middle, as in a binary search. Only regions that nothing stores to are
looked at, so that it does not matter when the words are loaded.
"""

from __future__ import annotations

from dataclasses import replace

from slotweave.analysis.graph_ranges import graph_ranges
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Node
from slotweave.isa import Effect
from slotweave.vectorize.copying import Copy


def answer_loads(graph: Graph, facts: Facts, most: int) -> Graph:
    """`graph` with selects for the word loads of which the address is one of at most `most`."""
    ranges = graph_ranges(graph, facts)
    stored = {node.region for node in graph.nodes if node.effect is Effect.STORE}
    answers = _Answers(graph)
    number: list[int] = []
    for node in graph.nodes:
        if node.op == "join":
            number.append(-1)
            continue
        fresh = replace(node, args=tuple(number[arg] for arg in node.args))
        if node.op == "load" and node.width == 1 and node.region not in stored:
            low, high = ranges[node.args[0]][0]
            region = graph.region_by_name[node.region]
            if low < high < low + most and region.start <= low and high < region.stop:
                number.append(answers.among(fresh, low, high))
                continue
        number.append(answers.copy.add(fresh))
    return answers.copy.graph()


class _Answers:
    """The copy, and the words and limits that are in it already."""

    def __init__(self, graph: Graph) -> None:
        self.copy = Copy(graph)
        self._constants: dict[int, int] = {}
        self._words: dict[int, int] = {}

    def among(self, load: Node, low: int, high: int) -> int:
        """The word that `load` reads, at one of the addresses `low` .. `high`."""
        if low == high:
            return self._word(load, low)
        middle = (low + high + 1) // 2
        lower, upper = self.among(load, low, middle - 1), self.among(load, middle, high)
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
