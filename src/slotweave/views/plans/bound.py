"""The bound over all plans of a kernel, as JSON and as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slotweave.bounds.plans import PlansBound


def plans_json(found: PlansBound) -> dict[str, object]:
    return {
        "cycles": found.cycles,
        "installed": list(found.installed),
        "ways": [
            {"route": route, "way": way, "copies": round(copies, 3)}
            for route, way, copies in found.ways
        ],
        "busy": {engine: round(share, 4) for engine, share in found.busy.items()},
    }


def plans_lines(found: PlansBound) -> Iterator[str]:
    """The bound, and the mix of ways that attains it: the plan to try."""
    full = [engine for engine, share in found.busy.items() if share > 0.999]
    yield f"over all plans: {found.cycles:,} cycles, {' and '.join(full)} full"
    yield "(slots of every engine against the work of the cheapest mix; no latency)"
    built = [name for name in found.installed if not name.startswith("level ")]
    yield f"the mix, a plan to try: {', '.join(built) or 'no tables'}"
    for route, way, copies in found.ways:
        yield f"  {route}: {way}, {copies:.1f} times"
