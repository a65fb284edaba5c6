"""Schedule and allocation -> program."""

from slotweave.emit.emit import emit
from slotweave.emit.link import link

__all__ = ["emit", "link"]
