"""Let constants come from more than one engine: as an immediate added to one that is there already.

Guarantees: the graph returned computes the same; each constant but the first is written as the
first one plus an immediate, which the lowering offers both as that and as the constant itself.
Done only where the machine has both on different engines, so that the scheduler may take whichever
is free.
"""

from __future__ import annotations

from dataclasses import replace

from slotweave.ir.graph import Graph, Node
from slotweave.ir.known_words import constant_of
from slotweave.isa import WORD_MASK, Shape
from slotweave.machine import Machine, Mode


def spread_constants(graph: Graph, machine: Machine) -> Graph:
    """`graph` with its constants free to come from any engine that can make them."""
    anchor = next((i for i, node in enumerate(graph.nodes) if node.op == "const"), None)
    if anchor is None or not _worth_it(machine):
        return graph
    base = graph.nodes[anchor].imm
    return graph.with_nodes(
        tuple(
            replace(node, op="add_immediate", args=(anchor,), imm=(node.imm - base) & WORD_MASK)
            if node.op == "const" and index > anchor
            else node
            for index, node in enumerate(graph.nodes)
        )
    )


def _worth_it(machine: Machine) -> bool:
    engines = [
        {mode.engine for mode in machine.modes_of(name, Shape.WORD) if machine.slots[mode.engine]}
        for name in ("const", "add_immediate")
    ]
    return all(engines) and engines[0] != engines[1]


def constant_modes(graph: Graph, machine: Machine, node: Node) -> tuple[Mode, ...]:
    """Modes that make the value of an `add_immediate` as a constant outright."""
    if node.op != "add_immediate" or constant_of(graph, node) is None:
        return ()
    return machine.modes_of("const", Shape.WORD)
