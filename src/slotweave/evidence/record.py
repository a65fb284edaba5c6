"""A result as a file: what `compile` found, the program, and the hashes of what it rests on.

{"schema_version": 1, "kind": "result", ...entries of `compile --json`..., "machine_toml": "...",
"program": {a program file}, "hashes": {"program": "...", "machine": "...", ...}}

Guarantees: whatever a file holds, reading it ends in a record or in InputError with the place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.evidence.hashes import (
    inputs_hash,
    machine_hash,
    program_hash,
    record_hash,
    simulator_hash,
)
from slotweave.evidence.kind import KIND
from slotweave.frontend.kernel import Kernel
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_from_json, program_to_json
from slotweave.ir.text.program_values import FormError, excerpt, frozen_value, load_json
from slotweave.machine import Machine, machine_from_toml, machine_to_toml

SCHEMA_VERSION = 1

#: What is hashed, in the order in which it is compared.
HASHED = ("record", "program", "machine", "simulator", "inputs")

#: More runs than this are nobody's result.
MOST_INSTANCES = 1_000_000


@dataclass(frozen=True)
class Record:
    """A result as it was written. `entries` are all of the file but its hashes."""

    entries: Mapping[str, Any]
    hashes: Mapping[str, str]
    program: Program
    machine: Machine
    kernel: str
    parameters: Mapping[str, int]
    contract: str
    seed: int
    instances: int
    cycles: int


def record_to_json(summary: Mapping[str, Any], program: Program, machine: Machine,
                   kernel: Kernel) -> str:  # fmt: skip
    """The file for a result of which `summary` are the entries of `compile --json`."""
    entries = {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        **summary,
        "machine_toml": machine_to_toml(machine),
        "program": json.loads(program_to_json(program)),
    }
    entries = json.loads(json.dumps(entries, allow_nan=False))
    hashes = {
        "record": record_hash(entries),
        "program": program_hash(program),
        "machine": machine_hash(machine),
        "simulator": simulator_hash(),
        "inputs": inputs_hash(
            kernel, summary["params"], summary["contract"], summary["seed"],
            summary["verified"]["instances"],
        ),
    }  # fmt: skip
    return json.dumps({**entries, "hashes": hashes}, indent=1) + "\n"


def record_from_json(text: str, file: str = "") -> Record:
    """The record that the JSON `text` holds."""
    try:
        return _record(load_json(text), file)
    except FormError as error:
        raise InputError(Diagnostic("SW218", str(error), file=file, line=error.line)) from None


def _record(value: Any, file: str) -> Record:
    if not isinstance(value, dict):
        raise FormError(f"a result is an object, not {excerpt(value)}")
    frozen_value(value)  # refuses what is nested deeper than hashing it again could follow
    if value.get("schema_version") != SCHEMA_VERSION or value.get("kind") != KIND:
        raise FormError(f"a result has schema_version {SCHEMA_VERSION} and kind {KIND!r}")
    verified = _entry(value, "verified", dict)
    return Record(
        entries={key: entry for key, entry in value.items() if key != "hashes"},
        hashes=_hashes(_entry(value, "hashes", dict)),
        program=program_from_json(json.dumps(_entry(value, "program", dict)), file),
        machine=machine_from_toml(_entry(value, "machine_toml", str), file=file),
        kernel=_entry(value, "kernel", str),
        parameters=_parameters(_entry(value, "params", dict)),
        contract=_entry(value, "contract", str),
        seed=_number(value, "seed", 0, 2**63),
        instances=_number(verified, "instances", 1, MOST_INSTANCES),
        cycles=_number(value, "cycles", 0, 2**63),
    )


def _entry(value: Mapping[str, Any], key: str, kind: type) -> Any:
    entry = value.get(key)
    if not isinstance(entry, kind):
        found = "is missing" if entry is None else f"cannot be {excerpt(entry)}"
        raise FormError(f"{key!r} {found}")
    return entry


def _number(value: Mapping[str, Any], key: str, lowest: int, highest: int) -> int:
    number: int = _entry(value, key, int)
    if type(number) is not int or not lowest <= number <= highest:
        raise FormError(f"{key!r} must be from {lowest} to {highest}, not {excerpt(number)}")
    return number


def _parameters(value: Mapping[str, Any]) -> Mapping[str, int]:
    return MappingProxyType({key: _number(value, key, -(2**63), 2**63) for key in value})


def _hashes(value: Mapping[str, Any]) -> Mapping[str, str]:
    return MappingProxyType({key: _entry(value, key, str) for key in HASHED})
