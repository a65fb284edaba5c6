"""The graph that grows while a program is lifted, and what is known of its values.

Scratch holds references to words of nodes, so that the use of one word for many values leaves no
trace. Operations on known words are folded; what is known are ranges (`analysis.value_ranges`) and
sums (`analysis.linear_forms`), word by word.
"""

from __future__ import annotations

from collections.abc import Hashable

from slotweave.analysis.linear_forms import SUMS, Form, atom, negated_bit, with_sum
from slotweave.analysis.value_ranges import ANY, OF_ITSELF, Range, below, result_range
from slotweave.ir.graph import Node, Region
from slotweave.ir.memory_order import MemoryOrder
from slotweave.isa import OPERATIONS
from slotweave.lift.partition import Partition

#: Word `[1]` of the value of node `[0]`.
Ref = tuple[int, int]


_IMMEDIATE = frozenset(name for name, operation in OPERATIONS.items() if operation.immediate)

#: What these say of a value follows from how its condition was computed, lane by lane.
_KNOW_CONDITIONS = frozenset({"select", "mul", "and"})


class Builder:
    """Nodes so far; `where` labels new ones, `stage` those that access memory."""

    def __init__(self, vector_length: int, partition: Partition) -> None:
        self.nodes: list[Node] = []
        self.ranges: list[tuple[Range, ...]] = []
        self.where = ""
        self.stage = ""
        self._lanes = vector_length
        self._forms: dict[Ref, Form] = {}
        self._words: dict[int, tuple[Ref, ...]] = {}
        self._intervals: dict[Hashable, Range] = {}  # of operations on ranges, by both
        self._unknown: set[int] = set()  # nodes that may be anything in each lane
        self._order = {r.name: MemoryOrder(self._join) for r in partition.regions}
        self._constants: dict[int, int] = {}
        self._blocks: dict[tuple[Ref, ...], int] = {}
        self._traced: tuple[int, ...] = ()
        self.made: set[int] = set()  # words of constants, and those of which vectors were made
        self.spread: set[int] = set()

    def _add(self, node: Node, ranges: tuple[Range, ...]) -> int:
        self.nodes.append(node)
        self.ranges.append(ranges)
        return len(self.nodes) - 1

    def _join(self, after: tuple[int, ...]) -> int:
        return self._add(Node("join", 0, after=after, where=self.where), ())

    def constant(self, word: int) -> int:
        """The node of a known word; one for all of its uses."""
        if word not in self._constants:
            node = Node("const", 1, imm=word, where=self.where)
            self._constants[word] = self._add(node, ((word, word),))
        return self._constants[word]

    def range_of(self, ref: Ref) -> Range:
        return self.ranges[ref[0]][ref[1]]

    def _form_of(self, ref: Ref) -> Form:
        """The word as a sum; one about which nothing else is known stands for itself."""
        if ref[0] in self._unknown:
            return None
        found = self._forms.get(ref)
        if found is None:
            found = atom(ref[0] * self._lanes + ref[1], self.range_of(ref))
            if found is not None:
                self._forms[ref] = found
        return found

    def refs(self, node: int) -> tuple[Ref, ...]:
        """The words of `node`; a single known one is a constant."""
        ranges = self.ranges[node]
        if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
            node = self.constant(ranges[0][0])
        if node not in self._words:
            self._words[node] = tuple((node, lane) for lane in range(len(ranges)))
        return self._words[node]

    def value(self, refs: tuple[Ref, ...]) -> int:
        """The node whose words are `refs`."""
        first = refs[0][0]
        if refs == self._words.get(first):
            return first
        found = self._blocks.get(refs)
        if found is None:
            found = self._blocks[refs] = self._block(refs)
        return found

    def _block(self, refs: tuple[Ref, ...]) -> int:
        ranges = tuple(self.range_of(ref) for ref in refs)
        if len(refs) == 1:
            if ranges[0][0] == ranges[0][1]:
                return self.constant(ranges[0][0])
            source, lane = refs[0]
            return self._add(Node("slice", 1, (source,), lane, where=self.where), ranges)
        if len(set(refs)) == 1:
            return self._add(Node("broadcast", len(refs), (self.value(refs[:1]),),
                                  where=self.where), ranges)  # fmt: skip
        runs = _runs(refs)
        parts = tuple(self._run(refs[at : at + length]) for at, length in runs)
        offsets = tuple(at for at, _length in runs)
        return self._add(Node("overlay", len(refs), parts, offsets=offsets, where=self.where),
                         ranges)  # fmt: skip

    def _run(self, refs: tuple[Ref, ...]) -> int:
        """Consecutive words of one node."""
        source, lane = refs[0]
        if len(refs) == 1 or len(refs) == len(self.ranges[source]):
            return self.value(refs)
        ranges = tuple(self.range_of(ref) for ref in refs)
        return self._add(Node("slice", len(refs), (source,), lane, where=self.where), ranges)

    def computed(
        self, op: str, args: tuple[tuple[Ref, ...], ...], imm: int, width: int
    ) -> tuple[Ref, ...]:
        """The words of `op` on words; `imm` is its immediate, if it has one."""
        if op == "const":
            self.made.add(imm)
            return ((self.constant(imm), 0),)
        if width == 1:
            return self._computed_word(op, args, imm)
        if op == "broadcast":
            args = (args[0] * width,)
        if self._alike(op, args):
            found = [self._result(op, tuple(arg[0] for arg in args), imm)] * width
        else:
            found = [self._result(op, row, imm) for row in zip(*args, strict=True)]
        ranges = tuple([known for known, _form in found])
        low, high = ranges[0]
        if low == high and ranges.count(ranges[0]) == width:
            if op == "broadcast":
                self.spread.add(low)
            return ((self.constant(low), 0),) * width
        if op == "broadcast":
            return args[0]
        same = self._same_words(found)
        if same is not None:
            return same
        values = tuple([self.value(arg) for arg in args])
        node = Node(op, width, values, imm if op in _IMMEDIATE else 0, where=self.where)
        index = self._add(node, ranges)
        forms = {(index, lane): form for lane, (_, form) in enumerate(found) if form is not None}
        self._forms.update(forms)
        if not forms and ranges.count(ANY) == width:
            self._unknown.add(index)
        return self.refs(index)

    def _computed_word(
        self, op: str, args: tuple[tuple[Ref, ...], ...], imm: int
    ) -> tuple[Ref, ...]:
        """The same where the result is one word."""
        known, form = self._result(op, tuple([arg[0] for arg in args]), imm)
        if known[0] == known[1]:
            return ((self.constant(known[0]), 0),)
        same = None if form is None else self._same_words([(known, form)])
        if same is not None:
            return same
        values = tuple([self.value(arg) for arg in args])
        node = Node(op, 1, values, imm if op in _IMMEDIATE else 0, where=self.where)
        index = self._add(node, (known,))
        if form is not None:
            self._forms[index, 0] = form
        elif known == ANY:
            self._unknown.add(index)
        refs = self._words[index] = ((index, 0),)
        return refs

    def _same_words(self, found: list[tuple[Range, Form]]) -> tuple[Ref, ...] | None:
        """The words that the results are, if each is surely a word that is there."""
        refs: list[Ref] = []
        for known, form in found:
            if form is None or form.base != 0 or len(form.terms) != 1 or form.terms[0][1] != 1:
                return None
            ref = divmod(form.terms[0][0], self._lanes)
            if self.range_of(ref) != known:
                return None
            refs.append(ref)
        return tuple(refs)

    def _alike(self, op: str, args: tuple[tuple[Ref, ...], ...]) -> bool:
        """Is the result of one lane, if known, surely the result of all?

        So it is where each operand is one word for all lanes, or comes from nodes about which
        nothing is known, and no word is combined with itself in some lanes only.
        """
        if op in _KNOW_CONDITIONS:
            return False
        for arg in args:
            if arg.count(arg[0]) < len(arg) and not self._unknown.issuperset(dict(arg)):
                return False
        return op not in OF_ITSELF or len({a == b for a, b in zip(*args, strict=True)}) == 1

    def _result(self, op: str, row: tuple[Ref, ...], imm: int) -> tuple[Range, Form]:
        if op in OF_ITSELF and row[0] == row[1]:
            return OF_ITSELF[op], None
        ranges = [self.ranges[node][lane] for node, lane in row]
        if op in _IMMEDIATE:
            ranges.append((imm, imm))
        if op == "select":
            ranges[1] = self._under(row[0], row[1])
        if op == "mul":
            for condition, value in (row, row[::-1]):
                if self.range_of(condition) == (0, 1):
                    return (0, self._under(condition, value)[1]), None
        if op == "and":
            ranges = self._masked(row, ranges)
        key = (op, *ranges)
        known = self._intervals.get(key)
        if known is None:
            known = self._intervals[key] = result_range(op, ranges)
        if op not in SUMS or known[0] == known[1]:
            return known, None
        forms: list[Form] = []
        for ref in row:
            form = self._form_of(ref)
            if form is None:
                return known, None
            forms.append(form)
        forms += [atom(0, given) for given in ranges[len(row) :]]
        return with_sum(op, forms, known)

    def _masked(self, row: tuple[Ref, ...], ranges: list[Range]) -> list[Range]:
        """`ranges` of the operands of an `and`; of one that a comparison lets through or not (the
        other is 0 - comparison), what it is if it is let through."""
        left, right = ranges
        for value, mask in (row, row[::-1]):
            bit = negated_bit(self._form_of(mask))
            if bit is not None:
                known = 0, self._under(divmod(bit, self._lanes), value)[1]
                return [known, right] if value == row[0] else [left, known]
        return ranges

    def _under(self, condition: Ref, value: Ref) -> Range:
        """The range of `value` where `condition` is not 0: less than what it is compared with."""
        node, lane = condition
        known = self.range_of(value)
        if self.nodes[node].op != "lt":
            return known
        left, right = self.nodes[node].args
        if self._word(left, lane) != self._word(value[0], value[1]):
            return known
        return below(known, self.ranges[right][lane])

    def _word(self, node: int, lane: int) -> Ref:
        """The word that word `lane` of `node` is, seen through slices and overlays."""
        while True:
            here = self.nodes[node]
            if here.op == "slice":
                node, lane = here.args[0], lane + here.imm
            elif here.op == "broadcast":
                node, lane = here.args[0], 0
            elif here.op == "overlay":
                at = max(i for i, offset in enumerate(here.offsets) if offset <= lane)
                node, lane = here.args[at], lane - here.offsets[at]
            else:
                return node, lane

    # Variables, memory and control

    def variable(self, number: int, width: int) -> tuple[Ref, ...]:
        """The words that variable `number` holds before the run."""
        index = self._add(Node("variable", width, imm=number, where=self.where), (ANY,) * width)
        self._unknown.add(index)
        return self.refs(index)

    def assign(self, number: int, refs: tuple[Ref, ...]) -> None:
        """Variable `number` holds `refs` after the run."""
        self._add(Node("assign", 0, (self.value(refs),), imm=number, where=self.where), ())

    def load(
        self, op: str, address: int, region: Region, words: list[int] | None,
        ranges: tuple[Range, ...],
    ) -> tuple[Ref, ...]:  # fmt: skip
        """A load in `region`, of `words` (None: unknown), each of which is in its range."""
        order = self._order[region.name]
        after = () if region.read_only else order.before_load(words)
        node = Node(op, len(ranges), (address,), region=region.name, after=after,
                    stage=self.stage, where=self.where)  # fmt: skip
        index = self._add(node, ranges)
        if ranges.count(ANY) == len(ranges):
            self._unknown.add(index)
        if not region.read_only:
            order.note_load(index, words)
        return self.refs(index)

    def store(
        self, op: str, address: int, value: int, region: Region, words: list[int] | None
    ) -> None:
        """A store in `region`, to `words` (None: unknown)."""
        order = self._order[region.name]
        after = order.before_store(words)
        node = Node(op, 0, (address, value), region=region.name, after=after,
                    stage=self.stage, where=self.where)  # fmt: skip
        order.note_store(self._add(node, ()), words)

    def trace_write(self, word: int) -> None:
        node = Node("trace_write", 0, (word,), after=self._traced, where=self.where)
        self._traced = (self._add(node, ()),)

    def pause(self) -> None:
        """A pause stands after all memory accesses and trace writes before it."""
        waits = set(self._traced)
        for order in self._order.values():
            waits.update(order.before_store(None))
        pause = self._add(Node("pause", 0, after=tuple(sorted(waits)), where=self.where), ())
        for order in self._order.values():
            order.note_store(pause, None)
        self._traced = (pause,)


def _runs(refs: tuple[Ref, ...]) -> list[tuple[int, int]]:
    """(first, length) of the runs of consecutive words of one node."""
    runs: list[tuple[int, int]] = []
    for at, (node, lane) in enumerate(refs):
        if runs and refs[at - 1] == (node, lane - 1):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((at, 1))
    return runs
