"""A graph run on terms: what each word of memory is at the end, in terms of memory before.

Nodes run in the order in which they stand, as in `simulate.graph`. Computed addresses are taken to
lie in the region that their node names; `Accesses` remembers which, for the run of the program.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from slotweave.check.symbolic.symbolic_memory import MemoryMap, SymbolicMemory
from slotweave.check.symbolic.terms import Terms
from slotweave.ir.graph import Graph, Node
from slotweave.isa import LOADS, NO_EFFECT, WORD_MASK

_Lanes = tuple[int, ...]


class NotExecutableError(Exception):
    """Why something cannot be run on terms."""


@dataclass
class Accesses:
    """The region of each computed address (None: several), and how many there are in each."""

    region: dict[int, int | None] = field(default_factory=dict)
    count: Counter[int] = field(default_factory=Counter)

    def note(self, address: int, region: int | None) -> None:
        """`address` is said to lie in `region`."""
        if self.region.setdefault(address, region) != region:
            self.region[address] = None
        if region is not None:
            self.count[region] += 1


def places_assumed(accesses: Accesses, layout: MemoryMap) -> tuple[str, ...]:
    """Where computed addresses are taken to lie, in words."""
    return tuple(
        f"{count} words at computed addresses lie in "
        + (f"region '{layout.regions[number].name}'" if number != layout.rest else "memory")
        for number, count in sorted(accesses.count.items())
    )


@dataclass
class GraphRun:
    """Memory, trace and variables after a graph, and the computed addresses on the way."""

    memory: SymbolicMemory
    trace: list[int] = field(default_factory=list)
    accesses: Accesses = field(default_factory=Accesses)
    variables: dict[int, _Lanes] = field(default_factory=dict)


def run_graph(graph: Graph, terms: Terms, layout: MemoryMap, memory: SymbolicMemory) -> GraphRun:
    """Run `graph` on `memory`. Raises NotExecutableError for jumps, which no graph has."""
    return continue_with(graph, terms, layout, GraphRun(memory))


def continue_with(graph: Graph, terms: Terms, layout: MemoryMap, state: GraphRun) -> GraphRun:
    """Run `graph` on what `state` holds, memory and variables, and leave there what it does."""
    values: list[_Lanes] = []
    assigned: dict[int, _Lanes] = {}
    for index, node in enumerate(graph.nodes):
        args = [values[arg] for arg in node.args]
        if node.op == "join":
            values.append(())
        elif node.op == "variable":
            undefined = (terms.make("undefined"),) * node.width
            values.append(state.variables.get(node.imm, undefined))
        elif node.op == "zeros":
            values.append((terms.constant(0),) * node.width)
        elif node.op == "assign":
            assigned[node.imm] = args[0]
            values.append(())
        elif node.structural:
            values.append(_rearranged(node, args, terms))
        elif node.effect is NO_EFFECT:
            values.append(_computed(node, args, terms))
        else:
            values.append(_effect(index, node, args, terms, layout, state))
    state.variables.update(assigned)
    return state


def _rearranged(node: Node, args: list[_Lanes], terms: Terms) -> _Lanes:
    if node.op == "slice":
        return args[0][node.imm : node.imm + node.width]
    block = [terms.make("undefined")] * node.width
    for offset, words in zip(node.offsets, args, strict=True):
        block[offset : offset + len(words)] = words
    return tuple(block)


def _computed(node: Node, args: list[_Lanes], terms: Terms) -> _Lanes:
    if node.op == "const":
        return (terms.constant(node.imm & WORD_MASK),) * node.width
    if node.op == "broadcast":
        return args[0] * node.width
    if node.op == "add_immediate":
        args = [*args, (terms.constant(node.imm & WORD_MASK),) * node.width]
    return terms.lane_wise(node.op, args)


def _effect(
    index: int, node: Node, args: list[_Lanes], terms: Terms, layout: MemoryMap, state: GraphRun
) -> _Lanes:
    match node.op:
        case "load" | "vload" | "store" | "vstore":
            return _access(node, args, terms, layout, state)
        case "core_id":
            return (terms.constant(0),)
        case "trace_write":
            state.trace += args[0]
            return ()
        case "pause":
            return ()
    raise NotExecutableError(f"node {index} of the graph is a {node.op}")


def _access(
    node: Node, args: list[_Lanes], terms: Terms, layout: MemoryMap, state: GraphRun
) -> _Lanes:
    addresses = args[0]
    if node.op in ("vload", "vstore"):
        width = node.width if node.op == "vload" else len(args[1])
        addresses = terms.consecutive(addresses[0], width)
    region = layout.number(node.region)
    for address in addresses:
        if terms.known(address) is None:
            state.accesses.note(address, region)
    if node.effect is LOADS:
        return tuple([state.memory.load(address, region) for address in addresses])
    for address, word in zip(addresses, args[1], strict=True):
        state.memory.store(address, region, word)
    return ()
