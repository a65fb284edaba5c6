"""Searches for short schedules of projects: lists, tabu search, learning from conflicts."""

from slotweave.backend.schedule.project.arrays import ProjectArrays, arrays_of
from slotweave.backend.schedule.project.disjunctive_search import DisjunctiveSearch
from slotweave.backend.schedule.project.learning_search import Answer, LearningSearch
from slotweave.backend.schedule.project.list_search import ListSearch

__all__ = [
    "Answer",
    "DisjunctiveSearch",
    "LearningSearch",
    "ListSearch",
    "ProjectArrays",
    "arrays_of",
]
