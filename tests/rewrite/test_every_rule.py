"""Every rule fires where its pattern stands, and leaves what was computed as it was."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.verify.graph_verify import verify_graph
from slotweave.machine import MINIMAL
from slotweave.rewrite import rewrite
from slotweave.rules import Rule, Term
from slotweave.rules.registry import RULES
from slotweave.rules.term import compute, variables
from slotweave.simulate.graph import run_graph
from support.rule_cases import cases, random_word

LANES = MINIMAL.vector_length
INPUT = Region("in", 0, 8 * LANES, read_only=True)
OUTPUT = Region("out", 8 * LANES, LANES, output=True)


class _Writer:
    """Writes a term as a graph: variables are read from memory, constants are those of a case.

    The constant `unknown` is read from memory as well.
    """

    def __init__(self, case: dict[str, int], unknown: Term | None = None) -> None:
        self.case, self.unknown = case, unknown
        self.nodes: list[Node] = []
        self.read: dict[str, int] = {}

    def add(self, op: str, width: int, *args: int, imm: int = 0, region: str = "") -> int:
        self.nodes.append(Node(op, width, args, imm, region=region))
        return len(self.nodes) - 1

    def constant(self, value: int, width: int) -> int:
        word = self.add("const", 1, imm=value)
        return word if width == 1 else self.add("broadcast", width, word)

    def variable(self, name: str, width: int) -> int:
        if name not in self.read:
            address = self.constant(LANES * len(self.read), 1)
            op = "load" if width == 1 else "vload"
            self.read[name] = self.add(op, width, address, region="in")
        return self.read[name]

    def term(self, term: Term, width: int) -> int:
        if term == self.unknown:
            return self.variable(str(term), width)
        if term.op == "constant":
            return self.constant(term.value, width)
        if term.op == "variable":
            if term.constant:
                return self.constant(self.case[term.name], width)
            return self.variable(term.name, width)
        args = [self.term(arg, 1 if term.op == "broadcast" else width) for arg in term.args]
        return self.add(term.op, width, *args)

    def graph(self, term: Term) -> Graph:
        value = self.term(term, LANES)
        self.add("vstore", 0, self.constant(OUTPUT.start, 1), value, region="out")
        return Graph("term", LANES, OUTPUT.stop, (INPUT, OUTPUT), tuple(self.nodes))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_fires_where_its_pattern_stands(rule: Rule) -> None:
    random = Random(rule.name)
    for case in cases(rule, 5):
        graph = _Writer(case).graph(rule.pattern)
        rewritten = rewrite(graph, MINIMAL, rules=(rule,))
        verify_graph(rewritten.graph)
        assert rewritten.counts()[rule.name] == 1
        memory = [random.getrandbits(32) | 1 for _ in range(graph.memory_words)]
        assert run_graph(rewritten.graph, memory) == run_graph(graph, memory)


def constants_in(term: Term) -> Iterator[Term]:
    """The constants that are written in `term`, once for each place where they stand."""
    if term.op == "constant":
        yield term
    for arg in term.args:
        yield from constants_in(arg)


def refused_case(rule: Rule) -> dict[str, int]:
    """Values of its variables for which the condition of `rule` does not hold."""
    random = Random(rule.name)
    names = sorted({x.name for x in variables(rule.pattern)})
    while True:
        values = {name: random_word(random) for name in names}
        if rule.condition is not None and not compute(rule.condition, values):
            return values


CONDITIONAL = [rule for rule in RULES if rule.condition is not None]


@pytest.mark.parametrize("rule", CONDITIONAL, ids=lambda rule: rule.name)
def test_a_rule_does_not_fire_against_its_condition(rule: Rule) -> None:
    graph = _Writer(refused_case(rule)).graph(rule.pattern)
    assert rule.name not in rewrite(graph, MINIMAL, rules=(rule,)).counts()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_does_not_fire_where_a_constant_is_not_known(rule: Rule) -> None:
    """Every constant of the pattern, one written in it or a variable, is read from memory."""
    (case, *_) = cases(rule, 1)
    leaves = [*variables(rule.pattern), *constants_in(rule.pattern)]
    constant_leaves = {leaf for leaf in leaves if leaf.constant}
    for leaf in constant_leaves:
        graph = _Writer(case, unknown=leaf).graph(rule.pattern)
        assert rule.name not in rewrite(graph, MINIMAL, rules=(rule,)).counts(), leaf
