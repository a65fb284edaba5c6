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
    from slotweave.frontend.tracer import Tracer


class Value:
    """Some words of scratch: the result of node `index` in `block` of the trace of `tracer`."""

    __slots__ = ("block", "index", "tracer", "width")
    __array_ufunc__ = None  # NumPy integers leave operators with values to the value

    noun: ClassVar[str] = "block"

    def __init__(self, tracer: Tracer, index: int, width: int) -> None:
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
        """Word number `i`."""
        return self.tracer.lane(self, i)

    def slice(self, first: int, width: int | None = None) -> Block:
        """`width` words from word `first` on: a Vector if as wide as one (the default)."""
        return self.tracer.slice(self, first, width)


class Operand(Value):
    """A value that operations work on; every operator is one node, `<=`, `>=` and `!=` are two."""

    __slots__ = ()

    def __add__(self, other: Self | int) -> Self:
        return self.tracer.binary("add", self, other)

    def __radd__(self, other: int) -> Self:
        return self.tracer.binary_reflected("add", other, self)

    def __sub__(self, other: Self | int) -> Self:
        return self.tracer.binary("sub", self, other)

    def __rsub__(self, other: int) -> Self:
        return self.tracer.binary_reflected("sub", other, self)

    def __mul__(self, other: Self | int) -> Self:
        return self.tracer.binary("mul", self, other)

    def __rmul__(self, other: int) -> Self:
        return self.tracer.binary_reflected("mul", other, self)

    def __floordiv__(self, other: Self | int) -> Self:
        return self.tracer.binary("div", self, other)

    def __rfloordiv__(self, other: int) -> Self:
        return self.tracer.binary_reflected("div", other, self)

    def __mod__(self, other: Self | int) -> Self:
        return self.tracer.binary("mod", self, other)

    def __rmod__(self, other: int) -> Self:
        return self.tracer.binary_reflected("mod", other, self)

    def __and__(self, other: Self | int) -> Self:
        return self.tracer.binary("and", self, other)

    def __rand__(self, other: int) -> Self:
        return self.tracer.binary_reflected("and", other, self)

    def __or__(self, other: Self | int) -> Self:
        return self.tracer.binary("or", self, other)

    def __ror__(self, other: int) -> Self:
        return self.tracer.binary_reflected("or", other, self)

    def __xor__(self, other: Self | int) -> Self:
        return self.tracer.binary("xor", self, other)

    def __rxor__(self, other: int) -> Self:
        return self.tracer.binary_reflected("xor", other, self)

    def __lshift__(self, other: Self | int) -> Self:
        return self.tracer.binary("shl", self, other)

    def __rlshift__(self, other: int) -> Self:
        return self.tracer.binary_reflected("shl", other, self)

    def __rshift__(self, other: Self | int) -> Self:
        return self.tracer.binary("shr", self, other)

    def __rrshift__(self, other: int) -> Self:
        return self.tracer.binary_reflected("shr", other, self)

    def __lt__(self, other: Self | int) -> Self:
        return self.tracer.binary("lt", self, other)

    def __gt__(self, other: Self | int) -> Self:
        return self.tracer.binary_reflected("lt", other, self)

    def __le__(self, other: Self | int) -> Self:
        return self.tracer.binary("xor", self > other, 1)

    def __ge__(self, other: Self | int) -> Self:
        return self.tracer.binary("xor", self < other, 1)

    def __eq__(self, other: Self | int) -> Self:  # type: ignore[override]
        return self.tracer.binary("eq", self, other)

    def __ne__(self, other: Self | int) -> Self:  # type: ignore[override]
        return self.tracer.binary("xor", self == other, 1)

    __hash__ = Value._no_key

    def __neg__(self) -> Self:
        return self.tracer.binary_reflected("sub", 0, self)

    def __invert__(self) -> Self:
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
