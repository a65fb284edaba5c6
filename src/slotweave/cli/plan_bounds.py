"""The bound over all plans of a kernel, for `bound`: found, and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slotweave.cli import inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slotweave.bounds.plans import PlansBound
    from slotweave.cli.terminal import Terminal


def over_all_plans(about: Mapping[str, Any], terminal: Terminal) -> PlansBound | None:
    """The bound for the kernel, parameters and machine in `about`; None if it offers no plans."""
    machine = inputs.machine_named(about["machine"])
    kernel = inputs.kernel_named(about["kernel"], machine)
    if kernel.alternatives is None:
        return None
    choice = kernel.alternatives(about["params"], about["contract"], machine)
    if choice is None:
        return None
    from slotweave.bounds.plans import plans_bound

    try:
        return plans_bound(choice, machine.slots)
    except ImportError:
        terminal.note("the bound over all plans needs ortools: `pip install 'slotweave[exact]'`")
        return None


def as_json(found: PlansBound) -> dict[str, object]:
    return {
        "cycles": found.cycles,
        "installed": list(found.installed),
        "ways": [
            {"route": route, "way": way, "copies": round(copies, 3)}
            for route, way, copies in found.ways
        ],
        "busy": {engine: round(share, 4) for engine, share in found.busy.items()},
    }


def show(found: PlansBound) -> None:
    """What is the least, and the mix of ways that comes to it: the plan to try."""
    full = [engine for engine, share in found.busy.items() if share > 0.999]
    print(f"\nover all plans: {found.cycles:,} cycles, {' and '.join(full)} full")
    print("(slots of every engine against the work of the cheapest mix; no latency)")
    built = [name for name in found.installed if not name.startswith("level ")]
    print(f"the mix, a plan to try: {', '.join(built) or 'no tables'}")
    for route, way, copies in found.ways:
        print(f"  {route}: {way}, {copies:.1f} times")
