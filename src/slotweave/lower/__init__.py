"""Graph -> Problem: modes, edges, and where the words of each value lie."""

from slotweave.lower.lower import Lowered, lower

__all__ = ["Lowered", "lower"]
