"""Questions about encoded programs that are answered once, so that strict runs need not ask them.

Guarantee: the answers err on one side only. `may_write_twice` never misses a double write, and
`reads_proved_written` claims nothing of a bundle that could read a word never written.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from slotweave.simulate.code import SCRATCH, Code

_Longs = NDArray[np.int64]


def may_write_twice(code: Code) -> bool:
    """Could two results land in one scratch word at the same time, taking all code as straight?"""
    lands, words = _scratch_writes(code)
    keys = np.sort((lands << 32) | words)
    return bool((keys[1:] == keys[:-1]).any())


def reads_proved_written(code: Code, scratch_words: int) -> NDArray[np.bool_]:
    """For each bundle: does it surely read only words whose writes have landed before?

    Proved for the straight code at the beginning, which runs before anything else: up to the first
    bundle with control, or the first that may read a word never written.
    """
    lands, words = _scratch_writes(code)
    landed = np.full(scratch_words, len(code.counts) + 1, dtype=np.int64)
    np.minimum.at(landed, words, lands)
    bundles = _bundles(code)
    end = int(np.argmax(code.controls)) + 1 if code.controls.any() else len(code.counts)
    for column in range(code.reads.shape[1]):
        rows, words = _words(code.source[:, column], code.reads[:, column])
        too_early = bundles[rows[landed[words] > bundles[rows]]]
        end = min(end, int(too_early.min(initial=end)))
    return np.arange(len(code.counts)) < end


def _bundles(code: Code) -> _Longs:
    """The bundle of each row."""
    return np.repeat(np.arange(len(code.counts)), np.diff(code.first))


def _scratch_writes(code: Code) -> tuple[_Longs, _Longs]:
    """For each scratch word written: the first bundle that can read it, and the word."""
    rows, words = _words(code.dest, np.where(code.space == SCRATCH, code.width, 0))
    return (_bundles(code) + code.latency)[rows], words


def _words(first: NDArray[np.uint32], width: NDArray[np.integer]) -> tuple[_Longs, _Longs]:
    """Runs of words written out: the row of each word, and the word."""
    rows = np.repeat(np.arange(len(width)), width)
    begins = np.cumsum(width, dtype=np.int64) - width
    return rows, first[rows].astype(np.int64) + np.arange(len(rows)) - begins[rows]
