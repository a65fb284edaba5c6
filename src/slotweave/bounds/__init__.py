"""Lower bounds on the cycles of a problem, each with its reason."""

from slotweave.bounds.ladder import best_bound, bound_ladder
from slotweave.bounds.model import Bound

__all__ = ["Bound", "best_bound", "bound_ladder"]
