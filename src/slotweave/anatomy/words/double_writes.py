"""Scratch words that two slots write at the same time, which strict mode refuses (SW104).

The machine obeys such a program: the slot that is listed last wins. Only straight runs of bundles
are looked at, as in `simulate.legality`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from slotweave.anatomy.fault_json import fault_json
from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.legality import double_writes
from slotweave.simulate.slots import slot_kinds


def double_writes_of(program: Program, machine: Machine) -> tuple[Diagnostic, ...]:
    """The slots of `program`, legal otherwise, that write what another one writes."""
    return tuple(double_writes(program, slot_kinds(machine)))


def double_writes_json(found: Sequence[Diagnostic]) -> dict[str, Any]:
    """How many there are, and the first."""
    return {"slots": len(found), "first": fault_json(found[0]) if found else None}


def double_writes_diagnostic(found: Sequence[Diagnostic], file: str) -> Diagnostic | None:
    """What to say of `found` in `file`, if there is any."""
    if not found:
        return None
    count = "the only one" if len(found) == 1 else f"the first of {len(found):,}"
    judged = "the last wins, as on the machine; strict mode refuses it, --compatible allows it"
    return replace(found[0], file=file, message=f"{found[0].message}, {count} ({judged})")
