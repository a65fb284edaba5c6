"""Lower bounds of projects, with what shows them.

A bound says that no schedule has a smaller period (of a modulo project) or makespan, or, with no
value, that there is no schedule at all. Its proof names the part of the project that shows it; a
checker needs nothing else (`check.legality.project_bounds`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CycleProof:
    """Lags, by number, each beginning where the one before ends, back to the first."""

    lags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnitsProof:
    """An activity each mode of which asks for more of a resource than there is."""

    activity: int


@dataclass(frozen=True, slots=True)
class LoadProof:
    """A resource of which all activities together use so much in each period."""

    resource: int


@dataclass(frozen=True, slots=True)
class CliqueProof:
    """Activities no two of which can hold their resources in one cycle."""

    activities: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PathProof:
    """The longest chain of lags."""


@dataclass(frozen=True, slots=True)
class WindowProof:
    """A resource, and cycles begin .. end - 1 that hold too little of it.

    In a makespan one less than the bound, lags leave so little room that the activities would use
    more of it there than there is.
    """

    resource: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class RigidProof:
    """Activities that have one mode and, in a period one less than the bound, fixed distances.

    Chains of lags lead from the first to each of the others and back, with no cycle to spare, and
    in that period they ask for more of a resource in a row than there is. `below` shows that no
    period is shorter still.
    """

    below: BoundProof
    activities: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ImpliedProof:
    """Weights of activities, of which none that can run together exceed `capacity`.

    So they are uses of one more resource, which each activity holds from its start on as long as
    it holds another one in any mode, and `shown` is a proof for the project with that resource.
    """

    weights: tuple[int, ...]
    capacity: int
    shown: BoundProof


BoundProof = (
    CycleProof
    | UnitsProof
    | LoadProof
    | CliqueProof
    | PathProof
    | WindowProof
    | RigidProof
    | ImpliedProof
)

PERIOD, MAKESPAN = "period", "makespan"


@dataclass(frozen=True, slots=True)
class ProjectBound:
    """`of` is PERIOD or MAKESPAN; a `value` of None says that no schedule exists.

    The makespan of a modulo project is bounded at one `period`; one iteration alone, the lags
    between iterations counted in, is scheduled as a project without repetition is.
    """

    of: str
    value: int | None
    why: str
    proof: BoundProof
    period: int | None = None
