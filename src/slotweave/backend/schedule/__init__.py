"""Schedulers on Problems; none knows the instruction set."""

from slotweave.backend.schedule.barriers import first_modes_only, with_barriers, without_barriers
from slotweave.backend.schedule.forward_backward import (
    BothWays,
    back_and_forth,
    changed_schedule,
    improved_lists,
    improved_schedules,
    mirrored_schedule,
)
from slotweave.backend.schedule.in_order import in_order_schedule
from slotweave.backend.schedule.list_schedule import (
    Prepared,
    Pressure,
    ScratchFull,
    Urgency,
    list_schedule,
    list_schedule_by,
    prepare,
    priorities,
    program_order,
    run_list,
)

__all__ = [
    "BothWays",
    "Prepared",
    "Pressure",
    "ScratchFull",
    "Urgency",
    "back_and_forth",
    "changed_schedule",
    "first_modes_only",
    "improved_lists",
    "improved_schedules",
    "in_order_schedule",
    "list_schedule",
    "list_schedule_by",
    "mirrored_schedule",
    "prepare",
    "priorities",
    "program_order",
    "run_list",
    "with_barriers",
    "without_barriers",
]
