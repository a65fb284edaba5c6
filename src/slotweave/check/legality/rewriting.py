"""Rewritten = traced: the steps of a derivation, each an instance of a proved rule, say so.

Guarantees, if there is no fault: whatever memory holds, the rewritten graph has the effects of the
traced one (stores, writes to the trace buffer, pauses), in the same order and with equal operands,
wherever the traced one can be run. Each node of both graphs gets a class of equal values, by
congruence; only three things are taken to be equal beyond that:

    constants       a rule's constants, computed, and the words that it names
    instances       the two sides of a rule, with the step's bindings, if its condition holds
    slices          two values that are, word for word, the same words of the same values

A load is a function of its address and of the stores to its region before it. This rests on the
rules, the proofs of which are on record, and knows nothing of matching, of the search for steps, or
of how nodes were merged and dropped. Equal order in the list is what is checked; that the edges of
the graph demand that order is for the check of the program, which is run in it, to find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from slotweave.base.diagnostics import Diagnostic
from slotweave.check.legality.congruence import Congruence
from slotweave.ir.derivation import Derivation, Firing
from slotweave.ir.graph import Graph, Node
from slotweave.isa import OPERATIONS, WORD_MASK, Effect
from slotweave.rules import Rule, Term
from slotweave.rules.term import compute

#: An operation with an effect, what it is done with (classes), and where it comes from.
_Done: TypeAlias = tuple[tuple[str, str, int], tuple[int, ...], str]

#: A word of a value: its class and the number of the word.
_Word: TypeAlias = tuple[int, int]

#: Operations that read memory, and those that change something.
_LOADS = frozenset(name for name, kind in OPERATIONS.items() if kind.effect is Effect.LOAD)
_EFFECTS = (
    OPERATIONS.keys() - _LOADS - {n for n, k in OPERATIONS.items() if k.effect is Effect.NONE}
)

_DOING = _EFFECTS | {"assign"}

_SLICES = frozenset({"slice_of_all", "slice_of_slice", "slice_of_broadcast", "slice_of_overlay"})


def rewriting_faults(
    traced: Graph, rewritten: Graph, derivation: Derivation, rules: Iterable[Rule]
) -> Iterator[Diagnostic]:
    """What is malformed, does not follow, or differs first (SW405); nothing if all is well."""
    for reason in _malformed(traced, rewritten, derivation):
        yield _fault(reason)
        return
    replay = _Replay(derivation, traced)
    by_name = {rule.name: rule for rule in rules}
    wanted, _ = replay.classes_of(traced.nodes)
    for number, step in enumerate(derivation.steps):
        if not replay.follows(step, by_name):
            where = f"node {step.root}"
            if 0 <= step.root < len(derivation.nodes):
                where += f" ({derivation.nodes[step.root].op})"
            yield _fault(f"step {number}: {step.rule} does not match at {where}")
            return
    found, _ = replay.classes_of(rewritten.nodes)
    yield from _differences(wanted, found, replay.values)


def _malformed(traced: Graph, rewritten: Graph, derivation: Derivation) -> Iterator[str]:
    """Why the graphs cannot be compared."""
    if rewritten.with_nodes(()) != traced.with_nodes(()):
        yield "the rewritten graph has other regions, or another name or size"
    for nodes in (derivation.nodes, rewritten.nodes):
        for index, node in enumerate(nodes):
            for arg in node.args:
                if not 0 <= arg < index:
                    yield f"node {index} ({node.op}) uses a node that does not come before it"


def _differences(
    wanted: Sequence[_Done], found: Sequence[_Done], values: Congruence
) -> Iterator[Diagnostic]:
    if len(wanted) != len(found):
        yield _fault(f"{len(found)} effects instead of {len(wanted)}")
        return
    for number, (old, new) in enumerate(zip(wanted, found, strict=True)):
        same = old[0] == new[0] and len(old[1]) == len(new[1])
        if not same or not all(map(values.equal, old[1], new[1])):
            reason = f"effect {number} is another one: {new[0][0]} for {old[0][0]}"
            yield Diagnostic("SW405", reason, file=old[2])
            return


def _fault(reason: str) -> Diagnostic:
    return Diagnostic("SW405", reason)


class _NoInstanceError(Exception):
    """A variable is bound to what has not the width that it must have."""


class _Replay:
    """The classes of the values of a derivation, after the steps followed so far."""

    def __init__(self, derivation: Derivation, traced: Graph) -> None:
        self.values = Congruence()
        self._inputs = {region.name for region in traced.regions if region.read_only}
        self._nodes = derivation.nodes
        _, self._names = self.classes_of(derivation.nodes)

    def classes_of(self, nodes: Sequence[Node]) -> tuple[list[_Done], list[int]]:
        """What `nodes`, run one after the other, do, and the class of each."""
        done: list[_Done] = []
        classes: list[int] = []
        stores: Counter[str] = Counter()
        add = self.values.add
        for node in nodes:
            op, region, args = node.op, node.region, node.args
            if len(args) == 2:
                args = classes[args[0]], classes[args[1]]
            else:
                args = tuple([classes[arg] for arg in args])
            version = 0
            if op in _LOADS and region not in self._inputs:
                version = stores[region] + stores[""]
            head = (op, node.width, node.imm & WORD_MASK, node.offsets, region, version)
            classes.append(add(head, args))
            if op not in _DOING:
                continue
            if op == "assign":
                done.append(((op, "", node.imm), args, node.where))
            else:
                done.append(((op, region, node.imm), args, node.where))
                stores[region] += 1  # what names no region, as a pause, bears on all of them
        return done, classes

    def follows(self, step: Firing, rules: Mapping[str, Rule]) -> bool:
        """Whether `step` is what it says; if so, its two sides are equal from now on."""
        bindings = dict(step.bindings)
        if not 0 <= step.root < len(self._nodes):
            return False
        if step.rule in _SLICES:
            return self._follows_slice(step.root, bindings)
        if step.rule not in rules:
            return False
        rule, width = rules[step.rule], self._nodes[step.root].width
        try:
            if rule.condition is not None and not compute(rule.condition, bindings):
                return False
            left = self._instance(rule.pattern, bindings, width, pattern=True)
            if not self.values.equal(left, self._names[step.root]):
                return False
            right = self._instance(rule.replacement, bindings, width, pattern=False)
        except (_NoInstanceError, KeyError, ZeroDivisionError):
            return False
        self.values.merge(left, right)
        return True

    def _made(self, op: str, width: int, *args: int, imm: int = 0) -> int:
        """The class of a node of that kind."""
        return self.values.add((op, width, imm & WORD_MASK, (), "", 0), args)

    def _constant(self, word: int, width: int) -> int:
        made = self._made("const", 1, imm=word)
        return made if width == 1 else self._made("broadcast", width, made)

    def _instance(
        self, term: Term, bindings: Mapping[str, int], width: int, *, pattern: bool
    ) -> int:
        """The class of `term` in `width` lanes.

        What is constant in a replacement is computed; in a pattern it is an operation found.
        """
        if term.constant and (not pattern or not term.args):
            return self._constant(compute(term, bindings), width)
        if term.op == "variable":
            name = bindings[term.name]
            if not 0 <= name < len(self._nodes) or self._nodes[name].width != width:
                raise _NoInstanceError
            return self._names[name]
        inner = 1 if term.op == "broadcast" else width
        args = [self._instance(arg, bindings, inner, pattern=pattern) for arg in term.args]
        return self._made(term.op, width, *args)

    def _follows_slice(self, root: int, bindings: Mapping[str, int]) -> bool:
        """Whether slice `root` of value `source` has the words of value `result`."""
        source, result = bindings.get("source", -1), bindings.get("result", -1)
        if not all(0 <= name < len(self._nodes) for name in (source, result)):
            return False
        node, first = self._nodes[root], self._nodes[root].imm
        slice_ = self._made("slice", node.width, self._names[source], imm=first)
        if node.op != "slice" or not self.values.equal(slice_, self._names[root]):
            return False
        asked = range(first, first + node.width)
        if not (
            self._holds(result, self._words(source, asked))
            or self._holds(result, self._whole(source, asked))
        ):
            return False
        self.values.merge(self._names[root], self._names[result])
        return True

    def _holds(self, result: int, words: list[_Word]) -> bool:
        """Whether `words` are all those of node `result`, or those of which it is a slice."""
        asked = range(self._nodes[result].width)
        return words == self._whole(result, asked) or words == self._words(result, asked)

    def _whole(self, name: int, asked: range) -> list[_Word]:
        """Words of a node as its own."""
        itself = self.values.find(self._names[name])
        return [(itself, number) for number in asked]

    def _words(self, name: int, asked: range) -> list[_Word]:
        """Words of a structural node or a broadcast as those of the arguments that it is made of.

        As a slice of a list has them, there are none past the end.
        """
        node = self._nodes[name]
        asked = range(node.width)[asked.start : asked.stop]
        find, names = self.values.find, self._names
        if node.op == "slice":
            return self._whole(node.args[0], range(node.imm + asked.start, node.imm + asked.stop))
        if node.op == "broadcast":
            return [(find(names[node.args[0]]), 0)] * len(asked)
        words = self._whole(name, asked)
        if node.op == "overlay":
            for arg, offset in zip(node.args, node.offsets, strict=True):
                covered = range(offset, offset + self._nodes[arg].width)
                for word in range(max(covered.start, asked.start), min(covered.stop, asked.stop)):
                    words[word - asked.start] = find(names[arg]), word - offset
        return words
