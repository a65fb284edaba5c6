"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(named: Path, data: bytes) -> None:
    """Write `data` under a temporary name beside its place, then rename it.

    So nobody ever sees half of it, and a failure (OSError) leaves what was there before.
    """
    path = named.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
