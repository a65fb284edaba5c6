"""Memory that a graph leaves free, and when: room for values that leave scratch for a while.

A vector's length of words is free after the last access to it, if it is working memory (neither
input nor output), and before a store that covers all of it. A region with accesses of unknown
address has none that is known to be free, and without regions all of memory is judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from slotweave.ir.graph import Graph, Region
from slotweave.isa import Effect


@dataclass
class Spare:
    """A vector's length of words from `address` on, in `region`, free between two nodes.

    All of `waits` must have landed before something is stored there (what they name is their
    user's business), the last of them in cycle `cycle`; they, and whatever used the words before,
    stand in the graph up to node `first`. `until` is the store that covers the words (None: never).
    `item` is whom they served last.
    """

    address: int
    region: str
    first: int
    cycle: int
    until: int | None
    until_cycle: int
    item: int
    waits: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Access:
    """What a node accesses; `covers` is the first of a vector's length of words it overwrites."""

    node: int
    words: tuple[int, ...]
    covers: int | None = None


def spare_memory(graph: Graph, cycles: Sequence[int]) -> list[Spare]:
    """What is free of memory if node i of `graph` runs in cycle `cycles[i]`."""
    return [
        spare
        for region in graph.regions
        if not region.read_only and (accesses := _accesses(graph, region)) is not None
        for spare in _of_region(graph, region, accesses, cycles)
    ]


def _accesses(graph: Graph, region: Region) -> list[_Access] | None:
    """All accesses of `region`, in order; None if the address of one is not known."""
    known = graph.known
    found = []
    for index, node in enumerate(graph.nodes):
        if node.effect not in (Effect.LOAD, Effect.STORE) or node.region != region.name:
            continue
        if node.args[0] not in known:
            return None
        at = known[node.args[0]]
        if node.op in ("vload", "vstore"):
            words = tuple(range(at[0], at[0] + graph.vector_length))
            found.append(_Access(index, words, at[0] if node.op == "vstore" else None))
        else:
            found.append(_Access(index, at))
    return found


def _of_region(
    graph: Graph, region: Region, accesses: list[_Access], cycles: Sequence[int]
) -> Iterator[Spare]:
    """Lengths of words that lie as the vectors do that the graph itself accesses."""
    lanes = graph.vector_length
    by_word: dict[int, list[_Access]] = defaultdict(list)
    for access in accesses:
        for word in access.words:
            by_word[word].append(access)
    starts = {access.words[0] for access in accesses if len(access.words) == lanes}
    at = region.start
    while at + lanes <= region.stop:
        if at not in starts and any(at + lane in starts for lane in range(1, lanes)):
            at += 1
            continue
        touching = {access.node: access for lane in range(lanes) for access in by_word[at + lane]}
        yield from _between(graph, region, at, [touching[n] for n in sorted(touching)], cycles)
        at += lanes


def _between(
    graph: Graph, region: Region, address: int, accesses: list[_Access], cycles: Sequence[int]
) -> Iterator[Spare]:
    """When the words from `address` on are free; `accesses` are all that touch them, in order."""
    for number in range(len(accesses) + 1):
        waits = [access.node for access in accesses[:number]]
        after = accesses[number] if number < len(accesses) else None
        if after is None and region.output:
            continue
        if after is not None and after.covers != address:
            continue
        yield Spare(
            address, region.name,
            first=max(waits, default=-1),
            cycle=max((cycles[node] for node in waits), default=0),
            until=None if after is None else after.node,
            until_cycle=max(cycles, default=0) + 1 if after is None else cycles[after.node],
            item=graph.nodes[waits[-1]].item if waits else -1,
            waits=waits,
        )  # fmt: skip
