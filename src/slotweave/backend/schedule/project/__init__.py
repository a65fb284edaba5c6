"""List scheduling of projects: activities with modes, lags and renewable resources."""

from slotweave.backend.schedule.project.arrays import ProjectArrays, arrays_of
from slotweave.backend.schedule.project.disjunctive_search import DisjunctiveSearch
from slotweave.backend.schedule.project.list_search import ListSearch

__all__ = ["DisjunctiveSearch", "ListSearch", "ProjectArrays", "arrays_of"]
