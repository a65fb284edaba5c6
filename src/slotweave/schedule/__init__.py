"""Schedulers on Problems; none knows the instruction set."""

from slotweave.schedule.in_order import in_order_schedule
from slotweave.schedule.list_schedule import (
    Pressure,
    ScratchFull,
    list_schedule,
    list_schedule_by,
    program_order,
)

__all__ = [
    "Pressure",
    "ScratchFull",
    "in_order_schedule",
    "list_schedule",
    "list_schedule_by",
    "program_order",
]
