"""Lower bounds on the cycles of a problem, each with its reason."""

from slotweave.bound.ladder import best_bound, bound_ladder
from slotweave.bound.model import Bound

__all__ = ["Bound", "best_bound", "bound_ladder"]
