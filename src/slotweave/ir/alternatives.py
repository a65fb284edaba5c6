"""What a kernel's plans may choose from, as the work of each choice: data for a bound over plans.

Each of `count` copies of a route walks from `START` to `END` over arcs, each of them a way to do
one step, with its work. A way may need an *installation*, such as a table: work that is done once,
or not at all, and that takes some of a limited room.
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
class Installation:
    """Work that some ways rest on, and other installations that it rests on itself."""

    name: str
    size: int
    work: tuple[Work, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arc:
    """One way, called `name`, to come from `source` to `target`, both states of a route; `needs` is
    the installation that it rests on, if any."""

    source: str
    target: str
    name: str
    work: tuple[Work, ...] = ()
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """`count` copies of a walk from START to END."""

    name: str
    count: int
    arcs: tuple[Arc, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Work that is there whatever is chosen, the routes, and installations up to `room` in size."""

    fixed: tuple[Work, ...]
    routes: tuple[Route, ...]
    installations: tuple[Installation, ...] = ()
    room: int = 0
