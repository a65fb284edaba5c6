"""Loops of a flow that can be pipelined: how they count, and how often they run.

A block is a loop if it jumps to itself while a word is not 0 that it decrements by one each time.
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK


@dataclass(frozen=True)
class CountedLoop:
    """Block `block` runs as often as variable `counter` says, after the block before it.

    `trips` is that number, if it is known. `decrement` is the node of the block that counts. The
    counter is `free` if nothing else reads it, in any block.
    """

    block: int
    where: str
    counter: int
    decrement: Node
    trips: int | None
    free: bool


@dataclass(frozen=True)
class OtherLoop:
    """A loop that cannot be pipelined, and why."""

    block: int
    where: str
    why: str


def loops_of(flow: Flow) -> tuple[CountedLoop | OtherLoop, ...]:
    """The loops of `flow`, by the block that jumps back."""
    found: list[CountedLoop | OtherLoop] = []
    constants = constant_variables(flow)
    for number, block in enumerate(flow.blocks):
        if block.jump is not None and block.jump.target <= number:
            found.append(_loop(flow, number, constants))
    return tuple(found)


def least_words(flow: Flow) -> int:
    """How many words a run through the counted loops of `flow` computes at least.

    Each loop of a known number of rounds is counted once, however often it is entered.
    """
    total = 0
    for loop in loops_of(flow):
        if isinstance(loop, CountedLoop) and loop.trips is not None:
            nodes = flow.blocks[loop.block].graph.nodes
            total += loop.trips * sum(node.width for node in nodes)
    return total


def constant_variables(flow: Flow) -> dict[int, int]:
    """The word of each variable that is assigned once, by the first block, a constant."""
    times: dict[int, int] = {}
    for block in flow.blocks:
        for node in block.graph.nodes:
            if node.op == "assign":
                times[node.imm] = times.get(node.imm, 0) + 1
    constants: dict[int, int] = {}
    nodes = flow.blocks[0].graph.nodes
    for node in nodes:
        if node.op == "assign" and times[node.imm] == 1:
            made = nodes[node.args[0]]
            made = nodes[made.args[0]] if made.op == "broadcast" else made
            if made.op == "const":
                constants[node.imm] = made.imm & WORD_MASK
    return constants


def _loop(flow: Flow, number: int, constants: dict[int, int]) -> CountedLoop | OtherLoop:
    block = flow.blocks[number]
    jump, nodes = block.jump, block.graph.nodes
    assert jump is not None
    decrement = None
    if jump.condition is not None:
        decrement = _decrement(block.graph, jump.condition, constants)
    where = next((node.where for node in (*_some(decrement), *nodes) if node.where), "")
    if jump.target != number:
        return OtherLoop(number, where, "there are jumps in its body: a branch or another loop")
    if jump.condition is None or decrement is None:
        return OtherLoop(number, where, "its body changes the number of rounds left")
    if any(each.jump is not None and each.jump.target == number and at != number
           for at, each in enumerate(flow.blocks)):  # fmt: skip
        return OtherLoop(number, where, "another block jumps to it")
    if any(node.op == "pause" for node in nodes):
        return OtherLoop(number, where, "there is a pause in its body")
    readers = [
        node for at, each in enumerate(flow.blocks) for node in _users(each.graph, jump.condition)
        if at != number or node is not decrement
    ]  # fmt: skip
    trips = _trips(flow.blocks[number - 1].graph, jump.condition, constants)
    return CountedLoop(number, where, jump.condition, decrement, trips, not readers)


def _some(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else (node,)


def _decrement(graph: Graph, counter: int, constants: dict[int, int]) -> Node | None:
    """The node that is the counter less one and nothing else than what it becomes."""
    nodes = graph.nodes
    for node in nodes:
        if node.op != "assign" or node.imm != counter:
            continue
        made = nodes[node.args[0]]
        args = [nodes[arg] for arg in made.args]
        if not args or args[0].op != "variable" or args[0].imm != counter:
            return None
        step = None
        if made.op == "add_immediate":
            step = made.imm & WORD_MASK
        elif made.op in ("add", "sub") and (word := _constant(args[1], constants)) is not None:
            step = word if made.op == "add" else -word
        return made if step is not None and step & WORD_MASK == WORD_MASK else None
    return None


def _users(graph: Graph, variable: int) -> list[Node]:
    """The nodes that read `variable`."""
    names = {i for i, node in enumerate(graph.nodes)
             if node.op == "variable" and node.imm == variable}  # fmt: skip
    return [node for node in graph.nodes if not names.isdisjoint(node.args)]


def _trips(graph: Graph, counter: int, constants: dict[int, int]) -> int | None:
    """What the block before the loop assigns to its counter, if that is a constant."""
    for node in graph.nodes:
        if node.op == "assign" and node.imm == counter:
            return _constant(graph.nodes[node.args[0]], constants)
    return constants.get(counter)


def _constant(node: Node, constants: dict[int, int]) -> int | None:
    """The word that `node` is, if that is a constant."""
    if node.op == "const":
        return node.imm & WORD_MASK
    return constants.get(node.imm) if node.op == "variable" else None
