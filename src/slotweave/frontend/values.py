"""Symbolic values: words, vectors and blocks, with Python's operators where the machine has them.

An operator on values adds a node to the trace and gives the value of that node. Integers beside a
value become literals (beside a vector: in every lane). Comparisons give words 0 or 1, not truth:
Python's own control flow cannot depend on a value, and trying it raises InputError (SW211) at the
user's line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NoReturn, Self

from slotweave.frontend.misuse import misuse

if TYPE_CHECKING:
    from slotweave.frontend.value_tracer import ValueTracer


class Value:
    """Some words of scratch: the result of node `index` in `block` of the trace of `tracer`."""

    __slots__ = ("block", "index", "tracer", "width")
    __array_ufunc__ = None  # NumPy integers leave operators with values to the value

    noun: ClassVar[str] = "block"

    def __init__(self, tracer: ValueTracer, index: int, width: int) -> None:
        self.tracer = tracer
        self.block = tracer.block
        self.index = index
        self.width = width

    def __repr__(self) -> str:
        return f"<{self.noun} %{self.index}>"

    def _no_truth(self) -> NoReturn:
        raise misuse(
            f"a symbolic {self.noun} has no truth value while the kernel is traced: "
            "use k.select(condition, a, b) instead of if, while, and, or, not"
        )

    def _no_number(self) -> NoReturn:
        raise misuse(
            f"a symbolic {self.noun} is not a Python number: loops, list indices and int() need "
            "values that are known while the kernel is traced"
        )

    def _no_sequence(self, *_: object) -> NoReturn:
        raise misuse(
            f"a symbolic {self.noun} cannot be iterated or indexed: use .lane(i) for one word, "
            ".slice(first, width) for several"
        )

    def _no_key(self) -> NoReturn:
        raise misuse(f"a symbolic {self.noun} cannot be a dictionary key or a member of a set")

    def __bool__(self) -> bool:
        self._no_truth()

    def __int__(self) -> int:
        self._no_number()

    def __index__(self) -> int:
        self._no_number()

    def __float__(self) -> float:
        self._no_number()

    def __hash__(self) -> int:
        self._no_key()

    def __len__(self) -> int:
        self._no_sequence()

    __iter__ = _no_sequence
    __getitem__ = _no_sequence
    __contains__ = _no_sequence


class Block(Value):
    """Words side by side, of any number; there is no arithmetic on it."""

    __slots__ = ()

    def lane(self, i: int) -> Word:
        """Take word `i`, an integer from 0 to width - 1 (SW211), as a Word.

        >>> words(a.vload(8).lane(2))
        [10]
        """
        return self.tracer.lane(self, i)

    def slice(self, first: int, width: int | None = None) -> Block:
        """Take `width` words from word `first` on: a Vector if as wide as one (the default).

        The words must be there (SW211).

        >>> words(a.vload(8).slice(2, 3))
        [10, 11, 12]
        """
        return self.tracer.slice(self, first, width)


class Operand(Value):
    """A word or a vector: operators work on it, with another one of its shape or an integer."""

    __slots__ = ()

    def __add__(self, other: Self | int) -> Self:
        """The sum modulo 2^32.

        >>> words(a[3] + 4)
        [7]
        """
        return self.tracer.binary("add", self, other)

    def __radd__(self, other: int) -> Self:
        return self.tracer.binary_reflected("add", other, self)

    def __sub__(self, other: Self | int) -> Self:
        """The difference modulo 2^32.

        >>> words(a[3] - 4)
        [4294967295]
        """
        return self.tracer.binary("sub", self, other)

    def __rsub__(self, other: int) -> Self:
        return self.tracer.binary_reflected("sub", other, self)

    def __mul__(self, other: Self | int) -> Self:
        """The product modulo 2^32.

        >>> words(a[3] * 4)
        [12]
        """
        return self.tracer.binary("mul", self, other)

    def __rmul__(self, other: int) -> Self:
        return self.tracer.binary_reflected("mul", other, self)

    def __floordiv__(self, other: Self | int) -> Self:
        """Unsigned division, rounded down; a divisor that is 0 is a fault (SW108).

        >>> words(a[7] // 2)
        [3]
        """
        return self.tracer.binary("div", self, other)

    def __rfloordiv__(self, other: int) -> Self:
        return self.tracer.binary_reflected("div", other, self)

    def __mod__(self, other: Self | int) -> Self:
        """The unsigned remainder; a divisor that is 0 is a fault (SW108).

        >>> words(a[7] % 4)
        [3]
        """
        return self.tracer.binary("mod", self, other)

    def __rmod__(self, other: int) -> Self:
        return self.tracer.binary_reflected("mod", other, self)

    def __and__(self, other: Self | int) -> Self:
        """Bitwise and.

        >>> words(a[7] & 10)
        [2]
        """
        return self.tracer.binary("and", self, other)

    def __rand__(self, other: int) -> Self:
        return self.tracer.binary_reflected("and", other, self)

    def __or__(self, other: Self | int) -> Self:
        """Bitwise or.

        >>> words(a[7] | 8)
        [15]
        """
        return self.tracer.binary("or", self, other)

    def __ror__(self, other: int) -> Self:
        return self.tracer.binary_reflected("or", other, self)

    def __xor__(self, other: Self | int) -> Self:
        """Bitwise exclusive or.

        >>> words(a[7] ^ 2)
        [5]
        """
        return self.tracer.binary("xor", self, other)

    def __rxor__(self, other: int) -> Self:
        return self.tracer.binary_reflected("xor", other, self)

    def __lshift__(self, other: Self | int) -> Self:
        """Shifted left by that many bits; 0 from 32 on.

        >>> words(a[3] << 4)
        [48]
        """
        return self.tracer.binary("shl", self, other)

    def __rlshift__(self, other: int) -> Self:
        return self.tracer.binary_reflected("shl", other, self)

    def __rshift__(self, other: Self | int) -> Self:
        """Shifted right by that many bits, filled with 0 from the left; 0 from 32 on.

        >>> words(a[48] >> 4)
        [3]
        """
        return self.tracer.binary("shr", self, other)

    def __rrshift__(self, other: int) -> Self:
        return self.tracer.binary_reflected("shr", other, self)

    def __lt__(self, other: Self | int) -> Self:
        """1 if less, else 0; unsigned.

        >>> words(a[3] < 4)
        [1]
        """
        return self.tracer.binary("lt", self, other)

    def __gt__(self, other: Self | int) -> Self:
        """1 if greater, else 0; unsigned.

        >>> words(a[3] > 4)
        [0]
        """
        return self.tracer.binary_reflected("lt", other, self)

    def __le__(self, other: Self | int) -> Self:
        """1 if less or equal, else 0; unsigned; two operations.

        >>> words(a[3] <= 3)
        [1]
        """
        return self.tracer.binary("xor", self > other, 1)

    def __ge__(self, other: Self | int) -> Self:
        """1 if greater or equal, else 0; unsigned; two operations.

        >>> words(a[3] >= 4)
        [0]
        """
        return self.tracer.binary("xor", self < other, 1)

    def __eq__(self, other: Self | int) -> Self:  # type: ignore[override]
        """1 if equal, else 0.

        >>> words(a[3] == 3)
        [1]
        """
        return self.tracer.binary("eq", self, other)

    def __ne__(self, other: Self | int) -> Self:  # type: ignore[override]
        """1 if different, else 0; two operations.

        >>> words(a[3] != 3)
        [0]
        """
        return self.tracer.binary("xor", self == other, 1)

    __hash__ = Value._no_key

    def __neg__(self) -> Self:
        """The value negated, modulo 2^32.

        >>> words(-a[1])
        [4294967295]
        """
        return self.tracer.binary_reflected("sub", 0, self)

    def __invert__(self) -> Self:
        """The value with all bits inverted.

        >>> words(~a[1])
        [4294967294]
        """
        return self.tracer.binary("xor", self, -1)

    def __truediv__(self, _other: object) -> NoReturn:
        raise misuse("words have no true division: use // (it floors) or k.cdiv (it rounds up)")

    __rtruediv__ = __truediv__


class Word(Operand):
    """One 32-bit word."""

    __slots__ = ()
    noun = "word"


class Vector(Operand, Block):
    """vector_length words side by side; operators work lane by lane."""

    __slots__ = ()
    noun = "vector"
