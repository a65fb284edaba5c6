"""What to type after a program was inspected."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from slotweave.anatomy.inspection import Inspection

_STDIN = "-"


def next_command(found: Inspection, file: str, options: Mapping[str, str | None]) -> str:
    """What to type next: what makes the program shorter, or says why nothing does.

    `options` are those given to `inspect`, which the command takes too.
    """
    if found.refusal is not None:
        return f"slotweave explain {found.refusal.code}"
    given = [word for name, value in options.items() if value for word in (name, value)]
    if found.dataflow is None or found.dataflow.cycles == found.cycles:
        return shlex.join(["slotweave", "bound", file, *given])
    shorter = "shorter.json" if file == _STDIN else f"{Path(file).stem}-shorter.json"
    return shlex.join(["slotweave", "repack", file, *given, "-o", shorter])
