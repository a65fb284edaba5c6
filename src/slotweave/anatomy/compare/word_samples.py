"""What each word of a lifted graph is on a few random memories: a name for what it computes.

Words that are the same for every memory have the same sample, in whatever way and order two
programs compute them. The reverse holds but for chance: words of 32 bits that differ have other
samples surely enough; a word that is only ever 0 or 1 equals another by chance in one of 2^RUNS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Node
from slotweave.isa import OPERATIONS, Effect
from slotweave.isa.arrays import WordArray, array_function

#: How many memories are looked at.
RUNS = 32

#: Node -> its words, a row for each memory.
Samples = Mapping[int, WordArray]

_WORD = np.uint64(0xFFFFFFFF)
_RUN = np.arange(RUNS, dtype=np.uint64)[:, None]


def sampled(graph: Graph, facts: Facts) -> tuple[Samples, Memories]:
    """The words of all nodes of `graph` that have some, on memories that `facts` allow; and what
    these memories hold at the end."""
    memory = Memories(facts)
    words: dict[int, WordArray] = {}
    for index, node in enumerate(graph.nodes):
        args = [words[arg] for arg in node.args]
        if node.effect is Effect.STORE:
            memory.store(_spread(node, args[0], args[1].shape[1]), args[1])
        elif node.effect is Effect.LOAD:
            stored = not graph.region_by_name[node.region].read_only
            words[index] = memory.load(_spread(node, args[0], node.width), stored)
        elif node.width:
            words[index] = _computed(node, args)
    return words, memory


def _spread(node: Node, address: WordArray, width: int) -> WordArray:
    """The addresses of all words of an access."""
    if node.op in ("vload", "vstore"):
        lanes: WordArray = np.arange(width).astype(np.uint64)
        return (address + lanes) & _WORD
    return address


def _computed(node: Node, args: list[WordArray]) -> WordArray:
    shape = (RUNS, node.width)
    if node.op == "slice":
        return args[0][:, node.imm : node.imm + node.width]
    if node.op == "overlay":
        block = np.zeros(shape, np.uint64)
        for offset, arg in zip(node.offsets, args, strict=True):
            block[:, offset : offset + arg.shape[1]] = arg
        return block
    immediate = np.uint64(node.imm & 0xFFFFFFFF)
    if node.op == "const":
        return np.full(shape, immediate, np.uint64)
    if node.op == "broadcast":
        return np.broadcast_to(args[0], shape)
    operands = [*args, immediate] if OPERATIONS[node.op].immediate else args
    try:
        return array_function(node.op)(*operands)
    except ZeroDivisionError:  # no run goes on after it: whatever it is, it is the same for both
        return np.zeros(shape, np.uint64)


@dataclass
class Memories:
    """RUNS memories of random words, which come into being when they are read.

    `stored` has what was stored, by 2^32 times the number of the memory plus the address.
    """

    facts: Facts
    stored: dict[int, int] = field(default_factory=dict)

    def at(self, address: int) -> WordArray:
        """The word at `address` in each memory."""
        return self.load(np.full((RUNS, 1), address, np.uint64), True)[:, 0]

    def load(self, addresses: WordArray, stored: bool) -> WordArray:
        """The words at `addresses`, a row for each memory; `stored` if they may not be as before"""
        words = self._initial(addresses)
        if stored and self.stored:
            keys = (_RUN << np.uint64(32) | addresses).ravel().tolist()
            pairs = zip(keys, words.ravel().tolist(), strict=True)
            flat = [self.stored.get(key, word) for key, word in pairs]
            words = np.array(flat, np.uint64).reshape(addresses.shape)
        return words

    def store(self, addresses: WordArray, words: WordArray) -> None:
        keys = (_RUN << np.uint64(32) | addresses).ravel().tolist()
        self.stored.update(zip(keys, words.ravel().tolist(), strict=True))

    def _initial(self, addresses: WordArray) -> WordArray:
        words = _mixed(addresses + (_RUN << np.uint64(40)))
        for region in self.facts.regions:
            low, high = self.facts.ranges.get(region.name, (0, 0xFFFFFFFF))
            inside = (addresses >= region.start) & (addresses < region.stop)
            ranged = np.uint64(low) + words % np.uint64(high - low + 1)
            words = np.where(inside, ranged, words)
        if self.facts.words and (addresses <= max(self.facts.words)).any():
            flat = zip(addresses.ravel().tolist(), words.ravel().tolist(), strict=True)
            known = [self.facts.words.get(address, word) for address, word in flat]
            words = np.array(known, np.uint64).reshape(addresses.shape)
        return words


def _mixed(numbers: WordArray) -> WordArray:
    """A word for each number, as good as random (the finaliser of splitmix64)."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed ^ (mixed >> np.uint64(31))) & _WORD
