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

    def broken(self, by: str) -> str:
        """Why fewer packets are not written; `by` is who shows it: SOLVER, BOUND or nobody."""
        from slotweave.driver.solving.solution import BOUND, SOLVER  # NumPy; --help reads this file

        shown = {SOLVER: "as CP-SAT proves", BOUND: "as a bound shows"}
        said = shown.get(by, "as far as was searched")
        return f"more modelled {self.value}, {said}"
