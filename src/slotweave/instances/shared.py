"""What the forms of the project scheduling libraries share."""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.ir.project import Resource, Use


def numbered_resources(capacities: Sequence[int]) -> tuple[Resource, ...]:
    """R1, R2, ... of these capacities."""
    return tuple(Resource(f"R{k + 1}", capacity) for k, capacity in enumerate(capacities))


def held(demands: Sequence[int], cycles: int) -> tuple[Use, ...]:
    """These units of the resources for those cycles from the start; none if there is no cycle."""
    if cycles == 0:
        return ()
    return tuple(Use(k, units, 0, cycles) for k, units in enumerate(demands) if units)
