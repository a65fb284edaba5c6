"""Schedule and allocation -> program."""

from slotweave.emit.emit import emit

__all__ = ["emit"]
