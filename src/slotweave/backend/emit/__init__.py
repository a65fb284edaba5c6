"""Schedule and allocation -> program."""

from slotweave.backend.emit.emit import emit
from slotweave.backend.emit.link import link

__all__ = ["emit", "link"]
