"""Which write each read of scratch finds in a straight program, and how long words are in use.

A result is in scratch from the bundle on in which it lands. Of results that land together in one
word the one that was issued last stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.anatomy.words.edges import NO_SOURCE, Edges, latest_edges
from slotweave.anatomy.words.slot_columns import Longs, SlotColumns

#: Number of a word of a result that is none: what was in scratch before the run.
NEVER_WRITTEN = -1


@dataclass(frozen=True, eq=False)
class _Landings:
    """The written words sorted by word and time of landing.

    `order[i]` is the row of the i-th of them among the columns' writes, `until[i]` the bundle in
    which the next one lands in its word (that after the last bundle, if there is none).
    `previous[i]` is true if one has landed there before.
    """

    order: Longs
    word: Longs
    lands: Longs
    until: Longs
    previous: Longs


@dataclass(frozen=True, eq=False)
class ScratchFlow:
    """`read_from[i]` is the row, among the columns' writes, that word i of the reads holds.

    NEVER_WRITTEN if it holds what was there before the run; `maker[i]` is the operation that wrote
    it, or NO_SOURCE. `reuse` has the edge of each operation whose result waits for its word to be
    free. `live` counts the words that are live in each bundle: a value is from the bundle in which
    it lands until the last one that reads it.
    """

    read_from: Longs
    maker: Longs
    reuse: Edges
    live: Longs


@dataclass(frozen=True, eq=False)
class _Readers:
    """Who reads each word, sorted by word, bundle and operation; each operation once a word."""

    columns: SlotColumns
    keys: Longs

    def last(self, word: Longs, before: Longs) -> tuple[Longs, Longs]:
        """The last two operations that read `word` in a bundle before `before`, or NO_SOURCE.

        Whatever has landed in the word between them. Elementwise.
        """
        horizon, size = _horizon(self.columns), max(1, self.columns.size)
        words = np.append(self.keys // (horizon * size), -1)  # the row after the last: no word
        readers = np.append(self.keys % size, NO_SOURCE)
        last = np.searchsorted(self.keys, (word * horizon + before) * size) - 1
        rows = (last, np.maximum(last - 1, -1))
        first, second = (np.where(words[row] == word, readers[row], NO_SOURCE) for row in rows)
        return first, second


def scratch_flow(columns: SlotColumns) -> ScratchFlow:
    """The flow of `columns`, which must be those of a straight program."""
    landings, readers = _landings(columns), _readers(columns)
    read_from = _read_from(columns, landings)
    return ScratchFlow(
        read_from=read_from,
        maker=np.append(columns.writes.owner, NO_SOURCE)[read_from],  # NEVER_WRITTEN takes the last
        reuse=_reuse(columns, landings, readers),
        live=_live(columns, landings, readers),
    )


def _live(columns: SlotColumns, landings: _Landings, readers: _Readers) -> Longs:
    reader = readers.last(landings.word, landings.until)[0]
    last = _bundle_of(columns, reader)
    read = last >= landings.lands
    change = np.bincount(landings.lands[read], minlength=columns.bundles + 1)
    change -= np.bincount(last[read] + 1, minlength=columns.bundles + 1)
    live: Longs = np.cumsum(change)[: columns.bundles]
    return live


def _bundle_of(columns: SlotColumns, operation: Longs) -> Longs:
    """The bundles of these operations; -1 for NO_SOURCE."""
    bundle: Longs = np.append(columns.bundle, -1)[operation]
    return bundle


def _horizon(columns: SlotColumns) -> int:
    """More than any bundle in which something is read or lands."""
    return int(columns.lands.max(initial=0)) + 2


def _landings(columns: SlotColumns) -> _Landings:
    writes = columns.writes
    lands = columns.lands[writes.owner]
    # Writes are in the order of issue, and stay so where they land together.
    order = np.argsort(writes.word * _horizon(columns) + lands, kind="stable")
    word, lands = writes.word[order], lands[order]
    again = np.append(word[1:] == word[:-1], False)  # the next row is of the same word
    return _Landings(
        order=order,
        word=word,
        lands=lands,
        until=np.where(again, np.append(lands[1:], 0), _horizon(columns)),
        previous=np.roll(again, 1),
    )


def _read_from(columns: SlotColumns, landings: _Landings) -> Longs:
    horizon = _horizon(columns)
    reads = columns.reads
    landed = landings.word * horizon + landings.lands
    at = np.searchsorted(landed, reads.word * horizon + columns.bundle[reads.owner], "right") - 1
    found = at >= 0
    found[found] = landings.word[at[found]] == reads.word[found]
    result = np.full(len(at), NEVER_WRITTEN, np.int64)
    result[found] = landings.order[at[found]]
    return result


def _readers(columns: SlotColumns) -> _Readers:
    reads = columns.reads
    by_time = reads.word * _horizon(columns) + columns.bundle[reads.owner]
    keys = np.sort(by_time * max(1, columns.size) + reads.owner)
    return _Readers(columns, keys[np.diff(keys, prepend=-1) > 0])


def _reuse(columns: SlotColumns, landings: _Landings, readers: _Readers) -> Edges:
    """Until when each result waits for the word that it lands in, and for which operation.

    The result before it must have landed, and have been read by all that read it.
    """
    owner = columns.writes.owner
    writer = owner[landings.order]
    bundle, latency = columns.bundle[writer], columns.lands[writer] - columns.bundle[writer]
    none = np.full(len(writer), NO_SOURCE)
    before = np.where(landings.previous, np.roll(writer, 1), none)
    since = np.where(landings.previous, np.roll(landings.lands, 1), 0)
    candidates = [(before, np.minimum(since - latency + 1, bundle))]
    for reader in readers.last(landings.word, landings.lands):
        read = _bundle_of(columns, reader)
        counts = (reader != NO_SOURCE) & (read >= since) & (reader != writer)
        candidates.append((np.where(counts, reader, none), read - latency + 1))
    source = np.empty((len(writer), len(candidates)), np.int64)
    earliest = np.empty_like(source)
    for column, (operation, free) in enumerate(candidates):
        source[landings.order, column] = operation
        earliest[landings.order, column] = free
    whose = np.repeat(owner, len(candidates))
    return latest_edges(columns.size, whose, earliest.ravel(), source.ravel())
