"""Graph -> Problem: modes, edges, and where the words of each value lie."""

from slotweave.lower.lower import Lowered, lower
from slotweave.lower.share_constants import share_constants
from slotweave.lower.split_ranges import costs_to_bring_back, split_ranges

__all__ = ["Lowered", "costs_to_bring_back", "lower", "share_constants", "split_ranges"]
