"""What becomes of pauses and of questions for the core when a program is repacked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slotweave.base.wording import plural
from slotweave.repacking import Repacked, control_met


def kept_control(result: Repacked) -> dict[str, Any]:
    """How many pauses and core ids a run of the given program has, and one of the one returned."""
    before, now = result.met, result.met
    if result.best is not None:
        program = result.program
        now = control_met(program, result.machine, range(len(program.bundles)))
    return {
        key: {"before": before.get(name, 0), "now": now.get(name, 0)}
        for key, name in (("pauses", "pause"), ("core_ids", "core_id"))
    }


def kept_control_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """The same for a reader of the summary, as far as it is worth saying."""
    pauses, cores = summary["pauses"], summary["core_ids"]
    if left := pauses["before"] - pauses["now"]:
        reason = "the facts judge memory at the end of the run alone"
        yield f"{plural(left, 'pause')} left out: {reason}"
    elif pauses["now"] and summary["way"] != "unchanged":
        reason = "without regions all of memory is output, at each pause and at the end"
        yield f"{plural(pauses['now'], 'pause')} kept: {reason}"
    if left := cores["before"] - cores["now"]:
        yield f"{plural(left, 'core id')} taken as 0: the result is for a machine with one core"
