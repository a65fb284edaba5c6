"""Let the first block make the constants of all blocks, and variables carry them.

Guarantees: the flow returned does the same; no block but the first makes a constant word, or a
vector with one in all lanes, so loops do not recompute theirs in every round. The order of memory
accesses is the one worked out before, while addresses that are constants were still known as such.
"""

from __future__ import annotations

from dataclasses import replace

from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK

_Constant = tuple[int, int]  # the word, and in how many lanes


def share_constants(flow: Flow) -> Flow:
    """`flow` with a variable for each constant of a block after the first.

    A single block carries nothing on: its variables need no place of their own.
    """
    first, *others = flow.blocks
    if not others:
        return replace(flow, variables=())
    wanted: dict[_Constant, int] = {}
    graphs = [_from_variables(block.graph, wanted, len(flow.variables)) for block in others]
    made = _assign_constants(first.graph, wanted)
    widths = tuple(width for _word, width in wanted)
    return replace(flow, variables=flow.variables + widths).with_graphs([made, *graphs])


def _from_variables(graph: Graph, wanted: dict[_Constant, int], first: int) -> Graph:
    """`graph` with its constants read from variables; new ones are numbered from `first` on."""
    used = _used_constants(graph)
    nodes: list[Node] = []
    number: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        if node.op == "const" and index not in used:
            continue
        if index in used:
            variable = wanted.setdefault(used[index], first + len(wanted))
            node = Node("variable", node.width, imm=variable, where=node.where)
        args = tuple(number[arg] for arg in node.args)
        after = tuple(number[earlier] for earlier in node.after)
        number[index] = len(nodes)
        nodes.append(replace(node, args=args, after=after))
    return graph.with_nodes(tuple(nodes))


def _used_constants(graph: Graph) -> dict[int, _Constant]:
    """Constant vectors, and constant words that are used for more than to make one."""
    words = {i: node.imm & WORD_MASK for i, node in enumerate(graph.nodes) if node.op == "const"}
    used: dict[int, _Constant] = {}
    for index, node in enumerate(graph.nodes):
        if node.op == "broadcast" and node.args[0] in words:
            used[index] = (words[node.args[0]], node.width)
        else:
            used.update({arg: (words[arg], 1) for arg in node.args if arg in words})
    return used


def _assign_constants(graph: Graph, wanted: dict[_Constant, int]) -> Graph:
    """`graph`, the first block, with the constants made and assigned at its end."""
    nodes = list(graph.nodes)
    words = {node.imm & WORD_MASK: i for i, node in enumerate(nodes) if node.op == "const"}
    for (word, width), variable in wanted.items():
        if word not in words:
            words[word] = len(nodes)
            nodes.append(Node("const", 1, imm=word))
        value = words[word]
        if width > 1:
            value = len(nodes)
            nodes.append(Node("broadcast", width, (words[word],)))
        nodes.append(Node("assign", 0, (value,), imm=variable))
    return graph.with_nodes(tuple(nodes))
