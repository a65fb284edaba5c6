"""Where what can be made again is kept for a user, by the customs of the system."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The folder for caches of this program; it need not exist yet.

    XDG_CACHE_HOME decides where it is set (XDG Base Directory Specification), else the system.
    """
    given = os.environ.get("XDG_CACHE_HOME")
    if given and Path(given).is_absolute():
        return Path(given) / "slotweave"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "slotweave"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "slotweave" / "Cache"
    return Path.home() / ".cache" / "slotweave"
