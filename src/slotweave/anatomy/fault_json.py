"""What is found in a slot of a program, as results hold it: where it is, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slotweave.base.diagnostics import Diagnostic


def fault_json(found: Diagnostic | None) -> dict[str, Any] | None:
    """`found` in the JSON form of a result."""
    if found is None:
        return None
    place = {"bundle": found.bundle, "engine": found.engine, "slot": found.slot}
    return {**place, "text": found.message}


def fault_from_json(code: str, found: Mapping[str, Any], file: str = "") -> Diagnostic:
    """The diagnostic of which `found` is the JSON form."""
    place = {key: found[key] for key in ("bundle", "engine", "slot")}
    return Diagnostic(code, found["text"], file=file, **place)
