"""What values need of their tracer: constants, operations on values, and where words lie.

`Tracer` adds memory and control to it. Misuse raises InputError (SW211) at the user's line. The
examples of docstrings run (see tests/docs/reference): there, `k` is a tracer of 8 words to a
vector, `a` a region whose word i holds i, `out` a region of 16 words to write to, and `words(x)`
lists the words of a value or a region.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index as integer
from typing import TypeVar, cast, overload

from slotweave.frontend.misuse import misuse, warn
from slotweave.frontend.strand_tracer import StrandTracer
from slotweave.frontend.strands import Call
from slotweave.frontend.values import Block, Operand, Value, Vector, Word
from slotweave.isa import WORD_BITS, WORD_MASK

Kind = TypeVar("Kind", bound=Operand)
AnyValue = TypeVar("AnyValue", bound=Value)


class ValueTracer(StrandTracer):
    """Records operations on values. Vectors have `vector_length` words."""

    # Constants

    def constant(self, value: int) -> Word:
        """The integer `value` modulo 2^32 as a word, made again wherever this is called.

        An integer of more than 32 bits is taken modulo 2^32 with a warning.

        >>> words(k.constant(-1))
        [4294967295]
        """
        return Word(self, self._recorder.add("const", 1, imm=_as_word(value)), 1)

    def literal(self, value: int) -> Word:
        """The integer `value` modulo 2^32 as a word; one node for the whole trace.

        Integers beside a value (`x + 1`) become literals by themselves.

        >>> words(k.literal(7))
        [7]
        """
        return self._literal(_constant, _as_word(value))

    def literal_vector(self, value: int) -> Vector:
        """The integer `value` modulo 2^32 in every lane; one node for the whole trace.

        >>> words(k.literal_vector(7))
        [7, 7, 7, 7, 7, 7, 7, 7]
        """
        return self._literal(_constant_vector, _as_word(value))

    def _literal(self, make: Callable[[ValueTracer, int], Kind], word: int) -> Kind:
        key = make, word
        shared = self._shared if self._recording is None else self._recording.used
        found: Kind | None = shared.get(key)
        if found is not None and found.block == self.block:
            return found
        return cast(Kind, self._given(Call(make, (word,), key), by_function=False))

    # Operations on values

    def binary(self, op: str, left: Kind, right: Kind | int) -> Kind:
        """Record `op` of two values of one shape (the operators of values call this)."""
        if left.block != self.block:
            self._expect(left, Operand)
        if type(right) is not type(left) or right.tracer is not self or right.block != self.block:
            right = self._lift(right, type(left))
        return self._record(op, left, (left.index, right.index))

    def binary_reflected(self, op: str, left: Kind | int, right: Kind) -> Kind:
        """Record `op` with the integer on the left (the operators of values call this)."""
        left, right = self._lift(left, type(right)), self._expect(right, type(right))
        return self._record(op, right, (left.index, right.index))

    @overload
    def cdiv(self, left: Word, right: Word | int) -> Word: ...
    @overload
    def cdiv(self, left: Vector, right: Vector | int) -> Vector: ...
    def cdiv(self, left: Word | Vector, right: Word | Vector | int) -> Word | Vector:
        """Unsigned division of `left` by `right`, rounded up; lane by lane for vectors.

        A divisor that is 0 when the program runs is a fault (SW108).

        >>> words(k.cdiv(a[7], 2))
        [4]
        """
        return self.binary("cdiv", self._operand(left), right)

    @overload
    def select(self, condition: Word, yes: Word | int, no: Word | int) -> Word: ...
    @overload
    def select(self, condition: Vector, yes: Vector | int, no: Vector | int) -> Vector: ...
    def select(
        self, condition: Word | Vector, yes: Word | Vector | int, no: Word | Vector | int
    ) -> Word | Vector:
        """Take `yes` where `condition` is not 0, else `no`; lane by lane for vectors.

        Both sides are computed. If one of the three is a vector, all are vectors or integers.

        >>> words(k.select(a.vload(0) < 3, 1, a.vload(0)))
        [1, 1, 1, 3, 4, 5, 6, 7]
        """
        return self._ternary("select", condition, yes, no)

    @overload
    def multiply_add(self, a: Word, b: Word | int, c: Word | int) -> Word: ...
    @overload
    def multiply_add(self, a: Vector, b: Vector | int, c: Vector | int) -> Vector: ...
    def multiply_add(
        self, a: Word | Vector, b: Word | Vector | int, c: Word | Vector | int
    ) -> Word | Vector:
        """Compute a * b + c modulo 2^32; lane by lane for vectors.

        Many machines have it for vectors only. `a * b + c` may be turned into it by rewriting.

        >>> words(k.multiply_add(a.vload(0), 10, 1))
        [1, 11, 21, 31, 41, 51, 61, 71]
        """
        return self._ternary("multiply_add", a, b, c)

    def add_immediate(self, word: Word, number: int) -> Word:
        """Add an integer that is part of the operation, and so needs no constant, to a word.

        >>> words(k.add_immediate(a[5], -2))
        [3]
        """
        args = (self._expect(word, Word).index,)
        return Word(self, self._recorder.add("add_immediate", 1, args, _as_word(number)), 1)

    def broadcast(self, word: Word | int) -> Vector:
        """Put a word into every lane of a vector.

        >>> words(k.broadcast(a[5]))
        [5, 5, 5, 5, 5, 5, 5, 5]
        """
        source = self._word(word)
        if self.vector_length == 1:
            return Vector(self, source.index, 1)
        index = self._recorder.add("broadcast", self.vector_length, (source.index,))
        return Vector(self, index, self.vector_length)

    # Where words lie

    def pack(self, words: Sequence[Word | int]) -> Vector:
        """Make a vector of `vector_length` words, the first one in lane 0.

        Any other number of words is an error (SW211).

        >>> words(k.pack([a[3], 1, 4, 1, 5, 9, 2, 6]))
        [3, 1, 4, 1, 5, 9, 2, 6]
        """
        if len(words) != self.vector_length:
            raise misuse(f"pack needs {self.vector_length} words, one a lane, not {len(words)}")
        return cast(Vector, self.concat(*(self._word(word) for word in words)))

    def overlay(self, parts: Sequence[tuple[Word | Block, int]]) -> Block:
        """Lay values over each other, each from its offset (in words) on; later ones cover earlier.

        The result is a Vector if it is as wide as one, else a Block. Every word of it from 0 on
        must be covered (SW211).

        >>> words(k.overlay([(a.vload(0), 0), (k.literal(99), 2)]))
        [0, 1, 99, 3, 4, 5, 6, 7]
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
        """Put values side by side: a Vector if the result is as wide as one, else a Block.

        >>> words(k.concat(a.vload(0).slice(0, 2), a[9]))
        [0, 1, 9]
        """
        offsets = [0]
        for value in values:
            offsets.append(offsets[-1] + self._expect(value, Value).width)
        return self.overlay(list(zip(values, offsets, strict=False)))

    def shift(self, first: Vector, second: Vector, words: int) -> Vector:
        """Take the vector that starts `words` words into `first` followed by `second`.

        `words` is an integer from 0 to `vector_length` (SW211).

        >>> words(k.shift(a.vload(0), a.vload(32), 3))
        [3, 4, 5, 6, 7, 32, 33, 34]
        """
        if not 0 <= words <= self.vector_length:
            raise misuse(f"a shift is by 0 to {self.vector_length} words, not {words}")
        if words in (0, self.vector_length):
            return self._expect(second if words else first, Vector)
        return cast(Vector, self.concat(first, second).slice(words))

    def lane(self, value: Block, i: int) -> Word:
        """Take word `i` of a value, an integer from 0 to width - 1 (SW211); also `value.lane(i)`.

        >>> words(k.lane(a.vload(8), 2))
        [10]
        """
        self._expect(value, Block)
        if not 0 <= i < value.width:
            raise misuse(f"a {value.noun} of {value.width} words has no word {i}")
        if value.width == 1:
            return Word(self, value.index, 1)
        return Word(self, self._recorder.add("slice", 1, (value.index,), integer(i)), 1)

    def slice(self, value: Block, first: int, width: int | None = None) -> Block:
        """Take `width` words (default: `vector_length`) of a value from word `first` on.

        The result is a Vector if it is as wide as one, else a Block. The words must be there
        (SW211). Also `value.slice(first, width)`.

        >>> words(k.slice(a.vload(8), 2, 3))
        [10, 11, 12]
        """
        first, words = integer(first), self.vector_length if width is None else integer(width)
        if first < 0 or words < 1 or first + words > value.width:
            raise misuse(f"a {value.noun} of {value.width} words has no words "
                         f"{first} to {first + words - 1}")  # fmt: skip
        if words == value.width:
            return value
        index = self._recorder.add("slice", words, (value.index,), first)
        return self._block(index, words)

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
        if min(value.block, self.block) < 0 and value.block != self.block:
            raise misuse(f"this {value.noun} is of a strand or of a shared value, or of the kernel "
                         "around these: share values by k.once")  # fmt: skip
        if value.block != self.block:
            raise misuse(f"this {value.noun} was made before a jump, or on another way: carry it "
                         "here in a k.variable")  # fmt: skip
        return value


def _constant(k: ValueTracer, word: int) -> Word:
    return k.constant(word)


def _constant_vector(k: ValueTracer, word: int) -> Vector:
    return k.broadcast(k.literal(word))


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
