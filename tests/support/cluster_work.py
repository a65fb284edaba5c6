"""Work for the workers of a cluster: they import it by this name, in interpreters of their own."""

from __future__ import annotations

import gc
import os
import signal
import time
from pathlib import Path


def killed_once(unit: tuple[str, int]) -> int:
    """The number of the unit; the first time that it is tried its worker is killed."""
    folder, number = unit
    tried = Path(folder) / str(number)
    if not tried.exists():
        tried.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def exits(_unit: int) -> None:
    """End the interpreter."""
    raise SystemExit(3)


def slow_once(place: str) -> str:
    """`place`; whoever tries a unit with a place first waits until somebody else has tried it."""
    first, again = Path(place) / "first", Path(place) / "again"
    if not place:
        return place
    if first.exists():
        again.touch()
        return place
    first.touch()
    while not again.exists():
        time.sleep(0.01)
    return place


def process_of(_unit: int) -> int:
    """The process that works."""
    return os.getpid()


def divided(unit: int) -> int:
    """A hundred divided by the unit."""
    return 100 // unit


def printed(unit: str) -> str:
    """The unit, which is printed, too."""
    print(unit)
    return unit


def conditions(_unit: int) -> tuple[bool, bool]:
    """Whether garbage is collected, and whether memory is to be given back at once."""
    return gc.isenabled(), "MALLOC_TRIM_THRESHOLD_" in os.environ
