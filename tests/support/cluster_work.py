"""Work for the workers of a cluster: they import it by this name, in interpreters of their own."""

from __future__ import annotations

import os
import signal
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
