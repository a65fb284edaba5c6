"""Ranges of the words of a graph, round by round."""

from __future__ import annotations

from slotweave.analysis.graph_words import GraphWords
from slotweave.analysis.value_ranges import ANY
from slotweave.frontend.trace import trace_function
from slotweave.ir.facts import Facts


def ranges_of(build, op, **ranges):
    graph = trace_function(build, "k", 8)
    found = GraphWords(graph, Facts(32, {}, graph.regions, ranges)).ranges
    return [found[i] for i, node in enumerate(graph.nodes) if node.op == op]


def test_an_index_that_doubles_is_followed_round_by_round():
    def build(k):
        words = k.region("words", 0, 8, read_only=True)
        out = k.region("out", 8, 8, output=True)
        index = k.load(0, words) & 0
        for i in range(3):
            index = index * 2 + 1 + (k.load(i, words) & 1)
        k.store(8, k.select(index < 9, index, 0), out)

    assert ranges_of(build, "mul") == [((0, 0),), ((2, 4),), ((6, 12),)]
    assert ranges_of(build, "select") == [((0, 8),)]


def test_words_of_a_region_that_is_stored_to_may_be_anything():
    def build(k):
        words = k.region("words", 0, 8, read_only=True)
        out = k.region("out", 8, 8, output=True)
        k.store(8, k.load(8, out) + k.load(0, words), out)

    loaded = ranges_of(build, "load", words=(1, 5), out=(1, 5))
    assert loaded == [(ANY,), ((1, 5),)]
