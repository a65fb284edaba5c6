"""What pipelining a loop came to, as plain values: in results, and in the `meta` of a program.

The period of a loop is its initiation interval (`ii`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slotweave.ir.loop_problem import LoopReport

#: What `meta` calls the reports of a program.
KEY = "loops"

_SAID: Mapping[str, type | tuple[type, ...]] = {
    "where": str, "plain_cycles": (int, NoneType), "pipelined": bool, "why": str,
    "bounds": (list, tuple), "tried": (list, tuple),
}  # fmt: skip
_SAID_OF_PIPELINED = ("ii", "stages", "unrolled", "live_words")
_SAID_OF_ROUNDS = ("rounds", "ii_of_one_round")  # older programs say nothing of them


def loop_json(report: LoopReport) -> dict[str, Any]:
    """The report as plain values; without `ii` the loop runs in its plain form."""
    schedule = report.schedule
    found = {
        "block": report.block,
        "where": report.where,
        "trips": report.trips,
        "plain_cycles": report.plain,
        "pipelined": schedule is not None,
        "why": report.why,
        "bounds": [
            {"name": name, "cycles": value, "why": why} for name, value, why in report.bounds
        ],
        "tried": [{"ii": one.period, "found": one.found, "why": one.why} for one in report.tried],
    }
    if schedule is not None:
        found |= {
            "ii": schedule.period,
            "stages": schedule.stages,
            "unrolled": schedule.unroll,
            "rounds": schedule.rounds,
            "ii_of_one_round": report.single or schedule.period,
            "least_trips": schedule.least_trips,
            "live_words": schedule.peak,
        }
    return found


def loops_said(meta: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The reports that `meta` has; those that are not like ours are left out."""
    said = meta.get(KEY)
    return tuple(filter(_is_report, said)) if isinstance(said, list | tuple) else ()


def _is_report(said: Any) -> bool:
    if not isinstance(said, Mapping) or not isinstance(said.get("trips", ""), int | None):
        return False
    if not all(isinstance(said.get(key), kind) for key, kind in _SAID.items()):
        return False
    bounds = all(
        isinstance(one, Mapping)
        and isinstance(one.get("cycles"), int)
        and {"name", "why"} <= one.keys()
        for one in said["bounds"]
    )
    tried = all(
        isinstance(one, Mapping) and {"ii", "found", "why"} <= one.keys() for one in said["tried"]
    )
    numbers = all(isinstance(said.get(key), int) for key in _SAID_OF_PIPELINED) and all(
        isinstance(said.get(key, 1), int) for key in _SAID_OF_ROUNDS
    )
    return bounds and tried and (numbers or not said["pipelined"])
