"""Words that are there before any constant is made: zeros, and what memory is known to hold.

Scratch starts as zeros, so words that nothing has written yet are a constant that costs nothing.
With one of them for an address, the first row of memory can be read in the first cycle; where the
kernel says what it holds, that is up to a vector of constants for one load slot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from slotweave.ir.graph import Graph, Node

#: The first row of memory is read if so many of its words are wanted.
LEAST_READ = 3


@dataclass(frozen=True, slots=True)
class EarlyConstants:
    """`graph` with these words in front, which stand for its constants of the same values.

    `vector` is a vector of zeros, `word` a word of it; `read` maps known words of memory to the
    nodes that hold them.
    """

    graph: Graph
    vector: int
    word: int
    read: dict[int, int]


def with_early_constants(graph: Graph) -> EarlyConstants:
    """`graph`, which is all of a program, with zeros in front, and the first row of memory if that
    saves constants, or if it is read anyway before anything is stored there."""
    vector, word, row = 0, 1, 2
    nodes = [Node("zeros", graph.vector_length), Node("slice", 1, (vector,))]
    number: dict[int, int] = {}
    read: dict[int, int] = {}
    found, words = _first_row(graph)
    if found is not None:
        nodes.append(replace(found, args=(word,)))
        for lane, value in words.items():
            if read.setdefault(value, len(nodes)) == len(nodes):
                nodes.append(Node("slice", 1, (row,), imm=lane))
    # One node stands for each constant. What is laid beside other words has to be written there, so
    # no given word does instead; the first one that is laid stands for others of its value.
    stand_for = {0: word, **read}
    overlaid = {arg for node in graph.nodes if node.op == "overlay" for arg in node.args}
    laid_first: dict[int, int] = {}
    for index in sorted(overlaid):
        if graph.nodes[index].op == "const":
            laid_first.setdefault(graph.nodes[index].imm, index)
    laid: dict[int, int] = {}
    for index, node in _vectors_early(graph, read):
        if node.op == "const":
            value = node.imm
            alone = index in overlaid and (value in read or not value or laid_first[value] != index)
            number[index] = stand_for.setdefault(value, len(nodes))
            if alone:
                laid[index] = len(nodes)
            if alone or number[index] == len(nodes):
                nodes.append(node)
            continue
        args = tuple([number[arg] for arg in node.args])
        if node.op == "overlay":
            args = tuple([laid.get(arg, number[arg]) for arg in node.args])
        if node.op == "broadcast" and args[0] == word:
            number[index] = vector
        elif node is found:
            number[index] = row
        else:
            number[index] = len(nodes)
            nodes.append(node.with_edges(args, tuple([number[earlier] for earlier in node.after])))
    return EarlyConstants(graph.with_nodes(tuple(nodes)), vector, word, read)


def _vectors_early(graph: Graph, read: Collection[int]) -> Iterator[tuple[int, Node]]:
    """The nodes with their numbers, and vectors of constants right after the words that they hold,
    so that other vectors of constants can be made of them; those of words `read` come first."""
    wide: dict[int, list[int]] = {}
    for index, node in enumerate(graph.nodes):
        if node.op == "broadcast" and graph.nodes[node.args[0]].op == "const":
            wide.setdefault(node.args[0], []).append(index)
    early = [const for const in wide if graph.nodes[const].imm in read]
    moved = {index for row in wide.values() for index in row} | set(early)
    for const in early:
        yield const, graph.nodes[const]
        yield from [(at, graph.nodes[at]) for at in wide[const]]
    for index, node in enumerate(graph.nodes):
        if index not in moved:
            yield index, node
            yield from [(at, graph.nodes[at]) for at in wide.get(index, ())]


def _first_row(graph: Graph) -> tuple[Node | None, Mapping[int, int]]:
    """What reads the first row of memory, and by lane its known words: a node of `graph`, or a new
    one if enough of the words are constants of `graph`.

    Where something is stored there as well, these are the words that are in use anyway: a store to
    another one need not wait.
    """
    lanes = graph.vector_length
    firsts = [region for region in graph.regions if not region.start and region.words]
    words = {region.name: dict(enumerate(region.words[:lanes])) for region in firsts}
    kept = {region.name for region in firsts if region.read_only}
    for index, node in enumerate(graph.nodes):
        if node.op == "vload" and not node.after and node.region in words:
            address, known = graph.nodes[node.args[0]], words[node.region]
            if address.op == "const" and address.imm == 0:
                used = -1 if node.region in kept else graph.demand[index]
                return node, {lane: word for lane, word in known.items() if used >> lane & 1}
    wanted = {node.imm for node in graph.nodes if node.op == "const"}
    for name in kept if graph.memory_words >= lanes else ():
        if len(wanted.intersection(words[name].values())) >= LEAST_READ:
            return Node("vload", lanes, region=name), words[name]
    return None, {}
