"""More order in a problem: edges that say what must not come before what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from slotweave.ir.problem import ORDER, Ints, Problem


def with_order_edges(problem: Problem, after: Ints, before: Ints, lag: Ints) -> Problem:
    """`problem` with ORDER edges from `before` to `after` of these lags."""
    owner = np.repeat(np.arange(problem.size), np.diff(problem.pred_offset))
    owners = np.concatenate((owner, after))
    order = np.argsort(owners, kind="stable")
    counts = np.bincount(owners.astype(np.int64), minlength=problem.size)

    def column(old: Ints, new: Ints) -> Ints:
        return np.concatenate((old, new))[order].astype(np.int32)

    return replace(
        problem,
        pred_offset=np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
        pred=column(problem.pred, before),
        pred_kind=column(problem.pred_kind, np.full(len(after), ORDER, np.int32)),
        pred_lag=column(problem.pred_lag, lag),
    )
