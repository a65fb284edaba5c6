"""Machines as data: engines, slots, modes, latencies, scratch, vector length."""

from slotweave.machine.builtin import BUILTIN, CHALLENGE, MINIMAL
from slotweave.machine.model import (
    DEBUG_ENGINE,
    MAX_LATENCY,
    MAX_SCRATCH_WORDS,
    MAX_SLOTS,
    MAX_VECTOR_LENGTH,
    Machine,
    Mode,
    machine_faults,
)
from slotweave.machine.toml import machine_from_toml, machine_to_toml

__all__ = [
    "BUILTIN",
    "CHALLENGE",
    "DEBUG_ENGINE",
    "MAX_LATENCY",
    "MAX_SCRATCH_WORDS",
    "MAX_SLOTS",
    "MAX_VECTOR_LENGTH",
    "MINIMAL",
    "Machine",
    "Mode",
    "machine_faults",
    "machine_from_toml",
    "machine_to_toml",
]
