"""The challenge's machine with engines whose results take longer to land."""

from __future__ import annotations

from dataclasses import replace

from slotweave.machine import CHALLENGE, Machine


def slow(*engines: str, latency: int = 3) -> Machine:
    """The machine on which all results of `engines` take `latency` cycles."""
    modes = tuple(
        replace(mode, latency=latency) if mode.engine in engines else mode
        for mode in CHALLENGE.modes
    )
    return replace(CHALLENGE, modes=modes)
