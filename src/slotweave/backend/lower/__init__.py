"""Graph -> Problem: modes, edges, and where the words of each value lie."""

from slotweave.backend.lower.lower import Lowered, lower
from slotweave.backend.lower.share_constants import share_constants
from slotweave.backend.lower.split_ranges import costs_to_bring_back, split_ranges

__all__ = ["Lowered", "costs_to_bring_back", "lower", "share_constants", "split_ranges"]
