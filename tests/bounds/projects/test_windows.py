"""What a window holds at least, against a plain sum over all uses."""

from __future__ import annotations

import numpy as np

from slotweave.bounds.projects.windows import _needed


def test_a_window_holds_what_a_plain_sum_says() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        size = int(rng.integers(0, 12))
        units, cycles = rng.integers(1, 5, size), rng.choice([1, 1, 2, 3], size)
        early = rng.integers(0, 12, size)
        late = early + rng.integers(-1, 6, size)
        begins, ends = np.arange(0, 12, 2), np.arange(1, 18, 3)
        plain = [
            [
                sum(
                    int(unit) * min(_overlap(first, length, begin, end) for first in (one, other))
                    for unit, length, one, other in zip(units, cycles, early, late, strict=True)
                )
                for end in ends
            ]
            for begin in begins
        ]
        assert _needed(units, cycles, (early, late), begins, ends).tolist() == plain


def _overlap(first: int, length: int, begin: int, end: int) -> int:
    return max(0, min(first + length, end) - max(first, begin))
