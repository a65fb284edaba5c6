"""One driver for all rewrite rules; common subexpressions and dead code go along the way."""

from slotweave.rewrite.driver import Fired, Firing, Rewritten, replay, rewrite

__all__ = ["Fired", "Firing", "Rewritten", "replay", "rewrite"]
