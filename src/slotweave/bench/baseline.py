"""Recorded speeds: what a bench of the same subject took before, on the computer of the record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slotweave.ir.text.program_values import load_json

#: The speeds that are kept in the repository.
BASELINE_FILE = Path(__file__).with_name("baseline.json")


@dataclass(frozen=True)
class Baseline:
    """Seconds by kind of work, and the subject they are of."""

    subject: Mapping[str, Any]
    seconds: Mapping[str, float]


def recorded_baseline() -> Baseline | None:
    """The baseline that comes with Slotweave, if one was recorded."""
    if not BASELINE_FILE.exists():
        return None
    return baseline_from_json(BASELINE_FILE.read_text(encoding="utf-8"))


def baseline_from_json(text: str) -> Baseline:
    value = load_json(text)
    return Baseline(value["subject"], value["seconds"])


def baseline_to_json(baseline: Baseline) -> str:
    """The file that `baseline_from_json` reads."""
    entries = {"subject": dict(baseline.subject), "seconds": dict(baseline.seconds)}
    return json.dumps(entries, indent=1) + "\n"


def ratios(
    seconds: Mapping[str, float], subject: Mapping[str, Any], baseline: Baseline | None
) -> dict[str, float]:
    """Seconds over those recorded, for what was recorded of the same subject; 2 is half as fast."""
    if baseline is None or dict(baseline.subject) != dict(subject):
        return {}
    return {
        name: took / baseline.seconds[name]
        for name, took in seconds.items()
        if baseline.seconds.get(name)
    }
