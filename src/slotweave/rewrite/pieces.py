"""Parts of a graph rewritten, each by itself: what its groups of items share, and one group.

Where a part by itself could come out otherwise than among all others - something is decided by who
else uses what is shared, or by what else there is already - there is no piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from slotweave.ir.graph import Graph, Node
from slotweave.machine import Machine
from slotweave.rewrite.driver import Rewriting
from slotweave.rewrite.finish import finish
from slotweave.rewrite.match import RuleIndex
from slotweave.rewrite.workspace import Border, Workspace

#: The source of a node that a rule made.
MADE = 1 << 60

#: The place of what is only borrowed, or only there to use others: it comes where it is wanted.
NOWHERE = 1 << 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a graph, rewritten: its nodes in order, their arguments numbers of such nodes.

    `source` says where each node comes from: k is node k of the part, -1 - k the shared node that
    was borrowed as number k, MADE a rule. `place` says with which node of the part it comes, in an
    order of all nodes of the graph.
    """

    nodes: tuple[Node, ...]
    source: tuple[int, ...]
    place: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SharedPiece:
    """What groups share, rewritten; `exported` maps nodes of the part to what they are in it."""

    piece: Piece
    exported: Mapping[int, int]


def shared_piece(
    graph: Graph, machine: Machine, index: RuleIndex, part: Sequence[int], used: Iterable[int]
) -> SharedPiece | None:
    """What groups share: nodes `part` of `graph`, of which groups use those numbered `used`."""
    border = Border()
    work = Workspace(graph, machine, index.named, border)
    name: dict[int, int] = {}
    for at, node in enumerate(_alone(graph, part)):
        name[at] = work.add(node.with_edges(tuple([name[arg] for arg in node.args]), ()), at)
    wanted = tuple([name[at] for at in used])
    border.names.update(wanted)
    border.sink = work.add(Node("pause", 0, wanted), NOWHERE)
    Rewriting(work, index).run()
    if border.crossed:
        return None
    done, names = finish(work)  # the sink is the last one
    number = {of: at for at, of in enumerate(names)}
    last = work.nodes[border.sink].args
    exported = {at: number[of] for at, of in zip(used, last, strict=True)}
    sources = _sources(name)
    piece = Piece(
        done.nodes[:-1],
        tuple([sources.get(of, MADE) for of in names[:-1]]),
        tuple([work.position[of] for of in names[:-1]]),
    )
    return SharedPiece(piece, exported)


def group_piece(
    graph: Graph,
    machine: Machine,
    index: RuleIndex,
    part: Sequence[int],
    shared: Sequence[Node],
    borrowed: Mapping[int, int],
) -> Piece | None:
    """A group: nodes `part` of `graph`.

    `borrowed` are, in order, the shared nodes that it uses, by node of the graph: what they are
    among those `shared`, which were rewritten before.
    """
    border = Border()
    work = Workspace(graph, machine, index.named, border)
    lent: dict[int, int] = {}
    for at in closure(shared, borrowed.values()):
        node = shared[at]
        lent[at] = work.add(node.with_edges(tuple([lent[arg] for arg in node.args]), ()), NOWHERE)
    border.names.update(lent.values())
    sink = border.sink = work.add(Node("pause", 0, tuple(lent.values())), NOWHERE)
    theirs = {of: lent[at] for of, at in borrowed.items()}
    name: dict[int, int] = {}
    for at, of in enumerate(part):
        node = graph.nodes[of]
        args = tuple([name[arg] if arg in name else theirs[arg] for arg in node.args])
        name[of] = work.add(node.with_edges(args, ()), at)
    Rewriting(work, index, sink).run()
    if border.crossed:
        return None
    work.alive[sink] = False
    sources = _sources({at: name[of] for at, of in enumerate(part)})
    for number, at in enumerate(dict.fromkeys(borrowed.values())):
        sources[lent[at]] = -1 - number
    return _without_the_unborrowed(work, sources)


def _without_the_unborrowed(work: Workspace, sources: Mapping[int, int]) -> Piece | None:
    """What is left of a group; None if it uses something that is only behind what it borrowed."""
    assert work.border is not None
    sink = work.border.sink
    done, names = finish(work)
    place = [work.position[of] for of in names]
    for at in range(len(place) - 2, -1, -1):
        place[at] = min(place[at], place[at + 1])  # what another one needed first comes with it
    mine = [of > sink for of in names]
    used = {arg for at, node in enumerate(done.nodes) if mine[at] for arg in node.args}
    number: dict[int, int] = {}
    for at, of in enumerate(names):
        if mine[at] or of in sources or at in used:
            if not mine[at] and of not in sources and work.known[of] is None:
                return None
            number[at] = len(number)
    nodes: list[Node] = []
    for at in number:
        node = done.nodes[at]
        borrowed = sources.get(names[at], MADE) < 0
        args = () if borrowed else tuple([number[arg] for arg in node.args])
        nodes.append(node.with_edges(args, ()))
    source = tuple([sources.get(names[at], MADE) for at in number])
    return Piece(tuple(nodes), source, tuple([place[at] for at in number]))


def _alone(graph: Graph, part: Sequence[int]) -> Iterator[Node]:
    """The nodes of a part that uses no other one, their arguments numbers within it."""
    number = {of: at for at, of in enumerate(part)}
    for of in part:
        node = graph.nodes[of]
        yield node.with_edges(tuple([number[arg] for arg in node.args]), ())


def _sources(name: Mapping[int, int]) -> dict[int, int]:
    """By name of a workspace the first node of the part that has it."""
    sources: dict[int, int] = {}
    for at, of in name.items():
        sources.setdefault(of, at)
    return sources


def closure(nodes: Sequence[Node], wanted: Iterable[int]) -> list[int]:
    """These nodes and all that they depend on by arguments, in order."""
    found: set[int] = set()
    waiting = list(wanted)
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += nodes[at].args
    return sorted(found)
