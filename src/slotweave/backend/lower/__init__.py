"""Graph -> Problem: modes, edges, and where the words of each value lie."""

from slotweave.backend.lower.lower import Lowered, lower
from slotweave.backend.lower.share_constants import share_constants
from slotweave.backend.lower.split_ranges import reload_costs, split_ranges

__all__ = ["Lowered", "lower", "reload_costs", "share_constants", "split_ranges"]
