"""Lower bounds of projects, one file each, every one with a proof that a checker can follow."""

from slotweave.bounds.projects.chains import Edges, edges_of
from slotweave.bounds.projects.ladder import contradiction, makespan_bounds, period_bounds

__all__ = ["Edges", "contradiction", "edges_of", "makespan_bounds", "period_bounds"]
