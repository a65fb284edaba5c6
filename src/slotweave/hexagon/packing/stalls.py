"""Stalls of a row of packets, as LLVM's itineraries model them.

Packets issue in order, one a cycle, and wait until what they read is there. Measured nowhere;
caches and branches are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def stall_cycles(packet_of: Sequence[int], waits: Iterable[tuple[int, int, int]]) -> int:
    """Cycles in which no packet issues, between the first and the last.

    `packet_of` has the packet of each activity; each wait (before, after, latency) asks for that
    many cycles from the packet of one to the packet of the other.
    """
    packets = max(packet_of, default=-1) + 1
    into: list[list[tuple[int, int]]] = [[] for _ in range(packets)]
    for before, after, latency in waits:
        if packet_of[before] < packet_of[after]:
            into[packet_of[after]].append((packet_of[before], latency))
    issue: list[int] = []
    for packet in range(packets):
        earliest = issue[-1] + 1 if issue else 0
        issue.append(max((issue[k] + latency for k, latency in into[packet]), default=0))
        issue[-1] = max(issue[-1], earliest)
    return issue[-1] + 1 - packets if issue else 0
