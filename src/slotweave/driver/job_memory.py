"""What need not be done again for the next job of a kernel and a machine."""

from __future__ import annotations

from dataclasses import dataclass, field

from slotweave.frontend.strands import StrandMemory
from slotweave.rewrite import GroupMemory


@dataclass(frozen=True)
class JobMemory:
    """Strands that were traced, and groups of items that were rewritten for one machine."""

    groups: GroupMemory
    strands: StrandMemory = field(default_factory=StrandMemory)
