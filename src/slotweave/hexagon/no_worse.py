"""What may not get worse where a block gets fewer packets."""

from __future__ import annotations

from enum import StrEnum

#: Stalls where any number of them is allowed.
ANY_STALLS = 1 << 20


class NoWorse(StrEnum):
    """What may not get worse, as modelled, where a block or a pass of a loop gets fewer packets:
    its stalls, its cycles (packets and stalls), or nothing but its packets."""

    STALLS = "stalls"
    CYCLES = "cycles"
    PACKETS = "packets"

    def most_stalls(self, packets: int, before: int, stalls_before: int) -> int:
        """The stalls that are allowed in so many packets in place of `before`."""
        if self is NoWorse.PACKETS:
            return ANY_STALLS
        return stalls_before + (before - packets if self is NoWorse.CYCLES else 0)

    def broken(self, *, proved: bool) -> str:
        """Why fewer packets are not written."""
        by = "as CP-SAT proves" if proved else "as far as was searched"
        return f"more modelled {self.value}, {by}"
