"""What a kernel's plans may choose from, as the work of each choice: data for a bound over plans.

A design is what a plan decides once (which tables to build); within it, each of `count` copies of a
route walks from `START` to `END` over arcs, each of them a way to do one step, with its work.
"""

from __future__ import annotations

from dataclasses import dataclass

START, END = "start", "end"


@dataclass(frozen=True, slots=True)
class Work:
    """`count` operations, each of which takes one of `modes`: (engine, slots)."""

    count: float
    modes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Arc:
    """One way, called `name`, to come from `source` to `target`; both are states of a route."""

    source: str
    target: str
    name: str
    work: tuple[Work, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """`count` copies of a walk from START to END."""

    name: str
    count: int
    arcs: tuple[Arc, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """Work that is there whatever the routes choose, and the routes."""

    name: str
    fixed: tuple[Work, ...]
    routes: tuple[Route, ...]
