"""What a result rests on, as SHA-256 hashes: program, machine, simulator, inputs, and the record.

Each is a function of the values alone, the same on any machine. The hash of the simulator is that
of the sources of `isa` and `simulate`, which decide what a program does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

import slotweave
from slotweave.check.runs.execution import instance_memory
from slotweave.frontend.kernel import Kernel
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import Machine, machine_to_toml

_SIMULATOR = ("isa", "simulate")


def program_hash(program: Program) -> str:
    """Of the program file."""
    return _hash(program_to_json(program))


def machine_hash(machine: Machine) -> str:
    """Of the machine's description."""
    return _hash(machine_to_toml(machine))


def simulator_hash() -> str:
    """Of the sources that give operations and programs their meaning."""
    root = Path(slotweave.__file__).parent
    found = sha256()
    for package in _SIMULATOR:
        for file in sorted((root / package).glob("*.py")):
            found.update(f"{package}/{file.name}\n".encode())
            found.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def inputs_hash(
    kernel: Kernel, parameters: Mapping[str, int], contract: str, seed: int, instances: int
) -> str:
    """Of the memories that a seed stands for."""
    found = sha256()
    for number in range(instances):
        memory = instance_memory(lambda rng: kernel.memory(parameters, contract, rng), seed, number)
        found.update(np.ascontiguousarray(memory, dtype="<u4").tobytes())
    return found.hexdigest()


def record_hash(entries: Mapping[str, Any]) -> str:
    """Of all entries of a result, whatever their order."""
    return _hash(json.dumps(entries, sort_keys=True, separators=(",", ":"), allow_nan=False))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
