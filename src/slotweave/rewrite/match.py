"""Where rules match: patterns against nodes, up to the order of operands that may change places."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from slotweave.isa import EXCHANGEABLE
from slotweave.rewrite.workspace import Kind, Workspace
from slotweave.rules import Rule, Term
from slotweave.rules.term import compute

#: Variables to nodes; those marked constant to words.
Bindings: TypeAlias = Mapping[str, int]

_Kinds: TypeAlias = tuple[Kind, ...]


@dataclass(frozen=True)
class Match:
    """`rule` matches at `root`; `inner` are the other operations that the pattern names."""

    rule: Rule
    root: int
    bindings: Bindings
    inner: tuple[int, ...]


class RuleIndex:
    """Finds the rules whose pattern may match a node, by what the node and its operands are.

    Looked at are also the operands of operands, which operands of the node are the same, and the
    words of constant operands if the condition of a rule for that one operation depends on them.
    `named` are the words that some rule names.
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.named = frozenset(word for rule in rules for word in _words_named(rule.pattern))
        self._of_words = frozenset(rule.pattern.op for rule in rules if _is_told_by_words(rule))
        self._by_operands: dict[tuple[str, _Kinds], tuple[Rule, ...]] = {}
        self._candidates: dict[Hashable, tuple[Rule, ...]] = {}

    def depth(self) -> int:
        """The most operations on a way from the root of a pattern to its leaves."""
        return max((_depth(rule.pattern) for rule in self.rules), default=0)

    def candidates(self, work: Workspace, root: int) -> tuple[Rule, ...]:
        """The rules that may match at `root`, in order."""
        nodes, kind = work.nodes, work.kind
        op, args = nodes[root].op, nodes[root].args
        kinds = tuple([kind[arg] for arg in args])
        found = self._by_operands.get((op, kinds))
        if found is None:
            anything = [_Operand(kind) for kind in kinds]
            found = tuple(r for r in self.rules if _may_match(r.pattern, op, anything))
            self._by_operands[op, kinds] = found
        if not found:
            return found
        inner = [tuple([kind[name] for name in nodes[arg].args]) for arg in args]
        key: Hashable = (op, kinds, *inner, *map(args.index, args))
        if op in self._of_words:
            key = key, *[work.known[arg] for arg in args]
        nearer = self._candidates.get(key)
        if nearer is None:
            operands = list(map(_Operand, kinds, inner, map(args.index, args)))
            near = [rule for rule in found if _may_match(rule.pattern, op, operands)]
            nearer = tuple(
                rule
                for rule in near
                if not _is_told_by_words(rule) or any(matches(work, rule, root))
            )
            self._candidates[key] = nearer
        return nearer


def _is_told_by_words(rule: Rule) -> bool:
    """Whether the operands of one operation and their words say all about whether it matches."""
    return rule.condition is not None and _depth(rule.pattern) == 1


def matches(work: Workspace, rule: Rule, root: int) -> Iterator[Match]:
    """The ways in which `rule` matches at `root`, its condition included."""
    for bindings, inner in _match(work, rule.pattern, root, {}, ()):
        if rule.condition is None or compute(rule.condition, bindings):
            yield Match(rule, root, bindings, inner[1:])


_Partial: TypeAlias = tuple[dict[str, int], tuple[int, ...]]


def _match(
    work: Workspace, pattern: Term, name: int, bound: dict[str, int], inner: tuple[int, ...]
) -> Iterator[_Partial]:
    """The matches of an operation."""
    if work.nodes[name].op == pattern.op and work.known[name] is None:
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
    """The matches of several patterns; there may be several where one of them is an operation."""
    bound = dict(bound)
    for place, (pattern, name) in enumerate(zip(patterns, names, strict=True), 1):
        op = pattern.op
        if op == "constant":
            if work.known[name] != pattern.value:
                return
        elif op == "variable":
            value = work.known[name] if pattern.constant else name
            if value is None or bound.setdefault(pattern.name, value) != value:
                return
        else:
            for first_bound, first_inner in _match(work, pattern, name, bound, inner):
                yield from _match_all(
                    work, patterns[place:], names[place:], first_bound, first_inner
                )
            return
    yield bound, inner


def _depth(pattern: Term) -> int:
    return 1 + max((_depth(arg) for arg in pattern.args), default=0) if pattern.args else 0


def _words_named(pattern: Term) -> Iterator[int]:
    """The constants that are written in `pattern`."""
    if pattern.op == "constant":
        yield pattern.value
    for arg in pattern.args:
        yield from _words_named(arg)


@dataclass(frozen=True)
class _Operand:
    """What is known of an operand: its kind, those of its own operands (if any are known), and
    which operand of the node it is the same as (if that is known)."""

    kind: Kind
    inner: _Kinds = ()
    name: int | None = None


def _may_match(pattern: Term, op: str, operands: Sequence[_Operand]) -> bool:
    """Whether the pattern's root and the operands fit, in some order."""
    if pattern.op != op or len(pattern.args) != len(operands):
        return False
    orders = [operands]
    if op in EXCHANGEABLE:
        orders.append([operands[1], operands[0], *operands[2:]])
    return any(
        all(map(_may_stand_for, pattern.args, order)) and _may_repeat(pattern.args, order)
        for order in orders
    )


def _may_stand_for(pattern: Term, operand: _Operand) -> bool:
    if pattern.op == "constant":
        return operand.kind == pattern.value
    if pattern.constant:
        return operand.kind == "constant" or isinstance(operand.kind, int)
    if pattern.op != operand.kind or not operand.inner:
        return pattern.op in ("variable", operand.kind)
    return _may_match(pattern, pattern.op, [_Operand(kind) for kind in operand.inner])


def _may_repeat(parts: tuple[Term, ...], operands: Sequence[_Operand]) -> bool:
    """Whether operands for which one variable stands may be the same."""
    named: dict[str, int] = {}
    return all(
        named.setdefault(part.name, operand.name) == operand.name
        for part, operand in zip(parts, operands, strict=True)
        if part.op == "variable" and not part.constant and operand.name is not None
    )
