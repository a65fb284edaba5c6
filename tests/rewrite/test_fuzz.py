"""Random graphs before and after rewriting are equal, whatever fired and in whatever order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slotweave.check.legality.rewriting import rewriting_faults
from slotweave.ir.graph import Graph
from slotweave.ir.verify.graph_verify import verify_graph
from slotweave.isa import OPERATIONS
from slotweave.machine import MINIMAL, Machine
from slotweave.rewrite import rewrite
from slotweave.rules.registry import RULES
from slotweave.simulate.graph import run_graph
from strategies.rewritables import rewritable_graphs
from support.examples import examples

OPTIONAL = sorted(
    operation.name for operation in OPERATIONS.values() if operation.pure and operation.arity > 1
)


@st.composite
def lesser_machines(draw: st.DrawFn) -> Machine:
    """MINIMAL without some of its operations, and with other latencies."""
    without = draw(st.sets(st.sampled_from(OPTIONAL), max_size=4))
    modes = (mode for mode in MINIMAL.modes if mode.operation not in without)
    latency = draw(st.integers(1, 9))
    return replace(MINIMAL, modes=tuple(replace(mode, latency=latency) for mode in modes))


def memory_of(graph: Graph, random: Random) -> list[int]:
    """Words over the whole range, and small ones."""
    return [random.getrandbits(random.choice((1, 5, 32, 32))) for _ in range(graph.memory_words)]


def assert_equal(before: Graph, after: Graph, seed: int) -> None:
    random = Random(seed)
    for _ in range(3):
        memory = memory_of(before, random)
        assert run_graph(after, memory) == run_graph(before, memory)


def check(graph: Graph, machine: Machine, order: Random, seed: int) -> None:
    """Rewriting by all rules, and by some of them in another order, keeps what is computed."""
    rewritten = rewrite(graph, machine)
    verify_graph(rewritten.graph)
    assert_equal(graph, rewritten.graph, seed)
    assert not list(rewriting_faults(graph, rewritten.graph, rewritten.derivation, RULES))
    some = order.sample(RULES, len(RULES) // 2)
    assert_equal(graph, rewrite(graph, machine, some).graph, seed)


@given(
    graph=rewritable_graphs(max_steps=15),
    machine=lesser_machines(),
    order=st.randoms(use_true_random=True),
    seed=st.integers(0, 2**32),
)
@examples(60)
def test_rewriting_keeps_what_is_computed(
    graph: Graph, machine: Machine, order: Random, seed: int
) -> None:
    check(graph, machine, order, seed)


@pytest.mark.long
@given(
    graph=rewritable_graphs(),
    machine=lesser_machines(),
    order=st.randoms(use_true_random=True),
    seed=st.integers(0, 2**32),
)
@examples(3000)
def test_rewriting_keeps_what_long_graphs_compute(
    graph: Graph, machine: Machine, order: Random, seed: int
) -> None:
    check(graph, machine, order, seed)


@given(graph=rewritable_graphs(max_steps=15), latency=st.integers(2, 9))
@examples(20)
def test_latencies_make_no_difference(graph: Graph, latency: int) -> None:
    slower = tuple(replace(mode, latency=latency) for mode in MINIMAL.modes)
    assert rewrite(graph, replace(MINIMAL, modes=slower)) == rewrite(graph, MINIMAL)


def test_most_rules_fire_on_these_graphs() -> None:
    """So that the claims above are about the rules."""
    fired: Counter[str] = Counter()

    @given(rewritable_graphs())
    @settings(max_examples=60)
    def collect(graph: Graph) -> None:
        fired.update(rewrite(graph, MINIMAL).counts())

    collect()
    assert len(fired) > 0.8 * len(RULES)
