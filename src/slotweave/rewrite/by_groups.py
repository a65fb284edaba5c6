"""`rewrite` group by group: of a graph that changed in one group, only that one is rewritten again.

Guarantees: the graph given is that of `rewrite`, node for node; how it was derived is not told.
Each group is rewritten by itself, beside what it shares with others as that was rewritten before.
Where that could come out otherwise than all at once, nothing is given (see `pieces`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from slotweave.ir.graph import Graph, Node
from slotweave.machine import Machine
from slotweave.rewrite.assemble import Assembly
from slotweave.rewrite.finish import needed_nodes
from slotweave.rewrite.match import RuleIndex
from slotweave.rewrite.pieces import Piece, SharedPiece, group_piece, shared_piece
from slotweave.rewrite.split import split
from slotweave.rules.registry import RULES

#: How many groups are kept (those of two graphs in any case), and what graphs share.
GROUPS_KEPT, SHARED_KEPT = 512, 16

#: Forms of shared nodes by which groups are told apart.
FORMS_KEPT = 1 << 16


@dataclass
class GroupMemory:
    """Parts of graphs that were rewritten for one machine, by content; the last ones are kept.

    None stands for a part that cannot be rewritten by itself.
    """

    machine: Machine
    _groups: OrderedDict[Hashable, Piece | None] = field(default_factory=OrderedDict, repr=False)
    _shared: OrderedDict[Hashable, SharedPiece | None] = field(
        default_factory=OrderedDict, repr=False
    )
    _forms: dict[Hashable, int] = field(default_factory=dict, repr=False)
    _index: RuleIndex = field(default_factory=lambda: RuleIndex(tuple(RULES)), repr=False)

    @property
    def kept(self) -> int:
        """How many groups are kept."""
        return len(self._groups)

    def rewritten(self, graph: Graph) -> Graph | None:
        """The graph of `rewrite`; None if its groups cannot be taken one by one."""
        needed = needed_nodes(graph.nodes)
        parts = split(graph, needed)
        if parts is None:
            return None
        groups = [_Group.of(graph, item, part) for item, part in parts.groups.items()]
        self._make_room(max(GROUPS_KEPT, 2 * len(groups)))
        shared = self._shared_piece(graph, parts.shared, groups)
        if shared is None:
            return None
        exported = {parts.shared[at]: of for at, of in shared.exported.items()}
        changed = {parts.shared[at] for at in shared.changed}
        forms = self._forms_of(shared.piece.nodes)
        assembly = Assembly(graph, needed, shared.piece, parts.shared)
        for group in groups:
            borrowed = {of: exported[of] for of in group.borrowed}
            piece = self._group_piece(
                graph, group, shared.piece.nodes, borrowed, changed.intersection(borrowed), forms
            )
            if piece is None:
                return None
            assembly.add(piece, group.item, group.part, list(dict.fromkeys(borrowed.values())))
        return assembly.graph()

    def _shared_piece(
        self, graph: Graph, part: Sequence[int], groups: Iterable[_Group]
    ) -> SharedPiece | None:
        number = {of: at for at, of in enumerate(part)}
        used = tuple(sorted({number[of] for group in groups for of in group.borrowed}))
        items = tuple([graph.nodes[of].item for of in part])
        key = _setting(graph), tuple(_content(graph, part, number.__getitem__)), items, used
        if key not in self._shared:
            found = shared_piece(graph, self.machine, self._index, part, used)
            self._shared[key] = found
        self._shared.move_to_end(key)
        return self._shared[key]

    def _group_piece(
        self,
        graph: Graph,
        group: _Group,
        shared: Sequence[Node],
        borrowed: Mapping[int, int],
        changed: set[int],
        forms: Sequence[int],
    ) -> Piece | None:
        seen: dict[int, int] = {}
        alike = tuple([seen.setdefault(of, len(seen)) for of in borrowed.values()])
        others = tuple([of in changed for of in borrowed]) if changed else ()
        key = _setting(graph), group.content, alike, others, tuple([forms[of] for of in seen])
        if key not in self._groups:
            self._groups[key] = group_piece(
                graph, self.machine, self._index, group.part, shared, borrowed, changed
            )
        self._groups.move_to_end(key)
        return self._groups[key]

    def _forms_of(self, nodes: Sequence[Node]) -> list[int]:
        """The same number for nodes that rules cannot tell apart."""
        forms: list[int] = []
        for node in nodes:
            args = tuple([forms[arg] for arg in node.args])
            key = node.op, node.width, node.imm, node.offsets, node.region, args
            forms.append(self._forms.setdefault(key, len(self._forms)))
        return forms

    def _make_room(self, most: int) -> None:
        while len(self._groups) > most:
            self._groups.popitem(last=False)
        while len(self._shared) > SHARED_KEPT:
            self._shared.popitem(last=False)
        if len(self._forms) > FORMS_KEPT:
            self._groups.clear()
            self._forms.clear()


@dataclass(frozen=True, slots=True)
class _Group:
    """Nodes `part` of a graph, which work for `item`; `content` is what they are, and `borrowed`
    what they use of others, in order."""

    item: int
    part: Sequence[int]
    content: tuple[Hashable, ...]
    borrowed: tuple[int, ...]

    @classmethod
    def of(cls, graph: Graph, item: int, part: Sequence[int]) -> _Group:
        """That group of `graph`."""
        number = {of: at for at, of in enumerate(part)}
        borrowed: dict[int, int] = {}

        def reference(arg: int) -> int:
            at = number.get(arg)
            return -1 - borrowed.setdefault(arg, len(borrowed)) if at is None else at

        content = tuple(_content(graph, part, reference))
        return cls(item, part, content, tuple(borrowed))


def _setting(graph: Graph) -> Hashable:
    """What parts of a graph depend on besides their nodes: which loads may be one."""
    return tuple([region.name for region in graph.regions if region.read_only])


def _content(
    graph: Graph, part: Sequence[int], reference: Callable[[int], int]
) -> Iterator[Hashable]:
    """What each node of a part is; `reference` numbers arguments within it."""
    for of in part:
        node = graph.nodes[of]
        yield (
            node.op, node.width, node.imm, node.offsets, node.region, node.stage, node.where,
            *map(reference, node.args),
        )  # fmt: skip
