"""An order of the operations of a problem in which predecessors come first."""

from __future__ import annotations

import heapq

import numpy as np

from slotweave.ir.problem import Ints, Problem


def topological_order(problem: Problem) -> Ints:
    """All operations, each after its predecessors; of several that could be next the lowest.

    Problems made by `lower` are numbered so already, and their order is 0 .. n-1. Raises ValueError
    if the edges form a cycle.
    """
    successor = np.repeat(np.arange(problem.size, dtype=np.int32), np.diff(problem.pred_offset))
    if np.all(problem.pred < successor):
        return np.arange(problem.size, dtype=np.int32)
    by_pred = np.argsort(problem.pred, kind="stable")
    offset = np.searchsorted(problem.pred[by_pred], np.arange(problem.size + 1)).tolist()
    successors = successor[by_pred].tolist()
    waiting = np.diff(problem.pred_offset).tolist()
    ready = [operation for operation in range(problem.size) if not waiting[operation]]
    order: list[int] = []
    while ready:
        operation = heapq.heappop(ready)
        order.append(operation)
        for follower in successors[offset[operation] : offset[operation + 1]]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heapq.heappush(ready, follower)
    if len(order) < problem.size:
        raise ValueError("the edges of the problem form a cycle")
    return np.array(order, dtype=np.int32)
