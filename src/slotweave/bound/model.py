"""A lower bound on the cycles of a problem: how many, by which argument, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """No schedule of the problem has fewer than `cycles` cycles; `why` says so to a person."""

    name: str
    cycles: int
    why: str
