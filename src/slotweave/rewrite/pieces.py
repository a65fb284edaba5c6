"""Parts of a graph rewritten, each by itself: what its groups of items share, and one group.

Where a part by itself could come out otherwise than among all others - something is decided by who
else uses what is shared, or by what else there is already - there is no piece.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from slotweave.ir.graph import Graph, Node
from slotweave.machine import Machine
from slotweave.rewrite.driver import Rewriting
from slotweave.rewrite.finish import finish
from slotweave.rewrite.match import RuleIndex
from slotweave.rewrite.split import constant_of
from slotweave.rewrite.workspace import Border, Workspace

#: The constants that were asked for, held and lost (see `Piece`).
_Constants: TypeAlias = tuple[frozenset[int], frozenset[int], frozenset[tuple[int, int]]]

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

    `near` are the nodes of a group that use nothing of their own: others might have them, too.

    Of the constants that are there from the start rules `asked` for some, and some are `held`: the
    part always uses them. Some (width and word) were `lost`. For what groups share these are nodes
    of it, else what was borrowed by number.
    """

    nodes: tuple[Node, ...]
    source: tuple[int, ...]
    place: tuple[int, ...]
    asked: frozenset[int]
    held: frozenset[int]
    lost: frozenset[tuple[int, int]]
    near: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedPiece:
    """What groups share, rewritten; `exported` maps nodes of the part to what they are in it, and
    those `changed` became something else."""

    piece: Piece
    exported: Mapping[int, int]
    changed: frozenset[int]


def shared_piece(
    graph: Graph, machine: Machine, index: RuleIndex, part: Sequence[int], used: Iterable[int]
) -> SharedPiece | None:
    """What groups share: nodes `part` of `graph`, of which groups use those numbered `used`."""
    border = Border()
    work = Workspace(graph, machine, index.named, border)
    name: dict[int, int] = {}
    used_constants: set[int] = set()
    for at, node in enumerate(_alone(graph, part)):
        args = tuple([name[arg] for arg in node.args])
        name[at] = work.add(node.with_edges(args, ()), at)
        if work.known[name[at]] is None:
            used_constants.update([arg for arg in args if work.known[arg] is not None])
    wanted = tuple([name[at] for at in used])
    border.names.update(wanted)
    sink = work.add(Node("pause", 0, wanted), NOWHERE)
    border.others.add(sink)
    # What changes after the first round is seen by groups as it was before, too.
    if Rewriting(work, index).run() > 1 or border.crossed:
        return None
    last = work.nodes[sink].args
    done, names = finish(work)  # the sink is the last one
    number = {of: at for at, of in enumerate(names)}
    exported = {at: number[of] for at, of in zip(used, last, strict=True)}
    sources = _sources(name)
    piece = Piece(
        done.nodes[:-1],
        tuple([sources.get(of, MADE) for of in names[:-1]]),
        tuple([work.position[of] for of in names[:-1]]),
        *_constants_of(work, used_constants, {of: at for at, of in enumerate(names)}),
    )
    changed = [at for at, of in zip(used, last, strict=True) if of != name[at]]
    return SharedPiece(piece, exported, frozenset(changed))


def group_piece(
    graph: Graph,
    machine: Machine,
    index: RuleIndex,
    part: Sequence[int],
    shared: Sequence[Node],
    borrowed: Mapping[int, int],
    changed: Container[int],
) -> Piece | None:
    """A group: nodes `part` of `graph`.

    `borrowed` are, in order, the shared nodes that it uses, by node of the graph: what they are
    among those `shared`, which were rewritten before; `changed` are those that were others then.
    """
    border = Border()
    work = Workspace(graph, machine, index.named, border)
    lent: dict[int, int] = {}
    for at in closure(shared, borrowed.values()):
        node = shared[at]
        lent[at] = work.add(node.with_edges(tuple([lent[arg] for arg in node.args]), ()), NOWHERE)
    border.names.update(lent.values())
    sink = work.add(Node("pause", 0, tuple(lent.values())), NOWHERE)
    border.others.update((*lent.values(), sink))
    theirs = {of: lent[at] for of, at in borrowed.items()}
    name: dict[int, int] = {}
    used: set[int] = set()  # constants
    later: set[int] = set()  # those that are it by now
    for at, of in enumerate(part):
        node = graph.nodes[of]
        args = tuple([name[arg] if arg in name else theirs[arg] for arg in node.args])
        name[of] = work.add(node.with_edges(args, ()), at)
        if border.has_all(args) and any(arg in changed for arg in node.args):
            border.crossed |= work.may_be_shared(name[of])  # others may be the same now
        for arg in node.args:
            if arg in theirs and work.known[theirs[arg]] is not None:
                as_such = constant_of(graph.nodes, graph.nodes[arg]) is not None
                (used if as_such else later).add(theirs[arg])
    Rewriting(work, index, sink).run()
    if border.crossed:
        return None
    work.alive[sink] = False
    sources = _sources({at: name[of] for at, of in enumerate(part)})
    for number, at in enumerate(dict.fromkeys(borrowed.values())):
        sources[lent[at]] = -1 - number
    given = {of: -1 - source for of, source in sources.items() if source < 0}
    return _without_the_unborrowed(work, sink, sources, _constants_of(work, used - later, given))


def _constants_of(work: Workspace, used: Iterable[int], number: Mapping[int, int]) -> _Constants:
    """What was asked for, held and lost (see `Piece`); `used` were used in the beginning."""
    border = work.border
    held = [of for of in used if work.alive[of] and of not in border.idle]
    lost = [(work.nodes[of].width, work.known[of]) for of in border.lost]
    return (
        frozenset([number[of] for of in border.asked if of in number]),
        frozenset([number[of] for of in held if of in number]),
        frozenset([(width, word) for width, word in lost if word is not None]),
    )


def _without_the_unborrowed(
    work: Workspace, sink: int, sources: Mapping[int, int], constants: _Constants
) -> Piece | None:
    """What is left of a group; None if it uses something that is only behind what it borrowed."""
    done, names = finish(work)
    place = [work.position[of] for of in names]
    for at in range(len(place) - 2, -1, -1):
        place[at] = min(place[at], place[at + 1])  # what another one needed first comes with it
    mine = [of > sink for of in names]
    used = [mine[at] or of in sources for at, of in enumerate(names)]
    for at in range(len(names) - 1, -1, -1):
        if used[at] and (mine[at] or names[at] not in sources):
            if not mine[at] and work.known[names[at]] is None:
                return None
            for arg in done.nodes[at].args:
                used[arg] = True
    number = {at: place for place, at in enumerate(at for at in range(len(names)) if used[at])}
    nodes: list[Node] = []
    for at in number:
        node = done.nodes[at]
        borrowed = sources.get(names[at], MADE) < 0
        args = () if borrowed else tuple([number[arg] for arg in node.args])
        nodes.append(node.with_edges(args, ()))
    source = tuple([sources.get(names[at], MADE) for at in number])
    near = tuple(
        [
            new
            for new, at in enumerate(number)
            if mine[at] and work.may_be_shared(names[at]) and work.known[names[at]] is None
            and work.border.has_all(work.nodes[names[at]].args)
        ]
    )  # fmt: skip
    return Piece(tuple(nodes), source, tuple([place[at] for at in number]), *constants, near)


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
