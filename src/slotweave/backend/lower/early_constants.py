"""Words that are there before any constant is made: zeros, and what memory is known to hold.

Scratch starts as zeros, so words that nothing has written yet are a constant that costs nothing.
With one of them for an address, the first row of memory can be read in the first cycle; where the
kernel says what it holds, that is up to a vector of constants for one load slot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from slotweave.backend.lower.reordered import Reordered
from slotweave.ir.graph import Node

#: The first row of memory is read if so many of its words are wanted.
LEAST_READ = 3


@dataclass(frozen=True, slots=True)
class EarlyConstants:
    """Nodes in front of a graph, which stand for its constants of the same values.

    `vector` is a vector of zeros, `word` a word of it; `read` maps known words of memory to the
    nodes that hold them.
    """

    vector: int
    word: int
    read: dict[int, int]


def add_early_constants(draft: Reordered) -> EarlyConstants:
    """Put zeros in front of a graph, which is all of a program, and the first row of memory if that
    saves constants, or if it is read anyway before anything is stored there."""
    nodes, instead = draft.nodes, draft.instead
    found, first, words = _first_row(draft)
    vector = draft.add(Node("zeros", draft.source.vector_length))
    word = draft.add(Node("slice", 1, (vector,)))
    order, row = [vector, word], -1
    read: dict[int, int] = {}
    if first is not None:
        row = draft.add(replace(first, args=(word,)))
        order.append(row)
        for lane, value in words.items():
            if value not in read:
                read[value] = draft.add(Node("slice", 1, (row,), imm=lane))
                order.append(read[value])
    # One node stands for each constant. What is laid beside other words has to be written there, so
    # no given word does instead; the first one that is laid stands for others of its value.
    stand_for = {0: word, **read}
    overlaid = {arg for at in draft.order if nodes[at].op == "overlay" for arg in nodes[at].args}
    laid_first: dict[int, int] = {}
    for number in draft.order:
        if number in overlaid and nodes[number].op == "const":
            laid_first.setdefault(nodes[number].imm, number)
    laid: dict[int, int] = {}
    for number in _vectors_early(draft, read):
        node = nodes[number]
        if node.op == "const":
            stands = stand_for.setdefault(node.imm, number)
            if stands != number:
                instead[number] = stands
                given = node.imm in read or not node.imm
                if number in overlaid and (given or laid_first[node.imm] != number):
                    laid[number] = draft.add(node)
                    order.append(laid[number])
                continue
        elif node.op == "overlay" and not laid.keys().isdisjoint(node.args):
            nodes[number] = node.with_edges(
                tuple([laid.get(arg, arg) for arg in node.args]), node.after
            )
        elif node.op == "broadcast" and instead.get(node.args[0], node.args[0]) == word:
            instead[number] = vector
            continue
        elif number == found:
            instead[number] = row
            continue
        order.append(number)
    draft.order = order
    return EarlyConstants(vector, word, read)


def _vectors_early(draft: Reordered, read: Collection[int]) -> Iterator[int]:
    """The nodes in order, and vectors of constants right after the words that they hold, so that
    other vectors of constants can be made of them; those of words `read` come first."""
    nodes = draft.nodes
    wide: dict[int, list[int]] = {}
    for number in draft.order:
        node = nodes[number]
        if node.op == "broadcast" and nodes[node.args[0]].op == "const":
            wide.setdefault(node.args[0], []).append(number)
    early = [const for const in wide if nodes[const].imm in read]
    moved = {number for row in wide.values() for number in row} | set(early)
    for const in early:
        yield const
        yield from wide[const]
    for number in draft.order:
        if number not in moved:
            yield number
            if number in wide:
                yield from wide[number]


def _first_row(draft: Reordered) -> tuple[int, Node | None, Mapping[int, int]]:
    """What reads the first row of memory, and by lane its known words: a node, with its number, or
    a new one (-1) if enough of the words are constants of the graph.

    Where something is stored there as well, these are the words that are in use anyway: a store to
    another one need not wait.
    """
    graph, nodes = draft.source, draft.nodes
    lanes = graph.vector_length
    firsts = [region for region in graph.regions if not region.start and region.words]
    words = {region.name: dict(enumerate(region.words[:lanes])) for region in firsts}
    kept = {region.name for region in firsts if region.read_only}
    for number, node in enumerate(graph.nodes if words else ()):
        if node.op == "vload" and not node.after and node.region in words:
            address, known = graph.nodes[node.args[0]], words[node.region]
            if address.op == "const" and address.imm == 0:
                used = -1 if node.region in kept else graph.demand[number]
                return (
                    number,
                    node,
                    {lane: word for lane, word in known.items() if used >> lane & 1},
                )
    wanted = {nodes[number].imm for number in draft.order if nodes[number].op == "const"}
    for name in kept if graph.memory_words >= lanes else ():
        if len(wanted.intersection(words[name].values())) >= LEAST_READ:
            return -1, Node("vload", lanes, region=name), words[name]
    return -1, None, {}
