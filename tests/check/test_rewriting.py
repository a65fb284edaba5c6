"""A rewriting that follows from its steps is accepted; anything else is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.rewriting import rewriting_faults
from slotweave.frontend.tracer import RegionHandle, Tracer
from slotweave.ir.derivation import Derivation, Firing
from slotweave.ir.graph import Graph, Node
from slotweave.machine import MINIMAL
from slotweave.rewrite import Rewritten, rewrite
from slotweave.rules import Rule
from slotweave.rules.registry import RULES
from slotweave.rules.term import constant, variable
from slotweave.simulate.graph import run_graph
from strategies.rewritables import rewritable_graphs
from support.examples import examples


def complaint(traced: Graph, rewritten: Rewritten, rules: tuple[Rule, ...] = RULES) -> str:
    """What is wrong with the rewriting; empty if nothing is."""
    found = list(rewriting_faults(traced, rewritten.graph, rewritten.derivation, rules))
    assert all(fault.code == "SW405" for fault in found)
    return str(found[0]) if found else ""


def written(kernel: Callable[[Tracer, RegionHandle, RegionHandle], object]) -> Graph:
    k = Tracer("k", 4)
    source = k.region("in", 0, 16, read_only=True)
    kernel(k, source, k.region("out", 16, 16, output=True))
    return k.graph()


@given(rewritable_graphs(max_steps=25))
@examples(60)
def test_what_the_rewriter_did_follows_from_its_steps(graph: Graph) -> None:
    assert complaint(graph, rewrite(graph, MINIMAL)) == ""


@given(rewritable_graphs(max_steps=25))
def test_a_graph_that_was_not_rewritten_needs_no_steps(graph: Graph) -> None:
    assert complaint(graph, Rewritten(graph)) == ""


def ends(graph: Graph) -> list[list[int]]:
    """Memory behind the graph, for some memories."""
    random = Random(1)
    memories = [[random.getrandbits(32) for _ in range(graph.memory_words)] for _ in range(4)]
    return [run_graph(graph, memory) for memory in memories]


def spoilt(graph: Graph, random: Random) -> Graph:
    """`graph` with one node changed."""
    nodes = list(graph.nodes)
    index = random.randrange(len(nodes))
    node = nodes[index]
    twins = [i for i in range(index) if nodes[i].width and node.args]
    match random.randrange(3):
        case 0 if node.op in ("add", "sub", "xor", "and", "or"):
            others = [op for op in ("add", "sub", "xor", "and", "or") if op != node.op]
            nodes[index] = replace(node, op=random.choice(others))
        case 1 if node.op == "const":
            nodes[index] = replace(node, imm=node.imm ^ 1 << random.randrange(4))
        case _ if twins:
            at = random.randrange(len(node.args))
            width = nodes[node.args[at]].width
            other = random.choice([i for i in twins if nodes[i].width == width])
            nodes[index] = replace(node, args=(*node.args[:at], other, *node.args[at + 1 :]))
    return graph.with_nodes(tuple(nodes))


def test_no_spoilt_graph_that_differs_is_accepted() -> None:
    differing = 0

    @given(rewritable_graphs(max_steps=25), st.integers(0, 2**32))
    @settings(max_examples=200)
    def check(graph: Graph, seed: int) -> None:
        nonlocal differing
        rewritten = rewrite(graph, MINIMAL)
        wrong = replace(rewritten, graph=spoilt(rewritten.graph, Random(seed)))
        try:
            differs = ends(wrong.graph) != ends(graph)
        except CheckFailed:  # an address outside its region, a zero divisor
            differs = True
        if differs:
            differing += 1
            assert complaint(graph, wrong) != ""

    check()
    assert differing > 50


def add_nothing() -> tuple[Graph, Rewritten, Firing]:
    graph = written(lambda _k, source, out: out.store(0, source[0] + 0))
    rewritten = rewrite(graph, MINIMAL)
    (step,) = rewritten.derivation.steps
    assert step.rule == "add_zero"
    return graph, rewritten, step


def with_steps(rewritten: Rewritten, *steps: Firing) -> Rewritten:
    return replace(rewritten, derivation=replace(rewritten.derivation, steps=steps))


def test_a_step_that_does_not_match_is_named() -> None:
    graph, rewritten, step = add_nothing()
    for wrong in (
        replace(step, root=step.root + 99),
        replace(step, root=-1),
        replace(step, root=0),
        replace(step, rule="xor_zero"),
        replace(step, rule="no_such_rule"),
        replace(step, bindings=(("x", step.root),)),
        replace(step, bindings=(("x", 10**6),)),
        replace(step, bindings=()),
        Firing("slice_of_all", step.root),
        Firing("slice_of_all", step.root, (("source", 0), ("result", 0))),
    ):
        expected = f"SW405 step 0: {wrong.rule} does not match at node {wrong.root}"
        assert complaint(graph, with_steps(rewritten, wrong)).startswith(expected)
    wrong = replace(step, rule="xor_zero")
    assert "step 1: xor_zero" in complaint(graph, with_steps(rewritten, step, wrong))


def test_a_step_that_was_left_out_is_missed() -> None:
    graph, rewritten, _step = add_nothing()
    assert "effect 0 is another one: store for store" in complaint(graph, with_steps(rewritten))


def test_a_step_against_the_condition_of_its_rule_does_not_follow() -> None:
    graph = written(lambda _k, source, out: out.store(0, source[0] * 6))
    nodes = graph.nodes
    (product,) = (i for i, node in enumerate(nodes) if node.op == "mul")
    step = Firing("multiply_by_power", product, (("x", nodes[product].args[0]), ("c", 6)))
    derivation = Derivation(nodes, (step,))
    message = complaint(graph, Rewritten(graph, derivation=derivation))
    assert "multiply_by_power does not match" in message
    unlike = replace(step, bindings=(("x", nodes[product].args[0]), ("c", 8)))
    message = complaint(graph, Rewritten(graph, derivation=Derivation(nodes, (unlike,))))
    assert "multiply_by_power does not match" in message


def test_a_replacement_that_cannot_be_computed_does_not_follow() -> None:
    x = variable("x")
    rule = Rule("wrong", "x + 0  ->  1 // 0", x + 0, constant(1) // 0)
    graph, rewritten, step = add_nothing()
    wrong = with_steps(rewritten, replace(step, rule="wrong"))
    assert "wrong does not match" in complaint(graph, wrong, (rule,))


def test_values_of_another_width_do_not_fit() -> None:
    graph = written(lambda k, source, out: out.vstore(0, source.vload(0) + k.literal_vector(0)))
    rewritten = rewrite(graph, MINIMAL)
    (step,) = rewritten.derivation.steps
    word = next(i for i, node in enumerate(rewritten.derivation.nodes) if node.width == 1)
    wrong = replace(step, bindings=(("x", word),))
    assert "add_zero does not match" in complaint(graph, with_steps(rewritten, wrong))


def sliced() -> tuple[Graph, Rewritten]:
    def kernel(k: Tracer, source: RegionHandle, out: RegionHandle) -> None:
        block = k.concat(source.vload(0), k.broadcast(source[9]), source.vload(4))
        part = block.slice(3, 6)
        out.store(0, part.lane(2))
        out.vstore(4, block.slice(8))
        out.store(1, part.lane(0))

    graph = written(kernel)
    return graph, rewrite(graph, MINIMAL)


def test_a_slice_is_of_the_words_that_it_is_said_to_be() -> None:
    graph, rewritten = sliced()
    assert complaint(graph, rewritten) == ""
    steps = rewritten.derivation.steps
    assert len(steps) >= 4
    for number, step in enumerate(steps):
        for key, name in step.bindings:
            for other in (name + 1, -1, 10**6, 0):
                bindings = tuple((k, other if k == key else n) for k, n in step.bindings)
                wrong = (*steps[:number], replace(step, bindings=bindings))
                assert f"step {number}: {step.rule}" in complaint(
                    graph, with_steps(rewritten, *wrong)
                )


def changed(graph: Graph, change: Callable[[int, Node], Node | None]) -> Rewritten:
    """`graph` itself with each node that `change` gives, as if that were a rewriting."""
    nodes = [new for i, node in enumerate(graph.nodes) if (new := change(i, node)) is not None]
    return Rewritten(graph.with_nodes(tuple(nodes)))


def test_regions_stay_as_they_were() -> None:
    graph = stores()
    regions = tuple(replace(region, output=False) for region in graph.regions)
    for other in (replace(graph, regions=regions), replace(graph, memory_words=99)):
        assert "has other regions, or another name or size" in complaint(graph, Rewritten(other))


def test_a_node_that_uses_a_later_one_is_found() -> None:
    graph = stores()
    last = len(graph.nodes) - 1
    for arg in (last, -1):
        wrong = changed(
            graph, lambda i, node, arg=arg: replace(node, args=(arg, arg)) if i == last else node
        )
        assert f"node {last} (store) uses a node that does" in complaint(graph, wrong)
        derived = Rewritten(graph, derivation=Derivation(wrong.graph.nodes))
        assert f"node {last} (store) uses a node that does" in complaint(graph, derived)


def stores() -> Graph:
    def kernel(_k: Tracer, source: RegionHandle, out: RegionHandle) -> None:
        out.store(0, source[0])
        out.store(1, source[1])

    return written(kernel)


def test_a_store_that_is_gone_is_missed() -> None:
    graph = stores()
    last = len(graph.nodes) - 1
    gone = changed(graph, lambda index, node: None if index == last else node)
    assert "1 effects instead of 2" in complaint(graph, gone)


def test_stores_in_another_order_are_found() -> None:
    graph = stores()
    first, second = (i for i, node in enumerate(graph.nodes) if node.op == "store")
    assert second == len(graph.nodes) - 1
    order = [*(i for i in range(len(graph.nodes)) if i not in (first, second)), second, first]
    number = {old: new for new, old in enumerate(order)}
    nodes = tuple(
        replace(graph.nodes[i], args=tuple(number[a] for a in graph.nodes[i].args), after=())
        for i in order
    )
    message = complaint(graph, Rewritten(graph.with_nodes(nodes)))
    assert "effect 0 is another one: store for store" in message
    assert "test_rewriting.py:" in message


def test_a_load_that_moved_across_a_store_is_found() -> None:
    def kernel(_k: Tracer, source: RegionHandle, out: RegionHandle) -> None:
        before = out[3]
        out.store(3, source[0])
        out.store(4, before)

    graph = written(kernel)
    (load,) = (
        i for i, node in enumerate(graph.nodes) if node.region == "out" and node.op == "load"
    )
    (first, _) = (i for i, node in enumerate(graph.nodes) if node.op == "store")
    order = [*(i for i in range(len(graph.nodes)) if i != load and i <= first), load]
    order += range(first + 1, len(graph.nodes))
    number = {old: new for new, old in enumerate(order)}
    nodes = tuple(
        replace(graph.nodes[i], args=tuple(number[a] for a in graph.nodes[i].args), after=())
        for i in order
    )
    assert ends(graph.with_nodes(nodes)) != ends(graph)
    message = complaint(graph, Rewritten(graph.with_nodes(nodes)))
    assert "effect 1 is another one: store for store" in message
