"""Small changes of a kernel's traced graph: mistakes that its author might have made.

Each mutation looks at one place, drawn at random, and returns None where it cannot change anything
there. Graphs stay well-formed: arguments come before what uses them and keep their widths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from slotweave.ir.graph import Graph, Node
from slotweave.isa import BINARY_SYMBOLS, COMMUTATIVE, WORD_MASK, Effect
from slotweave.selftest.mutant import Mutant, Mutation, one_of

#: How many nodes back another argument may come from.
REACH = 400

COMMUTES = "operands of a commutative operation"
SAME_ORDER = "an order that the schedule keeps anyway"
DROPPED_ORDER = "drop an order edge"


def exchange_operands(graph: Graph, rng: np.random.Generator) -> Mutant[Graph] | None:
    """Two arguments change places."""
    index, node = _any_node(graph, rng, lambda node: len(node.args) > 1 and node.op != "overlay")
    if index < 0:
        return None
    first, second = sorted(rng.choice(len(node.args), 2, replace=False).tolist())
    args = list(node.args)
    args[first], args[second] = args[second], args[first]
    if tuple(args) == node.args or _width(graph, args[first]) != _width(graph, args[second]):
        return None
    mutant = _changed("exchange operands", graph, index, replace(node, args=tuple(args)))
    commutes = node.op in COMMUTATIVE or (node.op == "multiply_add" and second == 1)
    return replace(mutant, harmless=COMMUTES) if commutes else mutant


def change_select_order(graph: Graph, rng: np.random.Generator) -> Mutant[Graph] | None:
    """A select takes the other one of its two values."""
    index, node = _any_node(graph, rng, lambda node: node.op == "select")
    if index < 0:
        return None
    condition, yes, no = node.args
    return _changed("change a select", graph, index, replace(node, args=(condition, no, yes)))


def change_constant(graph: Graph, rng: np.random.Generator) -> Mutant[Graph] | None:
    """A constant gets another bit, or is one too low or too high."""
    index, node = _any_node(graph, rng, lambda node: node.op in ("const", "add_immediate"))
    if index < 0:
        return None
    word = one_of((node.imm + 1, node.imm - 1, node.imm ^ (1 << int(rng.integers(32)))), rng)
    return _changed("change a constant", graph, index, replace(node, imm=word & WORD_MASK))


def read_beside(graph: Graph, rng: np.random.Generator) -> Mutant[Graph] | None:
    """A slice (a lane, a word of a record) begins one word too low or too high."""
    index, node = _any_node(graph, rng, lambda node: node.op == "slice")
    if index < 0:
        return None
    first = node.imm + one_of((-1, 1), rng)
    if not 0 <= first <= _width(graph, node.args[0]) - node.width:
        return None
    return _changed("read the word beside", graph, index, replace(node, imm=first))


def offset_address(graph: Graph, rng: np.random.Generator) -> Mutant[Graph] | None:
    """A memory access uses another address that the kernel has at hand."""
    accesses = (Effect.LOAD, Effect.STORE)
    index, _ = _any_node(graph, rng, lambda node: node.effect in accesses)
    return None if index < 0 else _with_other_arg("change an address", graph, index, 0, rng)


def use_another_bit(graph: Graph, rng: np.random.Generator) -> Mutant[Graph] | None:
    """A mask, a shift or a condition is taken from elsewhere."""
    index, node = _any_node(graph, rng, lambda node: node.op in ("and", "shr", "select"))
    if index < 0:
        return None
    position = 0 if node.op == "select" else 1
    return _with_other_arg("use another bit", graph, index, position, rng)


def use_another_value(graph: Graph, rng: np.random.Generator) -> Mutant[Graph] | None:
    """An argument is another value made shortly before."""
    index, node = _any_node(graph, rng, lambda node: bool(node.args))
    if index < 0:
        return None
    position = int(rng.integers(len(node.args)))
    return _with_other_arg("use another value", graph, index, position, rng)


def change_operation(graph: Graph, rng: np.random.Generator) -> Mutant[Graph] | None:
    """An operation of two words is another one."""
    index, node = _any_node(graph, rng, lambda node: node.op in BINARY_SYMBOLS)
    if index < 0:
        return None
    op = one_of([name for name in BINARY_SYMBOLS if name != node.op], rng)
    return _changed("change an operation", graph, index, replace(node, op=op))


def drop_order_edge(graph: Graph, rng: np.random.Generator) -> Mutant[Graph] | None:
    """A memory access no longer waits for another one."""
    index, node = _any_node(graph, rng, lambda node: bool(node.after))
    if index < 0:
        return None
    dropped = one_of(node.after, rng)
    after = tuple(earlier for earlier in node.after if earlier != dropped)
    mutant = _changed(DROPPED_ORDER, graph, index, replace(node, after=after))
    return replace(mutant, harmless=SAME_ORDER)


#: In each of these the graph itself says something else.
GRAPH_MUTATIONS: tuple[Mutation[Graph], ...] = (
    exchange_operands, change_select_order, change_constant, read_beside, offset_address,
    use_another_bit, use_another_value, change_operation,
)  # fmt: skip


def _any_node(
    graph: Graph, rng: np.random.Generator, fits: Callable[[Node], bool]
) -> tuple[int, Node]:
    """A node that fits and its index; -1 if there is none."""
    fitting = [index for index, node in enumerate(graph.nodes) if fits(node)]
    if not fitting:
        return -1, Node("join", 0)
    index = one_of(fitting, rng)
    return index, graph.nodes[index]


def _with_other_arg(
    kind: str, graph: Graph, index: int, position: int, rng: np.random.Generator
) -> Mutant[Graph] | None:
    """The argument at `position` replaced by another value of its width."""
    node = graph.nodes[index]
    old = node.args[position]
    width = _width(graph, old)
    near = range(max(0, index - REACH), index)
    others = [other for other in near if other != old and _width(graph, other) == width]
    if not others:
        return None
    args = (*node.args[:position], one_of(others, rng), *node.args[position + 1 :])
    return _changed(kind, graph, index, replace(node, args=args))


def _width(graph: Graph, index: int) -> int:
    return graph.nodes[index].width


def _changed(kind: str, graph: Graph, index: int, node: Node) -> Mutant[Graph]:
    old = graph.nodes[index]
    change = f"node {index} ({old.op}, {old.where or 'no source line'})"
    nodes = (*graph.nodes[:index], node, *graph.nodes[index + 1 :])
    return Mutant(kind, change, graph.with_nodes(nodes))
