"""Graph -> Problem: modes, edges, and where the words of each value lie."""

from slotweave.lower.lower import Lowered, lower
from slotweave.lower.share_constants import share_constants

__all__ = ["Lowered", "lower", "share_constants"]
