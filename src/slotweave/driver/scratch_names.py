"""Names for the scratch words of a compiled program that hold one thing throughout.

Such words hold a variable of the kernel (`variable_0`, in the order in which it makes them), or a
constant (`=7`, in each lane if there are several). Words that are given to one value after the
other have no name. Those that nothing ever writes are `=0`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from slotweave.backend.fitted import Fitted
from slotweave.ir.graph import Graph
from slotweave.ir.program import Bundle
from slotweave.machine import Machine
from slotweave.simulate.slots import slot_kinds

#: First word, number of words, name.
_Row = tuple[int, int, str | None]


def words_written(bundles: Iterable[Bundle], machine: Machine) -> frozenset[int]:
    """The words of scratch that `bundles` write."""
    kinds = slot_kinds(machine)
    return frozenset(
        word
        for bundle in bundles
        for engine, row in bundle.items()
        if engine in kinds
        for slot in row
        for word in kinds[engine][slot[0]].words_written(slot)
    )


def names_of(
    blocks: Sequence[Fitted],
    first_words: Sequence[int],
    variables: int,
    reused: Collection[int] = (),
) -> Mapping[int, tuple[str, int]]:
    """The `names` of the program of these blocks.

    Variable v lies from word first_words[v] on; those from number `variables` on were made by the
    compiler, to hold constants. Of the others those that are `reused`, by loops that are pipelined,
    have no name.
    """
    shared = [word for word in reused if word >= first_words[variables]]
    rows: dict[_Row, None] = {(word, 1, None): None for word in shared}
    for number, (first, end) in enumerate(pairwise(first_words)):
        if number < variables:
            rows[first, end - first, f"variable_{number}"] = None
    for block in blocks:
        own = {storage for storage, number in block.lowered.pinned.items() if number < variables}
        for storage, row in _storages(block):
            if storage not in own:
                rows[row] = None
    holds: dict[int, set[_Row]] = defaultdict(set)
    for row in rows:
        for word in range(row[0], row[0] + row[1]):
            holds[word].add(row)
    return {
        first: (name, words)
        for first, words, name in sorted(rows, key=lambda row: row[0])
        if name and all(len(holds[word]) == 1 for word in range(first, first + words))
    }


def _storages(block: Fitted) -> Iterator[tuple[int, _Row]]:
    """Each storage that something is written to, and where it lies; its name, if it has one."""
    problem, constants = block.problem, _constants(block.graph)
    names: dict[int, set[str | None]] = defaultdict(set)
    for node, storage in zip(problem.nodes.tolist(), problem.writes.tolist(), strict=True):
        if storage >= 0:
            names[storage].add(constants.get(node))
    for storage, told in names.items():
        first = int(block.allocation.address[storage])
        if first >= 0:
            words = int(problem.storage_words[storage])
            yield storage, (first, words, next(iter(told)) if len(told) == 1 else None)


def _constants(graph: Graph) -> dict[int, str]:
    """The name of each node that is a constant, in a word or in each lane of a vector."""
    known = graph.known
    return {index: f"={words[0]}" for index, words in known.items() if len(set(words)) == 1}
