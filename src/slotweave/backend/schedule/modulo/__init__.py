"""Modulo scheduling: activities repeated each period, iterations of a loop side by side."""

from slotweave.backend.schedule.modulo.modulo_schedule import (
    Attempt,
    ModuloSearch,
    ModuloState,
    iterative_schedule,
)

__all__ = ["Attempt", "ModuloSearch", "ModuloState", "iterative_schedule"]
