"""A flow run on words and on terms at once: which way each jump goes, and what decides it.

Guarantees: words are those of `simulate.graph`; a term that is not constant has, on any memory that
leads along the same path, the word that it stands for. Computed addresses are taken as they are on
this memory, and that they are is part of the path. (The method: concolic testing; see Godefroid,
Klarlund and Sen, DART, PLDI 2005.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slotweave.check.symbolic.terms import Terms
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK, Effect
from slotweave.isa.codegen import word_function

#: A run that computes more words than this is not followed to its end.
MOST_STEPS = 40_000

#: A word, and the term that it is.
_Word = tuple[int, int]
_Value = tuple[_Word, ...]


@dataclass(frozen=True, slots=True, order=True)
class Side:
    """The jump of `block` is taken, or it is not."""

    block: int
    taken: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """On the path `term` was `word`: for a jump it counts whether that is 0, else the word itself.

    `side` is None for an address.
    """

    term: int
    word: int
    side: Side | None = None


@dataclass
class Path:
    """How a run went: the decisions that depend on memory, in order, and all sides taken.

    `words` has the word of each term; `ended` says that the run came to its end without a fault,
    `cut` that it was too long to be followed to there, after `steps` words that it computed;
    `fixed` are the jumps that were decided by constants alone.
    """

    terms: Terms
    decisions: list[Decision] = field(default_factory=list)
    sides: set[Side] = field(default_factory=set)
    fixed: set[int] = field(default_factory=set)
    open: set[int] = field(default_factory=set)
    words: dict[int, int] = field(default_factory=dict)
    steps: int = 0
    ended: bool = False
    cut: bool = False

    def decide(self, block: int, term: int, word: int) -> bool:
        """Note which way the jump of `block` goes; whether it is taken."""
        side = Side(block, word != 0)
        self.sides.add(side)
        if self.terms.known(term) is None:
            self.decisions.append(Decision(term, word, side))
            self.open.add(block)
        else:
            self.fixed.add(block)
        return side.taken


class RunFailsError(Exception):
    """The run fails."""


class TooLongError(Exception):
    """The run takes too long to be followed."""


def follow(flow: Flow, facts: Facts, memory: Sequence[int], most_steps: int = MOST_STEPS) -> Path:
    """The path of `flow` on `memory`, of which `facts` say which words are known."""
    run = _Run(flow, facts, memory, most_steps)
    try:
        run.until_end()
        run.path.ended = True
    except TooLongError:
        run.path.cut = True
    except (RunFailsError, ZeroDivisionError):
        pass
    return run.path


class _Run:
    def __init__(self, flow: Flow, facts: Facts, memory: Sequence[int], most_steps: int) -> None:
        self.path = Path(Terms())
        self._flow, self._known = flow, facts.words
        self._memory = [int(word) for word in memory]
        self._term_at: dict[int, int] = {}
        self._variables: dict[int, _Value] = {}
        self._most_steps = most_steps

    def until_end(self) -> None:
        at, blocks = 0, self._flow.blocks
        while at < len(blocks):
            self._block(blocks[at].graph)
            jump = blocks[at].jump
            if jump is None:
                at += 1
            elif jump.condition is None or self._decided(at, self._variables[jump.condition]):
                at = jump.target
            else:
                at += 1

    def _decided(self, block: int, condition: _Value) -> bool:
        word, term = condition[0]
        return self.path.decide(block, term, word)

    def _block(self, graph: Graph) -> None:
        values: list[_Value] = []
        assigned: dict[int, _Value] = {}
        for node in graph.nodes:
            self.path.steps += max(node.width, 1)
            if self.path.steps > self._most_steps:
                raise TooLongError
            args = [values[arg] for arg in node.args]
            if node.op == "assign":
                assigned[node.imm] = args[0]
            values.append(self._value(graph, node, args))
        self._variables.update(assigned)

    def _value(self, graph: Graph, node: Node, args: list[_Value]) -> _Value:
        if node.op == "variable":
            return self._variables[node.imm]
        if node.op == "slice":
            return args[0][node.imm : node.imm + node.width]
        if node.op == "overlay":
            block: list[_Word] = [(0, 0)] * node.width
            for offset, words in zip(node.offsets, args, strict=True):
                block[offset : offset + len(words)] = words
            return tuple(block)
        if node.effect in (Effect.LOAD, Effect.STORE):
            return self._access(graph, node, args)
        if node.op == "core_id":
            return (self._constant(0),)
        if not node.pure:
            return ()
        return self._computed(node, args)

    def _computed(self, node: Node, args: list[_Value]) -> _Value:
        if node.op == "broadcast":
            return args[0] * node.width
        if node.op in ("const", "add_immediate"):
            args = [*args, (self._constant(node.imm & WORD_MASK),) * node.width]
        if node.op == "const":
            return args[0]
        function = word_function(node.op)
        return tuple(
            self._named(
                function(*(word for word, _term in lane)),
                self.path.terms.operation(node.op, tuple(term for _word, term in lane)),
            )
            for lane in zip(*args, strict=True)
        )

    def _access(self, graph: Graph, node: Node, args: list[_Value]) -> _Value:
        load = node.effect is Effect.LOAD
        wide = node.op in ("vload", "vstore")
        lanes = node.width if load else len(args[1])
        firsts = [self._pinned(address) for address in args[0]]
        places = [firsts[0] + k for k in range(lanes)] if wide else firsts
        if max(places) >= len(self._memory):
            raise RunFailsError
        region = graph.region_by_name.get(node.region)
        if not load and region and not all(region.start <= at < region.stop for at in places):
            raise RunFailsError
        if load:
            return tuple(self._word_at(place) for place in places)
        for place, (word, term) in zip(places, args[1], strict=True):
            self._memory[place], self._term_at[place] = word, term
        return ()

    def _pinned(self, address: _Word) -> int:
        word, term = address
        if self.path.terms.known(term) is None:
            self.path.decisions.append(Decision(term, word))
        return word

    def _word_at(self, place: int) -> _Word:
        word = self._memory[place]
        if place not in self._term_at:
            known = place in self._known
            terms = self.path.terms
            self._term_at[place] = terms.constant(word) if known else terms.make("input", place)
        return self._named(word, self._term_at[place])

    def _constant(self, word: int) -> _Word:
        return self._named(word, self.path.terms.constant(word))

    def _named(self, word: int, term: int) -> _Word:
        self.path.words[term] = word
        return word, term


def known_words(facts: Facts, words: int) -> Mapping[int, tuple[int, int]]:
    """(lowest, highest) of each word below address `words` that `facts` do not leave open."""
    bounds = {
        place: facts.ranges[region.name]
        for region in facts.regions
        if region.name in facts.ranges
        for place in range(region.start, min(region.stop, words))
    }
    bounds.update({place: (word, word) for place, word in facts.words.items() if place < words})
    return bounds
