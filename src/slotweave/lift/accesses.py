"""Loads and stores of a program that is lifted: in which region each lies, and what it may read.

An access whose address may lie in more than one region makes these regions one (`Repartition`);
nothing else is assumed of addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slotweave.analysis.value_ranges import ANY, Range
from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.isa import WORD_MASK
from slotweave.lift.builder import Builder, Ref
from slotweave.lift.memory import MemoryRanges
from slotweave.lift.partition import Partition


class Repartition(Exception):  # noqa: N818 (no error: the lifting starts again)
    """The regions do not fit the program; `partition` is one that fits better."""

    def __init__(self, partition: Partition) -> None:
        super().__init__()
        self.partition = partition


@dataclass(frozen=True, slots=True)
class Access:
    """A load or store of `width` words from an address between `low` and `high` on.

    Of a load at a computed address only words that are used count.
    """

    low: int
    high: int
    width: int


#: The stage of a node that belongs to the slot of the node of its kind before it.
PART = "part"


class Accesses:
    """The accesses of one run, as nodes of `builder`, under one partition of memory.

    `widths` says of each load at a computed address how many of its words are used, in the order of
    the run, where that is known.
    """

    def __init__(
        self, builder: Builder, facts: Facts, partition: Partition, widths: Sequence[int]
    ) -> None:
        self._builder = builder
        self._partition = partition
        self._memory = MemoryRanges(facts, partition)
        self._widths = widths
        self._loads: list[tuple[int, Range]] = []  # at computed addresses: their nodes, addresses
        self._stores: set[Range] = set()  # the words of stores at computed addresses
        self.known: set[Range] = set()  # and of all accesses at known ones

    def widths_used(self) -> Sequence[int]:
        """Of each load at a computed address: up to which word it is used (at least one)."""
        used = {node: 1 for node, _addresses in self._loads}
        for node in self._builder.nodes:
            for arg in node.args:
                if arg in used:
                    reach = (
                        node.imm + node.width
                        if node.op == "slice"
                        else len(self._builder.ranges[arg])
                    )
                    used[arg] = max(used[arg], reach)
        return [used[node] for node, _addresses in self._loads]

    def computed_spans(self, widths: Sequence[int]) -> set[Range]:
        """The words that accesses at computed addresses use, loads of `widths` words each."""
        loads = zip(self._loads, widths, strict=True)
        return self._stores | {(low, high + width - 1) for (_, (low, high)), width in loads}

    def load(self, address: Ref, width: int, bundle: int) -> tuple[Ref, ...]:
        """The words that a load in `bundle` reads."""
        low, high = self._builder.range_of(address)
        self._expect_inside("SW106", low, width, bundle)
        op = "load" if width == 1 else "vload"
        if low == high:
            return self._load_known(op, address, low, width)
        number = len(self._loads)
        used = self._widths[number] if number < len(self._widths) else width
        region = self._only_region(low, high, used)
        ranges = (self._memory.any_word(region),) * used + (ANY,) * (width - used)
        node = self._builder.value((address,))
        refs = self._builder.load(op, node, region, None, ranges)
        self._loads.append((refs[0][0], (low, high)))
        return refs

    def _load_known(self, op: str, address: Ref, first: int, width: int) -> tuple[Ref, ...]:
        """One load of the words in each region that they lie in."""
        refs: tuple[Ref, ...] = ()
        node = self._builder.value((address,))
        self.known.add((first, first + width - 1))
        for region in self._partition.covering(first, first + width - 1):
            lanes = range(max(region.start - first, 0), min(region.stop - first, width))
            ranges = tuple(self._word_range(region, first + lane) for lane in range(width))
            words = [first + lane for lane in lanes]
            self._builder.stage = PART if refs else ""
            loaded = self._builder.load(op, node, region, words, ranges)
            refs += loaded[lanes.start : lanes.stop]
        self._builder.stage = ""
        return refs

    def _word_range(self, region: Region, address: int) -> Range:
        inside = region.start <= address < region.stop
        return self._memory.word(region, address) if inside else (0, WORD_MASK)

    def store(self, address: Ref, refs: tuple[Ref, ...], bundle: int) -> None:
        """A store of `refs` in `bundle`."""
        low, high = self._builder.range_of(address)
        self._expect_inside("SW107", low, len(refs), bundle)
        if low == high:
            self._store_known(address, low, refs)
            return
        region = self._writable(self._only_region(low, high, len(refs)))
        self._stores.add((low, high + len(refs) - 1))
        node = self._builder.value((address,))
        op = "store" if len(refs) == 1 else "vstore"
        self._builder.store(op, node, self._builder.value(refs), region, None)
        for ref in refs:
            self._memory.store(region, None, self._builder.range_of(ref))

    def _store_known(self, address: Ref, first: int, refs: tuple[Ref, ...]) -> None:
        """One store, or one for each word if these lie in more than one region."""
        regions = self._partition.covering(first, first + len(refs) - 1)
        self.known.add((first, first + len(refs) - 1))
        for region in regions:
            self._writable(region)
        if len(regions) == 1:
            op = "store" if len(refs) == 1 else "vstore"
            words = list(range(first, first + len(refs)))
            self._builder.store(op, self._builder.value((address,)), self._builder.value(refs),
                                regions[0], words)  # fmt: skip
            for word, ref in zip(words, refs, strict=True):
                self._memory.store(regions[0], word, self._builder.range_of(ref))
            return
        for word, ref in enumerate(refs, first):
            self._store_known((self._builder.constant(word), 0), word, (ref,))
            self._builder.stage = PART
        self._builder.stage = ""

    def _expect_inside(self, code: str, first: int, width: int, bundle: int) -> None:
        """Raise CheckFailed if the access lies past the end of memory, wherever it goes."""
        if first + width > self._partition.memory_words:
            reason = f"address {first + width - 1} of {self._partition.memory_words} words"
            raise CheckFailed(Diagnostic(code, reason, bundle=bundle))

    def _only_region(self, low: int, high: int, width: int) -> Region:
        """The one region that holds all words of accesses from `low` .. `high` on."""
        high = min(high + width - 1, WORD_MASK)
        regions = self._partition.covering(low, high)
        if len(regions) > 1:
            raise Repartition(self._partition.merged(regions[0].start, regions[-1].stop - 1))
        return regions[0]

    def _writable(self, region: Region) -> Region:
        if region.read_only:
            raise Repartition(self._partition.writable(region))
        return region
