"""A small linear program: the greatest packing, by the simplex method on a dense tableau."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: What counts as nothing in a tableau of zeros, ones and small fractions.
_NOTHING = 1e-9
#: By how much the limits of the rows differ at most, so that no two rows bind at once for long.
_SPREAD = 1e-6
#: Pivots after which it stops; the weights are a packing at each.
_MOST_PIVOTS = 5_000


def greatest_packing(rows: Floats, values: Floats) -> Floats:
    """Weights w >= 0 with rows @ w <= 1 (but for a millionth) for which values @ w is greatest.

    `rows` (m, n) and `values` (n,) are not negative, and each column of a value above 0 has a row,
    or there were no greatest one. The slack basis is feasible, so there is one phase; limits that
    differ a little keep degenerate pivots from cycling (Charnes, Econometrica 20, 1952).
    """
    count, size = rows.shape
    limits = 1 + _SPREAD * np.arange(count) / max(count, 1)
    tableau = np.zeros((count + 1, size + count + 1))
    tableau[:-1] = np.hstack((rows, np.eye(count), limits[:, None]))
    tableau[-1, :size] = -values
    basis = np.arange(size, size + count)
    for _ in range(_MOST_PIVOTS):
        column = int(np.argmin(tableau[-1, :-1]))
        if tableau[-1, column] >= -_NOTHING:
            break
        entries = tableau[:-1, column]
        bounded = entries > _NOTHING
        assert bounded.any(), "a column of no row"
        ratios = np.full(count, np.inf)
        ratios[bounded] = tableau[:-1, -1][bounded] / entries[bounded]
        row = int(np.argmin(ratios))
        tableau[row] /= tableau[row, column]
        others = tableau[:, column].copy()
        others[row] = 0
        tableau -= np.outer(others, tableau[row])
        basis[row] = column
    weights = np.zeros(size + count)
    weights[basis] = tableau[:-1, -1]
    return weights[:size]
