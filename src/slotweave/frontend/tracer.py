"""The tracer: what a kernel writes a graph through.

A kernel is a Python function that calls a `Tracer` and computes on the symbolic values it gets back
(see `values`). It runs once; Python loops unroll, and what was called, in that order, is the graph.
Each node knows the user's line. Misuse raises InputError (SW211) pointing there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from operator import index as integer
from typing import TypeVar, cast, overload

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.frontend.blocks import BlockList, Variable
from slotweave.frontend.misuse import is_unstarted, misuse, warn
from slotweave.frontend.recorder import Recorder
from slotweave.frontend.regions import RegionHandle
from slotweave.frontend.values import Block, Operand, Value, Vector, Word
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, Region
from slotweave.isa import WORD_BITS, WORD_MASK

__all__ = ["Block", "RegionHandle", "Tracer", "Variable", "Vector", "Word"]

Kind = TypeVar("Kind", bound=Operand)
AnyValue = TypeVar("AnyValue", bound=Value)


class Tracer:
    """Records a graph. Vectors have `vector_length` words."""

    def __init__(self, name: str = "", vector_length: int = 8) -> None:
        self.vector_length = vector_length
        self.block = 0
        self._blocks = BlockList()
        self._recorder = Recorder(name, vector_length)
        self._literals: dict[tuple[type, int], Operand] = {}

    def graph(self) -> Graph:
        """The graph recorded so far, of a kernel without jumps."""
        if len(self._blocks):
            reason = "the kernel jumps (k.loop, k.branch), which is not possible here"
            raise InputError(Diagnostic("SW211", reason))
        return self._recorder.graph()

    def flow(self) -> Flow:
        """The blocks recorded so far."""
        self._assign_variables()
        return self._blocks.flow(self._recorder.graph())

    @property
    def is_judged(self) -> bool:
        """Whether what was traced leaves anything to judge it by: output, or a trace."""
        return self._recorder.is_judged

    # Labels

    @contextmanager
    def item(self, number: int) -> Iterator[None]:
        """Nodes traced within work for item (or group of items) `number`; -1: for several."""
        before, self._recorder.item = self._recorder.item, integer(number)
        try:
            yield
        finally:
            self._recorder.item = before

    @contextmanager
    def stage(self, label: str) -> Iterator[None]:
        """Nodes traced within carry `label` in reports."""
        before, self._recorder.stage = self._recorder.stage, str(label)
        try:
            yield
        finally:
            self._recorder.stage = before

    # Constants

    def constant(self, value: int) -> Word:
        """`value` (modulo 2^32), loaded anew wherever this is called."""
        return Word(self, self._recorder.add("const", 1, imm=_as_word(value)), 1)

    def literal(self, value: int) -> Word:
        """`value` (modulo 2^32); one node for the whole trace."""
        key = (Word, _as_word(value))
        if key not in self._literals:
            with self.item(-1), self.stage(""):
                self._literals[key] = self.constant(value)
        return cast(Word, self._literals[key])

    def literal_vector(self, value: int) -> Vector:
        """`value` in every lane; one node for the whole trace."""
        key = (Vector, _as_word(value))
        if key not in self._literals:
            with self.item(-1), self.stage(""):
                self._literals[key] = self.broadcast(self.literal(value))
        return cast(Vector, self._literals[key])

    # Operations on values

    def binary(self, op: str, left: Kind, right: Kind | int) -> Kind:
        """`op` of two values of one shape."""
        if left.block != self.block:
            self._expect(left, Operand)
        if type(right) is not type(left) or right.tracer is not self or right.block != self.block:
            right = self._lift(right, type(left))
        return self._record(op, left, (left.index, right.index))

    def binary_reflected(self, op: str, left: Kind | int, right: Kind) -> Kind:
        """`op` with the integer on the left."""
        left, right = self._lift(left, type(right)), self._expect(right, type(right))
        return self._record(op, right, (left.index, right.index))

    @overload
    def cdiv(self, left: Word, right: Word | int) -> Word: ...
    @overload
    def cdiv(self, left: Vector, right: Vector | int) -> Vector: ...
    def cdiv(self, left: Word | Vector, right: Word | Vector | int) -> Word | Vector:
        """left / right, rounded up."""
        return self.binary("cdiv", self._operand(left), right)

    @overload
    def select(self, condition: Word, yes: Word | int, no: Word | int) -> Word: ...
    @overload
    def select(self, condition: Vector, yes: Vector | int, no: Vector | int) -> Vector: ...
    def select(
        self, condition: Word | Vector, yes: Word | Vector | int, no: Word | Vector | int
    ) -> Word | Vector:
        """`yes` where `condition` is not 0, else `no`; lane by lane for vectors."""
        return self._ternary("select", condition, yes, no)

    @overload
    def multiply_add(self, a: Word, b: Word | int, c: Word | int) -> Word: ...
    @overload
    def multiply_add(self, a: Vector, b: Vector | int, c: Vector | int) -> Vector: ...
    def multiply_add(
        self, a: Word | Vector, b: Word | Vector | int, c: Word | Vector | int
    ) -> Word | Vector:
        """a * b + c; many machines have it for vectors only."""
        return self._ternary("multiply_add", a, b, c)

    def add_immediate(self, word: Word, number: int) -> Word:
        """`word` plus a number that is part of the operation and needs no constant."""
        args = (self._expect(word, Word).index,)
        return Word(self, self._recorder.add("add_immediate", 1, args, _as_word(number)), 1)

    def broadcast(self, word: Word | int) -> Vector:
        """`word` in every lane."""
        source = self._word(word)
        if self.vector_length == 1:
            return Vector(self, source.index, 1)
        index = self._recorder.add("broadcast", self.vector_length, (source.index,))
        return Vector(self, index, self.vector_length)

    # Where words lie

    def pack(self, words: Sequence[Word | int]) -> Vector:
        """The vector of these words, one for each lane."""
        if len(words) != self.vector_length:
            raise misuse(f"pack needs {self.vector_length} words, one a lane, not {len(words)}")
        return cast(Vector, self.concat(*(self._word(word) for word in words)))

    def overlay(self, parts: Sequence[tuple[Word | Block, int]]) -> Block:
        """Values laid over each other, each from its offset on; a later one covers earlier ones.

        A Vector if it is as wide as one. Every word of the result must be covered.
        """
        values = [self._expect(value, Value) for value, _ in parts]
        offsets = tuple(integer(offset) for _, offset in parts)
        covered: set[int] = set()
        for value, offset in zip(values, offsets, strict=True):
            covered.update(range(offset, offset + value.width))
        width = max(covered, default=0) + 1
        if len(covered) != width or min(covered) < 0:
            raise misuse("the parts of an overlay must cover its words from 0 on without gaps")
        args = tuple(value.index for value in values)
        return self._block(self._recorder.add("overlay", width, args, offsets=offsets), width)

    def concat(self, *values: Word | Block) -> Block:
        """The values side by side."""
        offsets = [0]
        for value in values:
            offsets.append(offsets[-1] + self._expect(value, Value).width)
        return self.overlay(list(zip(values, offsets, strict=False)))

    def shift(self, first: Vector, second: Vector, words: int) -> Vector:
        """The vector that starts `words` words into `first` followed by `second`."""
        if not 0 <= words <= self.vector_length:
            raise misuse(f"a shift is by 0 to {self.vector_length} words, not {words}")
        if words in (0, self.vector_length):
            return self._expect(second if words else first, Vector)
        return cast(Vector, self.concat(first, second).slice(words))

    def lane(self, value: Block, i: int) -> Word:
        """Word `i` of a value."""
        self._expect(value, Block)
        if not 0 <= i < value.width:
            raise misuse(f"a {value.noun} of {value.width} words has no word {i}")
        if value.width == 1:
            return Word(self, value.index, 1)
        return Word(self, self._recorder.add("slice", 1, (value.index,), integer(i)), 1)

    def slice(self, value: Block, first: int, width: int | None = None) -> Block:
        """`width` words of a value from word `first` on."""
        words = self.vector_length if width is None else width
        if first < 0 or words < 1 or first + words > value.width:
            raise misuse(f"a {value.noun} of {value.width} words has no words "
                         f"{first} to {first + words - 1}")  # fmt: skip
        if words == value.width:
            return value
        index = self._recorder.add("slice", words, (value.index,), integer(first))
        return self._block(index, words)

    # Memory

    def memory(self, words_total: int) -> None:
        """Declare the length of memory; without it, memory ends with the last region."""
        self._recorder.declare_memory(integer(words_total))

    def region(
        self, name: str, start: int, length: int, read_only: bool = False, output: bool = False
    ) -> RegionHandle:
        """Declare `length` words from address `start` on; regions must not overlap."""
        region = Region(str(name), integer(start), integer(length), bool(read_only), bool(output))
        self._recorder.declare_region(region)
        return RegionHandle(self, region)

    @overload
    def load(self, address: Word | int, region: RegionHandle) -> Word: ...
    @overload
    def load(self, address: Vector, region: RegionHandle) -> Vector: ...
    def load(self, address: Word | Vector | int, region: RegionHandle) -> Word | Vector:
        """The word at `address`, a promise that it lies in `region`; for a vector of addresses a
        gather."""
        source = self._operand(address)
        index = self._recorder.load(source.index, source.width, region.region)
        return type(source)(self, index, source.width)

    def vload(
        self, address: Word | int, region: RegionHandle, used: int | Collection[int] | None = None
    ) -> Vector:
        """vector_length consecutive words from `address` on, the first of them in `region`.

        `used` promises which words will be used: the first so many, or those listed. Stores to the
        others need not wait, and the others may lie outside the region, as long as memory is long
        enough. Without it that is true of words behind the region's end.
        """
        lanes = range(used) if isinstance(used, int) else used
        source = self._word(address)
        index = self._recorder.vload(source.index, region.region, lanes)
        return Vector(self, index, self.vector_length)

    def store(
        self, address: Word | Vector | int, value: Word | Vector | int, region: RegionHandle
    ) -> None:
        """Write `value` at `address`; for a vector of addresses, each lane at its own."""
        target = self._operand(address)
        source = self._lift(value, type(target))
        self._recorder.store(target.index, source.index, region.region)

    def vstore(self, address: Word | int, vector: Vector | int, region: RegionHandle) -> None:
        """Write vector_length consecutive words from `address` on."""
        value = self._lift(vector, Vector)
        self._recorder.vstore(self._word(address).index, value.index, region.region)

    # Control

    def variable(self, start: Kind | int) -> Variable[Kind]:
        """A variable that holds `start`; an integer makes it one of a word."""
        value = self._operand(start)
        self._blocks.widths.append(value.width)
        return Variable(self, len(self._blocks.widths) - 1, cast(Kind, value))

    def read_variable(self, number: int, width: int) -> int:
        """The node that is variable `number` as the present block found it."""
        return self._recorder.add("variable", width, imm=number)

    def assign(self, number: int, value: Kind | int, kind: type[Kind]) -> Kind:
        """Let variable `number` hold `value`, which is returned as a value of that kind."""
        lifted = self._lift(value, kind)
        self._blocks.assigned[number] = lifted.index
        return lifted

    @contextmanager
    def loop(self, times: Word | int) -> Iterator[Variable[Word]]:
        """What is traced within runs `times` times, which must not be 0.

        Gives the number of rounds that are left, counting the present one. Only variables carry
        values from round to round, into the loop and out of it.
        """
        if isinstance(times, int) and times < 1:
            raise misuse(
                f"a loop runs at least once, not {times} times: leave it out with a Python `if`"
            )
        if isinstance(times, Vector):
            raise misuse("a loop runs a number of times that is one word, not a vector")
        left: Variable[Word] = self.variable(times)
        self._cut()
        start = self._blocks.place(self._blocks.label())
        yield left
        left.value = left.value - 1
        self._cut(start, left.number)

    def branch(self, condition: Word, yes: Callable[[], object], no: Callable[[], object]) -> None:
        """Run what `yes` traces if `condition` is not 0, else what `no` traces.

        Only variables carry values into the two and out of them.
        """
        if isinstance(condition, Vector):
            raise misuse("a branch is decided by one word, not by a vector: take a lane of it, or "
                         "choose lane by lane with k.select")  # fmt: skip
        decision = self.variable(self._word(condition))
        label, end = self._blocks.label(), self._blocks.label()
        self._cut(label, decision.number)
        _expect_run(no())
        self._cut(end)
        self._blocks.place(label)
        _expect_run(yes())
        self._cut()
        self._blocks.place(end)

    def _cut(self, label: int | None = None, condition: int | None = None) -> None:
        """End the present block, with a jump if a label is given, and begin another one."""
        self._assign_variables()
        self._blocks.end(self._recorder.graph(), label, condition)
        self._recorder = self._recorder.successor()
        self._literals = {}
        self.block += 1

    def _assign_variables(self) -> None:
        for number, node in self._blocks.assigned.items():
            self._recorder.add("assign", 0, (node,), imm=number)

    def pause(self) -> None:
        """Stop here if pauses are enabled; all memory accesses stay on their side of it."""
        self._recorder.pause()

    def trace_write(self, word: Word | int) -> None:
        """Append a word to the trace buffer; these stay in order."""
        self._recorder.trace_write(self._word(word).index)

    def core_id(self) -> Word:
        """The number of the core that runs this."""
        return Word(self, self._recorder.add("core_id", 1), 1)

    # From nodes to values and back

    def _record(self, op: str, like: Kind, args: tuple[int, ...]) -> Kind:
        index = self._recorder.add(op, like.width, args)
        return type(like)(self, index, like.width)

    def _block(self, index: int, width: int) -> Block:
        return (Vector if width == self.vector_length else Block)(self, index, width)

    def _ternary(self, op: str, *operands: Word | Vector | int) -> Word | Vector:
        vectors = any(isinstance(operand, Vector) for operand in operands)
        kind: type[Word | Vector] = Vector if vectors else Word
        values = [self._lift(operand, kind) for operand in operands]
        return self._record(op, values[0], tuple(value.index for value in values))

    def _lift(self, value: object, kind: type[Kind]) -> Kind:
        """`value`, which must be of that kind; integers become literals."""
        if isinstance(value, Value):
            return self._expect(value, kind)
        make = self.literal_vector if kind is Vector else self.literal
        return cast(Kind, make(_as_word(value)))

    def _operand(self, value: object) -> Word | Vector:
        """A word or a vector; integers become literal words."""
        if isinstance(value, Vector):
            return self._expect(value, Vector)
        return self._word(value)

    def _word(self, value: object) -> Word:
        """A word; integers become literals."""
        if isinstance(value, Value):
            return self._expect(value, Word)
        return self.literal(_as_word(value))

    def _expect(self, value: object, kind: type[AnyValue]) -> AnyValue:
        """`value` if it is of that kind and of this trace."""
        if not isinstance(value, kind):
            found = f"a {value.noun}" if isinstance(value, Value) else repr(value)
            hint = ""
            if isinstance(value, Word):
                hint = "; k.broadcast makes a vector of a word"
            elif isinstance(value, Vector) and kind is Word:
                hint = "; v.lane(i) is a word of a vector, and a.vstore stores all of one"
            raise misuse(f"a {kind.noun} is needed here, not {found}{hint}")
        if value.tracer is not self:
            raise misuse(f"this {value.noun} belongs to another trace")
        if value.block != self.block:
            raise misuse(f"this {value.noun} was made before a jump, or on another way: carry it "
                         "here in a k.variable")  # fmt: skip
        return value


def _expect_run(result: object) -> None:
    """Refuse what a generator or an async function returns: nothing in it has run."""
    if is_unstarted(result):
        raise misuse("a side of a branch is a plain function: this one is a generator or async, "
                     "and nothing in it has run")  # fmt: skip


def _as_word(number: object) -> int:
    try:
        given = integer(cast(int, number))
    except TypeError:
        raise misuse(f"a value or an integer is needed here, not {number!r}") from None
    word = given & WORD_MASK
    if not -(1 << WORD_BITS - 1) <= given <= WORD_MASK:
        warn(f"the number {given} has more than 32 bits and is taken as {word}; if that is meant, "
             "write `number % 2**32`")  # fmt: skip
    return word
