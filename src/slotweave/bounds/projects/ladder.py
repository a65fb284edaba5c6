"""All bounds of a project, from the plainest on."""

from __future__ import annotations

from slotweave.bounds.projects.chains import chains
from slotweave.bounds.projects.recurrence import recurrence_bound
from slotweave.bounds.projects.resources import clique_bound, load_bound, units_bound
from slotweave.bounds.projects.rigid import rigid_bound
from slotweave.bounds.projects.windows import window_bound
from slotweave.ir.project import Project
from slotweave.ir.project_bound import MAKESPAN, PERIOD, PathProof, ProjectBound


def contradiction(project: Project) -> ProjectBound | None:
    """What shows that `project` has no schedule at all, if something plain does."""
    found = units_bound(project)
    if found is None and (cycle := recurrence_bound(project)) is not None and cycle.value is None:
        return cycle
    return found


def period_bounds(project: Project) -> tuple[ProjectBound, ...]:
    """Bounds of the period of a modulo project without a contradiction."""
    least = ProjectBound(PERIOD, 1, "a period lasts one cycle at least", PathProof())
    found = (
        least,
        load_bound(project, PERIOD),
        recurrence_bound(project),
        clique_bound(project, PERIOD),
    )
    plain = [bound for bound in found if bound is not None]
    rigid = rigid_bound(project, max(plain, key=lambda bound: bound.value or 0))
    return (*plain, rigid) if rigid is not None else tuple(plain)


def makespan_bounds(project: Project, period: int | None = None) -> tuple[ProjectBound, ...]:
    """Bounds of the makespan of a project without a contradiction, repeated each `period` cycles
    if it is modulo. No bounds if a cycle of lags is too long for the period."""
    longest = chains(project, period or 0)
    if longest is None:
        return ()
    why = "the longest chain of lags"
    plain = (
        ProjectBound(MAKESPAN, longest.longest, why, PathProof(), period),
        load_bound(project, MAKESPAN, period),
        clique_bound(project, MAKESPAN, longest, period),
    )
    found = [bound for bound in plain if bound is not None]
    most = max(bound.value or 0 for bound in found)
    window = window_bound(project, longest, most, period)
    return (*found, window) if window is not None else tuple(found)
