"""Rewrite a graph by rules until none pays any more; say what fired, and where.

Guarantees: the graph returned computes what the one given computed, has only operations that the
machine can run where the rules made them, keeps the order of memory accesses and the labels (what
serves several items is marked so), and holds no common subexpression and nothing unneeded. It ends:
each rule makes terms lighter. The time is near-linear: a node is looked at again only if something
within reach of a pattern changed.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from slotweave.diagnostics import CheckFailed, Diagnostic
from slotweave.ir.graph import Graph, Node
from slotweave.machine import Machine
from slotweave.rewrite.economy import MOST_USERS, pays
from slotweave.rewrite.finish import finish, needed_nodes
from slotweave.rewrite.match import Bindings, Match, RuleIndex, matches
from slotweave.rewrite.structure import STRUCTURAL_RULES, simpler_slice
from slotweave.rewrite.workspace import Workspace
from slotweave.rules import Rule, Term
from slotweave.rules.registry import RULES
from slotweave.rules.term import compute


@dataclass(frozen=True, slots=True)
class Firing:
    """One step: the rule, the node at which it fired (named as in a Workspace), its variables."""

    rule: str
    root: int
    bindings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule (or `common_subexpression`, `dead_code`) fired `count` times for one source line."""

    rule: str
    where: str
    count: int


@dataclass(frozen=True)
class Rewritten:
    """The new graph, what fired by rule and source line, and the steps in order (see `replay`)."""

    graph: Graph
    fired: tuple[Fired, ...] = ()
    steps: tuple[Firing, ...] = ()

    def counts(self) -> dict[str, int]:
        """How often each rule fired."""
        totals: Counter[str] = Counter()
        for fired in self.fired:
            totals[fired.rule] += fired.count
        return dict(totals)


def rewrite(graph: Graph, machine: Machine, rules: Sequence[Rule] = RULES) -> Rewritten:
    """`graph` after all rules that pay on `machine`."""
    driver = _Driver(graph, machine, tuple(rules))
    driver.run()
    return driver.result()


def replay(
    graph: Graph, machine: Machine, steps: Iterable[Firing], rules: Sequence[Rule] = RULES
) -> Rewritten:
    """`graph` after these steps and no others, each checked to be a match of its rule.

    Raises CheckFailed (SW405) at the first step that is none.
    """
    driver = _Driver(graph, machine, tuple(rules))
    by_name = {rule.name: rule for rule in rules}
    for number, step in enumerate(steps):
        if not driver.repeat(step, by_name):
            reason = f"step {number}: {step.rule} does not match at node {step.root}"
            raise CheckFailed(Diagnostic("SW405", reason))
    return driver.result()


class _Driver:
    """The workspace, the nodes to look at, and the steps so far."""

    def __init__(self, graph: Graph, machine: Machine, rules: tuple[Rule, ...]) -> None:
        self._index = RuleIndex(rules)
        self._reach = max(self._index.depth() - 1, 1)
        self._work = Workspace(graph, machine)
        self._fired: Counter[tuple[str, str]] = Counter()
        self._steps: list[Firing] = []
        self._enter(graph)
        self._queue = deque(range(len(self._work.nodes)))
        self._queued = set(self._queue)

    def _enter(self, graph: Graph) -> None:
        """Bring the needed nodes into the workspace."""
        needed = needed_nodes(graph.nodes)
        name: dict[int, int] = {}
        for index, node in enumerate(graph.nodes):
            if index not in needed:
                self._fired["dead_code", node.where] += node.op != "join"
                if node.pure:
                    continue
                # What waits for a load that nobody needs waits for what it waits for.
                node = Node("join", 0, after=node.after)
            args = tuple(name[arg] for arg in node.args)
            after = tuple(name[earlier] for earlier in node.after)
            name[index] = self._work.add(replace(node, args=args, after=after), index)

    def run(self) -> None:
        """Fire until nothing pays."""
        while self._queue:
            root = self._queue.popleft()
            self._queued.discard(root)
            if self._work.alive[root]:
                self._visit(root)

    def _visit(self, root: int) -> None:
        if self._work.nodes[root].op == "slice":
            simpler = simpler_slice(self._work, root)
            if simpler is not None:
                self._replace(Firing(simpler[0], root), simpler[1])
            return
        for rule in self._index.candidates(self._work, root):
            for match in matches(self._work, rule, root):
                if pays(self._work, match, self._index):
                    self._fire(match)
                    return

    def repeat(self, step: Firing, rules: dict[str, Rule]) -> bool:
        """Fire as `step` says; False if its rule does not match there."""
        work = self._work
        if not 0 <= step.root < len(work.nodes) or not work.alive[step.root]:
            return False
        if step.rule in STRUCTURAL_RULES:
            is_slice = work.nodes[step.root].op == "slice"
            simpler = simpler_slice(work, step.root) if is_slice else None
            if simpler is None or simpler[0] != step.rule:
                return False
            self._replace(step, simpler[1])
            return True
        if step.rule not in rules:
            return False
        for match in matches(work, rules[step.rule], step.root):
            if dict(match.bindings) == dict(step.bindings):
                self._fire(match)
                return True
        return False

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
        self._look_at(name, 0)
        return name

    def _replace(self, step: Firing, new: int) -> None:
        self._steps.append(step)
        self._fired[step.rule, self._work.nodes[step.root].where] += 1
        changed, lonelier = self._work.replace(step.root, new)
        self._look_at(new, 0)
        for name in sorted(changed | lonelier):
            self._look_at(name, self._reach)

    def _look_at(self, name: int, reach: int) -> None:
        """Put `name` on the list, and the nodes above whose patterns may reach down to it."""
        if name not in self._queued:
            self._queued.add(name)
            self._queue.append(name)
        users = self._work.users[name]
        if reach and len(users) <= MOST_USERS and self._work.known[name] is None:
            for user in sorted(users):
                self._look_at(user, reach - 1)

    def result(self) -> Rewritten:
        for where, count in self._work.merged.items():
            self._fired["common_subexpression", where] += count
        counts = sorted((+self._fired).items())
        fired = tuple(Fired(rule, where, count) for (rule, where), count in counts)
        return Rewritten(finish(self._work), fired, tuple(self._steps))
