"""Where rules match: patterns against nodes, up to the order of operands that may change places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from slotweave.rewrite.workspace import EXCHANGEABLE, Workspace
from slotweave.rules import Rule, Term
from slotweave.rules.term import compute

#: Variables to nodes; those marked constant to words.
Bindings: TypeAlias = Mapping[str, int]

#: What is at an operand: its operation, or "constant".
_Kinds: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """`rule` matches at `root`; `inner` are the other operations that the pattern names."""

    rule: Rule
    root: int
    bindings: Bindings
    inner: tuple[int, ...]


@dataclass
class RuleIndex:
    """Finds the rules whose pattern may match a node by what the node and its operands are."""

    rules: tuple[Rule, ...]
    _candidates: dict[tuple[str, _Kinds], tuple[Rule, ...]] = field(default_factory=dict)

    def depth(self) -> int:
        """The most operations on a way from the root of a pattern to its leaves."""
        return max((_depth(rule.pattern) for rule in self.rules), default=0)

    def candidates(self, work: Workspace, root: int) -> tuple[Rule, ...]:
        """The rules that may match at `root`, in order."""
        node = work.nodes[root]
        known, nodes = work.known, work.nodes
        kinds = tuple("constant" if known[arg] is not None else nodes[arg].op for arg in node.args)
        key = (node.op, kinds)
        found = self._candidates.get(key)
        if found is None:
            found = tuple(r for r in self.rules if _may_match(r.pattern, node.op, kinds))
            self._candidates[key] = found
        return found


def matches(work: Workspace, rule: Rule, root: int) -> Iterator[Match]:
    """The ways in which `rule` matches at `root`, its condition included."""
    for bindings, inner in _match(work, rule.pattern, root, {}, ()):
        if rule.condition is None or compute(rule.condition, bindings):
            yield Match(rule, root, bindings, inner[1:])


_Partial: TypeAlias = tuple[dict[str, int], tuple[int, ...]]


def _match(
    work: Workspace, pattern: Term, name: int, bound: dict[str, int], inner: tuple[int, ...]
) -> Iterator[_Partial]:
    if pattern.op == "constant":
        if work.known[name] == pattern.value:
            yield bound, inner
    elif pattern.op == "variable":
        value = work.known[name] if pattern.constant else name
        if value is not None and bound.get(pattern.name, value) == value:
            yield {**bound, pattern.name: value}, inner
    elif work.nodes[name].op == pattern.op and work.known[name] is None:
        args = work.nodes[name].args
        inner = (*inner, name)
        yield from _match_all(work, pattern.args, args, bound, inner)
        if pattern.op in EXCHANGEABLE and args[0] != args[1]:
            exchanged = (args[1], args[0], *args[2:])
            yield from _match_all(work, pattern.args, exchanged, bound, inner)


def _match_all(
    work: Workspace,
    patterns: tuple[Term, ...],
    names: tuple[int, ...],
    bound: dict[str, int],
    inner: tuple[int, ...],
) -> Iterator[_Partial]:
    if not patterns:
        yield bound, inner
        return
    for first_bound, first_inner in _match(work, patterns[0], names[0], bound, inner):
        yield from _match_all(work, patterns[1:], names[1:], first_bound, first_inner)


def _depth(pattern: Term) -> int:
    return 1 + max((_depth(arg) for arg in pattern.args), default=0) if pattern.args else 0


def _may_match(pattern: Term, op: str, kinds: _Kinds) -> bool:
    """Whether the pattern's root and the kinds of its operands fit, in some order."""
    if pattern.op != op or len(pattern.args) != len(kinds):
        return False
    orders = [kinds]
    if op in EXCHANGEABLE:
        orders.append((kinds[1], kinds[0], *kinds[2:]))
    return any(
        all(_may_stand_for(part, kind) for part, kind in zip(pattern.args, order, strict=True))
        for order in orders
    )


def _may_stand_for(pattern: Term, kind: str) -> bool:
    if pattern.constant:
        return kind == "constant"
    return pattern.op in ("variable", kind)
