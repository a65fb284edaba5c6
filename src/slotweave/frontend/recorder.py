"""The graph that grows while a kernel is traced: labelled nodes, regions, memory order.

Works on node indices; `Tracer` gives users values for them. Errors (SW211) name the user's line.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from linecache import getline
from pathlib import Path

from slotweave.analysis.distinct_lanes import WordSums
from slotweave.frontend.misuse import is_frontend_file, misuse
from slotweave.frontend.usable_words import UsableWords
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.known_words import (
    Options,
    Words,
    as_options,
    known_words,
    word_options,
)
from slotweave.ir.memory_order import MemoryOrder
from slotweave.isa import WORD_BITS, WORD_MASK

#: More operations are refused before they take all memory: scheduling them would take hours.
MOST_NODES = 4_000_000
_TOO_MANY = (
    f"the kernel traces to more than {MOST_NODES:,} operations without a jump; make its parameters "
    "smaller, or write the loop with k.loop, which is not unrolled"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a node besides what it is: its words, or the few that each of them may be;
    which words of a vload may be used, as bits; whether it `accesses` memory in an order, and then
    the words that it may touch, if that is known."""

    words: Words | None = None
    options: Options | None = None
    usable: int | None = None
    accesses: bool = False
    accessed: Collection[int] | None = None


_NOTHING_SAID = Said()


class Recorder:
    """Nodes so far, and what the next ones depend on. `item` and `stage` label new nodes."""

    def __init__(self, name: str, vector_length: int) -> None:
        self.item = -1
        self.stage = ""
        self._name = name
        self._vector_length = vector_length
        self._nodes: list[Node] = []
        self._sums = WordSums(self._nodes)
        self._known: dict[int, Words] = {}
        self._options: dict[int, Options] = {}  # of nodes whose words are one of a few each
        self._memory_words: int | None = None
        self._regions: list[Region] = []
        self._order: dict[str, MemoryOrder] = {}
        self._traced: tuple[int, ...] = ()  # the last write to the trace buffer, or pause
        self._writes_trace = False
        self.usable = UsableWords(self._nodes, self._known)
        self._places: dict[tuple[str, int], str] = {}
        self._accessed: dict[int, Collection[int] | None] = {}  # words of accesses in an order
        self.here: str | None = None  # the line that nodes are from, if it is not the caller's

    def add(
        self,
        op: str,
        width: int,
        args: tuple[int, ...] = (),
        imm: int = 0,
        offsets: tuple[int, ...] = (),
        region: str = "",
        after: tuple[int, ...] = (),
    ) -> int:
        """Append a node, labelled with the user's line, the item and the stage."""
        where = self.here or self.line()
        index = len(self._nodes)
        if index >= MOST_NODES:
            raise misuse(_TOO_MANY)
        node = Node(op, width, args, imm, offsets, region, after, self.item, self.stage, where)
        self._nodes.append(node)
        known = self._known
        for arg in args:
            if arg not in known:
                self._note_options(index, node)
                return index
        words = known_words(node, [known[arg] for arg in args])
        if words is not None:
            known[index] = words
        return index

    def line(self) -> str:
        """The user's line, as nodes name it."""
        frame = sys._getframe(1)
        while is_frontend_file(frame.f_code.co_filename) and frame.f_back is not None:
            frame = frame.f_back
        place = (frame.f_code.co_filename, frame.f_lineno)
        where = self._places.get(place)
        if where is None:
            where = self._places[place] = f"{Path(place[0]).name}:{place[1]}"
        return where

    def _note_options(self, index: int, node: Node) -> None:
        if node.op not in ("select", "slice", "overlay"):
            return
        chosen = node.args[1:] if node.op == "select" else node.args  # and not by what
        for arg in chosen:
            if arg not in self._options and arg not in self._known:
                return
        options = word_options(node, [self._options_of(arg) for arg in node.args])
        if options is not None:
            self._options[index] = options

    def _options_of(self, index: int) -> Options | None:
        words = self._known.get(index)
        return self._options.get(index) if words is None else as_options(words)

    def may_be(self, index: int, word: int) -> bool | None:
        """Whether the word of node `index` is `word`; None if it may be that or another one."""
        options = self._options_of(index)
        if options is None or options[0] > {word}:
            return None
        return word in options[0]

    def graph(self) -> Graph:
        """The graph so far. Raises InputError if words of a vload are used that must not be."""
        memory_words = self._memory_words
        if memory_words is None:
            memory_words = max((region.stop for region in self._regions), default=0)
        graph = Graph(self._name, self._vector_length, memory_words,
                      tuple(self._regions), tuple(self._nodes))  # fmt: skip
        self.usable.check(graph)
        return graph

    @property
    def is_judged(self) -> bool:
        """Whether there is a region that is output, or something was written to the trace."""
        return self._writes_trace or any(region.output for region in self._regions)

    def sources(self) -> dict[str, str]:
        """The text of each line that nodes name; without those that two files share a name for."""
        found: dict[str, str] = {}
        for (file, number), where in self._places.items():
            text = getline(file, number).strip()
            found[where] = text if found.get(where, text) == text else ""
        return {where: text for where, text in found.items() if text}

    def successor(self) -> Recorder:
        """A recorder for the next block: of the same memory, with nothing in it."""
        after = Recorder(self._name, self._vector_length)
        after.item, after.stage = self.item, self.stage
        after._memory_words, after._regions = self._memory_words, self._regions
        after._order = {region.name: MemoryOrder(after._join) for region in self._regions}
        after._places = self._places
        after._writes_trace = self._writes_trace
        return after

    def forget(self) -> None:
        """Nothing is recorded any more; without the orders of memory nothing holds the nodes."""
        self._order.clear()

    # Memory and its regions

    def declare_memory(self, words: int) -> None:
        if words < 0:
            raise misuse(f"memory cannot have {words} words")
        if words > WORD_MASK + 1:
            raise misuse(f"memory cannot have {words} words: addresses have {WORD_BITS} bits")
        for region in self._regions:
            if region.stop > words:
                raise misuse(
                    f"region {region.name!r} ends at {region.stop}, past the end of memory"
                )
        self._memory_words = words

    def declare_region(self, region: Region) -> None:
        if not region.name:
            raise misuse("a region needs a name that is not empty")
        if region.start < 0 or region.length < 0:
            raise misuse(f"region {region.name!r} has a negative start or length")
        if region.stop > WORD_MASK + 1:
            raise misuse(f"region {region.name!r} ends at {region.stop}, but addresses have "
                         f"{WORD_BITS} bits: no word lies at {WORD_MASK + 1} or later")  # fmt: skip
        if len(region.words) > region.length:
            raise misuse(f"region {region.name!r} has {region.length} words, and "
                         f"{len(region.words)} known ones")  # fmt: skip
        for word in region.words:
            if not 0 <= word <= WORD_MASK:
                raise misuse(f"{word} in region {region.name!r} is no word of {WORD_BITS} bits")
        if self._memory_words is not None and region.stop > self._memory_words:
            raise misuse(f"region {region.name!r} ends at {region.stop}, but memory has "
                         f"{self._memory_words} words")  # fmt: skip
        for other in self._regions:
            if other.name == region.name:
                raise misuse(f"region {region.name!r} is declared twice")
            if max(other.start, region.start) < min(other.stop, region.stop):
                raise misuse(f"regions {other.name!r} and {region.name!r} overlap")
        self._regions.append(region)
        self._order[region.name] = MemoryOrder(self._join)

    def _join(self, after: tuple[int, ...]) -> int:
        return self.add("join", 0, after=after)

    def load(self, address: int, width: int, region: Region) -> int:
        """A word, or a gather of `width` words."""
        options = self._options_of(address)
        words = None if options is None else sorted(frozenset[int]().union(*options))
        self._expect_inside(words, region)
        return self._load("load", address, width, region, words)

    def vload(self, address: int, region: Region, used: Collection[int] | None) -> int:
        """A vector_length of words, of which those in `used` (None: all within the region)."""
        lanes = range(self._vector_length) if used is None else sorted(used)
        if used is not None and any(not 0 <= lane < self._vector_length for lane in lanes):
            raise misuse(f"used words of a vector are 0 to {self._vector_length - 1}")
        words = None
        if address in self._known:
            first = self._known[address][0]
            wanted = [first + lane for lane in lanes]
            self._expect_inside(wanted[:1] if used is None else wanted, region)
            words = [word for word in wanted if region.start <= word < region.stop]
            lanes = [word - first for word in words]
        op = "load" if self._vector_length == 1 else "vload"
        index = self._load(op, address, self._vector_length, region, words)
        if len(lanes) < self._vector_length:
            self.usable.restrict(index, sum(1 << lane for lane in lanes))
        return index

    def _load(
        self, op: str, address: int, width: int, region: Region, words: Collection[int] | None
    ) -> int:
        if region.read_only:
            return self.add(op, width, (address,), region=region.name)
        order = self._order[region.name]
        after = order.before_load(words)
        index = self.add(op, width, (address,), region=region.name, after=after)
        order.note_load(index, words)
        self._accessed[index] = words
        return index

    def store(self, address: int, value: int, region: Region) -> None:
        """A word, or a scatter of a vector: words in turn where two lanes may have one address."""
        options = self._options_of(address)
        words = None if options is None else sorted(frozenset[int]().union(*options))
        self._expect_inside(words, region)
        lanes = self._nodes[address].width
        if lanes == 1 or self._sums.lanes_differ(address):
            self._store("store", address, value, region, words)
            return
        for lane in range(lanes):  # some may be the same word: the last one stands
            at = self.add("slice", 1, (address,), imm=lane)
            word = self.add("slice", 1, (value,), imm=lane)
            self._store("store", at, word, region, None if options is None else options[lane])

    def vstore(self, address: int, value: int, region: Region) -> None:
        words = None
        if address in self._known:
            first = self._known[address][0]
            words = range(first, first + self._vector_length)
            self._expect_inside(words, region)
        op = "store" if self._vector_length == 1 else "vstore"
        self._store(op, address, value, region, words)

    def _store(
        self, op: str, address: int, value: int, region: Region, words: Collection[int] | None
    ) -> None:
        if region.read_only:
            raise misuse(f"region {region.name!r} is read-only")
        order = self._order[region.name]
        after = order.before_store(words)
        index = self.add(op, 0, (address, value), region=region.name, after=after)
        order.note_store(index, words)
        self._accessed[index] = words

    def _expect_inside(self, words: Collection[int] | None, region: Region) -> None:
        for word in words or ():
            if not region.start <= word < region.stop:
                raise misuse(f"address {word} lies outside region {region.name!r}, which has "
                             f"addresses {region.start} to {region.stop - 1}")  # fmt: skip

    # Nodes that are added as others were before (see `strands`)

    @property
    def nodes(self) -> Sequence[Node]:
        """The nodes so far."""
        return self._nodes

    @property
    def regions(self) -> Sequence[Region]:
        """The regions declared so far."""
        return self._regions

    def said_of(self, index: int) -> Said | None:
        """What is known of node `index` besides what it is, if anything is."""
        said = Said(
            self._known.get(index), self._options.get(index), self.usable.of(index),
            index in self._accessed, self._accessed.get(index),
        )  # fmt: skip
        return None if said == _NOTHING_SAID else said

    def places_of(self, lines: Collection[str]) -> dict[tuple[str, int], str]:
        """The files and numbers of `lines`, named as nodes name them."""
        return {place: where for place, where in self._places.items() if where in lines}

    def know_places(self, places: Mapping[tuple[str, int], str]) -> None:
        self._places.update(places)

    def expect_room(self) -> None:
        """Raises InputError (SW211) if there are too many nodes."""
        if len(self._nodes) > MOST_NODES:
            raise misuse(_TOO_MANY)

    def repeat(self, node: Node, args: tuple[int, ...]) -> int:
        """Append `node` of another trace, or of a copy of it, with these arguments."""
        nodes = self._nodes
        nodes.append(Node(node.op, node.width, args, node.imm, node.offsets, node.region, (),
                          node.item, node.stage, node.where))  # fmt: skip
        return len(nodes) - 1

    def repeat_with(self, node: Node, args: tuple[int, ...], said: Said) -> int:
        """The same of a node of which that is known, where as much is known of its arguments, and
        those of its words are used that were."""
        nodes = self._nodes
        order = self._order[node.region] if said.accesses else None
        after: tuple[int, ...] = ()
        if order is not None:
            # joins come before it, and are labelled as it is
            self.item, self.stage, self.here = node.item, node.stage, node.where
            waits = order.before_load if node.width else order.before_store
            after = waits(said.accessed)
            self.here = None
        index = len(nodes)
        nodes.append(Node(node.op, node.width, args, node.imm, node.offsets, node.region, after,
                          node.item, node.stage, node.where))  # fmt: skip
        if order is not None:
            note = order.note_load if node.width else order.note_store
            note(index, said.accessed)
            self._accessed[index] = said.accessed
        if said.words is not None:
            self._known[index] = said.words
        if said.options is not None:
            self._options[index] = said.options
        if said.usable is not None:
            self.usable.restrict(index, said.usable, settled=True)
        return index

    # Control

    def pause(self) -> None:
        """A pause comes after all memory accesses and trace writes before it."""
        orders = [self._order[region.name] for region in self._regions if not region.read_only]
        waits = set(self._traced)
        for order in orders:
            waits.update(order.before_store(None))
        pause = self.add("pause", 0, after=tuple(sorted(waits)))
        for order in orders:
            order.note_store(pause, None)
        self._traced = (pause,)

    def trace_write(self, word: int) -> None:
        self._writes_trace = True
        self._traced = (self.add("trace_write", 0, (word,), after=self._traced),)
