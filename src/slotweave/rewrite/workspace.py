"""A graph under change: hash-consed nodes that know their users.

Pure nodes, and loads from read-only regions, are interned: there is never more than one with the
same operation and operands, and two that become equal are merged (common subexpressions). Nodes are
named by the order in which they were made; the names of one rewriting are the same in each run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable
from dataclasses import replace
from typing import TypeAlias

from slotweave.ir.graph import PURE, Graph, Node
from slotweave.isa import LOADS, WORD_MASK, Shape, canonical_args
from slotweave.machine import Machine

#: What is at an operand: its operation, "constant", or a word that some rule names.
Kind: TypeAlias = str | int

#: An engine that takes longer than this for the lanes of a vector is no place for scattered words.
MOST_LANE_CYCLES = 2


def may_be_shared(node: Node, inputs: Container[str]) -> bool:
    """Whether one node can stand for all that are like it: pure ones, and loads from `inputs`."""
    return node.op in PURE or (node.effect is LOADS and node.region in inputs)


def form_of(
    op: str,
    width: int,
    args: tuple[int, ...],
    imm: int = 0,
    offsets: tuple[int, ...] = (),
    region: str = "",
) -> Hashable:
    """What nodes that compute the same have in common, if they may be shared."""
    return op, width, canonical_args(op, args), imm & WORD_MASK, offsets, region


class Border:
    """What a part of a graph shares with the other parts.

    `names` are nodes that others may use or have as well; `others` stand for the users among these.
    `crossed` says whether anything was decided that might be decided otherwise among all parts.
    Rules wanted the constants `asked`; the part did not use those `idle` for a while, and nothing
    at all those `lost`.
    """

    def __init__(self) -> None:
        self.names: set[int] = set()
        self.others: set[int] = set()
        self.crossed = False
        self.asked: set[int] = set()
        self.idle: set[int] = set()
        self.lost: set[int] = set()

    def ask_for(self, names: Iterable[int]) -> None:
        """Something is decided by who uses these nodes."""
        self.crossed |= not self.names.isdisjoint(names)

    def has_all(self, names: Iterable[int]) -> bool:
        """Whether others may have what is made of these alone."""
        return self.names.issuperset(names)


class Workspace:
    """Nodes by name; `args` and `after` of a node are names.

    `users[n]` are the nodes that have n as an argument. `known[n]` is the word that each lane of n
    holds, if it is a constant. `kind[n]` is what rules tell n by: its operation, "constant", or one
    of the words `named`, which rules speak of. `position[n]` is where n belongs in the order of the
    source graph. `made[n]` is n as it was made, before others took the place of its operands.
    `merged` counts the common subexpressions found, by the user's line. `border` is of use
    where the workspace holds a part of the graph.
    """

    def __init__(
        self,
        graph: Graph,
        machine: Machine,
        named: frozenset[int] = frozenset(),
        border: Border | None = None,
    ) -> None:
        self.graph = graph
        self.machine = machine
        self.nodes: list[Node] = []
        self.made: list[Node] = []
        self.users: list[set[int]] = []
        self.known: list[int | None] = []
        self.kind: list[Kind] = []
        self.position: list[int] = []
        self.alive: list[bool] = []
        self.merged: Counter[str] = Counter()
        self.replaced_by: dict[int, int] = {}
        self.border = border or Border()
        self._interned: dict[Hashable, int] = {}
        self._keys: list[Hashable | None] = []
        self._named = named
        self._inputs = {region.name for region in graph.regions if region.read_only}

    def add(self, node: Node, position: int) -> int:
        """The name of `node`: a new one, or that of a node like it."""
        key = self._key(node)
        if key is not None and key in self._interned:
            name = self._interned[key]
            self.merged[node.where] += 1
            self._share(name, node.item, position)
            return name
        return self._append(node, position, key)

    def derive(self, op: str, width: int, args: tuple[int, ...], imm: int, root: int) -> int:
        """A pure node made by a rule at `root`; it takes its labels (constants have none)."""
        labels = self.nodes[root]
        item, stage = labels.item, labels.stage
        if op == "const" or (op == "broadcast" and self.known[args[0]] is not None):
            item, stage = -1, ""
        key = form_of(op, width, args, imm)
        name = self._interned.get(key)
        if name is not None:
            if name in self.border.names:
                self.border.asked.add(name)
            self._share(name, item, self.position[root])
            return name
        node = Node(op, width, args, imm, (), "", (), item, stage, labels.where)
        made = self._append(node, self.position[root], key)
        if self.border.has_all(args):
            self.border.names.add(made)
            self.border.crossed |= self.known[made] is None  # that of constants is no news
        return made

    def may_be_shared(self, name: int) -> bool:
        """Whether one node can stand for all that are like this one."""
        return self._keys[name] is not None

    def find(self, op: str, width: int, args: tuple[int, ...], imm: int = 0) -> int | None:
        """The node of that form, if there is one."""
        return self._interned.get(form_of(op, width, args, imm))

    def find_constant(self, value: int, width: int) -> int | None:
        """The node that holds `value` in each of `width` lanes, if there is one."""
        word = self.find("const", 1, (), value)
        return word if width == 1 or word is None else self.find("broadcast", width, (word,))

    def constant(self, value: int, width: int, root: int) -> int:
        """A node that holds `value` in each of `width` lanes, for a rule at `root`."""
        word = self.derive("const", 1, (), value, root)
        return word if width == 1 else self.derive("broadcast", width, (word,), 0, root)

    def can_run(self, op: str, width: int) -> bool:
        """Whether the machine has a mode for `op` on that many lanes."""
        shape = Shape.WORD if width == 1 else Shape.VECTOR
        return bool(self.machine.modes_of(op, shape))

    def reads_anywhere(self, op: str, width: int) -> bool:
        """Whether an engine can soon do `op` lane by lane, on words wherever they lie."""
        if width == 1:
            return True
        slots = self.machine.slots
        return any(
            mode.per_lane and width <= MOST_LANE_CYCLES * slots[mode.engine]
            for mode in self.machine.modes_of(op, Shape.VECTOR)
        )

    def replace(self, old: int, new: int) -> tuple[set[int], set[int]]:
        """Let all users of `old` use `new`; `old` and what only it used are gone.

        Returns the nodes whose operands changed and the nodes that lost users.
        """
        changed: set[int] = set()
        lonelier: set[int] = set()
        waiting = [(old, new)]
        while waiting:
            old, new = waiting.pop()
            new = self.current(new)
            if old == new or old in self.replaced_by:
                continue
            if old in self.border.names:
                self.border.names.add(new)
            for user in sorted(self.users[old]):
                twin = self._exchange(user, old, new)
                changed.add(user)
                if twin is not None:
                    self.merged[self.nodes[user].where] += 1
                    self._share(twin, self.nodes[user].item, self.position[user])
                    waiting.append((user, twin))
            self.users[old].clear()
            self.replaced_by[old] = new
            self._bury(old, lonelier)
        return {n for n in changed if self.alive[n]}, {n for n in lonelier if self.alive[n]}

    def current(self, name: int) -> int:
        """The node that stands for `name` now."""
        while name in self.replaced_by:
            name = self.replaced_by[name]
        return name

    def _append(self, node: Node, position: int, key: Hashable | None) -> int:
        name = len(self.nodes)
        self.nodes.append(node)
        self.made.append(node)
        self.users.append(set())
        word, kind = self._known_of(node)
        self.known.append(word)
        self.kind.append(kind)
        self.position.append(position)
        self.alive.append(True)
        self._keys.append(key)
        for arg in node.args:
            self.users[arg].add(name)
        if key is not None:
            self._interned[key] = name
        return name

    def _key(self, node: Node) -> Hashable | None:
        """Equal for nodes that compute the same; None for nodes that must stay apart."""
        if not may_be_shared(node, self._inputs):
            return None
        return form_of(node.op, node.width, node.args, node.imm, node.offsets, node.region)

    def _known_of(self, node: Node) -> tuple[int | None, Kind]:
        """The word that `node` holds in each lane, if it is constant, and what rules tell it by."""
        op, word = node.op, None
        if op == "const":
            word = node.imm & WORD_MASK
        elif op == "broadcast":
            word = self.known[node.args[0]]
        if word is None:
            return word, op
        return word, word if word in self._named else "constant"

    def _share(self, name: int, item: int, position: int) -> None:
        """`name` now also works for `item`: it serves several items if they differ."""
        mine = self.nodes[name]
        if mine.item not in (item, -1):
            self.nodes[name] = replace(mine, item=-1)
        self.position[name] = min(self.position[name], position)

    def _exchange(self, user: int, old: int, new: int) -> int | None:
        """Let `user` use `new` for `old`; gives the node that is like it then, if there is one."""
        node, key = self.nodes[user], self._keys[user]
        if key is not None and self._interned.get(key) == user:
            del self._interned[key]
        args = tuple([new if arg == old else arg for arg in node.args])
        node = self.nodes[user] = node.with_edges(args, node.after)
        self.known[user], self.kind[user] = self._known_of(node)
        self.users[new].add(user)
        key = self._keys[user] = self._key(node)
        if key is None:
            return None
        self.border.crossed |= self.border.has_all(args)
        return None if (twin := self._interned.setdefault(key, user)) == user else twin

    def _bury(self, name: int, lonelier: set[int]) -> None:
        """Drop `name`, which nothing uses, and what only it used."""
        waiting = [name]
        while waiting:
            name = waiting.pop()
            node = self.nodes[name]
            self.alive[name] = False
            if self.known[name] is not None:
                self.border.lost.add(name)
            key = self._keys[name]
            if self._interned.get(key) == name:
                del self._interned[key]
            for arg in node.args:
                self.users[arg].discard(name)
                lonelier.add(arg)
                if self.users[arg] <= self.border.others:
                    self.border.idle.add(arg)
                if not self.users[arg] and self.alive[arg] and self.nodes[arg].pure:
                    waiting.append(arg)
