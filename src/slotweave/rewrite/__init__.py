"""One driver for all rewrite rules; common subexpressions and dead code go along the way."""

from slotweave.rewrite.driver import Fired, Rewritten, rewrite

__all__ = ["Fired", "Rewritten", "rewrite"]
