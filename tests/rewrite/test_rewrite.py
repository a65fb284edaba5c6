"""Rewriting never changes what a graph does, and never leaves more operations than it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.frontend.tracer import RegionHandle, Tracer, Vector, Word
from slotweave.ir.graph import Graph
from slotweave.ir.text.graph_text import graph_from_text, graph_to_text
from slotweave.ir.verify.graph_verify import verify_graph
from slotweave.isa import Shape
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.rewrite import rewrite
from slotweave.rules.registry import RULES
from slotweave.simulate.graph import run_graph
from strategies.graphs import graphs
from strategies.kernels import arithmetic_kernels, memory_kernels
from support.examples import examples

WITHOUT_MULTIPLY_ADD = replace(
    MINIMAL, modes=tuple(mode for mode in MINIMAL.modes if mode.operation != "multiply_add")
)


def memory_of(graph: Graph, seed: int) -> list[int]:
    random = Random(seed)
    return [random.getrandbits(random.choice((1, 5, 32))) for _ in range(graph.memory_words)]


def computed(graph: Graph) -> int:
    """How many operations the graph has besides constants, loads and stores."""
    known: set[int] = set()
    count = 0
    for index, node in enumerate(graph.nodes):
        if node.op == "const" or (node.op == "broadcast" and node.args[0] in known):
            known.add(index)
        elif node.pure and not node.structural:
            count += 1
    return count


@examples(300)
@given(graph=arithmetic_kernels(), seed=st.integers(0, 2**32))
def test_arithmetic_stays_what_it_was_and_gets_no_longer(graph: Graph, seed: int) -> None:
    after = rewrite(graph, MINIMAL).graph
    verify_graph(after)
    memory = memory_of(graph, seed)
    assert run_graph(after, memory) == run_graph(graph, memory)
    assert computed(after) <= computed(graph)


@given(graph=memory_kernels(), seed=st.integers(0, 2**32))
def test_memory_accesses_keep_their_order(graph: Graph, seed: int) -> None:
    after = rewrite(graph, MINIMAL).graph
    verify_graph(after)
    memory = memory_of(graph, seed)
    assert run_graph(after, memory) == run_graph(graph, memory)


@given(graph=graphs(lanes=4), seed=st.integers(0, 2**32))
def test_graphs_that_no_tracer_wrote_are_rewritten_too(graph: Graph, seed: int) -> None:
    after = rewrite(graph, MINIMAL).graph
    memory = memory_of(graph, seed)
    assert run_graph(after, memory) == run_graph(graph, memory)
    assert computed(after) <= computed(graph)


@given(arithmetic_kernels())
def test_rules_only_make_what_the_machine_can_run(graph: Graph) -> None:
    after = rewrite(graph, WITHOUT_MULTIPLY_ADD).graph
    before = {(node.op, node.width) for node in graph.nodes}
    for node in after.nodes:
        shape = Shape.WORD if node.width == 1 else Shape.VECTOR
        made = node.pure and not node.structural and (node.op, node.width) not in before
        assert not made or WITHOUT_MULTIPLY_ADD.modes_of(node.op, shape)


@given(arithmetic_kernels())
def test_a_rewriting_is_the_same_each_time(graph: Graph) -> None:
    assert rewrite(graph, MINIMAL) == rewrite(graph, MINIMAL)


@given(arithmetic_kernels())
def test_the_summary_counts_the_steps(graph: Graph) -> None:
    rewritten = rewrite(graph, MINIMAL)
    passes = {"common_subexpression", "dead_code"}
    fired = sum(n for rule, n in rewritten.counts().items() if rule not in passes)
    assert fired == len(rewritten.derivation.steps)


@dataclass
class Scene:
    """A tracer, an output region, and a word x and a vector v of input."""

    k: Tracer
    out: RegionHandle
    x: Word
    v: Vector


Kernel = Callable[[Scene], object]


def written(kernel: Kernel, machine: Machine = CHALLENGE) -> tuple[Graph, Graph]:
    """The kernel as traced and as rewritten, which do the same."""
    k = Tracer("k", machine.vector_length)
    source = k.region("in", 0, 32, read_only=True)
    out = k.region("out", 32, 32, output=True)
    kernel(Scene(k, out, source[0], source.vload(8)))
    graph = k.graph()
    after = rewrite(graph, machine).graph
    verify_graph(after)
    memory = memory_of(graph, 1)
    assert run_graph(after, memory) == run_graph(graph, memory)
    return graph, after


def shortened(kernel: Kernel, machine: Machine = CHALLENGE) -> dict[str, int]:
    """The operations that are left of the kernel: no constants, loads, stores, slices."""
    _, after = written(kernel, machine)
    ops: dict[str, int] = {}
    known: set[int] = set()
    for index, node in enumerate(after.nodes):
        if node.op == "const" or (node.op == "broadcast" and node.args[0] in known):
            known.add(index)
        elif node.pure and not node.structural:
            ops[node.op] = ops.get(node.op, 0) + 1
    return ops


def test_constants_are_folded_and_shared() -> None:
    graph, after = written(
        lambda s: (
            s.out.vstore(0, s.v + (s.k.broadcast(s.k.constant(5)) * 3 + 1)),
            s.out.vstore(8, s.v ^ s.k.broadcast(s.k.constant(16))),
        )
    )
    constants = [node.imm for node in after.nodes if node.op == "const"]
    assert sorted(constants) == [8, 16, 32, 40]
    assert sum(node.op == "broadcast" for node in after.nodes) == 1
    assert len(after.nodes) < len(graph.nodes)


def test_common_subexpressions_are_one_whatever_the_order_of_operands() -> None:
    def kernel(s: Scene) -> None:
        y = s.out[9]
        s.out.store(0, s.x + y)
        s.out.store(1, y + s.x)
        s.out.store(2, s.x < y)
        s.out.store(3, y < s.x)

    assert shortened(kernel) == {"add": 1, "lt": 2}


def test_what_several_items_share_belongs_to_none() -> None:
    k = Tracer("k", 8)
    out = k.region("out", 0, 8, output=True)
    x = out[7]
    for i in range(3):
        with k.item(i), k.stage("square"):
            out.store(i, x * x)
    after = rewrite(k.graph(), CHALLENGE).graph
    squares = [node for node in after.nodes if node.op == "mul"]
    assert [(node.item, node.stage) for node in squares] == [(-1, "square")]
    assert [node.item for node in after.nodes if node.op == "store"] == [0, 1, 2]


def test_new_nodes_take_the_labels_of_those_they_replace() -> None:
    k = Tracer("k", 8)
    out = k.region("out", 0, 16, output=True)
    v = out.vload(8)
    with k.item(4), k.stage("mix"):
        mixed = v * 5 + v
    out.vstore(0, mixed)
    rewritten = rewrite(k.graph(), CHALLENGE)
    (made,) = (node for node in rewritten.graph.nodes if node.op == "mul")
    traced = k.graph().nodes[mixed.index]
    assert (made.item, made.stage, made.where) == (4, "mix", traced.where)
    assert all(n.item == -1 for n in rewritten.graph.nodes if n.op in ("const", "broadcast"))


def test_dead_code_goes_and_is_counted() -> None:
    k = Tracer("k", 8)
    out = k.region("out", 0, 8, output=True)
    unused = out[3] * 7
    out.store(0, 1)
    rewritten = rewrite(k.graph(), CHALLENGE)
    assert [node.op for node in rewritten.graph.nodes] == ["const", "const", "store"]
    assert rewritten.counts() == {"dead_code": 4}
    del unused


def test_what_waited_for_a_dropped_load_waits_for_what_that_waited_for() -> None:
    graph = graph_from_text(
        'graph "g" vector_length=8 memory_words=8\nregion "m" start=0 length=8\n'
        '%0 : 1 = const imm=3\n%1 = store %0 %0 region="m"\n%2 = store %0 %0 region="m" after=%1\n'
        '%3 : 1 = load %0 region="m" after=%2\n%4 = join after=%3\n'
        '%5 = store %0 %0 region="m" after=%4\n'
    )
    assert graph_to_text(rewrite(graph, CHALLENGE).graph).endswith(
        '%1 = store %0 %0 region="m"\n%2 = store %0 %0 region="m" after=%1\n'
        '%3 = store %0 %0 region="m" after=%2\n'
    )


def test_loads_of_inputs_are_shared_and_loads_of_working_memory_are_not() -> None:
    k = Tracer("k", 8)
    source, out = k.region("in", 0, 8, read_only=True), k.region("out", 8, 8, output=True)
    out.store(0, source[1] ^ source[1] + 1)
    out.store(1, out[2] ^ out[2] + 1)
    after = rewrite(k.graph(), CHALLENGE).graph
    assert [node.region for node in after.nodes if node.op == "load"] == ["in", "out", "out"]


def test_slices_are_taken_where_words_come_from() -> None:
    def kernel(s: Scene) -> None:
        packed = s.k.concat(s.v, s.k.broadcast(s.x))
        s.out.store(0, packed.slice(3, 4).lane(2))
        s.out.store(1, packed.slice(9, 4).lane(1))
        s.out.vstore(8, packed.slice(4))

    _, after = written(kernel)
    slices = [(node.width, node.imm) for node in after.nodes if node.op == "slice"]
    assert sorted(slices) == [(1, 5), (8, 4)]


def test_an_intermediate_that_others_need_is_not_computed_around() -> None:
    ops = shortened(lambda s: (s.out.vstore(0, (s.v + 7) << 2), s.out.vstore(8, (s.v + 7) ^ s.v)))
    assert ops == {"add": 1, "shl": 1, "xor": 1}


def test_an_intermediate_that_nobody_needs_in_the_end_goes() -> None:
    ops = shortened(lambda s: (s.out.vstore(0, (s.v + 7) << 2), s.out.vstore(8, (s.v + 7) * 5)))
    assert ops == {"multiply_add": 2}


def test_words_have_no_multiply_add_on_the_challenge_machine() -> None:
    assert shortened(lambda s: s.out.store(0, s.x * 5 + 3)) == {"mul": 1, "add": 1}


@pytest.mark.parametrize(
    ("kernel", "ops"),
    [
        (lambda s: s.out.vstore(0, ((s.v + 3) * 5 << 2) + 9), {"multiply_add": 1}),
        (lambda s: s.out.vstore(0, (s.v ^ 9) ^ (s.v >> 3) ^ 9), {"shr": 1, "xor": 1}),
        (lambda s: s.out.vstore(0, (s.v * 6 - 3) - (s.v - s.v)), {"multiply_add": 1}),
        (lambda s: s.out.store(0, s.k.select((s.x ^ 5) & 1, s.x, 7)), {"and": 1, "select": 1}),
        (lambda s: s.out.store(0, s.k.select((s.x % 2) == 0, 1, 2)), {"and": 1, "select": 1}),
        (lambda s: s.out.store(0, (s.x // 4 + 0) * 1 ^ (s.x - s.x)), {"shr": 1}),
        (lambda s: s.out.store(0, (s.x ^ 3) == 5), {"eq": 1}),
        (lambda s: s.out.vstore(0, s.k.broadcast(s.x) + s.k.broadcast(s.x >> 1)),
         {"shr": 1, "add": 1, "broadcast": 1}),
        (lambda s: s.out.vstore(0, s.k.select(s.v, s.v ^ 77, (s.v >> 1) ^ 77)),
         {"shr": 1, "select": 1, "xor": 1}),
    ],
)  # fmt: skip
def test_known_shortcuts_are_taken(kernel: Kernel, ops: dict[str, int]) -> None:
    assert shortened(kernel) == ops


def test_long_chains_of_steps_become_one() -> None:
    def kernel(s: Scene) -> None:
        v = s.v
        for i in range(200):
            v = v * (2 * i + 3) + i
        s.out.vstore(0, v)

    assert shortened(kernel) == {"multiply_add": 1}


def test_no_rules_leave_only_the_merging_and_dropping() -> None:
    k = Tracer("k", 8)
    out = k.region("out", 0, 8, output=True)
    out.store(0, (out[1] + 0) ^ 0)
    graph = k.graph()
    assert computed(rewrite(graph, CHALLENGE, rules=()).graph) == 2
    assert computed(rewrite(graph, CHALLENGE, RULES).graph) == 0
