"""Rewrite a graph by rules until none pays any more; say what fired, and where.

Guarantees: the graph returned computes what the one given computed, has only operations that the
machine can run where the rules made them, keeps the order of memory accesses and the labels (what
serves several items is marked so), and holds no common subexpression and nothing unneeded. It ends:
each rule makes terms lighter. The time is near-linear: a node is looked at again only if something
within reach of a pattern changed.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from slotweave.ir.derivation import Derivation, Firing
from slotweave.ir.graph import Graph, Node
from slotweave.machine import Machine
from slotweave.rewrite.economy import MOST_USERS, pays
from slotweave.rewrite.finish import finish, needed_nodes
from slotweave.rewrite.match import Bindings, Match, RuleIndex, matches
from slotweave.rewrite.structure import simpler_slice
from slotweave.rewrite.workspace import Workspace
from slotweave.rules import Rule, Term
from slotweave.rules.registry import RULES
from slotweave.rules.term import compute


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule (or `common_subexpression`, `dead_code`) fired `count` times for one source line."""

    rule: str
    where: str
    count: int


@dataclass(frozen=True)
class Rewritten:
    """The new graph, what fired by rule and source line, and how the graph was derived.

    `names` are the nodes of the graph as the derivation names them.
    """

    graph: Graph
    fired: tuple[Fired, ...] = ()
    derivation: Derivation = field(default_factory=Derivation)
    names: tuple[int, ...] = ()

    def counts(self) -> dict[str, int]:
        """How often each rule fired."""
        totals: Counter[str] = Counter()
        for fired in self.fired:
            totals[fired.rule] += fired.count
        return dict(totals)


def rewrite(graph: Graph, machine: Machine, rules: Sequence[Rule] = RULES) -> Rewritten:
    """`graph` after all rules that pay on `machine`."""
    index = RuleIndex(tuple(rules))
    work = Workspace(graph, machine, index.named)
    dead = _enter(work, graph)
    rewriting = Rewriting(work, index)
    rewriting.run()
    fired = rewriting.fired + dead
    for where, count in work.merged.items():
        fired["common_subexpression", where] += count
    counts = sorted((+fired).items())
    derivation = Derivation(tuple(work.made), tuple(rewriting.steps))
    done, names = finish(work)
    said = tuple(Fired(rule, where, count) for (rule, where), count in counts)
    return Rewritten(done, said, derivation, names)


def _enter(work: Workspace, graph: Graph) -> Counter[tuple[str, str]]:
    """Bring the needed nodes into the workspace; says which operations are none of these."""
    dead: Counter[tuple[str, str]] = Counter()
    needed = needed_nodes(graph.nodes)
    name: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        if index not in needed:
            dead["dead_code", node.where] += node.op != "join"
            if node.pure:
                continue
            # What waits for a load that nothing needs waits for what it waits for.
            node = Node("join", 0, after=node.after)
        args = tuple([name[arg] for arg in node.args])
        after = tuple([name[earlier] for earlier in node.after]) if node.after else ()
        name[index] = work.add(node.with_edges(args, after), index)
    return dead


class Rewriting:
    """A workspace, the nodes of it to look at, and the steps so far.

    Nodes up to `given` are not looked at: they were rewritten before.
    """

    def __init__(self, work: Workspace, index: RuleIndex, given: int = -1) -> None:
        self._index = index
        self._reach = max(self._index.depth() - 1, 1)
        self._work = work
        self._given = given
        self.fired: Counter[tuple[str, str]] = Counter()
        self.steps: list[Firing] = []
        self._queue = deque(range(given + 1, len(self._work.nodes)))
        self._queued = set(self._queue)

    def run(self) -> int:
        """Fire until nothing pays; says in how many rounds something did, of which each looks at
        what was put on the list in the one before."""
        rounds = 0
        while self._queue:
            before = len(self.steps)
            for _ in range(len(self._queue)):
                root = self._queue.popleft()
                self._queued.discard(root)
                if self._work.alive[root]:
                    self._visit(root)
            if len(self.steps) > before:
                rounds += 1
        return rounds

    def _visit(self, root: int) -> None:
        if self._work.nodes[root].op == "slice":
            source = self._work.nodes[root].args[0]
            simpler = simpler_slice(self._work, root)
            if simpler is not None:
                name, result = simpler
                self._replace(Firing(name, root, (("source", source), ("result", result))), result)
            return
        for rule in self._index.candidates(self._work, root):
            for match in matches(self._work, rule, root):
                if pays(self._work, match, self._index):
                    self._fire(match)
                    return

    def _fire(self, match: Match) -> None:
        width = self._work.nodes[match.root].width
        new = self._make(match.rule.replacement, match.bindings, width, match.root)
        step = Firing(match.rule.name, match.root, tuple(match.bindings.items()))
        self._replace(step, new)

    def _make(self, term: Term, bindings: Bindings, width: int, root: int) -> int:
        """The node for `term` in `width` lanes."""
        if term.constant:
            return self._work.constant(compute(term, bindings), width, root)
        if term.op == "variable":
            return bindings[term.name]
        inner_width = 1 if term.op == "broadcast" else width
        args = tuple(self._make(arg, bindings, inner_width, root) for arg in term.args)
        name = self._work.derive(term.op, width, args, 0, root)
        self._look_at(name)
        return name

    def _replace(self, step: Firing, new: int) -> None:
        self.steps.append(step)
        self.fired[step.rule, self._work.nodes[step.root].where] += 1
        changed, lonelier = self._work.replace(step.root, new)
        self._look_at(new)
        seen: dict[int, int] = {}
        for name in sorted(changed | lonelier):
            self._look_above(name, self._reach, seen)

    def _look_at(self, name: int) -> None:
        """Put `name` on the list."""
        if name not in self._queued and name > self._given:
            self._queued.add(name)
            self._queue.append(name)

    def _look_above(self, name: int, reach: int, seen: dict[int, int]) -> None:
        """Put `name` on the list, and the nodes above whose patterns may reach down to it.

        `seen` has how far above some nodes all are on the list.
        """
        if seen.get(name, -1) >= reach:
            return
        seen[name] = reach
        self._look_at(name)
        users = self._work.users[name]
        if reach and users and len(users) <= MOST_USERS and self._work.known[name] is None:
            for user in sorted(users):
                if reach > 1:
                    self._look_above(user, reach - 1, seen)
                else:
                    self._look_at(user)
