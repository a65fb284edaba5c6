"""What is found in a slot of a program, as results hold it: where it is, and what is said of it."""

from __future__ import annotations

from typing import Any

from slotweave.base.diagnostics import Diagnostic


def fault_json(found: Diagnostic | None) -> dict[str, Any] | None:
    """`found` in the JSON form of a result."""
    if found is None:
        return None
    place = {"bundle": found.bundle, "engine": found.engine, "slot": found.slot}
    return {**place, "text": found.message}
