"""Memory regions as kernels see them: accesses by index, relative to the region's start."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from operator import index as integer
from typing import TYPE_CHECKING, SupportsIndex, overload

from slotweave.frontend.misuse import misuse
from slotweave.frontend.values import Vector, Word
from slotweave.ir.graph import Region

if TYPE_CHECKING:
    from slotweave.frontend.tracer import Tracer


class RegionHandle:
    """A declared region: `length` words from address `start` on, accessed by index from 0.

    An index is an integer, checked against the length (SW211), or symbolic. A symbolic index is a
    promise that it stays inside the region: accesses of different regions are in no order. Where
    ranges do not show it (`x & 3`, `x % 4` do), results name the promise, and an input that breaks
    it is refused (SW116). `.region` describes it, the same in every trace (see `k.strand`).

    >>> len(out), out.name, out.start, out.length
    (16, 'out', 64, 16)
    """

    def __init__(self, tracer: Tracer, region: Region) -> None:
        self.tracer = tracer
        self.region = region

    def __repr__(self) -> str:
        last = self.start + self.length - 1
        return f"<region {self.name!r}: addresses {self.start} to {last}>"

    @property
    def name(self) -> str:
        """The name that reports use."""
        return self.region.name

    @property
    def start(self) -> int:
        """The address of the first word."""
        return self.region.start

    @property
    def length(self) -> int:
        """The number of words."""
        return self.region.length

    @overload
    def address(self, index: Word | int) -> Word: ...
    @overload
    def address(self, index: Vector) -> Vector: ...
    def address(self, index: Word | Vector | int) -> Word | Vector:
        """The address of word `index` as a word; for a vector of indices, a vector of addresses.

        >>> words(out.address(2))
        [66]
        """
        if isinstance(index, Word | Vector):
            return index + self.start if self.start else index
        if not isinstance(index, SupportsIndex):
            raise misuse(f"an index is an integer or a word, not {index!r}")
        if not 0 <= index < self.length:
            raise misuse(
                f"region {self.name!r} has words 0 to {self.length - 1}, but no word {index}"
            )
        return self.tracer.literal(self.start + index)

    def __getitem__(self, index: Word | int) -> Word:
        """Load the word at `index`, an integer or a word.

        >>> words(a[a[3] + 2])
        [5]
        """
        return self.tracer.load(self.address(index), self)

    def gather(self, indices: Vector) -> Vector:
        """Load the words at a vector of indices, lane by lane.

        >>> words(a.gather(a.vload(0) * 2))
        [0, 2, 4, 6, 8, 10, 12, 14]
        """
        return self.tracer.load(self.address(indices), self)

    def vload(self, index: Word | int, used: int | Collection[int] | None = None) -> Vector:
        """Load `vector_length` words from `index` on (an integer or a word) as a vector.

        `used` promises which lanes will be used, as in `k.vload`.

        >>> words(a.vload(3))
        [3, 4, 5, 6, 7, 8, 9, 10]
        """
        return self.tracer.vload(self.address(index), self, used)

    @overload
    def store(self, index: Word | int, value: Word | int) -> None: ...
    @overload
    def store(self, index: Vector, value: Vector | int) -> None: ...
    def store(self, index: Word | Vector | int, value: Word | Vector | int) -> None:
        """Store a word at `index`; for a vector of indices a scatter, each lane at its own.

        Where two lanes may have the same index, the last lane stands. An integer is stored in
        every lane. A read-only region is an error (SW211).

        >>> out.store(1, a[9])
        >>> words(out)[:3]
        [0, 9, 0]
        """
        self.tracer.store(self.address(index), value, self)

    def vstore(self, index: Word | int, vector: Vector | int) -> None:
        """Store a vector from `index` on (an integer or a word), or an integer in every lane.

        >>> out.vstore(8, a.vload(0) + 1)
        >>> words(out)[8:]
        [1, 2, 3, 4, 5, 6, 7, 8]
        """
        self.tracer.vstore(self.address(index), vector, self)

    def __setitem__(self, index: object, value: object) -> None:
        raise misuse("a region has no assignment: write region.store(index, value)")

    def __len__(self) -> int:
        """The number of words."""
        return self.length

    def __iter__(self) -> None:
        raise misuse("a region cannot be iterated: use region[i] for i in range(len(region))")


def known_words(region: str, words: object) -> tuple[int, ...]:
    """The first words of a region as its declaration says them. Raises InputError (SW211)."""
    try:
        # Sets have no order, and what is made while it is read may have no end.
        if isinstance(words, Set | Mapping | Iterator):
            raise TypeError
        return tuple([integer(word) for word in words])  # type: ignore[attr-defined]
    except TypeError:
        reason = f"words of region {region!r} must be a list of integers, not {words!r}"
        raise misuse(reason) from None
