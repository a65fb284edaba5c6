"""An edge: from which bundle on an operation is free of another one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """Free from bundle `earliest` on, because of the operation numbered `source`."""

    earliest: int
    source: int


def later(first: Edge | None, second: Edge | None) -> Edge | None:
    """The edge that holds longer; of two that hold as long, the first."""
    if first is None or second is None:
        return first or second
    return second if second.earliest > first.earliest else first
