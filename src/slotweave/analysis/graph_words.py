"""What is known of each word of a graph's values, under facts about memory: its range and its sum.

Guarantees: for every memory that the facts allow, each word is within its range, and is the sum
that is said of it (see `linear_forms`). Loads from regions that nothing stores to have the ranges
that the facts give, all others any.
"""

from __future__ import annotations

from itertools import chain

from slotweave.analysis.linear_forms import Form, atom, narrowed, negated_bit
from slotweave.analysis.value_ranges import ANY, BIT, Range, below, hull
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Node
from slotweave.isa import OPERATIONS, WORD_MASK, Effect

Ranges = tuple[Range, ...]

#: Operations whose range depends on what else is known of an operand, and not on its range alone.
_BY_FORM = frozenset({"select", "mul", "and"})

#: Word `[1]` of the value of node `[0]`.
Ref = tuple[int, int]


class GraphWords:
    """`ranges[i]` are those of the words of node i."""

    def __init__(self, graph: Graph, facts: Facts) -> None:
        self.ranges: list[Ranges] = []
        self._graph = graph
        self._widest = max((node.width for node in graph.nodes), default=1)
        self._sources: list[tuple[Ref, ...]] = []  # seen through slices, overlays and broadcasts
        self._forms: dict[Ref, Form] = {}
        loaded = _loaded_ranges(graph, facts)
        for index, node in enumerate(graph.nodes):
            self._sources.append(self._sources_of(index, node))
            self.ranges.append(self._ranges_of(index, node, loaded))

    def form(self, node: int, word: int = 0) -> Form:
        """The sum that a word is; `ref` says which words its atoms are."""
        source = self._sources[node][word]
        found = self._forms.get(source)
        if found is None:
            known = self.ranges[source[0]][source[1]]
            found = atom(source[0] * self._widest + source[1], known)
        return found

    def source(self, node: int, word: int = 0) -> Ref:
        """The word that a word is, seen through slices, overlays and broadcasts."""
        return self._sources[node][word]

    def ref(self, name: int) -> Ref:
        """The word that an atom of a sum stands for."""
        return divmod(name, self._widest)

    def _sources_of(self, index: int, node: Node) -> tuple[Ref, ...]:
        args = [self._sources[arg] for arg in node.args]
        if node.op == "slice":
            return args[0][node.imm : node.imm + node.width]
        if node.op == "broadcast":
            return args[0] * node.width
        if node.op == "overlay":
            words: dict[int, Ref] = {}
            for offset, part in zip(node.offsets, args, strict=True):
                words.update(enumerate(part, offset))
            return tuple([words[word] for word in range(node.width)])
        return tuple([(index, word) for word in range(node.width)])

    def _ranges_of(self, index: int, node: Node, loaded: dict[str, Range]) -> Ranges:
        if node.op in ("slice", "overlay", "broadcast"):
            return tuple([self.ranges[source][word] for source, word in self._sources[index]])
        if node.op in ("const", "zeros"):
            word = node.imm & WORD_MASK
            return ((word, word),) * node.width
        if node.effect is Effect.LOAD:
            return (loaded.get(node.region, ANY),) * node.width
        if not node.pure or node.op == "variable":
            return (ANY,) * node.width
        if node.width > 1 and self._is_alike(node):
            return (self._result(index, node, 0),) * node.width
        return tuple([self._result(index, node, word) for word in range(node.width)])

    def _is_alike(self, node: Node) -> bool:
        """Whether the words of `node` are plainly no sums, and all of one range.

        The ranges of each operand are then alike, and at least one operand is a word of which
        nothing is known, while none of the others says more than its range does.
        """
        unknown, by_form = False, node.op in _BY_FORM
        for arg in node.args:
            row = self.ranges[arg]
            if row.count(row[0]) != len(row):
                return False
            if row[0] == ANY and self._forms.keys().isdisjoint(self._sources[arg]):
                unknown = True
            elif by_form and row[0][0] != row[0][1]:
                return False
        return unknown

    def _result(self, index: int, node: Node, word: int) -> Range:
        """The range of a word that an operation makes; its sum is noted."""
        row = [self.ranges[arg][word] for arg in node.args]
        imm = node.imm & WORD_MASK
        immediate = [(imm, imm)] if OPERATIONS[node.op].immediate else []
        row += immediate
        if node.op == "select":
            row[1] = self._under(self._sources[node.args[0]][word], node.args[1], word)
        if node.op == "mul" and BIT in row:
            return hull((0, 0), row[0] if row[1] == BIT else row[1])
        if node.op == "and":
            row = self._masked(node, row, word)
        forms = (self.form(arg, word) for arg in node.args)
        known, form = narrowed(node.op, chain(forms, (atom(0, one) for one in immediate)), row)
        if form is not None:
            self._forms[index, word] = form
        return known

    def _masked(self, node: Node, row: list[Range], word: int) -> list[Range]:
        """`row` of an `and`; of what 0 - comparison lets through or not, what it is if let
        through."""
        for value, mask in ((0, 1), (1, 0)):
            bit = negated_bit(self.form(node.args[mask], word))
            if bit is not None:
                through = self._under(self.ref(bit), node.args[value], word)
                return [(0, through[1]) if at == value else row[at] for at in (0, 1)]
        return row

    def _under(self, condition: Ref, value: int, word: int) -> Range:
        """The range of a word of `value` where `condition`, a comparison with it, holds."""
        known = self.ranges[value][word]
        test, word_of = self._graph.nodes[condition[0]], condition[1]
        if test.op != "lt":
            return known
        if self._sources[test.args[0]][word_of] != self._sources[value][word]:
            return known
        return below(known, self.ranges[test.args[1]][word_of])


def _loaded_ranges(graph: Graph, facts: Facts) -> dict[str, Range]:
    """Of any word of the regions that are never stored to."""
    stored = {node.region for node in graph.nodes if node.effect is Effect.STORE}
    return {name: r for name, r in facts.ranges.items() if name not in stored}
