"""What a kernel writes through the tracer is what its graph does."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.frontend.tracer import Block, RegionHandle, Tracer, Vector, Word
from slotweave.ir.verify.graph_verify import verify_graph
from slotweave.isa import OPERATIONS, WORD_MASK, evaluate
from slotweave.simulate.graph import run_graph

words = st.integers(0, WORD_MASK)

OPERATORS: dict[str, Callable[..., object]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.floordiv,
    "mod": operator.mod, "and": operator.and_, "or": operator.or_, "xor": operator.xor,
    "shl": operator.lshift, "shr": operator.rshift, "lt": operator.lt, "eq": operator.eq,
}  # fmt: skip


def kernel(lanes: int = 4) -> tuple[Tracer, RegionHandle, RegionHandle]:
    """A tracer with eight words of input and eight of output."""
    k = Tracer("k", lanes)
    return k, k.region("in", 0, 8, read_only=True), k.region("out", 8, 8, output=True)


def run(k: Tracer, inputs: list[int]) -> list[int]:
    """What the kernel leaves in the output region."""
    graph = k.graph()
    verify_graph(graph)
    return run_graph(graph, [*inputs, *[0] * (8 - len(inputs)), *[0] * 8])[8:]


@pytest.mark.parametrize("name", OPERATORS)
@given(a=words, b=words.filter(bool))
def test_operators_on_words_and_integers_are_those_of_the_machine(
    name: str, a: int, b: int
) -> None:
    k, source, out = kernel()
    function = OPERATORS[name]
    out.store(0, function(source[0], source[1]))
    out.store(1, function(source[0], b))
    out.store(2, function(a, source[1]))
    assert run(k, [a, b])[:3] == [evaluate(OPERATIONS[name], a, b)] * 3


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_on_vectors_work_lane_by_lane(name: str) -> None:
    k, source, out = kernel()
    function = OPERATORS[name]
    out.vstore(0, function(source.vload(0), source.vload(4)))
    out.vstore(4, function(source.vload(0), 3))
    inputs = [7, 3, 2**32 - 1, 0, 3, 7, 5, 1]
    lanes = [evaluate(OPERATIONS[name], a, b) for a, b in zip(inputs[:4], inputs[4:], strict=True)]
    literal = [evaluate(OPERATIONS[name], a, 3) for a in inputs[:4]]
    assert run(k, inputs) == lanes + literal


@given(a=words, b=words)
def test_the_other_comparisons_give_words_too(a: int, b: int) -> None:
    k, source, out = kernel()
    x, y = source[0], source[1]
    for i, value in enumerate((x > y, x <= y, x >= y, x != y, x > b, a <= y)):
        out.store(i, value)
    assert run(k, [a, b])[:6] == [a > b, a <= b, a >= b, a != b, a > b, a <= b]


@given(a=words, b=words)
def test_named_operations_and_signs(a: int, b: int) -> None:
    k, source, out = kernel()
    x, y = source[0], source[1]
    values = (
        k.select(x & 1, y, 5), k.cdiv(x, 3), k.add_immediate(x, -2), -x, ~x,
        k.select(1, x, y), k.multiply_add(x, 3, y), k.core_id(),
    )  # fmt: skip
    for i, value in enumerate(values):
        out.store(i, value)
    expected = (b if a & 1 else 5, -(-a // 3), a - 2, -a, ~a, a, a * 3 + b, 0)
    assert run(k, [a, b]) == [value & WORD_MASK for value in expected]


def test_numpy_integers_are_integers() -> None:
    k, source, out = kernel()
    out.store(0, np.uint32(5) + source[np.int64(0)])
    assert run(k, [4])[0] == 9


def test_literals_are_one_node_each_and_constants_are_not() -> None:
    k, source, out = kernel()
    x, v = source[0], source.vload(0)
    out.store(0, (x + 6) ^ (6 << x))
    out.vstore(1, (v + 6) ^ (v - 6))
    out.store(5, k.constant(6) + k.constant(6))
    nodes = k.graph().nodes
    sixes = [node for node in nodes if node.op == "const" and node.imm == 6]
    assert len(sixes) == 1 + 2
    assert Counter(node.op for node in nodes)["broadcast"] == 1


def test_words_can_be_packed_laid_over_each_other_shifted_and_taken_apart() -> None:
    k, source, out = kernel()
    a, b = source.vload(0), source.vload(4)
    block = k.overlay([(a, 0), (b, 2)])
    assert type(block) is Block
    assert block.width == 6
    packed = k.pack([block.lane(2), block.lane(1), 9, k.shift(a, b, 3).lane(1)])
    assert isinstance(packed, Vector)
    out.vstore(0, packed)
    out.vstore(4, k.concat(a, b).slice(3))
    assert run(k, [10, 11, 12, 13, 14, 15, 16, 17]) == [14, 11, 9, 14, 13, 14, 15, 16]


def test_a_shift_by_nothing_or_by_a_whole_vector_is_free() -> None:
    k, source, _out = kernel()
    a, b = source.vload(0), source.vload(4)
    assert k.shift(a, b, 0) is a
    assert k.shift(a, b, 4) is b


def test_gathers_and_scatters_go_lane_by_lane() -> None:
    k, source, out = kernel()
    order = source.vload(4)
    out.store(order, source.gather(order))
    assert run(k, [10, 11, 12, 13, 2, 0, 3, 1]) == [10, 11, 12, 13, 0, 0, 0, 0]


def test_symbolic_indices_are_relative_to_the_region() -> None:
    k, source, out = kernel()
    i = source[0]
    out.store(i, out[i + 1] + 4)
    out.vstore(i + 2, out.vload(i))
    assert run(k, [1]) == [0, 4, 0, 4, 0, 0, 0, 0]


def test_nodes_know_their_item_stage_and_line() -> None:
    k, source, out = kernel()
    with k.item(3), k.stage("read"):
        x = source[0] + 77
        with k.item(-1):
            y = x * x
    out.store(0, y)
    nodes = k.graph().nodes
    assert [(nodes[v.index].item, nodes[v.index].stage) for v in (x, y)] == [
        (3, "read"),
        (-1, "read"),
    ]
    line = test_nodes_know_their_item_stage_and_line.__code__.co_firstlineno + 3
    assert nodes[x.index].where == f"test_tracer.py:{line}"
    literal = next(node for node in nodes if node.imm == 77)
    assert (literal.item, literal.stage) == (-1, "")


def test_vectors_of_one_word_are_words() -> None:
    k, source, out = kernel(lanes=1)
    v = source.vload(2) + k.broadcast(source[0])
    out.vstore(0, v * 2)
    out.store(1, v.lane(0))
    assert run(k, [5, 0, 7])[:2] == [24, 12]
    assert {node.op for node in k.graph().nodes} == {"const", "load", "add", "mul", "store"}


def test_memory_ends_with_the_last_region_unless_said_otherwise() -> None:
    k = Tracer()
    k.region("a", 3, 5)
    assert k.graph().memory_words == 8
    k.memory(20)
    assert k.graph().memory_words == 20


def test_pauses_and_trace_writes_keep_their_order() -> None:
    k, source, out = kernel()
    x = source[0]
    k.trace_write(x)
    out.store(0, x)
    k.pause()
    k.trace_write(1)
    out.store(1, x)
    graph = k.graph()
    verify_graph(graph)
    pause = next(i for i, node in enumerate(graph.nodes) if node.op == "pause")
    effects = [(i, node) for i, node in enumerate(graph.nodes) if not node.width]
    before = tuple(i for i, _node in effects if i < pause)
    assert graph.nodes[pause].after == before
    assert [node.after for i, node in effects if i > pause] == [(pause,), (pause,)]
    assert run(k, [7])[:2] == [7, 7]


def test_values_show_what_they_are() -> None:
    _k, source, _out = kernel()
    assert repr(source[0]) == "<word %1>"
    assert isinstance(source[0], Word)
