"""Rows that the JSON forms of all results share: a bound, and the use of engines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slotweave.analysis.utilisation import EngineUse
from slotweave.base.diagnostics import Diagnostic
from slotweave.bounds import Bound


def bound_json(bound: Bound) -> dict[str, Any]:
    """A bound as the JSON of all commands has it."""
    return {"cycles": bound.cycles, "name": bound.name, "why": bound.why}


def unknown_run_json(why: Diagnostic) -> dict[str, Any]:
    """Why the run of a program is not known, as the JSON of all commands has it."""
    return {"known": False, "code": why.code, "bundle": why.bundle, "why": why.message}


def engine_rows(use: Mapping[str, EngineUse]) -> dict[str, dict[str, Any]]:
    """The use of engines in the JSON form of a result."""
    return {
        name: {"used": engine.used, "slots": engine.slots, "share": round(engine.share, 6)}
        for name, engine in use.items()
    }
