"""That two shapes of a sum are equal, step by step, each by a law.

Both are led to one normal form, a chain of the leaves in one order. Where two chains are joined,
the last leaf of either is drawn out, (a + b') + c for a + (b' + c), until one of them is empty.
"""

from __future__ import annotations

from slotweave.ir.derivation import Firing
from slotweave.ir.graph import Node
from slotweave.rewrite.sums import Join, Leaf, Part

#: More steps for each leaf than this are no proof worth having: then a sum stays as it is.
MOST_STEPS = 40


class TooLongError(Exception):
    """A proof would have too many steps."""


class Resum:
    """Nodes and steps of a derivation that grows.

    `nodes` begin with those of a graph; what is added are operations on them.
    """

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.steps: list[Firing] = []
        self._added: dict[tuple[str, int, tuple[int, ...]], int] = {}

    def show(self, op: str, width: int, old: Part, new: Part) -> None:
        """Add the steps that show that two shapes of one sum are equal.

        Raises TooLongError; then nothing was added.
        """
        before, steps = len(self.nodes), len(self.steps)
        try:
            proof = _Proof(self, op, width, _ranks(new))
            proof.chain_of(old)
            proof.chain_of(new)
        except TooLongError:
            del self.steps[steps:]
            del self.nodes[before:]
            self._added = {key: name for key, name in self._added.items() if name < before}
            raise

    def node(self, op: str, width: int, *args: int) -> int:
        """The name of an added operation."""
        key = (op, width, args)
        name = self._added.setdefault(key, len(self.nodes))
        if name == len(self.nodes):
            self.nodes.append(Node(op, width, args))
        return name


class _Chain:
    """Leaves by rank, rising, and the names of the sums of the first one, two, ... of them."""

    def __init__(self, ranks: list[int], names: list[int]) -> None:
        self.ranks = ranks
        self.names = names


class _Proof:
    """The steps for one sum; `ranks` are the places of each leaf in the chain."""

    def __init__(self, made: Resum, op: str, width: int, ranks: dict[Leaf, list[int]]) -> None:
        self._made = made
        self._op, self._width = op, width
        self._ranks = ranks
        self._leaf = {rank: leaf for leaf, places in ranks.items() for rank in places}
        self._most = len(made.steps) + MOST_STEPS * len(self._leaf)

    def chain_of(self, shape: Part) -> None:
        """Show that `shape` is the chain of its leaves."""
        left = {leaf: list(reversed(places)) for leaf, places in self._ranks.items()}
        values: list[_Chain] = []
        names: list[int] = []  # of the parts, each operation by itself
        stack: list[tuple[Part, bool]] = [(shape, False)]
        while stack:
            part, done = stack.pop()
            if not isinstance(part, Join):
                rank = left[part].pop()
                names.append(self._leaf_name(rank))
                values.append(_Chain([rank], names[-1:]))
            elif not done:
                stack += ((part, True), (part.right, False), (part.left, False))
            else:
                second, first = names.pop(), names.pop()
                names.append(self._join(first, second))
                if part.fused:
                    self._fuse(part.left, names[-1], second)
                right, left_chain = values.pop(), values.pop()
                values.append(self._joined(left_chain, right))

    def _leaf_name(self, rank: int) -> int:
        leaf = self._leaf[rank]
        return self._made.node("mul", self._width, *leaf) if isinstance(leaf, tuple) else leaf

    def _join(self, first: int, second: int) -> int:
        return self._made.node(self._op, self._width, first, second)

    def _fuse(self, product: Part, root: int, summand: int) -> None:
        assert isinstance(product, tuple)
        bindings = ("x", product[0]), ("y", product[1]), ("z", summand)
        self._step("fuse_multiply_add", root, bindings)

    def _step(self, rule: str, root: int, bindings: tuple[tuple[str, int], ...]) -> None:
        if len(self._made.steps) >= self._most:
            raise TooLongError
        self._made.steps.append(Firing(rule, root, bindings))

    def _joined(self, one: _Chain, other: _Chain) -> _Chain:
        """The chain of the leaves of both."""
        i, j = len(one.ranks), len(other.ranks)
        drawn: list[int] = []
        while i and j:
            if one.ranks[i - 1] > other.ranks[j - 1]:
                one, other, i, j = other, one, j, i
            j -= 1
            drawn.append(other.ranks[j])
            if j:
                kept, rest, last = one.names[i - 1], other.names[j - 1], drawn[-1]
                last_name = self._leaf_name(last)
                root = self._join(self._join(kept, rest), last_name)
                bindings = ("x", kept), ("y", rest), ("z", last_name)
                self._step(f"reassociate_{self._op}", root, bindings)
        ranks, names = one.ranks[:i], one.names[:i]
        for rank in reversed(drawn):
            names.append(self._join(names[-1], self._leaf_name(rank)))
            ranks.append(rank)
        return _Chain(ranks, names)


def _ranks(shape: Part) -> dict[Leaf, list[int]]:
    """The places of each leaf in `shape`, from the left."""
    found: dict[Leaf, list[int]] = {}
    stack, count = [shape], 0
    while stack:
        part = stack.pop()
        if isinstance(part, Join):
            stack += (part.right, part.left)
        else:
            found.setdefault(part, []).append(count)
            count += 1
    return found
