"""The hash of the tree-hash workload, written plainly, becomes as short as is known possible."""

from __future__ import annotations

from collections import Counter

from slotweave.frontend.tracer import RegionHandle, Tracer, Vector
from slotweave.ir.graph import Graph
from slotweave.machine import CHALLENGE
from slotweave.rewrite import rewrite
from slotweave.simulate.graph import run_graph

STAGES = (
    ("+", 0x7ED55D16, "+", "<<", 12),
    ("^", 0xC761C23C, "^", ">>", 19),
    ("+", 0x165667B1, "+", "<<", 5),
    ("+", 0xD3A2646C, "^", "<<", 9),
    ("+", 0xFD7046C5, "+", "<<", 3),
    ("^", 0xB55A4F09, "^", ">>", 16),
)
LAST_CONSTANT = STAGES[-1][1]


def plain_hash(a: Vector) -> Vector:
    for op1, constant, op2, op3, shift in STAGES:
        left = a + constant if op1 == "+" else a ^ constant
        right = a << shift if op3 == "<<" else a >> shift
        a = left + right if op2 == "+" else left ^ right
    return a


def kernel() -> tuple[Tracer, RegionHandle]:
    k = Tracer("hash", 8)
    return k, k.region("words", 0, 24, output=True)


def operations(graph: Graph) -> Counter[str]:
    """Vector operations but loads, stores and constants."""
    others = {"broadcast", "vload", "slice", "overlay"}
    return Counter(n.op for n in graph.nodes if n.width == 8 and n.op not in others)


def test_eighteen_operations_become_eleven() -> None:
    k, words = kernel()
    words.vstore(8, plain_hash(words.vload(0)))
    traced = k.graph()
    rewritten = rewrite(traced, CHALLENGE).graph
    assert operations(traced).total() == 18
    assert operations(rewritten) == {"multiply_add": 4, "xor": 5, "shr": 2}
    memory = [2654435761 * i % 2**32 for i in range(24)]
    assert run_graph(rewritten, memory) == run_graph(traced, memory)


def test_ten_are_left_if_the_last_constant_is_taken_out_again() -> None:
    k, words = kernel()
    words.vstore(8, plain_hash(words.vload(0)) ^ LAST_CONSTANT)
    assert operations(rewrite(k.graph(), CHALLENGE).graph).total() == 10


def test_the_constant_is_carried_into_a_node_that_brings_it_along() -> None:
    k, words = kernel()
    value, node = words.vload(0), words.vload(8)
    mixed = plain_hash(value) ^ (node ^ LAST_CONSTANT)
    words.vstore(16, plain_hash(mixed))
    assert operations(rewrite(k.graph(), CHALLENGE).graph).total() == 10 + 1 + 11


def test_a_parity_taken_of_a_carried_value_leaves_the_choice_mirrored() -> None:
    k, words = kernel()
    value = plain_hash(words.vload(0))
    words.vstore(8, k.select(value & 1, words.vload(8), words.vload(16)))
    assert operations(rewrite(k.graph(), CHALLENGE).graph).total() == 10 + 2


def test_it_is_said_what_fired_and_where() -> None:
    k, words = kernel()
    words.vstore(8, plain_hash(words.vload(0)))
    rewritten = rewrite(k.graph(), CHALLENGE)
    assert rewritten.counts() == {
        "shift_add_to_multiply_add": 3, "affine_plus_constant": 1, "shift_affine": 1,
    }  # fmt: skip
    lines = [plain_hash.__code__.co_firstlineno + offset for offset in (2, 3, 4)]
    assert {fired.where for fired in rewritten.fired} == {f"test_hash.py:{n}" for n in lines}
