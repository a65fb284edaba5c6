"""Memory regions as kernels see them: accesses by index, relative to the region's start."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, overload

from slotweave.frontend.misuse import misuse
from slotweave.frontend.values import Vector, Word
from slotweave.ir.graph import Region

if TYPE_CHECKING:
    from slotweave.frontend.tracer import Tracer


class RegionHandle:
    """A declared region. An index is an integer, checked against the length, or symbolic.

    A symbolic index is a promise that it stays inside the region: accesses of different regions are
    in no order. Where ranges do not show it (`x & 3`, `x % 4` do), results name the promise, and an
    input that breaks it is refused (SW116).
    """

    def __init__(self, tracer: Tracer, region: Region) -> None:
        self.tracer = tracer
        self.region = region

    @property
    def name(self) -> str:
        return self.region.name

    @property
    def start(self) -> int:
        return self.region.start

    @property
    def length(self) -> int:
        return self.region.length

    @overload
    def address(self, index: Word | int) -> Word: ...
    @overload
    def address(self, index: Vector) -> Vector: ...
    def address(self, index: Word | Vector | int) -> Word | Vector:
        """The address of word `index` of the region, or of each of a vector of them."""
        if isinstance(index, Word | Vector):
            return index + self.start if self.start else index
        if not 0 <= index < self.length:
            raise misuse(
                f"region {self.name!r} has words 0 to {self.length - 1}, but no word {index}"
            )
        return self.tracer.literal(self.start + index)

    def __getitem__(self, index: Word | int) -> Word:
        """The word at `index`."""
        return self.tracer.load(self.address(index), self)

    def gather(self, indices: Vector) -> Vector:
        """The words at `indices`, lane by lane."""
        return self.tracer.load(self.address(indices), self)

    def vload(self, index: Word | int, used: int | Collection[int] | None = None) -> Vector:
        """vector_length words from `index` on (see Tracer.vload)."""
        return self.tracer.vload(self.address(index), self, used)

    @overload
    def store(self, index: Word | int, value: Word | int) -> None: ...
    @overload
    def store(self, index: Vector, value: Vector | int) -> None: ...
    def store(self, index: Word | Vector | int, value: Word | Vector | int) -> None:
        """Write a word at `index`; for a vector of indices, each lane at its own."""
        self.tracer.store(self.address(index), value, self)

    def vstore(self, index: Word | int, vector: Vector | int) -> None:
        """Write vector_length words from `index` on."""
        self.tracer.vstore(self.address(index), vector, self)

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> None:
        raise misuse("a region cannot be iterated: use region[i] for i in range(len(region))")
