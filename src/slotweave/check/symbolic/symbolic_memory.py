"""Memory that holds terms, exact about constant addresses and careful about computed ones.

Memory is divided into the regions of a graph and the rest. A word at a constant address is followed
for itself. A load at a computed address is a term of that address and of the version of its region,
so it is unaffected by stores elsewhere, and equal to another one only if no word of the region was
changed in between. A store at a computed address makes a new version of its region, of which all
words are unknown until they are loaded from it: a word at a constant address depends on what was
stored there, and on the stores at computed addresses since then. Where the region of a computed
address is not known it may be any: such a load depends on all of memory, such a store changes all
of it. A store at an address that a select takes from two constants is followed exactly: either word
is, by the same condition, the one stored or the one that was there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from slotweave.check.symbolic.terms import Terms
from slotweave.ir.graph import Region

#: A word at a constant address is followed below so many stores at computed ones.
MOST_COMPUTED = 256


class MemoryMap:
    """Which region an address lies in: numbers of `regions`, and one more for the rest."""

    def __init__(self, regions: Sequence[Region], memory_words: int) -> None:
        self.regions = tuple(regions)
        self.memory_words = memory_words
        self.rest = len(self.regions)
        filled = [(r.start, r.stop, i) for i, r in enumerate(self.regions) if r.length]
        self._spans = sorted(filled)
        self._starts = [start for start, _stop, _number in self._spans]
        self._number = {region.name: i for i, region in enumerate(self.regions)}

    def region_at(self, address: int) -> int:
        """The number of the region that holds `address`."""
        at = bisect_right(self._starts, address) - 1
        if at >= 0 and address < self._spans[at][1]:
            return self._spans[at][2]
        return self.rest

    def only_region(self, lowest: int, highest: int) -> int | None:
        """The number of the region that holds `lowest` to `highest`, where these lie in memory."""
        if not self.regions:
            return self.rest
        first = self.region_at(lowest)
        if first == self.rest or min(highest, self.memory_words - 1) >= self.regions[first].stop:
            return None
        return first

    def number(self, name: str) -> int | None:
        """The number of the region called `name`; None if that says nothing."""
        return self.rest if not self.regions else self._number.get(name)

    def addresses(self, number: int) -> Iterable[int]:
        """All addresses of a region."""
        if number != self.rest:
            return range(self.regions[number].start, self.regions[number].stop)
        everywhere = range(self.memory_words)
        return (address for address in everywhere if self.region_at(address) == number)

    def place(self, address: int) -> str:
        """`values[3] (address 40)`."""
        number = self.region_at(address)
        if number == self.rest:
            return f"memory[{address}]"
        region = self.regions[number]
        return f"{region.name}[{address - region.start}] (address {address})"


def chosen_address(terms: Terms, address: int) -> tuple[int, int, int] | None:
    """(condition, address if it is not 0, address if it is 0) where a select takes one of two
    different constants; else None."""
    kind, _value, args = terms[address]
    if kind != "select":
        return None
    yes, no = terms.known(args[1]), terms.known(args[2])
    return None if yes is None or no is None or yes == no else (args[0], yes, no)


class SymbolicMemory:
    """The contents of memory at one moment. `known` holds the words known before the run."""

    def __init__(self, terms: Terms, layout: MemoryMap, known: Mapping[int, int]) -> None:
        self._terms = terms
        self._map = layout
        self._known = known
        self._untouched = [terms.make("region", number) for number in range(layout.rest + 1)]
        self._base = list(self._untouched)
        self._cells: list[dict[int, int]] = [{} for _ in self._base]
        self._version: list[int | None] = list(self._base)
        self._layers = [_Layers(terms, version) for version in self._untouched]

    def load(self, address: int, region: int | None) -> int:
        """The word at the address that the term `address` is; computed ones lie in `region`."""
        constant = self._terms.known(address)
        if constant is not None:
            return self.word(constant)
        if region is None:
            versions = tuple(self._current(number) for number in range(len(self._base)))
            version = self._terms.make("everything", 0, versions)
        else:
            version = self._current(region)
        return self._terms.make("load", 0, (address, version))

    def store(self, address: int, region: int | None, word: int) -> None:
        """Store `word` at the address that the term `address` is."""
        constant = self._terms.known(address)
        if constant is not None:
            self._put(constant, word)
            return
        choice = chosen_address(self._terms, address)
        if choice is not None:
            condition, yes, no = choice
            at_yes = self._terms.operation("select", (condition, word, self.word(yes)))
            at_no = self._terms.operation("select", (condition, self.word(no), word))
            self._put(yes, at_yes)
            self._put(no, at_no)
            return
        for number in range(len(self._base)) if region is None else (region,):
            base = self._terms.make("store", 0, (self._current(number), address, word))
            self._base[number] = self._version[number] = base
            self._layers[number].cover(self._cells[number], address, word)
            self._cells[number] = {}

    def _put(self, address: int, word: int) -> None:
        number = self._map.region_at(address)
        self._cells[number][address] = word
        self._version[number] = None

    def word(self, address: int) -> int:
        """The word at a constant address."""
        number = self._map.region_at(address)
        held = self._cells[number].get(address)
        return self._below(address, number) if held is None else held

    def _below(self, address: int, number: int) -> int:
        """The word at `address` in the base version of its region."""
        if self._base[number] != self._untouched[number]:
            version = self._layers[number].seen_from(address)
            version = self._base[number] if version is None else version
            return self._terms.make("load", 0, (self._terms.constant(address), version))
        if address in self._known:
            return self._terms.constant(self._known[address])
        return self._terms.make("input", address)

    def _current(self, number: int) -> int:
        """The version of a region as it is now; the order of its stores does not show."""
        version = self._version[number]
        if version is None:
            changed: list[int] = []
            for address, word in sorted(self._cells[number].items()):
                if word != self._below(address, number):
                    changed += (self._terms.constant(address), word)
            base = self._base[number]
            version = self._terms.make("cells", 0, (base, *changed)) if changed else base
            self._version[number] = version
        return version

    def _stores(self, number: int) -> list[tuple[int, int]]:
        """(address, word) of each store that made a region what it is, the last one first, but for
        those to addresses that are stored to again; and the region before them.

        Where these are the same, so are all words of the region.
        """
        stores: dict[int, int] = {}
        version = self._current(number)
        while True:
            kind, _value, args = self._terms[version]
            if kind == "cells":
                for address, word in zip(args[1::2], args[2::2], strict=True):
                    stores.setdefault(address, word)
            elif kind == "store":
                stores.setdefault(args[1], args[2])
            else:
                return [*stores.items(), (version, version)]
            version = args[0]

    def differences(self, other: SymbolicMemory, number: int) -> Iterator[tuple[int, int, int]]:
        """(address, word here, word there) where a region does not hold the same terms."""
        addresses: Iterable[int] = sorted(self._cells[number].keys() | other._cells[number].keys())
        if self._base[number] != other._base[number]:
            if self._stores(number) == other._stores(number):
                return
            mine, theirs = self._layers[number], other._layers[number]
            if mine.alone == theirs.alone:  # words at which no cell ever lay are the same
                addresses = sorted({*addresses, *mine.covered, *theirs.covered})
            else:
                addresses = self._map.addresses(number)
        for address in addresses:
            here, there = self.word(address), other.word(address)
            if here != there:
                yield address, here, there


class _Layers:
    """Stores to a region at computed addresses, and the words at constant ones that lie below."""

    def __init__(self, terms: Terms, untouched: int) -> None:
        self._terms, self._untouched = terms, untouched
        self._computed: list[tuple[int, int]] = []
        #: The version that these stores alone would make.
        self.alone = untouched
        #: By constant address: its version without other ones, the stores in it, and those before.
        self._versions: dict[int, tuple[int, int, int]] = {}

    def cover(self, cells: Mapping[int, int], address: int, word: int) -> None:
        """A store at a computed address follows; `cells` were stored since the one before."""
        before = len(self._computed)
        for cell, held in cells.items():
            args = self._untouched, self._terms.constant(cell), held
            self._versions[cell] = self._terms.make("cells", 0, args), before, before
        self._computed.append((address, word))
        self.alone = self._terms.make("store", 0, (self.alone, address, word))

    @property
    def covered(self) -> Iterable[int]:
        """The constant addresses that were stored to below stores at computed ones."""
        return self._versions.keys()

    def seen_from(self, address: int) -> int | None:
        """A version that has the same word at that constant address, in which no others were stored
        at constant ones; None if too many were stored at computed ones since."""
        found = self._versions.get(address)
        if found is None:
            return self.alone
        version, known, first = found
        if len(self._computed) - first > MOST_COMPUTED:
            return None
        for store in self._computed[known:]:
            version = self._terms.make("store", 0, (version, *store))
        self._versions[address] = version, len(self._computed), first
        return version
